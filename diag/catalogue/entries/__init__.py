# fmt: off
"""The catalogue's data: one module per component, each with its ``SIGNATURES`` and its ``RULES``."""
