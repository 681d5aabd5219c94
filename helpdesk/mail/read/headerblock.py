"""The few header lines that mail programs put above what they quote, known by their shape in any language.

Outlook, Exchange and NetEase write four to six lines `Label: value` (NetEase: `| Label | value |`) whose labels are
words of the language that the program speaks. There are more languages than anybody lists, and the shape is the same in
all of them: a line of its own above (a rule, or a title between dashes), who it is from, first, with an address, when,
to whom and about what. People fill in forms of lines like these too: so the first line must name somebody as a mail
program does, and one of the others must be dated and one must say to whom or about what.
"""

from __future__ import annotations

import re
import unicodedata

from helpdesk.mail.read import client_markers as marks

_MOST = 8  # lines: From, Sent, To, Cc, Subject, Importance, and one or two that were wrapped
_FEWEST = 3
_LABEL = 32  # characters
_WORDS = 5
_DECORATION = " \t\u00a0*_\u200e\u200f"
_COLON = re.compile("[:\uff1a]")
# "Ann Berg <ann@desk.example>", "ann@desk.example [mailto:ann@desk.example]": a person as mail programs write one.
_PERSON = re.compile(r"<(?:mailto:)?[^<>\s@]{1,80}@[^<>\s@]{1,120}>|\[(?:mailto:)?[^\[\]\s@]{1,80}@[^\[\]\s@]{1,120}\]")
_TITLED = re.compile(r"^[\s>*]{0,8}[-\u2014\u2500]{2,}[^-\n]{0,4}[^\W\d_][^\n]{0,60}?[-\u2014\u2500]{2,}[\s*]*$")
_ANSWERS = re.compile(r"^\s*(?:\w{1,5}|\w{1,3} ?\w{1,3})\s?[:\uff1a]\s*\S")  # "Re: ", "AW: ", "Odp.: " before a subject
_REFERENCE = re.compile(r"\bHD-\d", re.IGNORECASE)


def is_title(line: str) -> bool:
    """Whether a line is a title between dashes, such as `---- Replied Message ----`, in whatever language."""
    return len(line) <= marks.MAX_LINE and _TITLED.match(line) is not None


def is_header(line: str) -> bool:
    """Whether a line is a label and a value, in whatever language."""
    return value_of(line) is not None


def block_by_shape(lines: list[str], at: int, *, announced: bool = True) -> int:
    """How many lines at `at` are header lines above a quoted mail, whatever their language; 0 when they are none.

    `announced`: a rule or a title stands above. Without one, four lines of labels are what people write too, and only
    the order of Outlook is believed: a person as mail programs write one, when, and two more.
    """
    values: list[str] = []
    width = 0
    for offset, line in enumerate(lines[at : at + _MOST]):
        value = value_of(line)
        if value is not None:
            values.append(value)
            width = offset + 1
        elif not values or not line.strip() or not line[:1].isspace():
            break  # only what is indented goes on with the line above
    return width if _reads_as_headers(values) and (announced or _in_outlooks_order(values)) else 0


def _reads_as_headers(values: list[str]) -> bool:
    if len(values) < _FEWEST:
        return False
    author, *others = values
    named = _PERSON.search(author) is not None
    addressed = marks.HAS_ADDRESS.search(author) is not None
    dated = any(marks.HAS_DATE.search(value) and not marks.HAS_ADDRESS.search(value) for value in others)
    to_somebody = any(marks.HAS_ADDRESS.search(value) for value in others)
    about = any(_ANSWERS.match(value) or _REFERENCE.search(value) for value in others)
    return dated and ((named and len(others) > 1) or (addressed and (to_somebody or about)))


def _in_outlooks_order(values: list[str]) -> bool:
    if len(values) < _FEWEST + 1 or not _PERSON.search(values[0]):
        return False
    dated = marks.HAS_DATE.search(values[1]) and not marks.HAS_ADDRESS.search(values[1])
    return bool(dated) and any(_ANSWERS.match(value) or _REFERENCE.search(value) for value in values[2:])


def value_of(line: str) -> str | None:
    """The value of a header line of any language; None for another line."""
    shown = line[: marks.MAX_LINE].strip().lstrip(">").strip(_DECORATION)
    if shown.startswith("|"):  # a row of NetEase's table
        cells = [cell.strip(_DECORATION) for cell in shown.strip("|").split("|")]
        return cells[1] if len(cells) == 2 and _is_label(cells[0].rstrip(":\uff1a")) else None
    colon = _COLON.search(shown)
    if colon is None or not _is_label(shown[: colon.start()].strip(_DECORATION)):
        return None
    return shown[colon.end() :].strip(_DECORATION)


def _is_label(text: str) -> bool:
    """One to five words of letters, in any script: its vowel signs are no letters to Python."""
    if not 0 < len(text) <= _LABEL or len(text.split()) > _WORDS:
        return False
    return all(unicodedata.category(char)[0] in "LM" or char in " \u00a0.'\u2019()-" for char in text)


def card_above(lines: list[str]) -> int:
    """How many of these lines, at their end, are the card of its sender that NetEase puts above what it quotes.

    It is a table of one row: `|` stands alone on lines between the name and the address.
    """
    bars = 0
    for count, line in enumerate(reversed(lines[-_CARD:]), 1):
        bare = line.strip()
        if bare and not bare.strip("| "):
            bars += 1
        elif bare and (not bars or len(bare) > _CARD_LINE or bare.endswith((".", "?", "!"))):
            break
        if bare.replace(" ", "") == "||" and bars > 1:
            return count  # the empty cell for a picture, with which the card begins
    return 0


_CARD = 14  # lines
_CARD_LINE = 60  # characters
