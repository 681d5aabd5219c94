"""What a monitor's mail is about, so that its recovery is known to belong to its problem.

Monitors name a thing twice: by a number of their own for the incident, where they have one, and by the words of the
subject that stay the same while the state changes, together with the host and service of the text. A mail is about
the same thing as another where one of these names is the same. Whether it may join that one's case is not told here
(`core.words.placement`): names can be guessed, senders have to be proven.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING

from helpdesk.core.words.watched import Watched
from helpdesk.severity.alerts import LONGEST, parse
from helpdesk.severity.text import MAX_SUBJECT, tidy
from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LISTS = word_lists("monitors")

# `Original problem ID: 4711` (Zabbix), `Incident #12` (PagerDuty).
_OWN_NUMBER = re.compile(
    r"\b(?:problem|incident|alert|issue|event group)[ _-]?(?:id|number|key)[ :=#]{0,5}(?P<labelled>[\w-]*\d[\w-]*)|"
    r"\b(?:problem|incident|alert|issue)\b[^#\n]{0,20}#(?P<counted>\d+)\b",
    re.IGNORECASE,
)
_URL_HOST = re.compile(r"https?://([\w.-]{1,100})", re.IGNORECASE)  # whose numbers they are
# What it stands on, where the subject does not say it; the first value of each.
_PLACE = re.compile(
    r"^[ *-]*(?P<label>host ?(?:name)?|service(?: name)?|instance|alarm name|monitor(?: name)?)"
    r" ?[:=] ?(?P<value>.{1,120})$",
    re.IGNORECASE | re.MULTILINE,
)
# `in 5m 3s`, `after 4 minutes`, `95.3 %`, `10:01:00`, `2026.01.05`: of this mail, not of the thing.
_MEASURES = re.compile(
    r"\b\d+(?:[.,]\d+)?(?: ?%|ms\b|[smhd]\b| (?:seconds?|minutes?|hours?|days?)\b)|\b\d{1,2}:\d\d(?::\d\d)?\b|"
    r"\b\d{4}[-./]\d\d[-./]\d\d\b|\b\d{1,2}/\d{1,2}/\d{4}\b",
)
# `Down (connection refused)`, `Down ended (now: Up)`, `Fired:Sev1`, `[web1] [🔴 Down] no route`: of the state.
_OF_THE_STATE = re.compile(
    r"(?<=\bdown) (?:ended )?\([^()]*\)|^(?:fired|resolved):(?=sev\d)|(?<=\]) ?\[[^\w\s\x00-\x7f]+ ?(?:down|up)\].*"
)
_WORD = re.compile(r"[^\s\[\]()<>{}\"'*,;!?|\u2013\u2014]+")
_PARTS = re.compile(r"[/:@|]")  # `web1/HTTP`, `host:web1`
_COUNT = re.compile(r"(firing|resolved):\d+")  # `[FIRING:3]`

_STATES = _LISTS["states"]
_LITTLE = _LISTS["little"]
# They say that it is an alert, and of nothing in particular.
_GENERAL = _LISTS["general"]


def watched(subject: str, text: str, *, sender: str, mailbox: str, proven: bool) -> Watched | None:
    """What a monitor's mail is about; None for any other mail. `text` is its own new text."""
    head, body = subject[:MAX_SUBJECT], tidy(text)[:LONGEST]
    alert = parse(head, body)
    if alert is None:
        return None
    if not sender:
        return Watched(alert.state, ())
    key = partial(_key, mailbox, sender)
    names, numbers = [*_words(head, body)], [*_numbers(head, body)]
    whose = _URL_HOST.search(body)
    if whose:
        names, numbers = [*names, *(f"{number} at {whose[1].casefold()}" for number in numbers)], []
    return Watched(alert.state, tuple(map(key, names)), tuple(map(key, numbers)), proven)


def _key(mailbox: str, sender: str, name: str) -> str:
    return hashlib.sha256(f"{mailbox}\n{sender}\n{name}".encode()).hexdigest()


def _numbers(subject: str, text: str) -> Iterator[str]:
    """The monitor's own number of the incident, if it has one."""
    found = _OWN_NUMBER.search(subject) or _OWN_NUMBER.search(text)
    if found:
        yield f"number {(found['labelled'] or found['counted']).casefold()}"


def _words(subject: str, text: str) -> Iterator[str]:
    """The words that name the thing, if they say more than that there is an alert."""
    words = _lasting(subject)
    said = {part for word in words for part in (word, *_PARTS.split(word))}
    words += [word for place in _places(text) for word in place if word not in said]
    if any(word not in _GENERAL and any(char.isalpha() for char in word) for word in words):
        yield f"name {' '.join(words)}"


def _places(text: str) -> Iterator[Sequence[str]]:
    """The host, service and so on that the text names, each once."""
    first: dict[str, str] = {}
    for found in _PLACE.finditer(text):
        first.setdefault(found["label"].casefold()[:4], found["value"])
    yield from map(_lasting, first.values())


def _lasting(text: str) -> list[str]:
    """The words that stay while the state changes."""
    plain = _MEASURES.sub(" ", _COUNT.sub(" ", _OF_THE_STATE.sub(" ", text.casefold())))
    words = (word.strip(".:=-#/") for word in _WORD.findall(plain))
    return [word for word in words if word not in _STATES and word not in _LITTLE and any(map(str.isalnum, word))]
