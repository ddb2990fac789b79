"""How much and how long nukediag listens to anybody: no answer from outside may fill the memory or hold a run.

Every limit holds for the body as it is after decompression. What goes beyond a limit is cut where a part tells as
much as the whole (an error's text), and refused where it does not (rows of a table).
"""

from __future__ import annotations

CONNECT_TIMEOUT = 10.0  # seconds
READ_TIMEOUT = 60.0  # seconds between two pieces; a request to the data API is cut off by the platform after 60
WRITE_TIMEOUT = 30.0  # seconds
LONGEST_ANSWER = 120.0  # seconds for the whole of one answer of the data API or the Management API, however it drips

LONGEST_LOOK = 60.0  # seconds for the whole of a look at a picture

LARGEST_BODY = 1 << 20  # bytes of a function's answer, or of an error, that are read: the rest tells no more
LARGEST_PAGE = 64 << 20  # bytes of one page of rows: 1,000 rows of 64 KB
LARGEST_LIST = 8 << 20  # bytes of the Management API's answers; a project has at most 1,000 functions
LARGEST_DESCRIPTION = 32 << 20  # bytes of the data API's own description; 1,000 tables of 50 columns are some 10 MB
LARGEST_VERIFICATION = 64 << 10  # bytes of a provider's answer about a credential

CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
"""The codings of a body that are taken, one at a time: zlib expands 1,032-fold at most, so that a piece of 16 KiB
becomes no more than 17 MB. Brotli and zstd know no such bound, and codings on top of each other multiply it."""

MOST_OF_A_MESSAGE = 8_192
"""Characters of an error that are looked through for credentials before it is cut to what is shown, which is far less:
so none shows where the cut goes through it."""

LONGEST_NUMBER = 15  # digits of a count or a size in a header
