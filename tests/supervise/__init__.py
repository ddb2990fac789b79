"""Supervising somebody else's backfill."""
