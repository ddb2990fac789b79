"""How well the tests hold the code that decides: ``make coverage`` and ``make mutation``."""
