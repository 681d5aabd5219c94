"""Whether a mail is really from the domain that its From names, as our own border found out.

Two things are read, both strictly: From (one field, one mailbox, an address without any of the tricks of threat A02),
and the Authentication-Results (RFC 8601) that our border wrote. Results under another id, or below what our border
can have written, are somebody else's claims and count for nothing (threat A04). A border that writes no id, as
Microsoft's, is `TOPMOST`: its field stands above all others. Anything unclear is `none`; nothing is fetched.
"""

# ruff: noqa: SIM905  a list of words reads best as words

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal

from helpdesk.mail.read.headers import CUT, LEFT_OUT, NO_BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ipaddress import IPv4Address, IPv6Address

    from helpdesk.core.words.message import Message

TOPMOST = "!topmost"  # in place of an id: RFC 8601 has none that begins so
MAX_RESULTS = 4 * 1024  # characters of one field


@dataclass(frozen=True, slots=True)
class Authenticity:
    """`pass`: the From domain, `domain`, is proven. `fail`: it is disproven, or the headers are made to mislead."""

    result: Literal["pass", "fail", "none"]
    why: str
    domain: str


def _nobody(_: IPv4Address | IPv6Address) -> bool:
    return False


def authenticity(
    message: Message, *, authserv_id: str | None, relays: Callable[[IPv4Address | IPv6Address], bool] = _nobody
) -> Authenticity:
    """What our border found out about the sender.

    `authserv_id` is the name it signs its results with, or `TOPMOST`; `relays` says whether an address is a server's of
    ours, which may hand a mail on after the border had it.
    """
    problem = misleading(message)
    if problem:
        return Authenticity("fail", problem, "")
    address = strict_sender(message)
    if not address:
        return Authenticity("none", "From is not exactly one plain address", "")
    domain = address.rpartition("@")[2]
    if not authserv_id:
        return Authenticity("none", "no authserv_id is configured: nobody's results are believed", domain)
    if authserv_id == TOPMOST:
        believed, missing = _topmost(message), "no Authentication-Results"
    else:
        believed, missing = _believed(message, authserv_id, relays), f"no Authentication-Results of {authserv_id}"
    return _judged(message, believed, domain, missing=missing)


# --- From -----------------------------------------------------------------------------------------------------------

_SINGLETONS = (
    "from sender reply-to to cc subject date message-id in-reply-to references mime-version content-type "
    "content-transfer-encoding"
).split()


_PASSES_FOR_FROM = re.compile("[^a-z]*".join(["", *"from", ""]))


def misleading(message: Message) -> str:
    """Why the headers may be read in two ways, "" if not: a field stands twice, or passes for another (threat A05)."""
    for damage in (CUT, LEFT_OUT, NO_BLANK):
        if damage in message.damage:
            return damage
    names = [name.lower() for name, _ in message.headers]
    for name in _SINGLETONS:
        if names.count(name) > 1:
            return f"{name} stands {names.count(name)} times"
    for name in names:
        if name != "from" and _PASSES_FOR_FROM.fullmatch(name):
            return f"a field named {name!r} passes for From"
    return ""


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM}){{0,20}}@(?:{_LABEL}\.){{1,20}}{_LABEL}"
_STRICT = re.compile(
    rf'(?:"[^"\\<>]{{0,300}}"|[^"\\<>@,;:()\[\]]{{0,300}})[ ]{{0,10}}<({_ADDRESS})>|({_ADDRESS})',
    re.IGNORECASE | re.ASCII,
)
_UNCLEAN = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\u2028-\u202e\u2066-\u2069]|<U\\+")


def strict_sender(message: Message) -> str:
    """The sender's address, lower case, where From allows of no second reading; `""` otherwise."""
    values = message.header_all("From")
    if len(values) != 1 or len(message.senders) != 1 or _UNCLEAN.search(values[0]):
        return ""
    found = _STRICT.fullmatch(values[0].strip())
    address = (found[1] or found[2]).lower() if found else ""
    return address if address == message.senders[0].address and "=?" not in address else ""


# --- Authentication-Results -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of results. `proves` is false where it is not sure enough who wrote it; it disproves all the same."""

    results: tuple[_Result, ...]
    proves: bool = True


def _judged(message: Message, fields: list[_Field], domain: str, *, missing: str) -> Authenticity:
    if not any(field.results and field.proves for field in fields):
        return Authenticity("none", missing, domain)
    proven = _proof(fields, domain)
    if proven.startswith(("dmarc=fail", "dkim=fail")):
        return Authenticity("fail", proven, domain)
    if proven and _partly_signed(message, domain):
        return Authenticity("none", "the DKIM signature covers only a part of the body (l=)", domain)
    return Authenticity("pass" if proven else "none", proven or f"no aligned pass for {domain}", domain)


def _proof(fields: list[_Field], domain: str) -> str:
    """The result that decides, `""` where none does. What one field disproves, by DMARC or else, no other proves."""
    if any(one.method == "dmarc" and one.result == "fail" for field in fields for one in field.results):
        return "dmarc=fail"
    proving = [one for field in fields if field.proves for one in field.results]
    if any(one.method == "dmarc" and _passed_for(one, domain) for one in proving):
        return f"dmarc=pass header.from={domain}"
    found = [(field.proves, _by_signature(field.results, domain)) for field in fields]
    failed = [proof for _, proof in found if proof.startswith("dkim=fail")]
    return next(iter([*failed, *(proof for proves, proof in found if proves and proof)]), "")


def _passed_for(one: _Result, domain: str) -> bool:
    return one.result == "pass" and one.properties.get("header.from", "").lower() == domain


def _by_signature(results: tuple[_Result, ...], domain: str) -> str:
    """What one field says of the signatures of the sender's domain: one of several that holds is enough."""
    signed = [one for one in results if one.method == "dkim" and aligned(_signer(one), domain)]
    passed = [one for one in signed if one.result == "pass"]
    if passed:
        return f"dkim=pass header.d={_signer(passed[0])}"
    failed = any(one.result in {"fail", "permerror"} for one in signed)
    return "dkim=fail for the sender's own domain" if failed else ""


def _signer(result: _Result) -> str:
    signer = result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]
    return signer.lower()


def _partly_signed(message: Message, domain: str) -> bool:
    for value in message.header_all("DKIM-Signature"):
        tags = dict(_tags(value[:MAX_RESULTS]))
        if "l" in tags and aligned(tags.get("d", "").lower(), domain):
            return True
    return False


def _tags(value: str) -> Iterator[tuple[str, str]]:
    for piece in value.split(";"):
        name, _, content = piece.partition("=")
        yield name.strip(), content.strip()


# Below these two-letter countries people register three labels deep: `co.uk` is nobody's.
_SECOND_LEVEL = frozenset("ac co com edu gob gov gouv go ne net nom or org sch mil gen ltd plc me info web".split())


def aligned(signer: str, domain: str) -> bool:
    """RFC 7489 s3.1 relaxed, as far as that is sure without a list of public suffixes: equal, or one in the other."""
    if not signer or not domain:
        return False
    shorter, longer = sorted((signer, domain), key=len)
    if shorter == longer:
        return True
    labels = shorter.split(".")
    public = len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL)
    return not public and longer.endswith("." + shorter)


def _topmost(message: Message) -> list[_Field]:
    """The field that stands above all others of its name, no matter who wrote it."""
    values = message.header_all("Authentication-Results")
    return [_Field(tuple(_results(values[0])))] if values else []


def _believed(message: Message, authserv_id: str, relays: Callable[[IPv4Address | IPv6Address], bool]) -> list[_Field]:
    """The results that our border can have written.

    Fields are added on top. So everything above our border's own Received was added by us, also below the Received of
    servers of ours that had the mail from it; directly below it stands what a filter of ours inserted, or what the
    sender sent, and of that the topmost is believed, and only if nothing of ours stands above: RFC 8601 s5 has a border
    remove results that claim to be its own.
    """
    above: list[_Field] = []
    below: list[_Field] = []
    passed_border = False
    for name, value in message.headers:
        lower = name.lower()
        if lower == "received":
            if passed_border:
                break
            match _hop(value, authserv_id):
                case "border":
                    passed_border = True
                case "foreign" if above or not _handed_over(value, relays):
                    break
                case _:
                    continue
        elif lower == "authentication-results" and _ours(value, authserv_id):
            results = tuple(_results(value))
            (below if passed_border else above).append(_Field(results, proves=not (passed_border and below)))
    return above or below


def _ours(value: str, authserv_id: str) -> bool:
    """RFC 8601 s2.2: the id stands first. Ours is written one way: another case or a comment is not ours."""
    return re.match(rf"\s*{re.escape(authserv_id)}(?:\s+1)?\s*(?:;|$)", value) is not None


_HOP_BY = re.compile(r"\bby\s+([^\s;()]{1,255})")
_LOCAL = re.compile(r"\s(?:with|via)\s+(?:u?lmtps?a?|local|imap|pop3?)\b", re.IGNORECASE)


def _hop(value: str, authserv_id: str) -> Literal["border", "internal", "foreign"]:
    """Who wrote a Received field: our border taking the mail in, a hand-over inside, or anybody else."""
    bare = _without_comments(value)
    by = _HOP_BY.search(bare)
    if not re.match(r"\s*from\b", bare):
        return "internal"  # "by host with SMTP id ...": a note of the same server, as Google writes them
    if not by or by[1].lower().rstrip(".") != authserv_id.lower():
        return "foreign"
    return "internal" if _LOCAL.search(bare[by.end() :]) else "border"


def is_border_hop(received: str, authserv_id: str) -> bool:
    """Whether our border wrote a Received field, taking the mail in."""
    return _hop(received, authserv_id) == "border"


_IN_HOP = re.compile(
    r"(?<![\w.:-])(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*)(?![\w.-])", re.IGNORECASE
)
_HELO = re.compile(r"\bhelo\b[ =]*[^\s()]*", re.IGNORECASE)  # the client's word for itself, also in a comment


def _handed_over(received: str, relays: Callable[[IPv4Address | IPv6Address], bool]) -> bool:
    """Whether a server had the mail from one of ours.

    By what the server noted itself, which stands in a comment (RFC 5321 s4.4); what stands before is what the client
    said. All addresses have to be ours, so that none of them can have been smuggled in.
    """
    before_by = re.split(r"\sby\s", received[:MAX_RESULTS], maxsplit=1)[0]
    noted = _HELO.sub("", before_by).partition("(")[2]
    everything, sure = _addresses(before_by), _addresses(noted)
    return bool(sure) and all(address is not None and relays(address) for address in everything)


def _addresses(text: str) -> list[IPv4Address | IPv6Address | None]:
    """What looks like an address; None for one that is none."""
    found: list[IPv4Address | IPv6Address | None] = []
    for one in _IN_HOP.findall(text):
        try:
            found.append(ip_address(one))
        except ValueError:
            found.append(None)
    return found


_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"|[^"()\\]++|\\.|[()]|["\\]')


def _without_comments(value: str) -> str:
    """RFC 5322 s3.2.2: comments nest; a quoted string hides parentheses."""
    depth, kept = 0, []
    for piece in _PIECE.findall(value[:MAX_RESULTS]):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(piece)
    return " ".join("".join(kept).split())


_METHOD = re.compile(r"\s*([a-z][a-z0-9-]{0,30})(?:\s*/\s*\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r'\b([a-z]+\.[a-z0-9_-]+)\s*=\s*(?:"([^"\\]*)"|([^\s;"]+))', re.IGNORECASE)


_BETWEEN = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^;"])+')  # what stands between semicolons; a quoted one is none
_REASON = re.compile(r'\breason\s*=\s*(?:"(?:[^"\\]|\\.)*+"|[^\s"]+)', re.IGNORECASE)


def _results(value: str) -> Iterator[_Result]:
    first, _, others = _without_comments(value).partition(";")
    # A border that writes no id, as Microsoft's, begins with a result. No id has an equals sign (RFC 8601 s2.2).
    for piece in _BETWEEN.findall(f"{first};{others}" if _METHOD.match(first) else others):
        told = _REASON.sub("", piece)  # a reason is free text: what looks like a property in it is none
        method = _METHOD.match(told)
        if method:
            properties = {name.lower(): quoted or bare for name, quoted, bare in _PROPERTY.findall(told)}
            yield _Result(method[1].lower(), method[2].lower(), properties)
