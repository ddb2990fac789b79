"""What must hold for any bytes at all. A target returns in silence, or raises: then the bytes are worth keeping."""

from __future__ import annotations

import base64
import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from diag.catalogue import SIGNATURES, classify
from diag.catalogue.classify import LONGEST_PLACE
from diag.catalogue.log import is_log, read_log
from diag.catalogue.pasted import batch_record, pasted_answer
from diag.config import load
from diag.diagnosis import Answer, Diagnosis
from diag.errors import NukediagError, SettingsError
from diag.inert import inert, inert_json
from diag.report.explain_document import diagnosis_document, log_document
from diag.report.explain_text import diagnosis_text, log_text
from diag.report.page.html import render as html_page
from diag.report.page.markdown import render as markdown_page
from diag.report.page.reading import read_document
from diag.report.terminal import Paper
from diag.secret import Redactor, Secret, redact
from fuzz.journals import journal

PAPER = Paper(None)
KEY = "sk-proj-Zq8vR2mXk4Lw9TyBNf7gHd3sPa6cQe1u"
LONGEST_EVIDENCE = 300


def answer(data: bytes) -> None:
    """Any body has a diagnosis that can be shown, and no refusal is ever called a success."""
    status = (None, 200, 204, 400, 401, 429, 500, 503, 546)[data[0] % 9] if data else None
    found = classify(Answer(status=status, headers={"retry-after": "3"}, body=data), requires=("tags", "a.b"))
    _shown(found)
    assert found.verdict != "ok" or status is None or status < 400


def pasted(data: bytes) -> None:
    """So has any pasted text."""
    one = pasted_answer(data.decode("utf-8", "replace"))
    _shown(classify(one))


def _shown(found: Diagnosis) -> None:
    assert found.signature in SIGNATURES
    assert all(len(piece.text) <= LONGEST_EVIDENCE for piece in found.evidence)
    assert all(len(piece.where) <= LONGEST_PLACE for piece in found.evidence)
    _harmless(str(diagnosis_text(found, PAPER, 2)), inert_json(diagnosis_document(found, None).model_dump_json()))


def _harmless(text: str, document: str) -> None:
    assert inert(text) == text
    assert inert(document) == document


def log(data: bytes) -> None:
    """Any log is grouped, and no entry is counted twice."""
    text = data.decode("utf-8", "replace")
    is_log(text)
    report = read_log(text)
    assert 0 <= report.failures <= max(1, report.lines)
    whole = classify(Answer(body=text))
    _harmless(str(log_text(report, PAPER, 2)), inert_json(log_document(report, whole).model_dump_json()))


def batch(data: bytes) -> None:
    """A line of a batch is read, or said to be wrong."""
    with suppress(ValueError):
        one = batch_record(data.decode("utf-8", "replace"))
        classify(one.answer, requires=one.requires)


def env_file(data: bytes) -> None:
    """An env file gives a configuration, or an error with a remedy; none shows a value of a secret."""
    _loaded({".env": f"OPENAI_API_KEY={KEY}\n".encode() + data})


def settings(data: bytes) -> None:
    """So does a nukediag.toml."""
    _loaded({"nukediag.toml": data, ".env": f"OPENAI_API_KEY={KEY}\n".encode()})


def _loaded(files: dict[str, bytes]) -> None:
    redact.forget()
    with tempfile.TemporaryDirectory() as name:
        for path, content in files.items():
            (Path(name) / path).write_bytes(content)
        try:
            text = redact(repr(load(environ={}, folder=Path(name))))
        except SettingsError as error:
            assert error.remedy
            text = f"{error.message} {error.remedy}"
    assert KEY[8:] not in text


def redaction(data: bytes) -> None:
    """A key that stands anywhere in any text, also in base64, is found."""
    redactor = Redactor()
    text = data.decode("utf-8", "replace")
    redactor.learn(Secret(KEY))
    dice = random.Random(len(data))
    at = dice.randint(0, len(text))
    for spelling in (KEY, base64.b64encode(b"a" * dice.randrange(3) + KEY.encode()).decode()):
        shown = redactor(text[:at] + spelling + text[at:])
        assert not [start for start in range(8, len(spelling) - 7) if spelling[start : start + 8] in shown]


def page(data: bytes) -> None:
    """Any document becomes a page, or an error that says why not."""
    try:
        report = read_document(data.decode("utf-8", "replace"), "document.json")
    except NukediagError as error:
        assert error.remedy
        return
    assert "<script" not in html_page(report).partition("<body")[2].lower()
    assert markdown_page(report)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "answer": answer,
    "pasted": pasted,
    "log": log,
    "batch": batch,
    "env-file": env_file,
    "settings": settings,
    "redaction": redaction,
    "page": page,
    "journal": journal,
}
