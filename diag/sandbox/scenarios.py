"""The sandbox's scenarios: each a real fault in a real part, never a canned answer.

A scenario says what differs from a healthy project: which of the function's secrets are wrong or gone, what the
upstream stand-ins do, which functions are deployed, what stands in the database, and which key the caller holds.
``signature`` and ``preflight_exit`` are what nukediag is expected to find.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal


class Wrong:
    """Stands for "a value of the right form that is not the right one"."""


WRONG: Final = Wrong()
Change = str | Wrong | None
"""A secret's new value, ``WRONG``, or None where it is removed."""


def wrong_twin(value: str) -> str:
    """A value of the same form and length that is not the right one: its last 16 characters are replaced.

    A key keeps its type prefix, and a JWT its claims with a signature that does not fit.
    """
    twin = hashlib.sha256(value.encode()).hexdigest()[:16]
    return value[:-16] + twin


@dataclass(frozen=True, slots=True)
class Scenario:
    """What differs from a healthy project.

    ``secrets``: name -> change (``secrets_from`` applies them). ``faults``: upstream (``openai``, ``aws``,
    ``photos``) -> what its ``configure`` takes; what is not named is as in a healthy project. ``deployed``: whether
    ``analyze-image`` exists. ``enter`` and ``leave``: SQL that sets the data fault and takes it back.
    ``caller_key``: the key in the env file. ``preflight_exit``: the exit codes that are right for
    ``nukediag preflight`` (one, except where chance decides).
    """

    name: str
    title: str
    signature: str
    preflight_exit: tuple[int, ...]
    secrets: Mapping[str, Change] = field(default_factory=dict)
    faults: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    deployed: bool = True
    enter: str = ""
    leave: str = ""
    caller_key: Literal["service_role", "anon"] = "service_role"

    def secrets_from(self, healthy: Mapping[str, str]) -> dict[str, str]:
        """The function's secrets in this scenario, from those of a healthy project."""
        secrets = dict(healthy)
        for name, change in self.secrets.items():
            if change is None:
                secrets.pop(name, None)
            else:
                secrets[name] = wrong_twin(healthy[name]) if isinstance(change, Wrong) else change
        return secrets


_AS_IF_COMPLETED = """
    update vehicle_images set ai_processing_status = 'completed'
    where ai_last_scanned is null and ai_scan_metadata is null"""
_PENDING_AGAIN = """
    update vehicle_images set ai_processing_status = 'pending'
    where ai_last_scanned is null and ai_scan_metadata is null"""

_ALL = (
    Scenario("healthy", "Everything works", "function.ok", (0,)),
    Scenario(
        "openai-key-missing",
        "The function has no OpenAI key",
        "openai.key-missing",
        (3,),
        secrets={"OPENAI_API_KEY": None},
    ),
    Scenario(
        "openai-key-invalid",
        "OpenAI refuses the function's key",
        "openai.key-invalid",
        (3,),
        secrets={"OPENAI_API_KEY": WRONG},
    ),
    Scenario(
        "openai-quota-exhausted",
        "The OpenAI account has no credit left",
        "openai.quota-exhausted",
        (3,),
        faults={"openai": {"credit_usd": 0.0}},
    ),
    Scenario(
        "aws-credentials-missing",
        "The function has no AWS credentials",
        "aws.credentials-missing",
        (3,),
        secrets={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
    ),
    Scenario(
        "aws-signature-mismatch",
        "The AWS secret does not belong to the access key",
        "aws.signature-mismatch",
        (3,),
        secrets={"AWS_SECRET_ACCESS_KEY": WRONG},
    ),
    Scenario(
        "function-key-wrong",
        "The function's own database key is wrong",
        "supabase.key-invalid",
        (3,),
        secrets={"SERVICE_ROLE_KEY": WRONG},
    ),
    Scenario(
        "paused", "The function is switched off", "function.paused", (5,), secrets={"NUKE_ANALYSIS_PAUSED": "true"}
    ),
    Scenario(
        "cached",
        "Every row counts as completed, so the function answers from its store",
        "function.cached",
        (5,),
        enter=_AS_IF_COMPLETED,
        leave=_PENDING_AGAIN,
    ),
    Scenario(
        "partial",
        "The model leaves the appraisal out",
        "function.partial",
        (4,),
        faults={"openai": {"without": ("appraisal", "components", "paint", "spid")}},
    ),
    Scenario(
        "dead-images", "15 % of the photos are gone", "image.not-found", (0,), faults={"photos": {"dead_share": 0.15}}
    ),
    Scenario(
        "flaky",
        "OpenAI is overloaded: half of the calls fail",
        "openai.overloaded",
        (0, 3),
        faults={"openai": {"overloaded_share": 0.5}},
    ),
    Scenario("not-deployed", "The function is not deployed", "gateway.function-not-found", (3,), deployed=False),
    Scenario(
        "anon-key",
        "The caller holds the anon key, and row-level security hides every row",
        "supabase.permission-denied",
        (3,),
        caller_key="anon",
    ),
)
SCENARIOS: Final[Mapping[str, Scenario]] = {scenario.name: scenario for scenario in _ALL}
