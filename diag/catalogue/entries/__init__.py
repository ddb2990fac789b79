# ruff: noqa: E501 - patterns and remedies are data, one entry a line
# fmt: off
"""The catalogue's data: one module per component, each with its ``SIGNATURES`` and its ``RULES``."""
