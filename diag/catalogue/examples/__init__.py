"""Real-shaped answers for every signature, written for the tests, the documentation and whoever adds a rule.

Each is checked to be classified as the signature that it stands for; ``like`` names a signature for which it could be
mistaken, so that the same answer is that signature's look-alike.
"""

from diag.catalogue.examples import families, platform, providers, terse, work
from diag.catalogue.model import Example

EXAMPLES: tuple[Example, ...] = (
    *platform.EXAMPLES,
    *providers.EXAMPLES,
    *work.EXAMPLES,
    *terse.EXAMPLES,
    *families.EXAMPLES,
)
