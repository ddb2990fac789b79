"""Where every setting comes from, and what that shadowed."""

from diag.config.configuration import MANAGEMENT_URL, Configuration, Entry, LocalSecret, Shadowed
from diag.config.load import load

__all__ = ["MANAGEMENT_URL", "Configuration", "Entry", "LocalSecret", "Shadowed", "load"]
