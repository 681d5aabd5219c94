"""What the subject of a further mail says, beside what its case is called: a new one may be all that somebody says."""

from __future__ import annotations

import re

_NO_SUBJECT = ("nosubject", "ohnebetreff", "sansobjet", "sinasunto")  # as our mails call it
_REF = re.compile(r"\[?(HD-[0-9]+)\b\]?", re.IGNORECASE)
_OUR_NUMBER = re.compile(r"\[HD-\d+\]", re.IGNORECASE)
_NUMBERED = re.compile(rf"(?:\s*{_OUR_NUMBER.pattern})+\s*$", re.IGNORECASE)
# What mail programs put before the subject of what they answer, and of what they pass on, in the languages they speak.
_ANSWERS = (
    "re|aw|antw|antwort|sv|odp|ynt|vá|\u03b1\u03c0|\u043e\u0442\u0432|\u043e\u0442\u0432\u0435\u0442|"
    "\u0631\u062f|\u05d4\u05e9\u05d1|\u8fd4\u4fe1|\u56de\u590d|\u56de\u8986|\u7b54\u590d|\u7b54\u8986|\ud68c\uc2e0"
)
_PASSES_ON = "fw|fwd|wg|tr|rv|\u03c0\u03c1\u03b8|\u8f6c\u53d1|\u8f49\u5bc4"
_ALSO_WORDS = "vs|vl|res|rif|ref|r|pd|i\u0307?lt|enc|tov|\u043d\u0430"  # also begin what people write: never cut off


def _before(*words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*(?:(?:{'|'.join(words)})\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]\s*)+", re.IGNORECASE)


_OF_ANSWERS, _PREFIXES = _before(_ANSWERS), _before(_ANSWERS, _PASSES_ON)
_PERHAPS = _before(_ANSWERS, _PASSES_ON, _ALSO_WORDS)


def topic(subject: str) -> str:
    """A subject without what an answer puts around it, such as our number of the case behind it."""
    return _NUMBERED.sub("", _OF_ANSWERS.sub("", subject)).strip()


def bare_subject(subject: str) -> str:
    """What a subject says itself: nothing of what programs put before it, nor the numbers that we put into it."""
    return " ".join(_OUR_NUMBER.sub(" ", _PREFIXES.sub("", subject)).split())


def says_the_same(subject: str, of_case: str) -> bool:
    """Whether a mail's subject says nothing that its case's does not: letters and figures count."""
    return _said(subject) in _said(of_case)


def _said(subject: str) -> str:
    return _plain(_REF.sub(" ", _PERHAPS.sub("", subject)))


def new_subject(subject: str, *, of_case: str, ref: str) -> str:
    """What a mail's subject says that is neither ours nor the case's own; "" where it says nothing else."""
    said = _PERHAPS.sub("", subject).strip()
    begins = _REF.match(said)
    if begins and begins[1].upper() == ref:
        return ""  # as our own subjects begin
    bare = _REF.sub(lambda found: "" if found[1].upper() == ref else found[0], said)
    theirs = _plain(_PERHAPS.sub("", of_case))
    known = {"", theirs, *(() if theirs else _NO_SUBJECT)}
    return "" if _plain(bare) in known else " ".join(bare.split())


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
