"""nukediag: why does the edge function fail, which command mends it, and is the backfill worth starting?"""

__version__ = "0.1.0"
