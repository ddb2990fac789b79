"""The user's own ``supabase/functions`` in the sandbox: found, their imports mapped, their secrets filled in."""

from diag.sandbox.own.folder import OwnFunction, find_functions
from diag.sandbox.own.prepare import Prepared, prepare
from diag.sandbox.own.serve import OwnProject, load

__all__ = ["OwnFunction", "OwnProject", "Prepared", "find_functions", "load", "prepare"]
