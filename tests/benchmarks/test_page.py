"""The page of measurements: each section is replaced alone."""

from __future__ import annotations

from benchmarks.page import replaced, signed

PAGE = "# Measurements\n\nAbout them.\n\n## One\n\nold\n\n### Part\n\nold too\n\n## Two\n\nstays\n"


def test_a_section_that_was_measured_anew_takes_the_place_of_the_old_one_and_the_others_stay() -> None:
    assert replaced(PAGE, "## One\n\nnew") == "# Measurements\n\nAbout them.\n\n## One\n\nnew\n\n## Two\n\nstays\n"


def test_a_section_that_is_new_comes_last() -> None:
    assert replaced(PAGE, "## Three\n\nnew") == PAGE + "\n## Three\n\nnew\n"


def test_a_heading_that_begins_like_another_one_is_another() -> None:
    assert replaced(PAGE, "## Two more\n\nnew").endswith("## Two\n\nstays\n\n## Two more\n\nnew\n")


def test_a_section_names_the_command_that_measured_it_and_how_busy_the_machine_was() -> None:
    heading, line, rest = signed("## One\n\nnew", "make bench", 0.25).split("\n\n")
    assert (heading, rest) == ("## One", "new")
    assert line.startswith("By `make bench` on 20")
    assert "load 0.2 before" in line
