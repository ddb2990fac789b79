"""The signature catalogue: from whatever an answer says to its cause and its mend."""

from diag.catalogue.classify import classify
from diag.catalogue.describe import describe, in_context, remedies
from diag.catalogue.registry import SIGNATURES

__all__ = ["SIGNATURES", "classify", "describe", "in_context", "remedies"]
