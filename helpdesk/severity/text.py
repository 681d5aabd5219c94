# ruff: noqa: E501 - tables of patterns and words are read by the line
"""A mail's text as the classifier reads it: the customer's own new words, cut into clauses.

The caller hands over the text without quotes where it could tell; this takes away what is left of them,
the signature and the courtesies at both ends, because their words are nobody's symptom.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TEXT = 8000  # characters looked at: a symptom stands at the top, a log below
MAX_SUBJECT = 500
MAX_WORD = 80  # characters; a longer one is no word
MIN_OWN = 40  # fewer characters above a forwarded mail are no report: the forwarded one is

_FORWARDED = re.compile(
    r"^-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)",
    re.IGNORECASE | re.MULTILINE,
)
_ORIGINAL = re.compile(
    r"^(?:-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original)|_{20,}\n(?=[^\n:]{1,30}:)|"
    r"on [^\n]{8,120} wrote:\s*$|am [^\n]{8,120} schrieb[^\n]{0,80}:\s*$|le [^\n]{8,120} a écrit\s*:\s*$|el [^\n]{8,120} escribió:\s*$|"
    r"(?:from|von|de)\s*:[^\n]*\n(?:sent|gesendet|datum|date|envoyé|enviado|fecha|to|an|à|para|subject|betreff)\s*:)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(
    r"^(?:from|to|cc|sent|date|subject|von|an|gesendet|datum|betreff|de|à|envoyé|objet|para|enviado|fecha|asunto)\s*:[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(
    r"^(?:--$|(?:(?:with )?(?:kind|best|warm|many|warmest)?\s*(?:regards|greetings|wishes)|sincerely|yours\b|cheers|"
    r"mit (?:freundlichen|besten|vielen|lieben) gr|(?:viele|beste|freundliche|liebe|schöne) gr|mfg|cordialement|bien à vous|bien cordialement|"
    r"cordiales salutations|salutations|saludos|un saludo|atentamente|cordialmente|sent from my|gesendet von|envoyé de mon|enviado desde)"
    r"[^\n]{0,30}$)",
    re.IGNORECASE | re.MULTILINE,
)
# What a telephone or a program puts below a mail, or into an empty one whose subject says all.
_DEVICE = r"(?:i ?phone|i ?pad|android|mobile?|mobil\w*|phone|handy|smartphone|samsung|galaxy|outlook|yahoo|gmail|mail|blackberry|huawei|xiaomi|pixel|tablet)"
_BY_PROGRAM = re.compile(
    r"(?:(?:sent (?:from|via|with|using)|gesendet (?:von|mit)|diese nachricht wurde von|von mein\w+|envoyé (?:de|depuis|à partir)|"
    r"enviado (?:desde|do|da|de|a partir)|inviato (?:da|dal|con)|verstuurd (?:vanaf|met)|verzonden (?:vanaf|met)|skickat från|sendt fra|"
    rf"lähetetty|wysłan[eo] z|отправлено \w{{1,2}}) (?:[\w-]+ ){{0,3}}{_DEVICE}|"
    r"(?:get|download|télécharge[rz]|obt\w+|scarica|ottieni|holen sie sich) (?:outlook|yahoo mail|gmail|bluemail) (?:for|für|pour|para|per|voor))"
    r"\b[^\n.]{0,40}\.?|(?:iphone|ipad)から送信|从我的 ?i(?:phone|pad)[^\n]{0,12}|发自我的[^\n]{0,30}",
    re.IGNORECASE,
)
_REPLY_PREFIX = re.compile(r"^\s*(?:re|aw|antw|ref|sv|rif|r)\s*(?:\[\d+\])?:", re.IGNORECASE)
_ANY_PREFIX = re.compile(r"^\s*(?:(?:re|aw|antw|sv|fw|fwd|wg|tr|rv|ref|r)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)


def own_words(text: str) -> str:
    """`text` without quoted lines, older mails, headers and signature, cut at `MAX_TEXT` characters."""
    return own_words_of_tidy(tidy(text))


def own_words_of_tidy(text: str) -> str:
    """The same of a text that is `tidy` already."""
    if ">" in text:
        text = "\n".join(line for line in text.splitlines() if not line.startswith(">"))
    return _newest(text)[:MAX_TEXT].strip()


def tidy(text: str) -> str:
    """`text` without runs of blanks, blank lines and endless words, so that no pattern can be made to crawl."""
    return _tidied(text[: 2 * MAX_TEXT])


@lru_cache(1)  # who looks for a monitor's mail asks it of the same text before
def _tidied(text: str) -> str:
    return "\n".join([" ".join(words) for line in text.splitlines() if (words := _words(line))])


def _words(line: str) -> list[str]:
    words = line.split()
    short = len(line) <= MAX_WORD or max(map(len, words), default=0) <= MAX_WORD
    return words if short else [word[:MAX_WORD] for word in words]


def own_subject(subject: str) -> str:
    """The subject without reply prefixes; `""` for an answer, whose subject somebody else chose."""
    if _REPLY_PREFIX.match(subject):
        return ""
    return tidy(_ANY_PREFIX.sub("", subject))


def _newest(text: str) -> str:
    """The newest mail of a thread; with the newest forwarded one, which its sender speaks through."""
    forwarded = _at_a_line(_FORWARDED, text)
    if forwarded:
        own, rest = text[: forwarded.start()], text[forwarded.end() :]
        following = _at_a_line(_FORWARDED, rest)
        newest = rest[: following.start()] if following else rest
        return _unsigned(own) + "\n" + _unsigned(_HEADER.sub("", newest))
    original = _at_a_line(_ORIGINAL, text)
    if original and len(text[: original.start()].strip()) >= MIN_OWN:
        return _unsigned(text[: original.start()])
    return _unsigned(_HEADER.sub("", text) if original else text)


def _at_a_line(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match of a pattern that matches nowhere but at the beginning of a line."""
    begin = 0
    while (match := pattern.match(text, begin)) is None:
        begin = text.find("\n", begin) + 1
        if not begin:
            return None
    return match


def _unsigned(text: str) -> str:
    """A mail without its closing and the names below; what is said below, such as a postscript, stays."""
    while text and _BY_PROGRAM.fullmatch(last := text.rpartition("\n")[2].strip()):
        text = text.rstrip().removesuffix(last).rstrip()
    closing = _at_a_line(_SIGNATURE, text)
    if not closing or not text[: closing.start()].strip():
        return text
    said = [line for line in text[closing.end() :].splitlines() if _says_something(line)]
    return "\n".join((text[: closing.start()].rstrip("\n"), *said))


_POSTSCRIPT = re.compile(r"(?:p\.? ?(?:p\.? ?)?s|n\.? ?b)\b", re.IGNORECASE)
_FIELD = re.compile(r"[^\W\d_][\w ]{2,40}: ?[^\W\d_]")
_SENTENCE = 4  # words, two of them in small letters: fewer are a name, a title, a company


def _says_something(line: str) -> bool:
    """Whether a line below a closing is a sentence, a postscript or a field, and no name, title or place."""
    words = line.split()
    sentence = len(words) >= _SENTENCE and words[-1].endswith((".", "!", "?")) and _small(words) > 1
    return bool(sentence or _POSTSCRIPT.match(line) or _FIELD.match(line))


def _small(words: Iterable[str]) -> int:
    return sum(not word[0].isupper() and word[0].isalpha() for word in words)
