"""What stands behind the word of each order, and what is expected where it cannot be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from helpdesk.core.receive.behalf import read_first
from helpdesk.core.receive.orders.command import Command, Verb, Vocabulary
from helpdesk.core.receive.orders.table import ORDERS, form_of
from helpdesk.core.words.addresses import read_known, read_people
from helpdesk.core.words.block import Mistake
from helpdesk.offering.policy import OFF
from helpdesk.offering.severities import Kind
from helpdesk.openhours.relative_time import read_moment

if TYPE_CHECKING:
    from datetime import datetime

_ArgumentReader = Callable[[str, "Vocabulary"], "Command | str"]  # the order without its line, or what is expected
# A mail program may make a link of it and show where it leads.
REFERENCE = re.compile(
    r"(?:(?:with|into|to) )?(?:case )?\[?#?(?:HD[- ]?)?([1-9]\d{0,11})\]?(?:\s*<[^<>]*>)?\.?", re.IGNORECASE
)


def read_order(verb: Verb, line: str, argument: str, vocabulary: Vocabulary, *, insists: bool) -> Command | Mistake:
    """Read what stands behind an order's word; `line` is as it was written."""
    # Blanks that do not break, as HTML mails have them, are blanks.
    read = _READERS.get(verb) or _nothing_behind(verb)
    order = read(" ".join(argument.split()), vocabulary)
    if isinstance(order, str):
        return Mistake(line, order)
    # A sign of exclamation behind the word insists on what the desk would otherwise not do.
    if insists and not ORDERS[verb].insists:
        return Mistake(line, f"{form_of(verb)}, without the !")
    return replace(order, line=line, insists=insists)


def _nothing_behind(verb: Verb) -> _ArgumentReader:
    return lambda argument, _vocabulary: f"{form_of(verb)} on a line of its own" if argument else Command(verb)


# What people write around a name: a stop, quotes, the sign that calls somebody; and a small word before it.
_AROUND = " .,;:=@\"'()<>\u00ab\u00bb\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e"
_POLITE = (
    r"(?:please|pls|plz|kindly|thanks|thank you|thx|bitte|danke|merci|svp|stp|s'il (?:te|vous) pla[iî]t|por favor|"
    r"gracias|per favore|grazie|alsjeblieft|bedankt|obrigad[oa])"
)
COURTESY = re.compile(rf"^{_POLITE}\b[,\s]{{0,3}}|[,.!\s]{{1,3}}{_POLITE}[\s.!]{{0,4}}$", re.IGNORECASE)
_SMALL_WORD = re.compile(r"^(?:to|as|is|with|into|in)\s+", re.IGNORECASE)


def _spellings(argument: str) -> tuple[str, str, str]:
    """A name as it was written, without what stands around it, and without a small word before it; in small letters."""
    bare = COURTESY.sub("", argument.strip(_AROUND)).strip(_AROUND)
    return argument.casefold(), bare.casefold(), _SMALL_WORD.sub("", bare).strip(_AROUND).casefold()


def _named(argument: str, known: Mapping[str, str]) -> str:
    """Which of the known is named; "" for none."""
    named = {_plainly(name): one for name, one in known.items()}
    return next((named[name] for name in map(_plainly, _spellings(argument)) if name in named), "")


def _one_of(verb: Verb, known: Callable[[Vocabulary], Mapping[str, str]], *, nothing: str = "") -> _ArgumentReader:
    """One of these names, each with what it stands for; `nothing` is said where there are none."""

    def read(argument: str, vocabulary: Vocabulary) -> Command | str:
        meant = _named(argument, known(vocabulary))
        if meant:
            return Command(verb, argument=meant)
        names = ", ".join(dict.fromkeys(known(vocabulary).values())) or f"nothing: {nothing}"
        return f"#{verb} and one of {names}"

    return read


def _themselves(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _with_words(verb: Verb) -> _ArgumentReader:
    """Whatever somebody says beside it."""
    return lambda argument, _vocabulary: Command(verb, detail=argument)


_MOST_WORDS = 4  # of the name of a severity


def _severity(argument: str, vocabulary: Vocabulary) -> Command | str:
    known = {**vocabulary.levels, **{key: key for key in vocabulary.severities}}
    words = argument.split()
    for length in range(min(len(words), _MOST_WORDS), 0, -1):
        key = _named(" ".join(words[:length]), known)
        if key:
            first, *rest = " ".join(words[length:]).lstrip(f"{_AROUND}-").split() or [""]
            initially = first.lower() == "initially"
            detail = " ".join(rest if initially else [first, *rest])
            return Command("severity", argument=key, detail=detail, initially=initially)
    return "#severity and one of " + ", ".join(vocabulary.severities)


def _new(_argument: str, _vocabulary: Vocabulary) -> Command | str:
    return "#new ADDRESS [SUBJECT] on the first line of a mail of its own to the support address"


def _spam(argument: str, vocabulary: Vocabulary) -> Command | str:
    if argument:
        return "#spam on a line of its own"
    if vocabulary.no_spam:
        return f"a case that may be spam: {vocabulary.no_spam}"
    return Command("spam")


def _nocall(argument: str, vocabulary: Vocabulary) -> Command | str:
    if vocabulary.no_call:
        return f"a call that was not worth waking for: {vocabulary.no_call}"
    return Command("nocall", detail=argument)


_FIELD_AND_VALUE = re.compile(r"([^\s:]++)\s*:?\s*(\S.*)")


def _detail(argument: str, vocabulary: Vocabulary) -> Command | str:
    found = _FIELD_AND_VALUE.fullmatch(argument)
    if found and found[1].lower() in vocabulary.fields:
        return Command("detail", argument=found[1].lower(), detail=found[2].strip())
    known = ", ".join(vocabulary.fields) or "nothing: this policy asks for nothing"
    return f"#detail, one of {known}, and its value"


def _plainly(key: str) -> str:
    return re.sub(r"[\s_-]+", "-", key.strip().lower())


def _exclude(argument: str, vocabulary: Vocabulary) -> Command | str:
    word, _, reason = argument.partition(" ")
    key = _named(word, {key: key for key in (*vocabulary.exclusions, *(() if reason.strip() else (OFF,)))})
    if key:
        return Command("exclude", argument=key, detail=reason.strip())
    known = "".join(f"{key}, " for key in vocabulary.exclusions)
    return f"#exclude and one of {known}{OFF}"


def _escalate(argument: str, _vocabulary: Vocabulary) -> Command | str:
    if argument.lower() == OFF:
        return Command("escalate", argument=OFF)
    return Command("escalate", detail=argument)


_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"',;]+\w")
_MYSELF = frozenset({"me", "myself"})


def _assign(argument: str, vocabulary: Vocabulary) -> Command | str:
    address = _ADDRESS.search(argument)
    spellings = frozenset(map(_plain_letters, _spellings(address[0] if address else argument)))
    matches = _called(spellings, vocabulary)
    if not matches and vocabulary.me and not spellings.isdisjoint(_MYSELF):
        matches = {vocabulary.me}
    if len(matches) == 1:
        return Command("assign", argument=matches.pop())
    return "#assign and one of " + ", ".join(name for name, _ in vocabulary.agents)


def _called(spellings: frozenset[str], vocabulary: Vocabulary) -> set[str]:
    """The addresses of those who are called so; by another part of their names where nobody is by the first."""
    for names in (names_of, _parts_of):
        known = ((address, map(_plain_letters, names(name, (address,)))) for name, address in vocabulary.agents)
        matches = {address for address, called in known if not spellings.isdisjoint(called)}
        if matches:
            return matches
    return set()


def _plain_letters(text: str) -> str:
    """Without accents, as many people type names."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def names_of(name: str, addresses: Iterable[str]) -> frozenset[str]:
    """What one of us may be called in an order, lower case."""
    called = name.casefold()
    parts = (part for address in addresses for part in (address, address.partition("@")[0]))
    return frozenset(filter(None, (called, *called.split()[:1], *parts)))


def _parts_of(name: str, _addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold().split())


def _snippet(argument: str, vocabulary: Vocabulary) -> Command | str:
    name = _named(argument, {name: name for name in vocabulary.snippets})
    if vocabulary.snippets.get(name):
        return Command("snippet", argument=name, detail=vocabulary.snippets[name])
    if name in vocabulary.snippets:
        return f"a snippet that has words for this case; {name} has none"
    known = ", ".join(vocabulary.snippets) or "nothing: this desk has no snippets"
    return f"#snippet and one of {known}"


def _ask(argument: str, vocabulary: Vocabulary) -> Command | str:
    person, subject = read_first(argument)
    if person is None:
        return "#ask and the address of a third party, such as #ask help@vendor.example"
    if vocabulary.is_ours(person.address):
        return f"the address of a third party; {person.address} is one of us"
    if person.address in vocabulary.people:
        return f"the address of a third party; {person.address} is on the case, and #answer writes to them"
    return Command("ask", people=(person,), detail=subject)


_TAG = re.compile(r"\w[\w.+/&-]{0,39}")


def _tag(argument: str, _vocabulary: Vocabulary) -> Command | str:
    """Tags are words, apart by blanks or commas; `off` in front of them or behind takes them away."""
    words = [word.lstrip("#").casefold() for word in re.split(r"[\s,;]+", argument) if word.strip("#")]
    off = OFF in words
    names = tuple(dict.fromkeys((words[1:] if words[0] == OFF else words[:-1]) if off else words))
    if not names or OFF in names or not all(map(_TAG.fullmatch, names)):
        return "#tag and words of at most 40 letters, such as #tag billing or #tag off billing"
    return Command("tag", argument=OFF if off else "", tags=names)


_WHOM = re.compile(r"(?:(?:for|on) )?(?:the )?(?P<whom>vendor|customer)\b[:,]?\s*", re.IGNORECASE)


def _wait(argument: str, vocabulary: Vocabulary) -> Command | str:
    named = _WHOM.match(argument)
    vendor = named is not None and named["whom"].lower() == "vendor"
    rest = argument[named.end() :] if named else argument
    until, why = _moment_and_words(rest, vocabulary) if rest else (None, "")
    # Why one waits for the customer stands in the text that they get.
    if why and (not vendor or why[0].isdecimal()):
        spans = "a span such as 12h, 3d or 2w, or a day such as fri"
        return f"#wait or #wait vendor, with {spans}, and behind a vendor what for"
    span = until - vocabulary.at if until else None
    return Command("wait", argument=argument, span=span, vendor=vendor, detail=why)


def _snooze(argument: str, vocabulary: Vocabulary) -> Command | str:
    if not vocabulary.active:
        return "#snooze on a case that is open; #reopen opens it again"
    until, rest = _moment_and_words(argument, vocabulary)
    if until and not rest:
        return Command("snooze", argument=argument, until=until)
    return f"#snooze and a moment within a year: {_MOMENTS}"


_MOMENTS = "12h, 3d, 2w, 2026-06-01, 2026-06-01 14:30, mon, tomorrow 9:00"


def _planned(argument: str, vocabulary: Vocabulary) -> Command | str:
    until, what = _moment_and_words(argument, vocabulary, time=_END_OF_DAY)
    if until:
        return Command("planned", argument=argument, until=until, detail=what)
    return "#planned and a day within a year, such as 2026-06-01 or mon, and behind it what is planned"


def _agreed(argument: str, vocabulary: Vocabulary) -> Command | str:
    if not vocabulary.active:
        return "#agreed on a case that is open; #reopen opens it again"
    until, rest = _moment_and_words(argument, vocabulary, time=_END_OF_DAY)
    if until and not rest:
        return Command("agreed", argument=argument, until=until)
    return "#agreed and a moment within a year: 2026-06-01, 2026-06-01 12:00, mon 12:00, 3d"


_MORNING, _END_OF_DAY = "09:00", "23:59"
_LONGEST_MOMENT = 6  # words


def _moment_and_words(argument: str, vocabulary: Vocabulary, *, time: str = _MORNING) -> tuple[datetime | None, str]:
    """The moment that the first words mean, and the words behind it; `time` is what a day alone means."""
    words = argument.split()
    for length in range(min(len(words), _LONGEST_MOMENT), 0, -1):
        meant = " ".join(words[:length]).rstrip(",;:")
        for written in (meant, meant.removesuffix(".")):
            until = read_moment(written, zone=vocabulary.zone, after=vocabulary.at, time=time)
            if until:
                return until, " ".join(words[length:])
    return None, argument


def _cc(argument: str, vocabulary: Vocabulary) -> Command | str:
    how, _, rest = argument.partition(" ")
    known, rest = read_known(rest, (*vocabulary.people, *vocabulary.removed)) if how.lower() == "remove" else ((), rest)
    named = read_people(rest)
    named = replace(named, people=(*known, *named.people))
    form = "#cc add or #cc remove, and addresses such as kim@acme.example"
    if how.lower() not in {"add", "remove"} or not (named.people or named.wrong):
        return form
    wrong = [f"{form}, not {', '.join(named.wrong)}"] if named.wrong else []
    wrong += _misplaced(how.lower(), [person.address for person in named.people], vocabulary)
    return "; ".join(wrong) if wrong else Command("cc", argument=how.lower(), people=named.people)


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


def _requester(argument: str, vocabulary: Vocabulary) -> Command | str:
    named = read_people(argument)
    form = "#requester and one address, such as jo@acme.example"
    if named.wrong or len(named.people) != 1:
        return f"{form}, not {', '.join(named.wrong)}" if named.wrong else form
    if vocabulary.is_ours(named.people[0].address):
        return f"the address of a customer; {named.people[0].address} is one of us"
    return Command("requester", people=named.people)


def _about_case(verb: Verb, problems: Callable[[Vocabulary], Mapping[int, str]]) -> _ArgumentReader:
    def read(argument: str, vocabulary: Vocabulary) -> Command | str:
        found = REFERENCE.fullmatch(argument)
        number = int(found[1]) if found else 0
        wrong = problems(vocabulary).get(number, f"#{verb} and the number of a case of your team, such as HD-9")
        return wrong or Command(verb, argument=f"HD-{number}", case=number)

    return read


def _split(argument: str, vocabulary: Vocabulary) -> Command | str:
    wrong = vocabulary.unsplittable
    return wrong or Command("split", argument=argument)


_READERS: dict[Verb, _ArgumentReader] = {
    "severity": _severity,
    "kind": _one_of("kind", lambda v: {**v.kinds, **_themselves(get_args(Kind))}),
    "area": _one_of("area", lambda v: _themselves(v.areas), nothing="this policy names no areas"),
    "detail": _detail,
    "assign": _assign,
    "team": _one_of("team", lambda v: _themselves(v.teams)),
    "tag": _tag,
    "snippet": _snippet,
    "ask": _ask,
    "wait": _wait,
    "snooze": _snooze,
    "workaround": _with_words("workaround"),
    "planned": _planned,
    "agreed": _agreed,
    "cc": _cc,
    "requester": _requester,
    "new": _new,
    "link": _about_case("link", lambda vocabulary: vocabulary.linkable),
    "merge": _about_case("merge", lambda vocabulary: vocabulary.mergeable),
    "split": _split,
    "exclude": _exclude,
    "incident": _one_of("incident", lambda v: _themselves(v.incidents), nothing="no incident is declared"),
    "escalate": _escalate,
    "spam": _spam,
    "nocall": _nocall,
    "ack": _with_words("ack"),  # who says that they have it may say more
}
