"""From what a project is, to a ``nukediag.toml`` for it: what is found, what is proposed from it, and the text."""

from diag.discovery.proposal import Choice, Proposal, propose
from diag.discovery.sight import Seen, Sight, look
from diag.discovery.toml import render

__all__ = ["Choice", "Proposal", "Seen", "Sight", "look", "propose", "render"]
