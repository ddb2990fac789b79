from __future__ import annotations

import io

import pytest
from rich.console import Console

from diag.diagnosis import Evidence, Remedy
from diag.report.terminal import MARKS, Paper, money

LONG = "the quick brown fox jumps over the lazy dog " * 5


def test_lines_are_broken_at_the_papers_width_and_aligned() -> None:
    lines = Paper(width=60).fact("seen", LONG, 4).plain.splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 60 for line in lines)
    assert all(line.startswith(" " * 12) for line in lines[1:])


def test_nothing_is_broken_in_a_pipe() -> None:
    assert "\n" not in Paper(width=None).fact("seen", LONG).plain


def test_a_command_is_never_broken() -> None:
    command = "supabase secrets set --env-file supabase/functions/.env --project-ref abcdefghijklmnopqrst --debug"
    lines = [line.plain for line in Paper(width=40).remedies([Remedy("Set it.", command)])]
    assert any(line.strip() == command for line in lines)


@pytest.mark.parametrize("status", MARKS)
def test_every_status_has_a_word_beside_its_glyph_and_an_ascii_form(status: str) -> None:
    assert Paper(unicode=False).mark(status).plain.isascii()
    assert Paper().mark(status).plain.split()[1]


def test_hostile_text_cannot_move_the_cursor_or_forge_lines() -> None:
    hostile = "fine\x1b[2J\x1b]0;title\x07\r\nHEALTHY\x9b31m \u202eback"
    shown = "".join(line.plain for line in Paper(width=None).evidence([Evidence("body", hostile)]))
    assert not [letter for letter in shown if not letter.isprintable()]
    assert "\n" not in shown


def test_what_is_shown_is_redacted() -> None:
    key = "sb_secret_Ab3dEf6hIj9lMn2pQr5tUv_12345678"
    assert "Ab3dEf6h" not in Paper().fact("seen", f"apikey: {key}").plain
    assert "Ab3dEf6h" not in Paper().command(f"curl -H apikey:{key}").plain


def test_more_evidence_than_can_be_read_is_counted() -> None:
    lines = Paper().evidence([Evidence("body", str(n)) for n in range(9)], most=4)
    assert lines[-1].plain.strip() == "and 5 more (-v shows all)"


def test_the_paper_is_as_wide_as_the_terminal_up_to_what_can_be_read() -> None:
    def paper(width: int, terminal: bool) -> Paper:
        return Paper.of(Console(file=io.StringIO(), width=width, force_terminal=terminal, _environ={}))

    assert paper(70, True).width == 70
    assert paper(300, True).width == 100
    assert paper(70, False).width is None


def test_money_shows_tenths_of_a_cent_where_they_count() -> None:
    assert (money(0.021), money(57.4)) == ("$0.021", "$57.40")
