"""From one answer to its diagnosis. Pure: no network, no clock, no state; and it never raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from diag.catalogue.candidates import ASIDE, Candidate, Rulebook, ranked
from diag.catalogue.describe import describe
from diag.catalogue.own import OwnSignatures
from diag.catalogue.parts import is_aside
from diag.catalogue.reading import Leaf, Reading, read
from diag.catalogue.registry import MARKS, MATCHER, RULES
from diag.catalogue.status import fallback, is_bare_claim, plain_success
from diag.catalogue.success import Look, look, reading_of
from diag.catalogue.waits import retry_after
from diag.diagnosis import Answer, Diagnosis, Evidence, Verdict
from diag.secret import redact

LONGEST_EVIDENCE = 300
LONGEST_PLACE = 80  # characters of where it stood
"""Characters of one piece of evidence."""
_SHORTENED = 4_000  # characters that are searched for credentials before a text is cut to that length
MOST_EVIDENCE = 6
NOTABLE = 58
"""The weight from which a further cause is listed, and from which a field beside the failure names its cause."""
OF_THE_SAME = 75
"""The same for a cause of the component that was chosen anyway."""
TELLING = 40
"""The weight from which a cause inside an error field is taken."""
CERTAIN = 90
"""The weight from which a cause is taken from a field that only talks about the answer (its debug output, its
warnings)."""
_OURS = frozenset({"connection", "status", "header sb-error-code", "body"})
"""Places whose names no answer can choose."""
_BOOK = Rulebook(RULES, MARKS, MATCHER)
_NO_OWN = OwnSignatures()


@dataclass(frozen=True, slots=True)
class _Case:
    """One answer on its way to a diagnosis."""

    answer: Answer
    reading: Reading
    requires: tuple[str, ...]
    brief: bool

    @property
    def status(self) -> int | None:
        return self.answer.status

    @property
    def succeeded(self) -> bool:
        return self.answer.succeeded


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What was found: the signature, the candidates behind it, and what goes with it."""

    signature: str
    candidates: tuple[Candidate, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    parts: Mapping[str, bool] | None = None
    verdict: Verdict | None = None


def classify(
    answer: Answer,
    *,
    requires: Sequence[str] = (),
    context: Mapping[str, str] | None = None,
    own: OwnSignatures = _NO_OWN,
    brief: bool = False,
) -> Diagnosis:
    """The diagnosis of one answer.

    ``requires``: JSON paths that a full answer must have (``tags``, ``appraisal.category``). ``context`` fills the
    commands of the remedies. ``own``: the user's signatures, which go before the catalogue's. ``brief``: a good answer
    is not quoted; to look for credentials in what nobody will read costs as much as the diagnosis.
    """
    try:
        return _classify(_Case(answer, read(answer.body), tuple(requires), brief), context, own)
    except RecursionError:
        return describe("unknown", context=context, evidence=(Evidence("body", "nested too deeply to be read"),))


def _classify(case: _Case, context: Mapping[str, str] | None, own: OwnSignatures) -> Diagnosis:
    ruling = own.ruling(case.reading, case.status)
    found = _Ruling(ruling) if ruling else _rule(case)
    named = [one for one in found.candidates if one.signature != found.signature and _is_notable(one, found.signature)]
    return describe(
        found.signature,
        context=context,
        others=[one.signature for one in named][:5],
        evidence=list(_evidence(case, found)),
        parts=found.parts,
        retry_after=retry_after(case.answer, case.reading.text),
        verdict=found.verdict,
        own=own.signatures,
    )


def _is_notable(one: Candidate, chosen: str) -> bool:
    """Whether a further cause is worth telling: of the same component only one that its own wording names, not a bare
    status."""
    alike = one.signature.partition(".")[0] == chosen.partition(".")[0]
    return one.weight >= (OF_THE_SAME if alike else NOTABLE)


def _rule(case: _Case) -> _Ruling:
    if case.answer.failure:
        return _Ruling(case.answer.failure)
    if case.reading.is_json and (case.succeeded or case.status is None):
        found = _looked_into(case)
        if found:
            return found
    if case.succeeded:
        return _plain(case)
    return _failed(case)


def _failed(case: _Case) -> _Ruling:
    """An answer of failure, or text without a status: the strongest cause in it, else what its status says."""
    candidates = _BOOK.candidates(case.reading, case.status)
    stated = tuple(_from_headers(case))
    if stated:
        candidates = ranked([*candidates, *stated])
    resting = fallback(case.answer, case.reading)
    if candidates and candidates[0].weight >= resting.weight:
        return _Ruling(candidates[0].signature, candidates)
    return _Ruling(resting.signature, candidates)


def _from_headers(case: _Case) -> Iterator[Candidate]:
    """What the platform's own header says (``EDGE_FUNCTION_ERROR`` stands on any 5xx of the function: it says
    nothing)."""
    code = case.answer.header("sb-error-code")
    if code and code != "EDGE_FUNCTION_ERROR":
        leaf = Leaf("", "", code)
        for one in _BOOK.candidates(read(f"code: {code}"), case.status):
            yield Candidate(one.signature, one.weight, 0, leaf)


def _looked_into(case: _Case) -> _Ruling | None:
    """An answer of success as JSON; None where it has no status and does not look like one."""
    seen = look(case.reading.document, case.requires)
    if seen.paused and not seen.content and not _has_other_cause(case, seen):
        return _Ruling("function.paused", leaves=(seen.paused,), parts=seen.parts)
    if seen.errors:
        return _with_errors(case, seen) if case.succeeded else None
    if not case.succeeded and not (case.requires or seen.claims or seen.cached or seen.unfinished):
        return None
    return _without_errors(case, seen)


def _has_other_cause(case: _Case, seen: Look) -> bool:
    """Whether what sounds like a switch (``API keys are disabled``) is an error with a cause of its own."""
    flagged = seen.paused is not None and seen.paused.text == "true"
    candidates = _BOOK.candidates(reading_of(seen.errors), None, case.reading) if seen.errors and not flagged else ()
    return bool(candidates) and candidates[0].weight >= NOTABLE and candidates[0].signature != "function.unavailable"


def _with_errors(case: _Case, seen: Look) -> _Ruling:
    candidates = _BOOK.candidates(reading_of(seen.errors), None, case.reading)
    signature = (_told(candidates) or ["function.error-in-200"])[0]
    verdict = Verdict.DEGRADED if seen.content else Verdict.FAILED
    return _Ruling(signature, candidates, seen.errors, seen.parts, verdict)


def _told(candidates: Sequence[Candidate]) -> list[str]:
    return [one.signature for one in candidates if one.weight >= TELLING]


def _without_errors(case: _Case, seen: Look) -> _Ruling:
    cached = seen.cached or _cache_header(case.answer)
    if cached:
        return _Ruling("function.cached", leaves=(cached,), parts=seen.parts)
    waiting = seen.unfinished or (Leaf("", "", "202 Accepted") if case.status == 202 else None)
    complete = all(seen.parts.values()) and (bool(seen.parts) or seen.content)
    if waiting and not (complete and seen.parts):
        return _Ruling("function.unfinished", leaves=(waiting,), parts=seen.parts)
    if complete or (not seen.parts and is_bare_claim(case.reading.document)):
        return _warned(case, seen) or _Ruling("function.ok", parts=seen.parts)
    return _lacking(case, seen)


def _warned(case: _Case, seen: Look) -> _Ruling | None:
    """Where nothing says what a full answer is, a warning that names a cause makes it a partial one."""
    candidates = _BOOK.candidates(reading_of(seen.warnings), None) if seen.warnings and not case.requires else ()
    strong = [one for one in candidates if one.weight + ASIDE >= CERTAIN]
    return _Ruling(strong[0].signature, candidates, seen.warnings, seen.parts, Verdict.DEGRADED) if strong else None


def _lacking(case: _Case, seen: Look) -> _Ruling:
    """Parts are missing: for a cause that a field beside them names, or for none."""
    candidates = _BOOK.candidates(case.reading, None)
    named = [one for one in candidates if one.weight + ASIDE >= CERTAIN and is_aside(one.leaf.path)]
    some = any(seen.parts.values())
    leaves = tuple(Leaf(path, path, "missing") for path, there in seen.parts.items() if not there)
    if named:
        return _Ruling(named[0].signature, candidates, leaves, seen.parts, Verdict.DEGRADED if some else Verdict.FAILED)
    return _Ruling("function.partial" if some else "function.empty", (), leaves, seen.parts)


def _cache_header(answer: Answer) -> Leaf | None:
    for name in ("x-cache", "cf-cache-status", "x-cache-status", "x-vercel-cache"):
        value = answer.header(name)
        if value and (value.upper().split() or [""])[0].rstrip(",") == "HIT":
            return Leaf("", "", f"{name}: {value}")
    return None


def _plain(case: _Case) -> _Ruling:
    """An answer of success that is no JSON object."""
    candidates = _BOOK.candidates(case.reading, case.status)
    return _Ruling(
        plain_success(case.answer, case.reading, _told(candidates), case.requires),
        candidates,
        parts=dict.fromkeys(case.requires, False),
    )


def _evidence(case: _Case, found: _Ruling) -> Iterator[Evidence]:
    """What the ruling rests on: status, platform header, the wording of the winning cause, then of the others."""
    seen: dict[tuple[str, str], None] = {}
    for where, text in _pieces(case, found):
        place = where if where in _OURS else shorten(where, LONGEST_PLACE)  # names in a body are from outside too
        seen.setdefault((place, text if where == "status" else shorten(text)), None)
    for where, text in list(seen)[:MOST_EVIDENCE]:
        yield Evidence(where, text)


def _pieces(case: _Case, found: _Ruling) -> Iterator[tuple[str, str]]:
    if case.answer.failure:
        yield "connection", case.answer.failure_text or case.answer.failure
        return
    if case.status is not None:
        yield "status", str(case.status)
    if case.brief and found.signature == "function.ok":
        return
    code = case.answer.header("sb-error-code")
    if code:
        yield "header sb-error-code", code
    winners = [one for one in found.candidates if one.signature == found.signature]
    for one in winners:
        yield one.leaf.where, one.leaf.text
    for leaf in found.leaves[:4]:
        yield leaf.where, leaf.text
    if not winners and not found.leaves and case.reading.text:
        yield "body", case.reading.text


def shorten(text: str, longest: int = LONGEST_EVIDENCE) -> str:
    """The text without credentials and cut to a readable length."""
    if len(text) > _SHORTENED:
        # Between two words: half a credential would not be known as one.
        text = (text[:_SHORTENED].rsplit(None, 1) or [""])[0]
    flat = " ".join(redact(text).split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"
