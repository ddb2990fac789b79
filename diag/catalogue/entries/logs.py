# ruff: noqa: E501 - data
# fmt: off
"""How logs are written: where an entry begins and goes on, and what tells of a failure."""

import re

TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
STAMP = re.compile(
    rf"^\W{{0,2}}({TIME}|\d\d:\d\d:\d\d(?:[.,]\d+)?|\w{{3}},? \d{{1,2}} \w{{3}} \d{{4}} \d\d:\d\d:\d\d|\w{{3}} [ \d]\d \d\d:\d\d:\d\d)"
)
LEVEL = re.compile(
    r"^\W{0,3}(?:\[?(?:error|err|warn(?:ing)?|info|debug|fatal|critical|trace|log|notice)\]?\b)", re.IGNORECASE
)
CONTINUED = re.compile(
    r"^(?:\s+(?:at |\^|File \"|in |cause|\[cause\]|[}\])]|'?\$?\w+'?:|\"\w+\":)|Caused by|[}\])]|During handling|The above exception|Traceback \(most)"
)
ERRONEOUS = re.compile(
    r"\b(?:error|errors|fail(?:ed|ure|s)?|fatal|exception|traceback|panic|denied|refused|timed? ?out|timeout|unauthorized|forbidden|invalid|cannot|could not|unable|rejected|aborted|exceeded)\b|❌|⚠",
    re.IGNORECASE,
)
HARMLESS = re.compile(
    r"\b(?:0 (?:errors?|failed|failures?)|(?:failed|errors?|failures?|skipped) ?[:=] ?0\b|no errors?|without errors?)\b",
    re.IGNORECASE,
)

# The lines of the old backfill script (scripts/backfill-all-images.js).
ATTEMPT = re.compile(r"^\s*⚠️?\s*Error: (?P<text>.+)$")
GIVEN_UP = re.compile(r"^\s*❌ Failed after \d+ retries: (?P<text>.+)$")
FATAL = re.compile(r"^\s*❌ (?:Fatal error|Failed to fetch images|Missing Supabase credentials):? ?(?P<text>.*)$")
LISTED = re.compile(r"^\s*- (?P<id>[\w-]{1,64}): (?P<text>.+)$")
PROGRESS = re.compile(r"Progress: (\d+)/(\d+)")
TOTALS = re.compile(r"^\s*(?:\W{0,4}\s)?(Total found|Processed|Succeeded|Failed|Skipped): (\d+)\s*$")
MINE = re.compile(r"BACKFILL ALL IMAGES|BACKFILL COMPLETE|^\[Batch \d+/\d+\]", re.MULTILINE)
FIELD = {
    "Total found": "total",
    "Processed": "processed",
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Skipped": "skipped",
}
