# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""What nothing else explains."""

from diag.catalogue.model import Signature
from diag.diagnosis import Remedy, Scope, Verdict

SIGNATURES = (
    Signature("unknown", "nothing recognised", Verdict.FAILED, Scope.PROJECT, (Remedy("Read the evidence and the function's log; if the cause is known, describe it as a [[signature]] in nukediag.toml.", None, "https://supabase.com/dashboard/project/{ref}/functions/{function}/logs",),)),
)
