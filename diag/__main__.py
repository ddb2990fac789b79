"""``python -m diag`` is ``nukediag``."""

from diag.cli import main

main()
