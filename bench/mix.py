"""A day's mail for the benches: of every kind as many as a desk gets, each with words of its own.

`SHARES` says how many of a hundred are of which kind. Words come from the labelled mails in `severity_mails` and from
a small grammar that gives every mail its own names, numbers and times, so that no two are alike and nothing that
remembers a sentence gains by it. The same number makes the same mail, but for its date.
"""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import cache
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DESK = "support@desk.example"
SHARES = {"short": 50, "long": 10, "reply": 20, "order": 15, "html": 3, "attachment": 2}
OPENING = ("short", "long", "html", "attachment")  # these make a case; the others answer a mail of ours
QUOTED = 30  # lines below a reply
LONG, HTML, ATTACHED = 4096, 100_000, 2_000_000  # octets

_FIRST = (
    "Ada",
    "Boris",
    "Chloe",
    "Dario",
    "Elif",
    "Femi",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kaja",
    "Lars",
    "Mira",
    "Nadia",
    "Otto",
    "Pia",
    "Quinn",
    "Rosa",
    "Sven",
    "Tilda",
)
_LAST = (
    "Abel",
    "Brandt",
    "Castro",
    "Dahl",
    "Engel",
    "Fischer",
    "Gupta",
    "Haas",
    "Ivanov",
    "Jansen",
    "Keller",
    "Lopez",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
)
_PLACES = (
    "Lyon",
    "Graz",
    "Porto",
    "Turin",
    "Ghent",
    "Basel",
    "Malmo",
    "Leeds",
    "Brno",
    "Split",
    "Vilnius",
    "Tampere",
    "Cork",
    "Bergen",
    "Zaragoza",
    "Trieste",
)
_THINGS = (
    "checkout",
    "price list",
    "nightly import",
    "order form",
    "search page",
    "invoice export",
    "login page",
    "stock report",
    "rule editor",
)
_WHENS = (
    "since this morning",
    "after the last update",
    "for two days now",
    "again today",
    "whenever we save",
    "only on Mondays",
)
_OPENERS = ("Hello,", "Hi there,", "Good morning,", "Dear support team,", "Hi,", "Hello all,")
_CLOSERS = ("Kind regards", "Thanks", "Best", "Many thanks", "Regards", "Cheers")
_ORDERS = ("#ack", "#wait 3d", "#severity medium", "#resolve", "#severity low")
_ANSWERS = (
    "we have found what it is and are at it now.",
    "could you tell us which version it is, and since when you see it?",
    "please try it once more with an empty cache and tell us what it says.",
    "the change went live a few minutes ago, it should be well again.",
    "this was a mistake of ours; the data are complete.",
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is handed to the desk."""

    kind: str
    sender: str  # of the envelope
    recipient: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that the desk has sent."""

    recipient: str
    raw: bytes


# --- words


@cache
def _labelled() -> list[dict[str, str]]:
    files = sorted((Path(__file__).parent / "severity_mails").rglob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line]
    return [row for row in rows if row.get("body", "").strip()]


@cache
def _written() -> list[tuple[str, str]]:
    """Subjects and bodies of the labelled mails, in all of their languages."""
    return [(row["subject"], row["body"]) for row in _labelled()]


@cache
def _sentences() -> list[str]:
    """Every English sentence of them, once."""
    bodies = (_SENTENCE.split(row["body"].replace("\n", " ")) for row in _labelled() if row.get("lang", "en") == "en")
    return sorted({sentence.strip() for sentence in chain.from_iterable(bodies) if len(sentence) > 25})


def _own(random: Random) -> str:
    """A sentence that nobody else writes."""
    thing, when = random.choice(_THINGS), random.choice(_WHENS)
    place, number = random.choice(_PLACES), random.randrange(10_000, 100_000)
    return f"It is about the {thing} of our shop in {place}, {when}; our number is {number}, seen at {_clock(random)}."


def _clock(random: Random) -> str:
    return f"{random.randrange(7, 20)}:{random.randrange(60):02}"


def _prose(random: Random, octets: int) -> str:
    """Paragraphs of so many octets, no sentence twice."""
    lines, size = [], 0
    for sentence in _endless(random):
        lines.append(sentence)
        size += len(sentence.encode()) + 1
        if size >= octets:
            break
    breaks = cycle((" ", " ", " ", "\n\n"))
    return "".join(chain.from_iterable(zip(lines, breaks, strict=False))).strip()


def _endless(random: Random) -> Iterator[str]:
    while True:
        yield from random.sample(_sentences(), 60)
        yield _own(random)


def _person(number: int) -> tuple[str, str]:
    """Name and address of the customer of that number: everybody writes for the first time."""
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
    return name, f"{name.split(maxsplit=1)[0].lower()}.{number}@client{number % 97:02}.example"


def _signed(name: str, body: str, random: Random) -> str:
    phone = random.randrange(1_000_000, 9_999_999)
    return f"{random.choice(_OPENERS)}\n\n{body}\n\n{random.choice(_CLOSERS)}\n{name}\n+49 30 {phone}\n"


# --- mails that open a case


def opening(kind: str, number: int, at: datetime | None = None) -> Mail:
    """A new customer's mail of one of the kinds in `OPENING`, written now or then."""
    random = Random(f"{kind}/{number}")
    name, address = _person(number)
    subject, body = _written()[number * 7 % len(_written())]
    parts = _PARTS[kind](name, body, random)
    subject = f"{' '.join(subject.split())[:90]} ({random.choice(_PLACES)} {number})"
    heads = _heads(f"{name} <{address}>", DESK, subject, f"{kind}.{number}", at)
    return Mail(kind, address, DESK, _octets(heads + parts))


def _short(name: str, body: str, random: Random) -> str:
    text = _signed(name, f"{body[:700]}\n\n{_own(random)}", random)
    return _text(text) if random.random() < 0.4 else _both(text)


def _long(name: str, _body: str, random: Random) -> str:
    return _text(_signed(name, _prose(random, LONG), random))


def _page(name: str, _body: str, random: Random) -> str:
    """What an office program makes of a few words: styles, tables, spans."""
    rows, size, sentences = [], 0, _endless(random)
    while size < HTML:
        words = html.escape(next(sentences))
        style = (
            f"font-family:Calibri,sans-serif;font-size:{random.randrange(9, 13)}pt;color:#{random.randrange(2**24):06x}"
        )
        rows.append(
            f'<tr><td style="{style};padding:0cm 5.4pt 0cm 5.4pt" width="{random.randrange(90, 600)}" valign="top">'
            f'<p class="MsoNormal"><span style="{style}">{words}</span><o:p></o:p></p></td></tr>'
        )
        size += len(rows[-1])
    body = f"<p>{html.escape(_own(random))}</p><table>{chr(10).join(rows)}</table><p>Regards<br>{name}</p>"
    return _part("text/html; charset=utf-8", f"<html><body>{body}</body></html>\n")


def _attached(name: str, body: str, random: Random) -> str:
    data = base64.encodebytes(b"\xff\xd8\xff\xe0" + random.randbytes(ATTACHED)).decode()
    head = (
        "Content-Type: image/jpeg; name=photo.jpg\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename=photo.jpg\n\n"
    )
    return _multipart("mixed", _text(_signed(name, f"{body[:400]}\n\n{_own(random)}", random)), head + data)


_PARTS: dict[str, Callable[[str, str, Random], str]] = {
    "short": _short,
    "long": _long,
    "html": _page,
    "attachment": _attached,
}


# --- mails that answer one of ours


def reply(letter: Letter, number: int, at: datetime | None = None) -> Mail:
    """A customer answers, above thirty lines of what they answer."""
    random = Random(f"reply/{number}")
    _, body = _written()[number * 11 % len(_written())]
    return _answer(f"reply.{number}", letter, f"{body[:300]}\n\n{_own(random)}", random, at)


def order(letter: Letter, number: int, words: str = "", at: datetime | None = None) -> Mail:
    """An agent answers, with an order: this one, or one of several in turn."""
    random = Random(f"order/{number}")
    said = f"Hello,\n\n{random.choice(_ANSWERS)}\n{_own(random)}\n\nBest\nthe team"
    text = f"{words or _ORDERS[number % len(_ORDERS)]}\n{said}"
    return _answer(f"order.{number}", letter, text, random, at)


def _answer(name: str, letter: Letter, text: str, random: Random, at: datetime | None) -> Mail:
    kind = name.partition(".")[0]
    ours = message_from_bytes(letter.raw, policy=policy.default)
    body = ours.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    if kind == "reply":
        lines = list(islice(chain(lines, (f"> {one[:76]}" for one in _endless(random))), QUOTED))
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    to = parseaddr(str(ours["Reply-To"] or ours["From"]))[1]
    asked, subject = str(ours["Message-ID"]), str(ours["Subject"])
    said = f"{text}\n\nOn Monday at {_clock(random)}, Support <{DESK}> wrote:\n{quoted}\n"
    heads = _heads(letter.recipient, to, f"Re: {subject.removeprefix('Re: ')}", name, at)
    heads += f"In-Reply-To: {asked}\nReferences: {asked}\n"
    return Mail(kind, letter.recipient, to, _octets(heads + _text(said)))


# --- bytes


def _heads(author: str, to: str, subject: str, name: str, at: datetime | None) -> str:
    """What every mail has, of the time at which it is written."""
    subject = subject if subject.isascii() else Header(subject, "utf-8").encode()
    domain, date = parseaddr(author)[1].partition("@")[2], format_datetime(at or datetime.now(UTC))
    return (
        f"Received: from out.{domain} by mx.desk.example; {date}\n"
        f"From: {author}\nTo: {to}\nSubject: {subject}\nDate: {date}\n"
        f"Message-ID: <{name}@{domain}>\nMIME-Version: 1.0\n"
    )


def _octets(mail: str) -> bytes:
    return mail.replace("\r", "").replace("\n", "\r\n").encode()


def _part(content_type: str, text: str) -> str:
    return f"Content-Type: {content_type}\nContent-Transfer-Encoding: 8bit\n\n{text}"


def _text(text: str) -> str:
    return _part("text/plain; charset=utf-8", text)


def _both(text: str) -> str:
    paragraphs = "".join(f"<p>{html.escape(one)}</p>\n" for one in text.split("\n\n"))
    return _multipart(
        "alternative", _text(text), _part("text/html; charset=utf-8", f"<html><body>{paragraphs}</body></html>\n")
    )


def _multipart(subtype: str, *parts: str) -> str:
    inside = "".join(f"--=-=\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{subtype}; boundary="=-="\n\n{inside}--=-=--\n'
