"""The user's own ``supabase/functions`` in the sandbox: found, their imports mapped, their secrets filled in."""

from diag.sandbox.own.folder import OwnFunction, find_functions
from diag.sandbox.own.prepare import Prepared, prepare

__all__ = ["OwnFunction", "Prepared", "find_functions", "prepare"]
