"""Is this credential good? Asked of its provider, free of charge: valid, invalid, or nothing learned."""

from diag.verify.standing import Standing, Verification
from diag.verify.verifier import Verifier

__all__ = ["Standing", "Verification", "Verifier"]
