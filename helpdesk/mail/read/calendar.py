"""What the calendar part of a mail says: what is to happen, when, who asks and who is asked (RFC 5545, RFC 5546)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from helpdesk.mail.read.codec import clean, clean_line, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.mail.read.mime import Part, Tree

_READ = 200_000  # bytes
_MOST_PEOPLE = 30
_SHOWN_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a calendar. Times are as shown to people; `people` are names or addresses, the organizer first."""

    method: str  # REQUEST, REPLY, CANCEL ...; "" for a calendar that asks for nothing
    summary: str = ""
    location: str = ""
    description: str = ""
    begins: str = ""
    ends: str = ""
    organizer: str = ""
    attendees: tuple[str, ...] = ()
    comment: str = ""  # what somebody wrote with their answer
    product: str = ""  # the program that wrote it (RFC 5545 section 3.7.3)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody whom it names."""
        return (self.organizer, *self.attendees)

    def shown(self) -> str:
        """A line for each thing that there is to know."""
        title = _TITLES.get(self.method, "Invitation")
        when = f"{self.begins} to {self.ends}" if self.ends else self.begins
        whom = [*self.attendees[:_SHOWN_PEOPLE], *(["and others"] if len(self.attendees) > _SHOWN_PEOPLE else [])]
        rows = (
            (title, self.summary or "(no title)"),
            ("When", when),
            ("Where", self.location),
            ("From", self.organizer),
            ("To", ", ".join(whom)),
        )
        told = "\n".join(f"{name}: {value}" for name, value in rows if value)
        return f"{told}\n\n{self.comment}" if self.comment else told


_TITLES = {"CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "Another time proposed"}


def happening(tree: Tree) -> Happening | None:
    """The first event in a calendar part of a mail; None where it has none."""
    for part in tree.parts:
        if part.type in {"text/calendar", "application/ics"}:
            found = _read(tree, part)
            if found is not None:
                return found
    return None


_LINE = re.compile(
    r'^([A-Za-z-]{1,40})((?:;[^:";\n]{1,80}(?:="?[^"\n;]{0,400}"?)?|;[\w-]{1,40}="[^"\n]{0,400}"){0,12}):(.*)$'
)
_PARAMETER = re.compile(r';([\w-]{1,40})=(?:"([^"\n]{0,400})"|([^;:\n]{0,400}))')


def _read(tree: Tree, part: Part) -> Happening | None:
    text = clean(decode(tree.body(part)[:_READ], part.parameters.get("charset", ""))[0])
    unfolded = re.sub(r"\n[ \t]", "", text)  # RFC 5545 s3.1
    head, begun, event = unfolded.partition("BEGIN:VEVENT")
    if not begun:
        return None
    properties = list(_properties(event.partition("END:VEVENT")[0]))
    first: dict[str, tuple[dict[str, str], str]] = {}
    for name, parameters, value in properties:
        first.setdefault(name, (parameters, value))
    calendar = {name: value for name, _, value in _properties(head)}
    organizer = first.get("ORGANIZER", ({}, ""))
    attendees = [(given, value) for name, given, value in properties if name == "ATTENDEE"][:_MOST_PEOPLE]
    comments = [first.get("COMMENT", ({}, ""))[1], *(given.get("X-RESPONSE-COMMENT", "") for given, _ in attendees)]
    return Happening(
        method=(calendar.get("METHOD", "") or part.parameters.get("method", "")).strip().upper(),
        summary=first.get("SUMMARY", ({}, ""))[1],
        location=first.get("LOCATION", ({}, ""))[1],
        description=first.get("DESCRIPTION", ({}, ""))[1],
        begins=_moment(*first.get("DTSTART", ({}, ""))),
        ends=_moment(*first.get("DTEND", ({}, ""))),
        organizer=_person(*organizer),
        attendees=tuple(name for name in (_person(given, value) for given, value in attendees) if name),
        comment=next((one.strip() for one in comments if one.strip()), ""),
        product=calendar.get("PRODID", ""),
    )


def _properties(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in text.split("\n"):
        found = _LINE.match(line[:4_000])
        if found:
            given = {name.upper(): quoted or bare for name, quoted, bare in _PARAMETER.findall(found[2])}
            yield found[1].upper(), given, _unescaped(found[3])


def _unescaped(value: str) -> str:
    """RFC 5545 s3.3.11: what is escaped in a text."""
    return re.sub(r"\\([,;\\])", r"\1", re.sub(r"\\[nN]", "\n", value)).strip()


def _person(parameters: dict[str, str], value: str) -> str:
    address = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE).lower()
    name = clean_line(parameters.get("CN", ""))
    return f"{name} <{address}>" if name and address and name.lower() != address else name or address


_STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def _moment(parameters: dict[str, str], value: str) -> str:
    """A time as the calendar has it: in its own zone, which is named."""
    found = _STAMP.fullmatch(value.strip())
    if not found:
        return clean_line(value)[:80]
    try:
        at = datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007  its zone is named beside it
    except ValueError:
        return clean_line(value)[:80]
    if not found[2]:
        return f"{at:%a %d %b %Y}"
    return f"{at:%a %d %b %Y %H:%M} {'UTC' if found[3] else clean_line(parameters.get('TZID', ''))[:60]}".strip()
