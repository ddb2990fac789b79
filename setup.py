"""Stub for tools that still look for it; all metadata stands in setup.cfg."""

from setuptools import setup

setup()
