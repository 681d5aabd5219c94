"""What others wrote, fit to be shown: nothing of it steers a terminal or the layout of a letter (threat C11)."""

from __future__ import annotations


def printable(text: str) -> str:
    """A blank in place of each control character, line ends among them."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def on_one_line(text: str) -> str:
    """The same words, a blank between each."""
    return " ".join(text.split())
