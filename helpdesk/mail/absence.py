"""Whether a text is an absence notice and nothing else.

Some programs that answer for somebody who is away do not say that they are programs. A notice is known by the whole of
its text: every sentence must be one that such notices are made of (`absence.toml`). One sentence more, a question, or
anything that is to be done makes it the mail of a person, who may well write that they will be away.
"""
# ruff: noqa: E501  patterns read best with one language a line

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_LONGEST = 1_500  # characters
_MOST = 14  # sentences
_GREETING = re.compile(
    r"(?:hello|hi|hey|dear|good (?:morning|day|afternoon)|hallo|guten tag|sehr geehrte\w*|liebe\w*|bonjour|hola|buenos d[ií]as|"
    r"ciao|buongiorno|beste|geachte|ol[aá])\b[^.?]{0,60}[,!.]?"
)
_CLOSING = re.compile(
    r"(?:(?:with )?(?:best|kind|warm|many)? ?(?:regards|wishes)|thanks|thank you|cheers|sincerely|(?:mit )?(?:freundlichen?|viele|"
    r"beste|liebe) gr[uü](?:ß|ss)en?|cordialement|saludos|un saludo|(?:cordiali )?saluti|(?:met )?vriendelijke groet(?:en)?|"
    r"atenciosamente|mfg|vg|lg|br|kr)[,.!]?"
)
_SIGNED_LINES = 8  # below a closing formula: name, title, telephone
_NAME = re.compile(r"[^\W\d_][\w.'-]{0,20}(?: [^\W\d_][\w.'-]{0,20}){0,2}")
_FULL_STOP = re.compile(r"(?<=\d)\.(?= ?(\w+))|(?<=\b\w)\.(?=\w)")  # that may be none: "3. Juni", "e.g"


def is_absence_notice(text: str) -> bool:
    """Whether these words only say that somebody is away, until when, and whom to ask instead."""
    if not text.strip() or len(text) > _LONGEST or "?" in text:
        return False
    sentences = _sentences(_unsigned([line.strip() for line in text.splitlines() if line.strip()]))
    if not 0 < len(sentences) <= _MOST:
        return False
    away, further = _patterns()
    said = [bool(away.fullmatch(one)) for one in sentences]
    return any(said) and all(is_away or further.fullmatch(one) for is_away, one in zip(said, sentences, strict=True))


def has_absence_sentence(text: str) -> bool:
    """Whether one of the first sentences only says that somebody is away; others may say more."""
    lines = [line.strip() for line in text[:_LONGEST].splitlines() if line.strip()]
    away, _ = _patterns()
    return any(away.fullmatch(one) for one in _sentences(lines)[:_MOST])


def _unsigned(lines: list[str]) -> list[str]:
    """The lines without a greeting at their head, and without the closing formula and what stands below it."""
    if lines and _GREETING.fullmatch(lines[0].lower()):
        lines = lines[1:]
    for at, line in enumerate(lines):
        if at and _CLOSING.fullmatch(line.lower()) and len(lines) - at - 1 <= _SIGNED_LINES:
            return lines[:at]
    if len(lines) > 1 and _NAME.fullmatch(lines[-1]) and not lines[-1].endswith("."):
        return lines[:-1]
    return lines


def _sentences(lines: list[str]) -> list[str]:
    """In lower case, spaces single; a line that begins with a capital letter may begin another sentence."""
    text = re.sub(r"[\s*_]+", " ", " ".join(lines)).lower().replace("\u2019", "'")
    marked = _FULL_STOP.sub(_no_full_stop, text)
    pieces = re.split(r"[.!;](?:\s|$)", f"{marked} ")
    return [_dates_named(one) for piece in pieces if (one := piece.replace("\u2024", ".").strip(" .,!"))]


def _no_full_stop(found: re.Match[str]) -> str:
    """Behind a number it ends the sentence, unless a word of a date follows."""
    following = found[1]
    ends = following is not None and not (following.isdigit() or following in _words()[0])
    return "." if ends else "\u2024"


_NUMBER = re.compile(r"\d{1,4}(?:[./:-]\d{1,4}){0,2}(?:st|nd|rd|th|er|h|am|pm|uhr)?\.?")


def _dates_named(sentence: str) -> str:
    """The sentence with `§` for each date in it."""
    date, around = _words()
    said: list[str] = []
    run: list[str] = []

    def close() -> None:
        """What was gathered is a date as far as its last number or word of dates, if it has any."""
        last = max((at for at, word in enumerate(run) if word not in around), default=-1)
        said.extend(["§", *run[last + 1 :]] if last >= 0 else run)
        run.clear()

    for word in sentence.split():
        bare = word.strip(",.()")
        if bare in around or bare in date or _NUMBER.fullmatch(bare):
            run.append(bare)
        else:
            close()
            said.append(word)
    close()
    return " ".join(said)


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("absence.toml").read_text("utf-8"))


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Words that make a date, and those that may stand around one."""
    return frozenset(_told()["date"].split()), frozenset(_told()["around"].split())


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What says that somebody is away, and what may stand beside it."""
    away, further = ("|".join(f"(?:{one})" for one in _told()[name]) for name in ("away", "further"))
    return re.compile(away), re.compile(further)
