"""A row's id in a command that is shown to be copied."""

import shlex

import pytest

from diag.cli.test_image import command
from diag.rows.command import look_at


@pytest.mark.parametrize(
    ("row_id", "told"),
    [
        ("3f0c7a1e", "nukediag test-image 3f0c7a1e"),
        ("a b", "nukediag test-image 'a b'"),
        ("-V1StGXR8", "nukediag test-image -- -V1StGXR8"),
        ("--force", "nukediag test-image -- --force"),
        ("$(id)", "nukediag test-image '$(id)'"),
    ],
)
def test_it_is_one_word_and_no_option(row_id, told):
    assert look_at(row_id) == told
    assert look_at(row_id, "--no-mark") == told.replace("test-image", "test-image --no-mark")


@pytest.mark.parametrize("row_id", ["-V1StGXR8", "--force", "a b"])
def test_the_command_reads_it_as_the_row(row_id):
    words = shlex.split(look_at(row_id, "--no-mark"))[2:]
    read = command.make_context("test-image", words).params
    assert (read["row_id"], read["force"]) == (row_id, False)
