"""Hostile input at length: ``python -m fuzz`` (``make fuzz``); the tests run the same targets briefly."""
