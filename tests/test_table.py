"""Tables at the command line: they fit the terminal, lose nothing, and are plain where no person looks."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from helpdesk.cli.table import Layout, local_time, print_table

QUEUE = ("case", "severity", "status", "turn", "due", "assignee", "from", "subject")
ROW = (
    *("HD-1234", "urgent", "waiting", "customer", "2026-05-19 11:15 CDT breached", "ann.berg@desk.example"),
    *(
        "jo.park@acme.example",
        "Since this morning nobody of ours can log in, and 注文 cannot be placed any more either",
    ),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(monkeypatch, stream, columns="80", rows=(ROW,), **environment):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", stream)
    print_table(QUEUE, rows, empty="Nothing.")
    return stream.getvalue()


@pytest.mark.parametrize("columns", [20, 40, 80, 81, 120, 200, 400])
def test_a_table_fits_the_terminal_and_loses_no_word(columns):
    lines = [*Layout(QUEUE, [ROW], columns).body(str)]
    assert max(map(cell_len, lines)) <= columns
    assert "".join(" ".join(ROW).split()) == "".join(" ".join(lines).split())


TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Mn", "Me", "Cf")), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=4), st.integers(20, 100))
def test_whatever_is_in_it_fits(rows, columns):
    layout = Layout(("one", "two", "three"), rows, columns)
    lines = [*layout.heading(), *layout.body(str)]
    assert max(map(cell_len, lines), default=0) <= columns
    kept = "".join(letter for row in rows for cell in row for letter in cell if not letter.isspace())
    assert sorted("".join("".join(layout.body(str)).split())) == sorted(kept)


def test_columns_stand_under_each_other_also_where_letters_are_wide():
    layout = Layout(("a", "b"), [("注文", "x"), ("order", "y")], 80)
    assert [cell_len(line.partition(end)[0]) for line, end in zip(layout.body(str), "xy", strict=True)] == [7, 7]


def test_a_row_is_one_line_in_a_pipe_and_without_colours(monkeypatch):
    said = printed(monkeypatch, io.StringIO())
    assert len(said.splitlines()) == 2
    assert "\x1b" not in said
    assert ROW[-1] in said


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["as usual", "NO_COLOR"]
)
def test_headings_and_what_is_bad_have_colours_on_a_terminal_alone(monkeypatch, environment, coloured):
    said = printed(monkeypatch, Terminal(), **environment)
    assert ("\x1b[1m" in said, "\x1b[31m" in said) == (coloured, coloured)


def test_mail_does_not_steer_the_terminal(monkeypatch):
    """C11."""
    said = printed(monkeypatch, Terminal(), rows=[(*ROW[:-1], "wel\x1b[2Jcome\r\n[red]root")], NO_COLOR="1")
    assert "\x1b" not in said
    assert "[red]root" in said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Chicago", "2026-05-19 04:15 CDT"),
        ("Europe/Berlin", "2026-05-19 11:15 CEST"),
        ("UTC", "2026-05-19 09:15 UTC"),
    ],
)
@pytest.mark.parametrize(
    "at", [datetime(2026, 5, 19, 9, 15, 30, tzinfo=UTC), "2026-05-19T11:15:30+02:00"], ids=["value", "text"]
)
def test_times_are_on_the_readers_clock(monkeypatch, zone, said, at):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert local_time(at) == said
    finally:
        monkeypatch.undo()
        time.tzset()


def test_no_time_is_nothing():
    assert local_time(None) == ""
