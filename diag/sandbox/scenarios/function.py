"""Scenarios in which the function itself answers with less than a full analysis."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

_AS_IF_COMPLETED = """
    update vehicle_images set ai_processing_status = 'completed'
    where ai_last_scanned is null and ai_scan_metadata is null"""
_PENDING_AGAIN = """
    update vehicle_images set ai_processing_status = 'pending'
    where ai_last_scanned is null and ai_scan_metadata is null"""

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
        "partial",
        "The model leaves the appraisal out",
        "function.partial",
        (4,),
        most_paid=2,
        faults={"openai": {"without": ("appraisal", "components", "paint", "spid")}},
    ),
)
