"""What the subject of a further mail says, beside what its case is called: a new one may be all that somebody says."""

from __future__ import annotations

import re

_NO_SUBJECT = ("nosubject", "ohnebetreff", "sansobjet", "sinasunto")  # as our mails call it
_REF = re.compile(r"\[?(HD-[0-9]+)\b\]?", re.IGNORECASE)
# What mail programs put before the subject of what they answer or pass on.
_PREFIXES = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|sv|vs|vl|fw|fwd|wg|tr|rv|res|rif|ref|r|odp|pd|ynt|i\u0307?lt|enc|vá|tov|\u03b1\u03c0|\u03c0\u03c1\u03b8|"
    r"\u043e\u0442\u0432|\u043e\u0442\u0432\u0435\u0442|\u043d\u0430|\u0631\u062f|\u05d4\u05e9\u05d1|\u8fd4\u4fe1|\u8f6c\u53d1|\u8f49\u5bc4|\u56de\u590d|\u56de\u8986|\u7b54\u590d|\u7b54\u8986|\ud68c\uc2e0)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)


def new_subject(subject: str, *, of_case: str, ref: str) -> str:
    """What a mail's subject says that is neither ours nor the case's own; "" where it says nothing else."""
    said = _PREFIXES.sub("", subject).strip()
    begins = _REF.match(said)
    if begins and begins[1].upper() == ref:
        return ""  # as our own subjects begin
    bare = _REF.sub(lambda found: "" if found[1].upper() == ref else found[0], said)
    theirs = _plain(_PREFIXES.sub("", of_case))
    known = {"", theirs, *(() if theirs else _NO_SUBJECT)}
    return "" if _plain(bare) in known else " ".join(bare.split())


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
