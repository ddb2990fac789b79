"""Mutants that no test can notice, or that need none: (file, what the line became) -> why."""

from __future__ import annotations

from collections.abc import Mapping

_NEVER_EQUAL = "a sum of logarithms is never exactly the mark"
_NO_TIME = "no monotonic time is below 0"
_NO_BEST = "any throughput is above a fifth more than nothing, and than less than nothing"
_SET_ANEW = "both are set anew when the round of settling is over, and not read before"
_SCALE = "one step on the scale of the catalogue's weights: none of its examples tells the two lines apart"
_BESIDE = "where it stands decides between causes of equal weight in one text; a header is beside every text"
_NO_NUMBER = "no number of a process is nearly so long"
_JOURNAL = "diag/backfill/journal.py"
_RUNS = "diag/backfill/runs.py"
_READING = (
    'with closing(sqlite3.connect(f"file:{{quote(str(self.path))}}?mode=ro", uri={uri}, timeout={seconds})) as db:'
)
_CLASSIFY = "diag/catalogue/classify.py"
_BARE = "diag/catalogue/bare_status.py"
_STATUS = "diag/catalogue/status.py"
_WAITS = "diag/catalogue/waits.py"
_CANDIDATES = "diag/catalogue/candidates.py"
_SURE = "sure = [one for one in candidates if one.weight {} and one.component in MODELS]"
_SAID = 'yield f"{{speaker.provider}}.{{cause}}", {weight}'
_CEILING = "diag/backfill/ceiling.py"
_LIMITER = "diag/backfill/limiter.py"
_FROM_THE_CUT = "only a cut gives it a meaning, and sets it"
_NO_MATTER = "one row in ten thousand, one character in five hundred: a size, not a rule"
_SIZE = "one character, name or value more or less, of sixty and more: a size, not a rule"
_SIGNS = "diag/catalogue/error_signs.py"
_PARTS = "diag/catalogue/parts.py"
_READ = "diag/catalogue/reading.py"
_NO_FLOW = "nothing times what has faded since then is nothing"
_NO_CALM = "less than a minute of calm is no calm"
_TOO_SHORT = "one more piece, empty or of seven characters: nothing so short is looked up, or only where a text ends"
_SPARES_WORK = "without it the same comes out, only later"
_PATIENCE = "a second more or less of patience with whoever holds the file"
_SECRET = "diag/secret.py"
_GUARD = "diag/gate/guard.py"
_CAPPED = "a minute is the cap from the sixth attempt on: the bound is there for numbers too large to be raised to"

EQUIVALENT: Mapping[tuple[str, str], str] = {
    (_GUARD, "if items > self.items_at and self.alarm is None:"): _NEVER_EQUAL,
    (_GUARD, "if self.score > STOP_AT:"): _NEVER_EQUAL,
    (
        _GUARD,
        "return Alarm(AlarmKind.PAUSE, signature, self._seen(good)) if self.score > PAUSE_AT else None",
    ): _NEVER_EQUAL,
    ("diag/backfill/retries.py", "return uniform(0, min(_CAP, base * 2.0 ** min(attempt, 11)))"): _CAPPED,
    ("diag/backfill/retries.py", "return uniform(0, min(_CAP, base * 2.0 ** min(attempt, 9)))"): _CAPPED,
    ("diag/backfill/lease.py", 'holder = file.read( 65).strip() or "another process"'): _NO_NUMBER,
    ("diag/backfill/lease.py", 'holder = file.read( 63).strip() or "another process"'): _NO_NUMBER,
    (_JOURNAL, "connection = sqlite3.connect(path, isolation_level=None, timeout= 11)"): _PATIENCE,
    (_JOURNAL, "connection = sqlite3.connect(path, isolation_level=None, timeout= 9)"): _PATIENCE,
    (_RUNS, _READING.format(uri="True", seconds=" 11")): _PATIENCE,
    (_RUNS, _READING.format(uri="True", seconds=" 9")): _PATIENCE,
    (_RUNS, _READING.format(uri="False", seconds="10")): "many a SQLite is built to read addresses unasked",
    (_RUNS, "figures = dict(zip(_RUN, plain, strict=False))"): "the statement asks for these very columns",
    (_JOURNAL, "for start in range(0, len(wanted), 499):"): "a row that is asked for twice is found once",
    (_JOURNAL, "chunk = wanted[start : start + 501]"): "a row that is asked for twice is found once",
    (_CLASSIFY, "yield Candidate(one.signature, one.weight, 1, leaf)"): _BESIDE,
    (_CLASSIFY, "yield Candidate(one.signature, one.weight, -1, leaf)"): _BESIDE,
    (
        _CLASSIFY,
        'if code or code != "EDGE_FUNCTION_ERROR":',
    ): "no cause is worded so, nor by nothing: the search is spared",
    (_CLASSIFY, "OF_THE_SAME = 76"): _SCALE,
    (_CLASSIFY, "OF_THE_SAME = 74"): _SCALE,
    (_CLASSIFY, "TELLING = 41"): _SCALE,
    (_CLASSIFY, "TELLING = 39"): _SCALE,
    (_CLASSIFY, "CERTAIN = 91"): _SCALE,
    (_CLASSIFY, "NOTABLE = 59"): _SCALE,
    (_CLASSIFY, "NOTABLE = 57"): _SCALE,
    (_CLASSIFY, "CERTAIN = 89"): _SCALE,
    (_CLASSIFY, "return one.weight > (OF_THE_SAME if alike else NOTABLE)"): _SCALE,
    (_CLASSIFY, "if candidates and candidates[0].weight > resting.weight:"): _SCALE,
    (
        _CLASSIFY,
        "return bool(candidates) and candidates[0].weight > NOTABLE "
        'and candidates[0].signature != "function.unavailable"',
    ): _SCALE,
    (_CLASSIFY, "return [one.signature for one in candidates if one.weight > TELLING]"): _SCALE,
    (_CLASSIFY, "strong = [one for one in candidates if one.weight + ASIDE > CERTAIN]"): _SCALE,
    (
        _CLASSIFY,
        "named = [one for one in candidates if one.weight + ASIDE > CERTAIN and is_aside(one.leaf.path)]",
    ): _SCALE,
    (_BARE, "STATED, PASSED_ON = 61, 39"): _SCALE,
    (_BARE, "STATED, PASSED_ON = 61, 37"): _SCALE,
    (_BARE, "weight = STATED - 5 if mere else STATED"): _SCALE,
    (_BARE, _SAID.format(weight="weight if speaker.provider in MODELS else weight - 7, found.start()")): _SCALE,
    (_BARE, _SAID.format(weight="weight if speaker.provider in MODELS else weight - 5, found.start()")): _SCALE,
    (_BARE, _SAID.format(weight="STATED - 11 if status in _VAGUE else STATED, speaker.start")): _SCALE,
    (_BARE, _SAID.format(weight="STATED - 9 if status in _VAGUE else STATED, speaker.start")): _SCALE,
    (_STATUS, "weight: int = 34"): _SCALE,
    (_STATUS, "weight: int = 32"): _SCALE,
    (_STATUS, 'return Resting(known, 36)  # more than "internal server error" says'): _SCALE,
    (_WAITS, "head = text[: 20001]"): _NO_MATTER,
    (_WAITS, "head = text[: 19999]"): _NO_MATTER,
    (
        "diag/catalogue/success.py",
        'return Reading("", None, True, True, lambda: leaves)',
    ): "no rule asks whether some leaves were a page",
    (_CANDIDATES, "ASIDE = 36"): _SCALE,
    (_CANDIDATES, "ASIDE = 34"): _SCALE,
    (_CANDIDATES, _SURE.format(">= SURE - 6")): _SCALE,
    (_CANDIDATES, _SURE.format(">= SURE - 4")): _SCALE,
    (_CANDIDATES, _SURE.format("> SURE - 5")): _SCALE,
    (_CANDIDATES, 'return replace(candidate, signature="supabase.unavailable", weight= 69)'): _SCALE,
    (_CANDIDATES, 'return replace(candidate, signature="supabase.unavailable", weight= 67)'): _SCALE,
    (_CANDIDATES, 'return replace(candidate, signature="function.outbound-failed", weight= 46)'): _SCALE,
    (_CEILING, "self._best, self._held_until = -1.0, 0.0"): _NO_BEST,
    (_CEILING, "self._best, self._held_until = 0.0, -1.0"): _NO_TIME,
    (_CEILING, "self.level, self._best = max(min(_FIRST, self.most), self.level // 2), -1.0"): _NO_BEST,
    (_CEILING, "self._count, self._since, self._full = 0, 1.0, False"): _SET_ANEW,
    (_CEILING, "self._count, self._since, self._full = 0, -1.0, False"): _SET_ANEW,
    (_CEILING, "self._count, self._since, self._full = 0, 0.0, True"): _SET_ANEW,
    (_SECRET, "kept, done, at = list[str](), 0, -1"): "looks once more, at nothing, and goes on from 0",
    (_SECRET, "yield from _windows(word, max( -1, public - SHORTEST + 1))"): _TOO_SHORT,
    (_SECRET, "def _windows(text: str, first: int = -1) -> Iterator[str]:"): _TOO_SHORT,
    (
        _SECRET,
        "return (text[at : at + SHORTEST] for at in range(first, len(text) - SHORTEST + 2))",
    ): _TOO_SHORT,
    (_SECRET, "while at - SHORTEST <= len(text):"): "looks further, at ends too short to be a piece",
    (_SECRET, "if self._spellings or _BREAK.search(text):"): _SPARES_WORK,
    (_LIMITER, "not_before: float = -1.0"): _NO_TIME,
    (_LIMITER, "_stale: int = 1  # number of the last call whose refusal says nothing new"): _FROM_THE_CUT,
    (_LIMITER, "_stale: int = -1  # number of the last call whose refusal says nothing new"): _FROM_THE_CUT,
    (_LIMITER, "_refused: float = -1.0  # the rate at the last cut"): "no rate is below nothing, nor below less",
    ("diag/backfill/journal.py", "_PRUNE_EVERY = 10001"): _NO_MATTER,
    ("diag/backfill/journal.py", "_PRUNE_EVERY = 9999"): _NO_MATTER,
    ("diag/backfill/journal.py", "_EVIDENCE = 501"): _NO_MATTER,
    ("diag/backfill/journal.py", "_EVIDENCE = 499"): _NO_MATTER,
    (_LIMITER, "_flowed: float = 1.0"): _NO_FLOW,
    (_LIMITER, "_flowed: float = -1.0"): _NO_FLOW,
    (
        _LIMITER,
        "self.rate = self._crept_to(elapsed, 1.0 if self._cut is None else now - self._cut)",
    ): _NO_CALM,
    (
        _LIMITER,
        "self.rate = self._crept_to(elapsed, -1.0 if self._cut is None else now - self._cut)",
    ): _NO_CALM,
    (_LIMITER, "_next: float = -1.0"): _NO_TIME,
    (_LIMITER, "self.most, self.rate, self._next = rate / _KNOWN, rate, -1.0"): _NO_TIME,
    (_SIGNS, "_LONG = 2001  # characters: nobody tells of an error at such length"): _SIZE,
    (_SIGNS, "_LONG = 1999  # characters: nobody tells of an error at such length"): _SIZE,
    (_SIGNS, "longest = 61 if key in words.TELLING_KEYS else 200"): _SIZE,
    (_SIGNS, "longest = 59 if key in words.TELLING_KEYS else 200"): _SIZE,
    (_SIGNS, "longest = 60 if key in words.TELLING_KEYS else 201"): _SIZE,
    (_SIGNS, "longest = 60 if key in words.TELLING_KEYS else 199"): _SIZE,
    (_SIGNS, "return len(value) <= longest and bool(words.COMPLAINT.search(value))"): _SIZE,
    (
        _SIGNS,
        "return _declines(text) or "
        "(len(text) <= _LONG and name in words.TEXT_KEYS and bool(words.SAYS_ERROR.search(text)))",
    ): _SIZE,
    (_SIGNS, "return len(text) <= _LONG and bool(words.DECLINES.match(text))"): _SIZE,
    (_PARTS, "_LONGEST_REMEMBERED = 121  # characters"): _SIZE,
    (_PARTS, "_LONGEST_REMEMBERED = 119  # characters"): _SIZE,
    (_PARTS, "MOST_REMEMBERED = 2049"): _SIZE,
    (_PARTS, "MOST_REMEMBERED = 2047"): _SIZE,
    (_PARTS, "if len(name) < _LONGEST_REMEMBERED:"): _SIZE,
    (_READ, "HEAD, TAIL = 48001, 16_000"): _SIZE,
    (_READ, "HEAD, TAIL = 47999, 16_000"): _SIZE,
    (_READ, "HEAD, TAIL = 48_000, 16001"): _SIZE,
    (_READ, "HEAD, TAIL = 48_000, 15999"): _SIZE,
    (_READ, "MOST_LEAVES = 4001"): _SIZE,
    (_READ, "MOST_LEAVES = 3999"): _SIZE,
    (_READ, "is_html = bool(_HTML.search(text[: 3001]))"): _SIZE,
    (_READ, "is_html = bool(_HTML.search(text[: 2999]))"): _SIZE,
    (_READ, "for leaf, normal in zip(leaves, normals, strict=False):"): "of each leaf one normal text was made",
}
