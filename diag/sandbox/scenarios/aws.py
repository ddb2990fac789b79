"""Scenarios in which Rekognition, or the way to it, is at fault.

The function asks the vision model first, so that a call that AWS refuses has one paid call behind it.
"""

from typing import Final

from diag.sandbox.scenarios.model import Scenario, wrong_twin

SCENARIOS: Final = (
    Scenario(
        "aws-credentials-missing",
        "The function has no AWS credentials",
        "aws.credentials-missing",
        secrets={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
    ),
    Scenario(
        "aws-signature-mismatch",
        "The AWS secret does not belong to the access key",
        "aws.signature-mismatch",
        most_paid=1,
        secrets={"AWS_SECRET_ACCESS_KEY": wrong_twin},
    ),
)
