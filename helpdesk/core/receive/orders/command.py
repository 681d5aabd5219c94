"""What an agent orders by mail: lines that begin with `#`, at the very top of a reply.

    reply   = *command-line [text]
    command = "#" word [argument]

Only the first lines count, before any text and before any quote, so that a customer's words quoted below can never
order anything (threat A13). Either all commands are understood or nothing happens: the mistakes come back, marked.
Orders that contradict one another are a mistake, too. What begins like no order (`#include <stdio.h>`) is text, and so
is all that stands below a first line `#answer`, but the orders right below it. docs/agent-commands.md is the grammar
for people.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

from helpdesk.core.words.addresses import read_known, read_people
from helpdesk.core.words.block import CommandBlock, Mistake, read_block
from helpdesk.core.words.message import base_address
from helpdesk.offering.policy import OFF
from helpdesk.offering.severities import Kind
from helpdesk.openhours.relative_time import read_moment, read_span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import timedelta

    from helpdesk.person import Person

Verb = Literal[
    "note",
    "answer",
    "severity",
    "kind",
    "area",
    "detail",
    "assign",
    "wait",
    "snooze",
    "resolve",
    "close",
    "reopen",
    "started",
    "workaround",
    "planned",
    "agreed",
    "cc",
    "requester",
    "new",
    "link",
    "merge",
    "split",
    "exclude",
    "incident",
    "escalate",
    "ack",
    "spam",
    "redact",
    "help",
]

FORMS: dict[Verb, str] = {
    "note": "#note  the text below stays in the team",
    "severity": "#severity KEY [initially] [reason]  sets the severity; initially: the first one was wrong",
    "assign": "#assign NAME-OR-ADDRESS  gives the case to an agent of the team",
    "answer": "#answer  the text below goes to the customer, whatever mail you answer",
    "kind": "#kind KIND  corrects what the case is: question, defect, maintenance or enhancement",
    "area": "#area NAME  corrects the application area",
    "detail": "#detail FIELD VALUE  keeps what the customer is asked for, such as #detail project shop-eu",
    "wait": "#wait [vendor] [3d]  waits for the customer, or for a third party",
    "snooze": "#snooze 3d | 2026-06-01 [09:00] | mon  reminds you then; no clock stops",
    "resolve": "#resolve  resolved, with the text below as the answer",
    "close": "#close  closed, and the customer is told",
    "reopen": "#reopen  open again",
    "started": "#started  the work has begun",
    "workaround": "#workaround [what]  the customer can go on another way",
    "planned": "#planned 2026-06-01 [what]  until when what is to be done",
    "agreed": "#agreed 2026-06-01 [12:00]  the date that you agreed with the customer: it is due then; again moves it",
    "cc": "#cc add|remove ADDRESS...  who gets the answers to come, too",
    "requester": "#requester ADDRESS  whose case it is: they get the answers to come, and their customer's terms apply",
    "new": "#new ADDRESS [SUBJECT]  in a mail of its own to the support address: a case for somebody who called",
    "link": "#link HD-9  links the two cases",
    "merge": "#merge HD-9  this case goes into HD-9, where both are answered",
    "split": "#split [subject]  the customer's mail becomes a case of its own, with the text below as its answer",
    "exclude": "#exclude KEY [reason] | off  the promises do not apply, and the customer hears why; off: they do",
    "incident": "#incident KEY  the case is about a known incident",
    "escalate": "#escalate [reason] | off  tells who looks after the account, and the customer that it did; off: not",
    "ack": "#ack  you have it: nobody else is called",
    "spam": "#spam  closes a case of somebody unknown that nobody has answered; nobody outside is told",
    "redact": "#redact  erases all that was sent on this case; it is asked for again",
    "help": "#help  sends this list",
}

# A sign of exclamation behind the word insists on what the desk would otherwise not do.
_LINE = re.compile(r"#(?P<verb>[a-z-]+)\b(?:\s*(?P<insists>[!\uff01]+))?\s*(?P<argument>.*)", re.IGNORECASE)
_INSISTED: frozenset[Verb] = frozenset({"assign", "wait", "resolve", "close", "spam"})
_SPACED = re.compile(r"#[#\s]+([a-z-]+)\b.*", re.IGNORECASE)
_ALONE = re.compile(r"#+\w*[.,:;!]?")
_NEAR = 0.8  # how alike a word and a command are that may have been meant
# A mail program may make a link of it and show where it leads.
_REFERENCE = re.compile(r"\[?(?:HD-)?([1-9]\d{0,11})\]?(?:\s*<[^<>]*>)?", re.IGNORECASE)
# At most one of each group stands in a mail, and at most one of each command that is not among the repeatable.
_CONTRADICTIONS: tuple[frozenset[Verb], ...] = (
    frozenset({"note", "answer"}),
    frozenset({"wait", "resolve", "close", "reopen", "merge", "spam"}),
    frozenset({"snooze", "resolve", "close", "merge", "spam"}),
    frozenset({"assign", "merge", "spam"}),
    frozenset({"answer", "spam"}),
    frozenset({"cc", "spam"}),
    frozenset({"exclude", "spam"}),
    frozenset({"escalate", "spam"}),
)
# Beside an order to split the others would be about the old case or the new one, and nobody could tell.
_BESIDE_SPLIT: frozenset[Verb] = frozenset({"split", "note", "answer", "link", "ack", "help"})
_REPEATABLE: frozenset[Verb] = frozenset(
    {"note", "answer", "detail", "cc", "link", "incident", "ack", "redact", "help"}
)
_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Command:
    """One order. `line` is as it was written."""

    verb: Verb
    line: str
    argument: str = ""
    detail: str = ""  # severity, wait: the reason; detail: the value; workaround, planned: what
    initially: bool = False  # severity: it was so from the start, and the desk learns from it
    span: timedelta | None = None  # wait: how long
    vendor: bool = False  # wait: for a third party
    until: datetime | None = None  # snooze, planned, agreed: aware UTC
    people: tuple[Person, ...] = ()  # cc, requester
    case: int = 0  # link, merge: the number of the other case
    insists: bool = False  # `#resolve!`: whatever would keep it from being done otherwise


@dataclass(frozen=True, slots=True)
class Orders:
    """What a reply says: its commands, its mistakes, and the text that is left."""

    commands: tuple[Command, ...]
    mistakes: tuple[Mistake, ...]
    text: str

    def given(self, *verbs: Verb) -> tuple[Command, ...]:
        """The commands of these, in order."""
        return tuple(command for command in self.commands if command.verb in verbs)

    def given_besides(self, *verbs: Verb) -> tuple[Command, ...]:
        """The other commands, in order."""
        return tuple(command for command in self.commands if command.verb not in verbs)

    def has(self, *verbs: Verb) -> bool:
        """Whether one of these commands was given."""
        return any(command.verb in verbs for command in self.commands)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What arguments may name: what the policy knows, the team's agents (name to address), who and which cases.

    `people` are on the case, the requester first; `removed` were; `ours` are addresses of our own. Of the cases that
    a mail names `linkable` says why each cannot be linked, and `mergeable` why this case cannot go into it: "" where it
    can. `at` (aware UTC) and `zone` are when and where it is read.
    """

    severities: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]
    exclusions: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # of the policy's intake, but for the severity
    people: tuple[str, ...] = ()
    removed: Collection[str] = frozenset()
    ours: Collection[str] = frozenset()
    linkable: Mapping[int, str] = field(default_factory=dict)
    mergeable: Mapping[int, str] = field(default_factory=dict)
    unsplittable: str = ""  # why no mail of the customer's can become a case
    no_spam: str = ""  # why the case cannot be called spam
    at: datetime = _ALWAYS
    zone: str = "UTC"
    active: bool = True  # whether the case is open or waiting

    def is_ours(self, address: str) -> bool:
        """Whether it is an address of our own, with or without a `+tag` such as a reply token."""
        return address in self.ours or base_address(address) in self.ours


def read_orders(text: str, vocabulary: Vocabulary) -> Orders:
    """Read a reply; `text` is what stands above any quote."""
    block = _block(text, vocabulary)
    clashes = tuple(_clashes(block.orders))
    clashing = {mistake.line for mistake in clashes}
    commands = tuple(command for command in block.orders if command.line not in clashing)
    return Orders(commands, (*block.mistakes, *clashes), block.text)


_ANSWER = re.compile(r"\s*#answer[ \t]*\n(?P<orders>(?:[ \t]*#[^\n]*(?:\n|$))*)", re.IGNORECASE)


def _block(text: str, vocabulary: Vocabulary) -> CommandBlock[Command]:
    """The orders at the top. Below a first `#answer` only those right below it are orders, up to what is none."""
    answers = _ANSWER.match(f"{text}\n")
    if not answers:
        return read_block(text, lambda line: _read_line(line, vocabulary))

    def read(line: str) -> Command | Mistake | None:
        one = _read_line(line, vocabulary)
        return None if isinstance(one, Mistake) else one

    block = read_block(text[: answers.end()], read)
    below = (block.text, text[answers.end() :].strip("\n").rstrip())
    return CommandBlock(block.orders, block.mistakes, "\n".join(filter(None, below)))


def would_be_obeyed(line: str, vocabulary: Vocabulary) -> bool:
    """Whether a line would be an order on the first line, were it written as one.

    `#note` is one with any words behind it: what was meant for the team must not go to a customer. Nor must what has
    the whole form of an order and only cannot be done on this case, such as `#spam` or `#link HD-9`.
    """
    plain = _undisguised(line)
    found = _LINE.fullmatch(plain)
    if found is None:
        return False
    anywhere = replace(vocabulary, active=True, no_spam="", unsplittable="")
    return _has_its_form(found["verb"].lower(), found["argument"]) or isinstance(_read_line(plain, anywhere), Command)


def _has_its_form(verb: str, argument: str) -> bool:
    """Whether words behind an order are what it takes, of whatever case and person they are."""
    if verb in _ABOUT_CASES:
        return _REFERENCE.fullmatch(argument) is not None
    if verb in {"cc", "requester"}:
        how, _, rest = argument.partition(" ")
        named = read_people(rest if verb == "cc" and how.lower() in {"add", "remove"} else argument)
        return bool(named.people) and not named.wrong
    return verb == "note"


# What people and mail programs put around a line: marks of lists, of emphasis, of code, of quotes, and an escape.
_BEFORE = re.compile(r"(?:[^\w\s#]|_|\d{1,3}[.):]|[a-z][.)](?=\s)|\s)*(?=#)", re.IGNORECASE)
_BEHIND = re.compile(r"(?:[^\w\s]|_)+$")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\u20e3\ufeff]"
)
_SIGNS = str.maketrans({"\u266f": "#", "\u2d4c": "#"})


def _undisguised(line: str) -> str:
    """A line as an order would be written: without what stands around it, and with ordinary signs and blanks."""
    shown = line[:_LONGEST]
    if not shown.isascii():
        shown = unicodedata.normalize("NFKC", _UNSEEN.sub("", shown)).translate(_SIGNS)
    for entity in ("&#35;", "&num;"):
        shown = shown.replace(entity, "#")
    before = _BEFORE.match(shown)
    if not before:
        return ""
    # A second sign, or a blank behind it, is what a program for formatted text makes of a heading.
    bare = re.sub(r"^#[#\s]*", "#", shown[before.end() :])
    return _BEHIND.sub("", " ".join(bare.split())).strip()


_LONGEST = 400  # characters of a line with an order


def cases_named(text: str) -> tuple[int, ...]:
    """The numbers of the cases that orders at the top of a mail name: what must be read before they can be obeyed."""
    lines = read_block(text, lambda line: line).orders
    found = (_LINE.fullmatch(line) for line in lines)
    numbers = (
        _REFERENCE.fullmatch(match["argument"].strip())
        for match in found
        if match and match["verb"].lower() in _ABOUT_CASES
    )
    return tuple(dict.fromkeys(int(number[1]) for number in numbers if number))


def people_named(text: str) -> tuple[str, ...]:
    """The addresses that orders at the top of a mail name as a case's requester."""
    lines = read_block(text, lambda line: line).orders
    found = (_LINE.fullmatch(line) for line in lines)
    named = (read_people(match["argument"]).people for match in found if match and match["verb"].lower() == "requester")
    return tuple(person.address for people in named for person in people)


def may_split(text: str) -> bool:
    """Whether orders at the top of a mail have one to split."""
    lines = read_block(text, lambda line: line).orders
    return any(match and match["verb"].lower() == "split" for match in map(_LINE.fullmatch, lines))


def begins_with_order(text: str) -> bool:
    """Whether an order that there is stands at the top of a mail."""
    lines = read_block(text, lambda line: line).orders
    return any(match and match["verb"].lower() in FORMS for match in map(_LINE.fullmatch, lines))


_ABOUT_CASES = ("link", "merge")


def _clashes(commands: Iterable[Command]) -> Iterator[Mistake]:
    """The orders that contradict one before them."""
    given: list[Verb] = []
    for command in commands:
        verb = command.verb
        if verb in given and verb not in _REPEATABLE:
            yield Mistake(command.line, f"one #{verb} in a mail")
        for group in _CONTRADICTIONS:
            others = [other for other in given if other in group and other != verb]
            if verb in group and others:
                yield Mistake(command.line, f"#{others[0]} or #{verb}, not both in one mail")
                break
        other = next((one for one in given if _splits(verb) != _splits(one) and {verb, one} - _BESIDE_SPLIT), None)
        if other and "split" in {verb, other}:
            yield Mistake(command.line, f"#{other} or #{verb}, not both: the new case gets a mail of its own")
        given.append(verb)


def _splits(verb: Verb) -> bool:
    return verb == "split"


def _read_line(line: str, vocabulary: Vocabulary) -> Command | Mistake | None:
    """What a line that begins with a `#` orders; None where it is text."""
    found = _LINE.fullmatch(line)
    verb = found["verb"].lower() if found else ""
    if found and verb in FORMS:
        return _read_order(line, verb, found, vocabulary)
    spaced = _SPACED.fullmatch(line)
    if spaced and spaced[1].lower() in FORMS:
        return Mistake(line, f"{form_of(spaced[1].lower())}, without a blank behind the #")
    near = difflib.get_close_matches(verb, FORMS, n=1, cutoff=_NEAR)
    if near:
        return Mistake(line, form_of(near[0]))
    if not _ALONE.fullmatch(line):
        return None
    return Mistake(line, "one of " + ", ".join(f"#{known}" for known in FORMS))


def _read_order(line: str, verb: Verb, found: re.Match[str], vocabulary: Vocabulary) -> Command | Mistake:
    # Blanks that do not break, as HTML mails have them, are blanks.
    order = _READERS[verb](line, " ".join(found["argument"].split()), vocabulary)
    if not found["insists"] or isinstance(order, Mistake):
        return order
    return replace(order, insists=True) if verb in _INSISTED else Mistake(line, f"{form_of(verb)}, without the !")


def form_of(verb: str) -> str:
    """How it is written, without what it does."""
    return next(form for known, form in FORMS.items() if known == verb).partition("  ")[0]


def _plain(verb: Verb) -> Callable[[str, str, Vocabulary], Command | Mistake]:
    def read(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
        return Mistake(line, f"{form_of(verb)} on a line of its own") if argument else Command(verb, line)

    return read


def _severity(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    key, _, reason = argument.partition(" ")
    if key.lower() in vocabulary.severities:
        first, _, rest = reason.strip().partition(" ")
        initially = first.lower() == "initially"
        detail = rest.strip() if initially else reason.strip()
        return Command("severity", line, argument=key.lower(), detail=detail, initially=initially)
    return Mistake(line, "#severity and one of " + ", ".join(vocabulary.severities))


def _new(line: str, _argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
    return Mistake(line, "#new ADDRESS [SUBJECT] on the first line of a mail of its own to the support address")


def _spam(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    if argument:
        return Mistake(line, "#spam on a line of its own")
    if vocabulary.no_spam:
        return Mistake(line, f"a case that may be spam: {vocabulary.no_spam}")
    return Command("spam", line)


def _kind(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
    if argument.lower() in get_args(Kind):
        return Command("kind", line, argument=argument.lower())
    return Mistake(line, "#kind and one of " + ", ".join(get_args(Kind)))


def _area(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    named = {_plainly(key): key for key in vocabulary.areas}
    if _plainly(argument) in named:
        return Command("area", line, argument=named[_plainly(argument)])
    known = ", ".join(vocabulary.areas) or "nothing: this policy names no areas"
    return Mistake(line, f"#area and one of {known}")


def _detail(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    field, _, value = argument.replace(":", " ", 1).partition(" ")
    if field.lower() in vocabulary.fields and value.strip():
        return Command("detail", line, argument=field.lower(), detail=value.strip())
    known = ", ".join(vocabulary.fields) or "nothing: this policy asks for nothing"
    return Mistake(line, f"#detail, one of {known}, and its value")


def _plainly(key: str) -> str:
    return re.sub(r"[\s_-]+", "-", key.strip().lower())


def _exclude(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    key, _, reason = argument.partition(" ")
    if key.lower() in vocabulary.exclusions or argument.lower() == OFF:
        return Command("exclude", line, argument=key.lower(), detail=reason.strip())
    known = "".join(f"{key}, " for key in vocabulary.exclusions)
    return Mistake(line, f"#exclude and one of {known}{OFF}")


def _incident(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    if argument.lower() in vocabulary.incidents:
        return Command("incident", line, argument=argument.lower())
    known = ", ".join(vocabulary.incidents) or "nothing: no incident is declared"
    return Mistake(line, f"#incident and one of {known}")


def _escalate(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
    if argument.lower() == OFF:
        return Command("escalate", line, argument=OFF)
    return Command("escalate", line, detail=argument)


def _assign(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    wanted = argument.lower()
    matches = {
        address
        for name, address in vocabulary.agents
        if wanted and wanted in {name.lower(), address, name.lower().split()[0], address.partition("@")[0]}
    }
    if len(matches) == 1:
        return Command("assign", line, argument=matches.pop())
    return Mistake(line, "#assign and one of " + ", ".join(name for name, _ in vocabulary.agents))


_WAIT = re.compile(r"(?:(?P<whom>vendor|customer)\b)?\s*(?P<span>\d{1,3}\s*[hdw]\b)?\s*(?P<why>\D.*)?", re.IGNORECASE)


def _wait(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
    found = _WAIT.fullmatch(argument)
    whom = (found["whom"] or "customer").lower() if found else ""
    span = read_span(found["span"] or "") if found else None
    # Why one waits for the customer stands in the text that they get.
    if not found or (found["span"] and not span) or (found["why"] and whom == "customer"):
        return Mistake(line, "#wait or #wait vendor, with a span such as 12h, 3d or 2w, and behind a vendor what for")
    why = (found["why"] or "").strip()
    return Command("wait", line, argument=argument, span=span, vendor=whom == "vendor", detail=why)


def _snooze(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    if not vocabulary.active:
        return Mistake(line, "#snooze on a case that is open; #reopen opens it again")
    until = read_moment(argument, zone=vocabulary.zone, after=vocabulary.at)
    if until:
        return Command("snooze", line, argument=argument, until=until)
    return Mistake(line, "#snooze and a moment within a year: 12h, 3d, 2w, 2026-06-01, 2026-06-01 14:30 or mon")


def _workaround(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
    return Command("workaround", line, detail=argument)


def _planned(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    until, what = _day_and_words(argument, vocabulary)
    if until:
        return Command("planned", line, argument=argument, until=until, detail=what)
    return Mistake(line, "#planned and a day within a year, such as 2026-06-01 or mon, and behind it what is planned")


def _agreed(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    if not vocabulary.active:
        return Mistake(line, "#agreed on a case that is open; #reopen opens it again")
    until, rest = _day_and_words(argument, vocabulary)
    if until and not rest:
        return Command("agreed", line, argument=argument, until=until)
    return Mistake(line, "#agreed and a moment within a year: 2026-06-01, 2026-06-01 12:00, mon 12:00, 3d")


def _day_and_words(argument: str, vocabulary: Vocabulary) -> tuple[datetime | None, str]:
    """The moment that the first words mean, and the words behind it. A day alone means all of it."""
    words = argument.split()
    for length in (2, 1)[len(words) < 2 :]:
        meant, rest = " ".join(words[:length]), " ".join(words[length:])
        attempts = (meant, f"{meant} {_END_OF_DAY}") if length == 1 and read_span(meant) is None else (meant,)
        for attempt in reversed(attempts):
            until = read_moment(attempt, zone=vocabulary.zone, after=vocabulary.at)
            if until:
                return until, rest
    return None, argument


_END_OF_DAY = "23:59"


def _cc(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    how, _, rest = argument.partition(" ")
    known, rest = read_known(rest, (*vocabulary.people, *vocabulary.removed)) if how.lower() == "remove" else ((), rest)
    named = read_people(rest)
    named = replace(named, people=(*known, *named.people))
    form = "#cc add or #cc remove, and addresses such as kim@acme.example"
    if how.lower() not in {"add", "remove"} or not (named.people or named.wrong):
        return Mistake(line, form)
    wrong = [f"{form}, not {', '.join(named.wrong)}"] if named.wrong else []
    wrong += _misplaced(how.lower(), [person.address for person in named.people], vocabulary)
    return Mistake(line, "; ".join(wrong)) if wrong else Command("cc", line, argument=how.lower(), people=named.people)


def _misplaced(how: str, addresses: Iterable[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Who can be neither added nor removed, and why, as the right form."""
    if how == "add":
        ours = [address for address in addresses if vocabulary.is_ours(address)]
        if ours:
            are = "is one of us" if len(ours) == 1 else "are of us"
            yield f"addresses of customers; {', '.join(ours)} {are} (#assign gives the case to a colleague)"
        return
    requester, *others = vocabulary.people or ("",)
    if requester in addresses:
        yield f"somebody other than {requester}, whose case it is"
    absent = [address for address in addresses if address not in {*vocabulary.people, *vocabulary.removed}]
    if absent and others:
        yield f"one of {', '.join(others)}, not {', '.join(absent)}"
    elif absent:
        yield "nobody: none but the requester is on the case"


def _requester(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    named = read_people(argument)
    form = "#requester and one address, such as jo@acme.example"
    if named.wrong or len(named.people) != 1:
        return Mistake(line, f"{form}, not {', '.join(named.wrong)}" if named.wrong else form)
    if vocabulary.is_ours(named.people[0].address):
        return Mistake(line, f"the address of a customer; {named.people[0].address} is one of us")
    return Command("requester", line, people=named.people)


def _link(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    return _about_case("link", line, argument, vocabulary.linkable)


def _merge(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    return _about_case("merge", line, argument, vocabulary.mergeable)


def _about_case(verb: Verb, line: str, argument: str, problems: Mapping[int, str]) -> Command | Mistake:
    found = _REFERENCE.fullmatch(argument)
    number = int(found[1]) if found else 0
    wrong = problems.get(number, f"#{verb} and the number of a case of your team, such as HD-9")
    return Mistake(line, wrong) if wrong else Command(verb, line, argument=f"HD-{number}", case=number)


def _split(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    wrong = vocabulary.unsplittable
    return Mistake(line, wrong) if wrong else Command("split", line, argument=argument)


_READERS: dict[Verb, Callable[[str, str, Vocabulary], Command | Mistake]] = {
    "note": _plain("note"),
    "answer": _plain("answer"),
    "severity": _severity,
    "kind": _kind,
    "area": _area,
    "detail": _detail,
    "assign": _assign,
    "wait": _wait,
    "snooze": _snooze,
    "resolve": _plain("resolve"),
    "close": _plain("close"),
    "reopen": _plain("reopen"),
    "started": _plain("started"),
    "workaround": _workaround,
    "planned": _planned,
    "agreed": _agreed,
    "cc": _cc,
    "requester": _requester,
    "new": _new,
    "link": _link,
    "merge": _merge,
    "split": _split,
    "exclude": _exclude,
    "incident": _incident,
    "escalate": _escalate,
    "ack": _plain("ack"),
    "spam": _spam,
    "redact": _plain("redact"),
    "help": _plain("help"),
}
