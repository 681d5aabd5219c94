"""What in an agent's words is not for customers: links, our people's addresses, facts of the desk, notes, other cases.

What is proven to be a quote has gone before. So this finds what a mail program left of one in a form that proves
nothing, what somebody copied, and what they wrote themselves: to a colleague, or under a word that calls it internal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from helpdesk.core.words.agent_text import Inside
from helpdesk.data_file import data_file
from helpdesk.mail.read import overlap
from helpdesk.mail.read.absence import fold
from helpdesk.mail.read.masking import CALL_LINK, REPLY_TAG, masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from helpdesk.mail.read.overlap import Known

# The facts that stand in every mail to an agent. A mail program that quotes the HTML part leaves the colon out.
_FACTS = re.compile(r"\W*Case:?\s+HD-\d+\b")
_CASE = re.compile(r"\bHD-([1-9]\d{0,11})\b", re.IGNORECASE)
_OF_DESK = 6  # words in a row that the desk itself writes
_OF_NOTE = 5
_SHORT_NOTE = 3  # words of a whole line
KEPT = ", and below #note it stays in the team"
_LINE = 200  # characters of a line that are told


@dataclass(frozen=True, slots=True)
class Confidential:
    """What customers are not told. `desk` is what the desk wrote to the agent, `notes` what stayed in the team.

    `stayed` is what did so though this agent did not ask for it: they may send it after all. `outside` is what third
    parties wrote, `customers` what the customer did, where the text is for a third party. `cases` are numbers of cases
    that are not theirs, `mailbox` is the address that stands for our people's. `names` are what the people of the case
    are called, in small letters and without accents; `have_customers`: they speak of customers of their own.
    """

    people: Collection[str] = ()
    cases: Collection[int] = ()
    desk: Known = overlap.NOTHING
    notes: Known = overlap.NOTHING
    stayed: Known = overlap.NOTHING
    customers: Known = overlap.NOTHING
    outside: Known = overlap.NOTHING
    mailbox: str = ""
    names: frozenset[str] = frozenset()
    have_customers: bool = False


def inside(text: str, kept: Confidential) -> tuple[Inside, ...]:
    """Each line of a text that is not for customers, once, and why."""
    lines = text.split("\n")
    of_desk = overlap.known_words(lines, kept.desk)
    of_notes = overlap.known_words(lines, kept.notes)
    beside = (("what the customer wrote", kept.customers), ("what a third party wrote", kept.outside))
    meant = [(what, known, overlap.known_words(lines, known)) for what, known in beside]
    of_stayed = overlap.known_words(lines, kept.stayed)
    people = _addresses(frozenset(kept.people))
    found: list[Inside] = []
    for at, (line, desk, notes, stayed) in enumerate(zip(lines, of_desk, of_notes, of_stayed, strict=True)):
        if REPLY_TAG.search(line):
            found.append(Inside(_shown(line), "a reply address of ours"))
        elif CALL_LINK.search(line):
            found.append(Inside(_shown(line), "a link of ours that acknowledges a call"))
        elif _FACTS.match(line) or desk >= _OF_DESK:
            found.append(Inside(_shown(line), "what the desk tells its agents"))
        elif notes >= _OF_NOTE or _is_note(line, kept.notes):
            found.append(Inside(_shown(line), "a note of this case"))
        elif stayed >= _OF_NOTE or _is_note(line, kept.stayed):
            found.append(Inside(_shown(line), "what you wrote to the team", "if-meant"))
        else:
            found += [
                Inside(_shown(line), what, "if-meant") for what, known, words in meant if _said(line, words[at], known)
            ]
            found += _meant_perhaps(line, kept, people)
    found += _called_internal(lines)
    kept_from_them = (line for line in lines if _keeps_from_them(fold(line[:_LINE]), kept))
    found += [Inside(_shown(line), "what is to be kept from them", "if-meant", KEPT) for line in kept_from_them]
    return tuple(dict.fromkeys(found))


def _shown(line: str) -> str:
    return masked(line.strip())[:_LINE]


def _called_internal(lines: Sequence[str]) -> Iterator[Inside]:
    """The lines that say of themselves, or of what stands below, that it is for the team alone."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")  # below any orders
    for line in lines:
        label = _LABEL.match(_ASIDE.sub("", line))
        whole = line is first and fold(line).strip(_MARKS) in _labels()
        if whole or (label and fold(label["label"]).strip(_MARKS) in _labels()):
            yield Inside(_shown(line), "what is called internal", "if-meant", KEPT)


_MARKS = " \t*_-=.!:()[]<>{}\u2013\u2014\u3010\u3011\uff1a\uff08\uff09"
_LABEL = re.compile(
    r"(?P<label>\W{0,6}\w[^:\uff1a\u2013\u2014)\]\u3011\uff09]{0,40}?)(?:[:\uff1a\u2013\u2014)\]\u3011\uff09]| --? )"
)
_ASIDE = re.compile(r"^\W{0,6}(?:n\.?b|p\.?s|fyi|btw)\b\W{1,3}", re.IGNORECASE)  # "NB internal: ..."


def _keeps_from_them(line: str, kept: Confidential) -> bool:
    """Whether a line keeps something from the customer, or from somebody who is called by a name of the case."""
    named = _WORD.sub(lambda word: _THEM if word[0] in kept.names else word[0], line)
    told = named if kept.have_customers else _customer().sub(_THEM, named)
    return _THEM in told and _withheld().search(told) is not None


_THEM = "\u00a4"  # stands for whoever is not to hear: a pattern with the names of each case would be made for each
_WORD = re.compile(r"\b[^\W\d_]+\b(?!['\u2019]s)")


@cache
def _customer() -> re.Pattern[str]:
    them = data_file(__package__, "confidential.toml")["them"].strip().split("\n")
    return re.compile(rf"\b(?:{'|'.join(them)})\b(?!['\u2019]s)")


@cache
def _withheld() -> re.Pattern[str]:
    """How a sentence keeps something from them."""
    ways = data_file(__package__, "confidential.toml")["withheld"].strip()
    ways = ways.replace("<some>", r"(?: [^\s.!?;:]+){0,5}?").replace("{them}", _THEM)
    return re.compile("|".join(rf"(?<!\w){way}" for way in ways.split("\n")))


@cache
def _labels() -> frozenset[str]:
    return frozenset(fold(label) for label in data_file(__package__, "confidential.toml")["labels"].strip().split("\n"))


def case_numbers(text: str) -> frozenset[int]:
    """The cases that a text names."""
    return frozenset(int(number) for number in _CASE.findall(text))


def _meant_perhaps(line: str, kept: Confidential, people: re.Pattern[str] | None) -> Iterator[Inside]:
    if people and "@" in line and people.search(line):
        yield Inside(_shown(line), "an address of one of us", "if-meant", f", with {kept.mailbox} in its place")
    others = [number for number in case_numbers(line) if number in kept.cases]
    if others:
        yield Inside(_shown(line), f"HD-{min(others)}, a case of somebody else,", "if-meant")


def _said(line: str, words: int, known: Known) -> bool:
    return words >= _OF_NOTE or _is_note(line, known)


def _is_note(line: str, notes: Known) -> bool:
    if not notes.lines:
        return False
    key = overlap.key_of(line)
    return len(key) >= _SHORT_NOTE and key in notes.lines


@lru_cache(maxsize=8)  # the same people in every mail
def _addresses(people: frozenset[str]) -> re.Pattern[str] | None:
    any_of = "|".join(re.escape(address) for address in sorted(people, key=len, reverse=True))
    return re.compile(rf"(?<![\w.+-])(?:{any_of})(?![\w-])", re.IGNORECASE) if any_of else None
