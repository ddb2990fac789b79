"""The function's secrets: where they live, whether the copies agree, what the code reads, and setting them."""

from diag.credentials.comparison import Copies, Copy, State, compare

__all__ = ["Copies", "Copy", "State", "compare"]
