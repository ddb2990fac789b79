"""The whole catalogue on one screen: which modules it is made of, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from diag.catalogue.candidates import CHAINED
from diag.catalogue.entries import (
    ai,
    aws,
    function,
    gateway,
    gemini,
    image,
    network,
    openai,
    problems,
    runtime,
    service,
    supabase,
    unknown,
)
from diag.catalogue.matcher import Matcher
from diag.catalogue.model import Mark, Rule, Signature

SIGNATURES: Mapping[str, Signature] = MappingProxyType(
    {
        signature.id: signature
        for group in (gateway, runtime, openai, gemini, ai, aws, image, supabase, service, function, network, unknown)
        for signature in group.SIGNATURES
    }
)
"""Every signature by its id, in the order of the components."""

RULES: tuple[Rule, ...] = (
    *gateway.RULES, *runtime.RULES, *problems.RULES, *openai.RULES, *gemini.RULES, *ai.RULES, *aws.RULES,
    *image.RULES, *supabase.RULES, *service.RULES, *function.RULES, *network.RULES,
)  # fmt: skip
MARKS: tuple[Mark, ...] = (
    *openai.MARKS,
    *gemini.MARKS,
    *ai.MARKS,
    *aws.MARKS,
    *image.MARKS,
    *supabase.MARKS,
    *service.MARKS,
)

MATCHER = Matcher(
    [pattern for rule in RULES for pattern in (rule.pattern, *rule.also, *rule.unless)]
    + [mark.pattern for mark in MARKS]
    + [CHAINED]
)
