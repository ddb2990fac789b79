"""What readers of text take for something: pieces of formats, ends of text, very long and very deep things."""

from __future__ import annotations

LONGEST = 200_000
"""Bytes of the longest input that is made."""
WORDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3\x28", b"\r\n", b"\r", b"\x1b[2J", b"\xe2\x80\xae",
    b'"', b"'", b'"""', b"\\", b"\\u", b"\\ud800", b"${", b"${A:-}", b"}", b"{", b"[", b"]", b"[[", b"]]", b"=", b"#",
    b"null", b"true", b"NaN", b"1e999", b"-0", b"9" * 5_000, b"0x", b"[" * 2_000, b'{"a":' * 2_000, b"<" * 500,
    b"error", b"Error: ", b"status", b'"success":true', b"Traceback (most recent call last):\n", b"    at x (y:1:1)\n",
    b"2026-11-22T21:26:31Z ", b"[12:00:00] ", b"HTTP/1.1 500 X\r\n", b"retry-after: ", b"AKIA", b"sk-proj-", b"eyJ",
    b"aws4_request", b"Credential=", b"/20261122/", b"://a:b@", b"%00", b"%", b"\xf0\x9f\x9a\x97", b" " * 3_000,
)  # fmt: skip
