"""What an agent orders by mail: lines that begin with `#`, at the very top of a reply.

    reply   = *command-line [text]
    command = "#" word [argument]

Only the first lines count, before any text and before any quote, so that a customer's words quoted below can never
order anything (threat A13). Either all commands are understood or nothing happens: the mistakes come back, marked.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk.core.block import Mistake, read_block

if TYPE_CHECKING:
    from collections.abc import Callable

Verb = Literal[
    "note", "severity", "assign", "wait", "resolve", "close", "reopen", "exclude", "incident", "ack", "redact", "help"
]

FORMS: dict[Verb, str] = {
    "note": "#note                       the text below stays in the team",
    "severity": "#severity KEY [initially] [reason]  sets the severity; initially: the first one was wrong",
    "assign": "#assign NAME-OR-ADDRESS     gives the case to an agent of the team",
    "wait": "#wait [3d]                  waits for the customer",
    "resolve": "#resolve                    resolved, with the text below as the answer",
    "close": "#close                      closed, and the customer is told",
    "reopen": "#reopen                     open again",
    "exclude": "#exclude KEY [reason]       the promises do not apply, and why",
    "incident": "#incident KEY               the case is about a known incident",
    "ack": "#ack                        you have it: nobody else is called",
    "redact": "#redact                     erases all that was sent on this case; it is asked for again",
    "help": "#help                       sends this list",
}

_LINE = re.compile(r"#([a-z-]+)\b\s*(.*)", re.IGNORECASE)
_WAIT = re.compile(r"(\d{1,3})\s*(h|d|w)")
_WAIT_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Command:
    """One order. `line` is as it was written."""

    verb: Verb
    line: str
    argument: str = ""
    detail: str = ""  # severity: the reason
    initially: bool = False  # severity: it was so from the start, and the desk learns from it
    span: timedelta | None = None  # wait: how long


@dataclass(frozen=True, slots=True)
class Orders:
    """What a reply says: its commands, its mistakes, and the text that is left."""

    commands: tuple[Command, ...]
    mistakes: tuple[Mistake, ...]
    text: str

    def has(self, verb: Verb) -> bool:
        """Whether that command was given."""
        return any(command.verb == verb for command in self.commands)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What arguments may name: the policy's severities and the team's agents (name to address)."""

    severities: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]
    exclusions: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


def read_orders(text: str, vocabulary: Vocabulary) -> Orders:
    """Read a reply; `text` is what stands above any quote."""
    block = read_block(text, lambda line: _read_line(line, vocabulary))
    return Orders(block.orders, block.mistakes, block.text)


def _read_line(line: str, vocabulary: Vocabulary) -> Command | Mistake:
    found = _LINE.fullmatch(line)
    verb = found[1].lower() if found else ""
    if found and verb in FORMS:
        return _READERS[verb](line, found[2].strip(), vocabulary)
    near = difflib.get_close_matches(verb, FORMS, n=1)
    if near:
        return Mistake(line, _form(near[0]))
    return Mistake(line, "one of " + ", ".join(f"#{known}" for known in FORMS))


def _form(verb: Verb) -> str:
    return FORMS[verb].split("  ", maxsplit=1)[0]


def _plain(verb: Verb) -> Callable[[str, str, Vocabulary], Command | Mistake]:
    def read(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
        return Mistake(line, f"{_form(verb)} on a line of its own") if argument else Command(verb, line)

    return read


def _severity(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    key, _, reason = argument.partition(" ")
    if key.lower() in vocabulary.severities:
        first, _, rest = reason.strip().partition(" ")
        initially = first.lower() == "initially"
        detail = rest.strip() if initially else reason.strip()
        return Command("severity", line, argument=key.lower(), detail=detail, initially=initially)
    return Mistake(line, "#severity and one of " + ", ".join(vocabulary.severities))


def _exclude(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    key, _, reason = argument.partition(" ")
    if key.lower() in vocabulary.exclusions:
        return Command("exclude", line, argument=key.lower(), detail=reason.strip())
    known = ", ".join(vocabulary.exclusions) or "nothing: this policy excludes nothing"
    return Mistake(line, f"#exclude and one of {known}")


def _incident(line: str, argument: str, vocabulary: Vocabulary) -> Command | Mistake:
    if argument.lower() in vocabulary.incidents:
        return Command("incident", line, argument=argument.lower())
    known = ", ".join(vocabulary.incidents) or "nothing: no incident is declared"
    return Mistake(line, f"#incident and one of {known}")


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


def _wait(line: str, argument: str, _vocabulary: Vocabulary) -> Command | Mistake:
    if not argument:
        return Command("wait", line)
    found = _WAIT.fullmatch(argument.lower())
    if found and int(found[1]):
        return Command("wait", line, argument=argument, span=int(found[1]) * _WAIT_UNITS[found[2]])
    return Mistake(line, "#wait, or with a span such as 12h, 3d or 2w")


_READERS: dict[Verb, Callable[[str, str, Vocabulary], Command | Mistake]] = {
    "note": _plain("note"),
    "severity": _severity,
    "assign": _assign,
    "wait": _wait,
    "resolve": _plain("resolve"),
    "close": _plain("close"),
    "reopen": _plain("reopen"),
    "exclude": _exclude,
    "incident": _incident,
    "ack": _plain("ack"),
    "redact": _plain("redact"),
    "help": _plain("help"),
}
