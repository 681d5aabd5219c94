"""Questions on a terminal that options answer, too: what nobody says is what is usual."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def asked(question: str, given: str, usual: str, reading: Callable[[str], T], *, silent: bool = False) -> T:
    """What an option says, else what the person at the terminal answers, else the usual. `reading` raises ValueError.

    Raises BadParameter for an option that says nothing usable; an answer is asked for again.
    """

    def read(text: str) -> T:
        try:
            return reading(text.strip())
        except ValueError as problem:
            raise typer.BadParameter(f"{question}: {problem}") from None

    if given or silent or not at_terminal():
        return read(given or usual)
    answer: T = typer.prompt(question, default=usual, value_proc=read)
    return answer


def asked_unseen(question: str, *, silent: bool) -> str:
    """A secret, typed unseen; "" where nobody is there, or says it later."""
    return "" if silent or not at_terminal() else getpass.getpass(f"{question}: ").strip()


# --- what is answered


def a_name(text: str) -> str:
    """Something that can be called so."""
    if not any(map(str.isalnum, text)) or not text.isprintable():
        raise ValueError(f"expected a name, not {text!r}")
    return text


def parts(text: str) -> list[str]:
    """What commas divide."""
    return [part.strip() for part in text.split(",") if part.strip()]
