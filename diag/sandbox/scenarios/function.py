"""Scenarios in which the function itself answers with less than a full analysis."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

# Rows that another scenario left half done are made as empty as the rest: what is stored shall prove nothing.
_AS_IF_COMPLETED = """
    update vehicle_images set ai_processing_status = 'completed', ai_scan_metadata = null
    where ai_last_scanned is null"""
_PENDING_AGAIN = """
    update vehicle_images set ai_processing_status = 'pending'
    where ai_last_scanned is null and ai_scan_metadata is null"""
_TABLES = ("image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data")
_LOSE_RESULTS = "\n".join(
    [
        "create function public.sandbox_lose() returns trigger language plpgsql as 'begin return null; end';",
        *(
            f"create trigger sandbox_lose before insert on {table} for each row execute function public.sandbox_lose();"
            for table in _TABLES
        ),
    ]
)
_KEEP_RESULTS = """
    drop function public.sandbox_lose() cascade;
    update vehicle_images set ai_processing_status = 'pending', ai_scan_metadata = null
    where ai_last_scanned is null and ai_processing_status = 'completed'"""

SCENARIOS: Final = (
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
        "unfinished",
        "The function accepts the work and does it later",
        "function.unfinished",
        (5,),
        secrets={"NUKE_BACKGROUND": "true"},
    ),
    Scenario(
        "partial",
        "The model leaves the appraisal out",
        "function.partial",
        (4,),
        most_paid=2,
        faults={"openai": {"without": ("appraisal", "components", "paint", "spid")}},
    ),
    Scenario(
        "empty",
        "Nothing is found in the photos, and the function calls it a success",
        "function.empty",
        most_paid=6,
        faults={
            "openai": {"without": ("appraisal", "components", "paint", "spid")},
            "aws": {"labels": "none"},
        },
    ),
    Scenario(
        "results-lost",
        "The function claims success, and a trigger in the database drops its results",
        "function.error-in-200",
        most_paid=2,
        enter=_LOSE_RESULTS,
        leave=_KEEP_RESULTS,
    ),
    Scenario(
        "error-in-200",
        "The function reports its errors with status 200 and without their cause, which its log knows",
        "openai.model-unavailable",
        also=("function.error-in-200",),
        secrets={"NUKE_SOFT_ERRORS": "true", "VISION_MODEL": "gpt-4-vision-preview"},
    ),
    Scenario(
        "config-missing",
        "A variable of the function's own is not set",
        "function.config-missing",
        secrets={"NUKE_NOTIFY": "true"},
    ),
    Scenario(
        "code-error",
        "The function trips over its own code",
        "function.code-error",
        most_paid=2,
        secrets={"NUKE_TAG_NAMES": "null"},
    ),
    Scenario(
        "request-refused",
        "The function expects another shape of request",
        "function.bad-request",
        secrets={"NUKE_API_VERSION": "2"},
    ),
    Scenario(
        "caller-refused",
        "The function wants a token of its own from its callers",
        "function.unauthorized",
        secrets={"NUKE_CALLER_TOKEN": "a-word-that-only-the-app-knows"},
    ),
    Scenario(
        "daily-limit",
        "The function's own daily budget is used up",
        "function.rate-limited",
        secrets={"NUKE_DAILY_LIMIT": "0"},
    ),
    Scenario(
        "maintenance",
        "The function says that it is down for maintenance",
        "function.unavailable",
        secrets={"NUKE_MAINTENANCE": "true"},
    ),
    Scenario(
        "not-a-vehicle",
        "The function turns down photos in which it sees no vehicle",
        "function.item-rejected",
        most_paid=6,
        secrets={"NUKE_VEHICLES_ONLY": "true"},
        faults={"aws": {"labels": "other"}},
    ),
    Scenario(
        "riddle",
        "The function answers with a status and words that nobody knows",
        "unknown",
        code="riddle",
    ),
    Scenario(
        "webhook-unreachable",
        "The function reports to a host that cannot be reached",
        "function.outbound-failed",
        most_paid=6,
        secrets={"NUKE_NOTIFY": "true", "NUKE_NOTIFY_URL": "https://hooks.example.net/analysed"},
    ),
)
