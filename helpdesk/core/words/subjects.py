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
# These also begin what people write, or are of few programs: never cut off.
_ALSO_WORDS = (
    "vs|vl|res|rif|ref|r|r\u00e9p|pd|i\u0307?lt|enc|tov\u00e1bb\u00edt\u00e1s|tov|\u043d\u0430|atb|ang|vb|fs|hal|bls|balas|yan|doorst|"
    "tr\u1ea3 l\u1eddi|\u03c3\u03c7\u03b5\u03c4|\u05ea\u05e9\u05d5\u05d1\u05d4|\u0e15\u0e2d\u0e1a"
    "(?:\u0e01\u0e25\u0e31\u0e1a)?|\ub2f5\uc7a5"
)
# What gateways and filters put before, or into, the subject of a mail that came from outside.
GATEWAYS_TAG = re.compile(
    r"(?<![\[({*])[\[({*]++\s*+(?:ext(?:ern(?:al)?)?|ext\u00e9rieur|externo|esterno|suspect|"
    r"(?:(?:suspected|possible|probable|likely) )?spam)\b[^\[\](){}*]{0,20}[\])}*]+|^\s*spam:",
    re.IGNORECASE,
)


def _before(*words: str, tag: str = "") -> re.Pattern[str]:
    counted = r"(?:\[\d+\]|\(\d+\)|[\^-]\d{1,3})?"
    return re.compile(rf"^\s*(?:{tag}(?:{'|'.join(words)})\s*{counted}\s*[:\uff1a]\s*)+", re.IGNORECASE)


_OF_ANSWERS, _PREFIXES = _before(_ANSWERS), _before(_ANSWERS, _PASSES_ON)
_PERHAPS = _before(_ANSWERS, _PASSES_ON, _ALSO_WORDS, tag=r"(?:\[(?!HD-)[^\[\]]{1,60}\]\s*)?")  # a list's, before that


def topic(subject: str) -> str:
    """A subject without what an answer puts around it, such as our number of the case behind it."""
    return _NUMBERED.sub("", _OF_ANSWERS.sub("", subject)).strip()


def bare_subject(subject: str) -> str:
    """What a subject says itself: nothing of what programs put before it, nor the numbers that we put into it."""
    return " ".join(_OUR_NUMBER.sub(" ", _PREFIXES.sub("", subject)).split())


def says_the_same(subject: str, of_case: str) -> bool:
    """Whether a mail's subject says nothing that its case's does not: letters and figures count."""
    return _compared(subject) in _compared(of_case)


def _compared(subject: str) -> str:
    return _letters_and_digits(_REF.sub(" ", _bare(subject)))


def _bare(subject: str) -> str:
    return _PERHAPS.sub("", GATEWAYS_TAG.sub("", subject)).strip()


def new_subject(subject: str, *, of_case: str, ref: str) -> str:
    """What a mail's subject says that is neither ours nor the case's own; "" where it says nothing else."""
    said = _bare(subject)
    begins = _REF.match(said)
    if begins and begins[1].upper() == ref:
        return ""  # as our own subjects begin
    bare = _REF.sub(lambda found: "" if found[1].upper() == ref else found[0], said)
    theirs = _letters_and_digits(_bare(of_case))
    known = {"", theirs, *(() if theirs else _NO_SUBJECT)}
    return "" if _letters_and_digits(bare) in known else " ".join(bare.split())


def _letters_and_digits(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
