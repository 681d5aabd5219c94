"""How mail programs mark what is not new: the shapes that `quote` looks for, with the words of `client_markers.toml`.

Every pattern is applied to one line, or to a few short ones joined, cut to `MAX_LINE` characters: that keeps them
linear whatever comes (threat C05).
"""
# ruff: noqa: E501, RUF001  patterns hold letters of many scripts

from __future__ import annotations

import re

from helpdesk.data_file import data_file, patterns

_FILE = data_file(__package__, "client_markers.toml")
_WORDS = patterns(_FILE)

MAX_LINE = 400
COLONS = (":", "：")

# Not `|` and not `SQL> `: people send tables and what their console said.
QUOTE = re.compile(r"^[ \t]{0,3}(?:>|&gt;)")

# "On Tue, Jan 5, 2021 at 10:00 AM Ann Berg <ann@desk.example> wrote:" and its kin: a line that ends in a verb of writing.
_WROTE = _WORDS["wrote"]
ATTRIBUTION_END = re.compile(
    rf"(?:\b(?:{_WROTE})|(?:写道|寫道|のメッセージ|のメール|書きました|作成|작성))[^\w\n]{{0,8}}$",
    re.IGNORECASE,
)
WROTE_ENDINGS = (
    "wrote",
    "writes",
    "said",
    "schrieb",
    "schreef",
    "skrev",
    "kirjoitti",
    "scritto",
    "escribe",
    "escreveu",
)
WROTE = re.compile(rf"\b(?:{_WROTE})\b", re.IGNORECASE)
ATTRIBUTION_START = re.compile(
    r"^[\s*_>-]{0,6}(?:on|am|le|el|il|em|op|den|på|dne|dnia|w dniu|w|в|на|at(?= \d)|in|il giorno|el día|tor|fre|ons|tir|man|"
    r"mon|tue|wed|thu|fri|sat|sun|am|vom|pe|ti|ke|to|la|su|ma|\d{1,4}[-/.年])\b",
    re.IGNORECASE,
)
# It begins with the figure that each date has: so all that is none is passed over at once.
HAS_DATE = re.compile(
    r"[\d年](?:(?<=年)|(?<=\d)(?:\d?[:.h]\d{2}|(?:(?<=\b1)9|(?<=\b2)0)\d\d\b|\d{0,3}[-/.]\d{1,2}[-/.]\d{1,4}|"
    r"\d?\.? (?:\w{3,12})\.?,? \d{2,4}))",
)
HAS_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|<mailto:", re.IGNORECASE)
# Lotus Notes: "-----Ann Berg/ACME wrote: -----".
DASHED_PERSON = re.compile(rf"^-{{3,}}.{{3,200}}\b(?:{_WROTE})[:：]?\s*-{{3,}}\s*$", re.IGNORECASE)
# GroupWise: ">>> Ann Berg <ann@desk.example> 5/26/2026 9:12 AM >>>", and below it the mail as it was.
ARROWED_PERSON = re.compile(r"^>{3} .{3,160}\d.{0,20}>{3}\s*$")
# Old Gmail: "2012/5/3 Ann Berg <ann@desk.example>" alone above the quote.
DATED_PERSON = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}.{0,120}<[^<>\s]{1,100}@[^<>\s]{1,100}>[:：]?\s*$")

ORIGINAL = re.compile(
    rf"^[\s>*]*(?:-{{2,}}|_{{2,}}|={{2,}}|—+|─+)[\s*]*(?:{_WORDS['original']})\b.{{0,40}}$", re.IGNORECASE
)
_FORWARDED = _WORDS["forwarded"]
FORWARDED = re.compile(
    rf"^[\s>*]*(?:(?:-{{2,}}|_{{2,}}|={{2,}}|—+)[\s*]*(?:{_FORWARDED}).{{0,60}}|(?:{_FORWARDED})[^\w\n]{{0,3}}[:：][\s*]*)$",
    re.IGNORECASE,
)
RULE = re.compile(
    r"^[\s>]*(?:_{5,}|-{5,}|={3,}|—{3,}|─{5,}|━{5,}|═{5,}|\*{5,}|~{5,}|＝{3,}|－{3,}|ー{5,}|＿{5,}|\+{5,}|・{5,})[\s]*$"
)
REPLY_MARKER = re.compile(
    r"^[\s#*=_-]*(?:please )?(?:reply|respond|type your (?:reply|response)|antworte[nt]?|bitte antworten)(?: \w+){0,3} (?:above|over|oberhalb|über)\b",
    re.IGNORECASE,
)

_HEADER_KIND = {
    name: kind for kind, rows in reversed(_FILE["header_names"].items()) for row in rows for name in row.split("|")
}
_HEADER_LINE = re.compile(r"^[\s>|*_]{0,8}([^\W\d_][\w .'’-]{0,24}?)[*_\s]{0,4}[:：][*_]{0,2}(?:\s|$|(?=\S))")


def header_kind(line: str) -> str:
    """`from`, `date`, `to`, `subject`, `cc` or `other` for a line of a quoted header block; `""` for any other line."""
    found = _HEADER_LINE.match(line[:MAX_LINE])
    return _HEADER_KIND.get(found[1].strip().lower(), "") if found else ""


SIGNATURE = re.compile(r"^\s{0,2}(?:--|—|––|__|-- ?\*?)[ \t\u00a0]*$")
SENT_FROM = re.compile(
    rf"^[\s*_~<(\[•-]{{0,4}}(?:{_WORDS['sent_from'].replace('<device>', _WORDS['device'])})[\s*_~>)\].]{{0,4}}$",
    re.IGNORECASE,
)

CLOSING = re.compile(
    rf"^[\s*_]{{0,3}}(?:(?:{_WORDS['grateful']})(?:,| and| und| e| et| y| en| och| og| i| ja| &| \+) )?"
    rf"(?:{_WORDS['closing']})(?:,\s+[^\W\d]\w*(?: \w+\.?){{0,2}})?[\s*_,.!;-]{{0,5}}$",
    re.IGNORECASE,
)
THANKS = re.compile(rf"^[\s*_]{{0,3}}(?:{_WORDS['thanks']})[\s*_,.!;\u2600-\U0001faff-]{{0,6}}$", re.IGNORECASE)
CONTACT = re.compile(
    r"\+?\(?\d[\d ()./-]{6,}\d|https?://|\bwww\.|[\w.+-]{1,64}@[\w-]{1,63}\.\w|^\W{0,3}(?:tel|phone|mobile?|fax|cell|direct|m|t|f)\b\.?[:.]|"
    r" \| |\b(?:gmbh|inc|ltd|llc|ag|s\.?a\.?r?\.?l|b\.v|corp)\b",
    re.IGNORECASE,
)
# The first line of a visiting card: two to four words that begin with capitals.
PERSON_NAME = re.compile(
    r"^\s{0,3}(?:\[[^\[\]\n]{1,40}\]\s{0,4})?\*?[^\W\d_a-z][\w.'-]{1,20}(?: [^\W\d_a-z][\w.'-]{0,20}){1,3}\*?(?:,.{1,40})?\s*$"
)
STAMPED = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d\d:\d\d:\d\d\b")  # a line of a log
PHONE = re.compile(r"\+?\(?\d[\d ()./-]{6,}\d")
LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
INITIAL = re.compile(r"^\s{0,3}/{1,2}[^\W\d_][\w.]{0,15}(?: [^\W\d_][\w.]{0,15})?\s*$")  # "/Mikko"
ANSWERS_INSIDE = re.compile(_WORDS["answers_inside"], re.IGNORECASE)
# A subject that says "passed on": of the mail itself, not of one that is answered to.
PASSED_ON = re.compile(
    r"^\s*(?:\[[^\[\]]{1,30}\]\s*)*(?:fwd?|wg|tr|rv|enc|vl|vb|pd|doorst|továbbítás|ilt|i̇lt|转发|轉寄|転送)\s?[:：]",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(
    r"^\W{0,3}(?:(?:p\.? ?s\.?|n\.b\.|nachtrag|edit|update)\s?[:.,-]?\s|\[\d{1,3}\]\W)", re.IGNORECASE
)
GREETING = re.compile(r"^\W{0,3}(?:hello|hi|hey|dear|hallo|guten tag|sehr geehrte|bonjour|hola|ciao)\b", re.IGNORECASE)
HEADING = re.compile(
    r"^\W*(?:disclaimer|confidentiality(?: notice)?|legal notice|important notice|haftungsausschluss)\W*$",
    re.IGNORECASE,
)

DISCLAIMER = re.compile(_WORDS["disclaimer"], re.IGNORECASE)
BANNER = re.compile(_WORDS["banner"], re.IGNORECASE)
_LIST_FOOTER = re.compile(_WORDS["list_footer"], re.IGNORECASE)
# All that the pattern can find holds one of these; it is tried at every letter of a line.
_IN_LIST_FOOTER = (
    "list", "mailman/", "unsubscribe", "you received this", "you are receiving this", " groups", "abbestellen", "abmelden",
    "désinscrire", "désabonner", "sourceforge",
)  # fmt: skip


def is_list_footer(line: str) -> bool:
    """Whether a line is what mailing lists put below a mail."""
    small = in_small_letters(line)
    return any(sign in small for sign in _IN_LIST_FOOTER) and _LIST_FOOTER.search(line) is not None


def in_small_letters(text: str) -> str:
    """A text as patterns that ignore case compare it: to them, a long s is an s, and an i without its dot is an i."""
    if not text.isascii():
        text = text.replace("\u017f", "s").replace("\u0131", "i").replace("\u0130", "i")
    return text.lower()
