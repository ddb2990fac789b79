"""Stand-ins for what the function calls: OpenAI, AWS, and the host of the photos.

Each has ``routes()`` for an aiohttp application, ``configure(faults)``, which replaces all faults (``{}`` is healthy),
and, where it needs connections of its own, ``start()`` and ``close()``. Pictures travel in requests, so an
application that hosts OpenAI or AWS wants ``client_max_size=LARGEST_REQUEST``.
"""

from typing import Final

LARGEST_REQUEST: Final = 32 * 1024 * 1024
