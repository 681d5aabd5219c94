"""Tables for people: the one place where they are made.

On a terminal a table fits its width, 80 columns being enough for each: what does not fit into a line goes on in the
next, further in, column under column, and nothing is cut. In a pipe or a file each row is one line. Headings are bold
and what is bad is red, on terminals only.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

import typer

from helpdesk.plain_text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_GAP = "  "
_FURTHER_IN = 4
_BAD = frozenset({"breached", "failed", "failing", "bounced", "uncertain", "quarantined"})


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str, headed: bool = True) -> None:
    """Print it, or a sentence where there is nothing. `headed` False: it goes on with one that was printed before."""
    if not rows:
        typer.echo(empty)
        return
    terminal = sys.stdout.isatty()
    colours = terminal and not os.environ.get("NO_COLOR")
    laid = Layout(columns, [[printable(cell) for cell in row] for row in rows], _width() if terminal else None)
    if headed:
        for line in laid.heading():
            typer.echo(typer.style(line, bold=True) if colours else line)
    for line in laid.body(_coloured if colours else str):
        typer.echo(line)


def local_time(at: datetime | str | None) -> str:
    """An instant on the clock of who reads it, to the minute and with its zone; "" for none."""
    if not at:
        return ""
    return f"{(datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone():%Y-%m-%d %H:%M %Z}"


class Layout:
    """Which columns stand in which line of a row, and how wide they are. `width` None: there is no end to a line."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> None:
        from rich.cells import cell_len

        self._length: Callable[[str], int] = cell_len
        self._columns, self._rows = columns, rows
        widest = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
        self._widths = [min(each, width - _FURTHER_IN) if width else each for each in widest]
        self._lines = self._arranged(width)

    def _arranged(self, width: int | None) -> list[list[int]]:
        lines: list[list[int]] = [[]]
        used = 0
        for place, wide in enumerate(self._widths):
            if width and lines[-1] and used + len(_GAP) + wide > width:
                lines.append([])
                used = _FURTHER_IN - len(_GAP)
            used += len(_GAP) * bool(lines[-1] or len(lines) > 1) + wide
            lines[-1].append(place)
        return lines

    def heading(self) -> Iterator[str]:
        """The names of the columns."""
        yield from self._row(self._columns, str)

    def body(self, coloured: Callable[[str], str]) -> Iterator[str]:
        """Each row in as many lines as it takes."""
        for row in self._rows:
            yield from self._row(row, coloured)

    def _row(self, cells: Sequence[str], coloured: Callable[[str], str]) -> Iterator[str]:
        for number, places in enumerate(self._lines):
            indent = " " * _FURTHER_IN if number else ""
            folded = [self._folded(cells[place], self._widths[place]) for place in places]
            for pieces in zip_longest(*folded, fillvalue=""):
                padded = [
                    coloured(piece) + " " * (self._widths[place] - self._length(piece))
                    for place, piece in zip(places, pieces, strict=True)
                ]
                if any(pieces):
                    yield f"{indent}{_GAP.join(padded)}".rstrip()

    def _folded(self, text: str, width: int) -> list[str]:
        """A text in pieces that fit, broken between words where it can be."""
        pieces: list[str] = []
        while self._length(text) > width:
            end = next(at for at in range(min(len(text), width), 0, -1) if self._length(text[:at]) <= width or at == 1)
            space = text.rfind(" ", 1, end + 1)
            end = space if space > 0 else end
            pieces.append(text[:end].rstrip())
            text = text[end:].lstrip()
        return [*pieces, text]


def _width() -> int:
    return max(shutil.get_terminal_size().columns, 20)


def _coloured(cell: str) -> str:
    return typer.style(cell, fg="red") if cell.rpartition(" ")[2] in _BAD else cell
