"""Somebody else's backfill command: gated as the built-in engine is, then watched, and stopped where it only wastes."""

from diag.backfill.supervise.child import Command
from diag.backfill.supervise.run import supervise
from diag.backfill.supervise.watch import Pass

__all__ = ["Command", "Pass", "supervise"]
