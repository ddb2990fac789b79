"""The drill: one function under every fault, and how honestly it took each."""

from diag.sandbox.drill.model import Card, Drilled, Leak, Shot, Weakness
from diag.sandbox.drill.run import Drill

__all__ = ["Card", "Drill", "Drilled", "Leak", "Shot", "Weakness"]
