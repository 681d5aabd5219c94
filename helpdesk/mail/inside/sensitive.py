"""Secrets and third parties' personal data in what somebody wrote: by kind and place, never repeated (LAI-11).

Found are private keys, API keys and tokens, passwords, card numbers (Luhn), bank accounts (ISO 13616, mod 97), and
lists of other people's e-mail addresses or telephone numbers. Linear time: every pattern is bounded, the text too.
What is found is masked wherever the desk shows or keeps the text; the raw mail stays as it came until it is redacted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.mail.inside.readable import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.core.words.message import Message

MAX_TEXT = 500_000  # characters of a text or an attachment that are looked at
MAX_PLACES = 10  # more than these are not told one by one
LIST = 6  # so many addresses or numbers of others are a list


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a text: what it is, and from where to where."""

    kind: str
    start: int
    end: int


def find(text: str, *, own_domain: str = "") -> list[Found]:
    """What must not be repeated, in order and without overlaps. Addresses of `own_domain` are no third parties'."""
    looked_at = text[:MAX_TEXT]
    found = [one for reader in _READERS for one in reader(looked_at)]
    found += _list("e-mail addresses of others", _others(looked_at, own_domain))
    found += _list("telephone numbers of others", _numbers(looked_at))
    return list(_apart(sorted(found, key=lambda one: (one.start, -one.end))))


def masked(text: str, *, own_domain: str = "") -> str:
    """`text` with `[kind]` in the place of each secret."""
    pieces, at = [], 0
    for one in find(text, own_domain=own_domain):
        pieces += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join([*pieces, text[at:]])


def masked_for_others(text: str) -> str:
    """`text` for somebody outside: without secrets, and without a single address or number of people.

    It is partial: names, places and what a secret of a form nobody knows looks like stay.
    """
    plain = masked(text)
    for pattern, kind in ((_ADDRESS, "e-mail address"), (_NUMBER, "telephone number")):
        plain = pattern.sub(f"[{kind}]", plain)
    return plain


def look_through(raw: bytes, message: Message) -> tuple[str, ...]:
    """What a mail holds that must not be repeated, each `kind in place`; `message` is these bytes, read."""
    domain = _domain(message)
    places = [*_places(message.subject, "the subject", domain, lines=False)]
    places += _places(message.text, "the text", domain, lines="\n" in message.text)
    for one in readable(raw) if message.attachments else ():
        places += _places(one.text, one.name, domain, lines=one.lines)
    told = list(dict.fromkeys(places))
    rest = len(told) - MAX_PLACES
    return (*told[:MAX_PLACES], *([f"{rest} more"] if rest > 0 else []))


def without_secrets(message: Message) -> Message:
    """The message as it may be shown and kept."""
    domain = _domain(message)
    return replace(
        message,
        subject=masked(message.subject, own_domain=domain),
        text=masked(message.text, own_domain=domain),
        reply=masked(message.reply, own_domain=domain),
    )


def _domain(message: Message) -> str:
    return message.sender.address.rpartition("@")[2] if message.sender else ""


def _places(text: str, where: str, domain: str, *, lines: bool) -> Iterator[str]:
    line, at = 1, 0
    for one in find(text, own_domain=domain):
        line, at = line + text.count("\n", at, one.start), one.start
        yield f"{one.kind} in {where}" + (f", line {line}" if lines else "")


def _apart(found: Iterable[Found]) -> Iterator[Found]:
    end = -1
    for one in found:
        if one.start >= end:
            yield one
            end = one.end


# --- secrets --------------------------------------------------------------------------------------------------------

_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")


def _private_keys(text: str) -> Iterator[Found]:
    at = 0
    while begins := _KEY_BEGINS.search(text, at):
        ends = _KEY_ENDS.search(text, begins.end())
        at = ends.end() if ends else len(text)  # a key cut short is a key
        yield Found("private key", begins.start(), at)


_KEY_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}|glpat-[\w-]{20,100}|"
    r"xox[abeprs]-[A-Za-z0-9-]{10,250}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,200}|sk-[\w-]{20,250}|whsec_\w{20,100}|"
    r"SG\.[\w-]{16,64}\.[\w-]{16,64}|eyJ[\w-]{8,4000}\.eyJ[\w-]{8,4000}\.[\w-]{8,2000}|npm_[A-Za-z0-9]{36}|"
    r"pypi-[\w-]{50,250}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|00D[A-Za-z0-9]{12,15}![\w.]{40,200}"
    r")(?![A-Za-z0-9_-])"
)
_NAMED_KEY = re.compile(
    r"\b(?:(?:api|access|secret|private|auth|client|consumer|encryption|signing|service)[ _-]?)?"
    r"(?:key|token|secret|bearer|credential)s?(?:[ _-]?(?:id|key))?[\"']?[ \t]{0,4}(?:[:=]|\bis\b)[ \t]{0,4}[\"'`<]?"
    r"(?=[A-Za-z_./+=-]{0,200}\d)([A-Za-z0-9_./+=-]{12,500})",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(r"\b(?:Bearer|Basic)[ \t]{1,4}([A-Za-z0-9_./+=~-]{16,4000})")


# Each shape begins with one of these, each named key is called one: most mails hold none, and looking is cheap.
_KEY_SIGNS = ("AKIA", "ASIA", "AIza", "glpat-", "xox", "sk-", "SG.", "eyJ", "pypi-", "00D")
_KEY_SIGNS_WITH_LINE = (
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "_live_", "_test_", "whsec_", "npm_", "shpat_", "shpca_",
    "shppa_", "shpss_",
)  # fmt: skip
_KEY_NAMES = ("key", "token", "secret", "bearer", "credential")
_PASSWORD_NAMES = ("pass", "pwd", "kennwort", "contraseña", "wachtwoord", "pin code")


def _in_lines(pattern: re.Pattern[str], signs: Iterable[str], text: str, searched: str) -> Iterator[re.Match[str]]:
    """What a pattern that stays within a line finds in those that hold one of the signs: it is slow to find none.

    The signs are looked for in the text itself, or in `_small` letters.
    """
    for begins, ends in sorted({line for sign in signs for line in _lines_with(sign, searched)}):
        yield from pattern.finditer(text, begins, ends)


def _lines_with(sign: str, text: str) -> Iterator[tuple[int, int]]:
    """From where to where each line goes that holds a sign."""
    at = text.find(sign)
    while at >= 0:
        begins, ends = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        ends = ends if ends >= 0 else len(text)
        yield begins, ends
        at = text.find(sign, ends)


def _small(text: str) -> str:
    """The text in small letters, each in its place: of the one whose small form is longer, no sign has that."""
    return text.replace("\u0130", " ").lower()


def _keys(text: str) -> Iterator[Found]:
    signs = (*_KEY_SIGNS, *_KEY_SIGNS_WITH_LINE) if "_" in text else _KEY_SIGNS
    yield from (Found("API key or token", *found.span()) for found in _in_lines(_KEY_SHAPES, signs, text, text))
    small = _small(text)
    for pattern, names in ((_NAMED_KEY, _KEY_NAMES), (_AUTHORIZATION, ("bearer", "basic"))):
        for found in _in_lines(pattern, names, text, small):
            yield Found("API key or token", *found.span(1))


_PASSWORD = re.compile(
    r"\b(?:pass ?word|pass ?phrase|passwd|pwd|kennwort|passwort|mot de passe|contraseña|wachtwoord|pin code)[\"']?"
    r"[ \t]{0,4}(?:(?P<sign>[:=])|\b(?:is|lautet|ist|est|es)\b:?)[ \t]{0,4}[\"'`<]?(?P<word>[^\s\"'`<>]{4,200})",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{1,100}:([^\s/@\"'<>]{3,200})@")
_SYMBOL = re.compile(r"[\d!#$%&*+@^_~{}|?=-]")


def _passwords(text: str) -> Iterator[Found]:
    for found in _in_lines(_PASSWORD, _PASSWORD_NAMES, text, _small(text)):
        word = found["word"].rstrip(".,;:!?)")
        # "The password is wrong" tells none; what has a figure or a sign in it does, or stands alone behind a colon.
        alone = found["sign"] and text[found.end() : found.end() + 40].partition("\n")[0].strip() == ""
        if len(word) >= 4 and (_SYMBOL.search(word) or alone):
            yield Found("password", found.start("word"), found.start("word") + len(word))
    yield from (Found("password", *found.span(1)) for found in _in_lines(_IN_ADDRESS, ("://",), text, text))


# --- numbers that prove themselves ----------------------------------------------------------------------------------

# These begin with what they look for, and look back then: so all other letters of a text are passed over at once.
_CARD = re.compile(r"[2-6](?<![\d.,/-][2-6])(?:[ -]?\d){12,18}(?![\d-])")


def _cards(text: str) -> Iterator[Found]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if 13 <= len(digits) <= 19 and _luhn(digits) and len(set(digits)) > 1:
            yield Found("card number", *found.span())


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: the sum of the digits, every second one from the right doubled, ends in zero."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_IBAN = re.compile(r"[A-Z](?<![A-Za-z0-9][A-Z])[A-Z]\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,9}")
_IBAN_LENGTH = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26, "SA": 24,
    "AE": 23, "IL": 23, "UA": 29, "CY": 28, "MC": 27, "RS": 22, "BR": 29,
}  # fmt: skip


def _ibans(text: str) -> Iterator[Found]:
    for found in _IBAN.finditer(text):
        wanted = _IBAN_LENGTH.get(found[0][:2], 0)
        end = _after(found[0], wanted)
        if end and _mod97(re.sub(r"[ -]", "", found[0][:end])):
            yield Found("bank account", found.start(), found.start() + end)


def _after(text: str, letters: int) -> int:
    """Where in `text` so many letters and digits are read; 0 if there are fewer."""
    read = 0
    for at, letter in enumerate(text):
        read += letter not in " -"
        if letters and read == letters:
            return at + 1
    return 0


def _mod97(account: str) -> bool:
    """ISO 13616-1: country and check digits to the end, letters as 10 to 35, and the whole leaves 1."""
    moved = account[4:] + account[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


# --- other people ---------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})")
_NUMBER = re.compile(r"[+0](?<![\w.+-][+0])(?:(?<=\+)|0)\d{1,3}[ /.()-]{0,3}(?:\d[ /.()-]{0,2}){6,12}\d(?![\w-])")
_HEADER_LINE = re.compile(r"^[>\s*]{0,10}(?:from|to|cc|bcc|sender|reply-to|von|an|kopie|de|à|para)\s?:", re.IGNORECASE)


def _others(text: str, own_domain: str) -> list[Found]:
    if text.count("@") < LIST:
        return []
    found, lines = [], {}
    for one in _ADDRESS.finditer(text):
        begins = text.rfind("\n", max(0, one.start() - 1_000), one.start()) + 1
        if begins not in lines:
            lines[begins] = _HEADER_LINE.match(text[begins : begins + 40]) is not None
        if one[1].lower() != own_domain and not lines[begins]:
            found.append(Found(one[0].lower(), *one.span()))
    return found


def _numbers(text: str) -> list[Found]:
    if text.count("+") + text.count("00") < LIST:
        return []
    return [Found(re.sub(r"\D", "", one[0]), *one.span()) for one in _NUMBER.finditer(text)]


def _list(kind: str, found: list[Found]) -> list[Found]:
    """So many different ones are a list; fewer are a signature or somebody on copy."""
    return [replace(one, kind=kind) for one in found] if len({one.kind for one in found}) >= LIST else []


_READERS = (_private_keys, _keys, _passwords, _cards, _ibans)
