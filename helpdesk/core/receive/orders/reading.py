"""What an agent orders by mail: lines that begin with `#`, at the very top of a reply.

    reply   = *command-line [text]
    command = "#" word [argument]

Only the first lines count, before any text and before any quote, so that a customer's words quoted below can never
order anything (threat A13). Either all commands are understood or nothing happens: the mistakes come back, marked.
Orders that contradict one another are a mistake, too, and so is a word behind the sign that is no order. Code
(`#include <stdio.h>`) is text, and so is all that stands below a first line `#answer`, but the orders right below it.
docs/agent-commands.md is the grammar for people.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.receive.behalf import read_first
from helpdesk.core.receive.orders.arguments import COURTESY, REFERENCE, read_order
from helpdesk.core.receive.orders.command import Command, Orders, Verb, Vocabulary
from helpdesk.core.receive.orders.table import ORDERS, form_of
from helpdesk.core.words.addresses import read_people
from helpdesk.core.words.block import CommandBlock, Mistake, may_go_on, read_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A full stop alone behind the word is a telephone's.
_LINE = re.compile(
    r"#(?P<verb>[a-z-]+)\b(?:\s*(?P<insists>[!\uff01]+))?\s*[:=]?\s*(?P<argument>(?:(?!\.$).*)?)\.?", re.IGNORECASE
)
_SPACED = re.compile(r"#[#\s]+([a-z-]+)\b.*", re.IGNORECASE)
_ALONE = re.compile(r"#+\w*[.,:;!]?")
# What begins with the sign and a letter, and is written in programs and style sheets.
_CODE = re.compile(
    r"#(?:include|define|undef|if|ifdef|ifndef|elif|else|endif|pragma|error|warning|line|region|endregion|import|"
    r"(?!add\b)(?:[0-9a-f]{3,4}){1,2})\b.*|#[\w-]+\s*[{>.,+~\[].*",
    re.IGNORECASE,
)
_NEAR = 0.8  # how alike a word and a command are that may have been meant
_ABOUT_THE_TEXT: tuple[Verb, ...] = (
    "note",
    "answer",
    "snippet",
    "resolve",
    "close",
    "requester",
    "spam",
    "redact",
)
# At most one of each group stands in a mail.
_CONTRADICTIONS: tuple[frozenset[Verb], ...] = (
    frozenset({"note", "answer"}),
    frozenset({"wait", "resolve", "close", "reopen", "merge", "spam"}),
    frozenset({"snooze", "resolve", "close", "merge", "spam"}),
    frozenset({"assign", "merge", "spam"}),
    frozenset({"team", "assign", "merge", "spam"}),
    frozenset({"answer", "spam"}),
    frozenset({"snippet", "spam"}),
    frozenset({"cc", "spam"}),
    frozenset({"exclude", "spam"}),
    frozenset({"escalate", "spam"}),
    # What stands below `#ask` is for whom it asks, and for nobody else.
    *(frozenset({"ask", verb}) for verb in _ABOUT_THE_TEXT),
)
# Beside an order to split the others would be about the old case or the new one, and nobody could tell.
_BESIDE_SPLIT: frozenset[Verb] = frozenset({"split", "note", "answer", "snippet", "link", "ack", "nocall", "help"})
_ABOUT_CASES = ("link", "merge")


def read_orders(text: str, vocabulary: Vocabulary) -> Orders:
    """Read a reply; `text` is what stands above any quote."""
    block = _block(text, vocabulary)
    clashes = tuple(_clashes(block.orders))
    clashes += tuple(_wrapped(block.orders, may_go_on(text)))
    clashing = {mistake.line for mistake in clashes}
    commands = tuple(command for command in block.orders if command.line not in clashing)
    snippets = (command.detail for command in commands if command.verb == "snippet")
    text = "\n\n".join(filter(None, (*snippets, block.text)))
    return Orders(commands, (*block.mistakes, *clashes), text)


_ANSWER = re.compile(r"\s*#answer[ \t]*\n(?P<orders>(?:[ \t]*#[^\n]*(?:\n|$))*)", re.IGNORECASE)


def says_that_all_is_text(text: str) -> bool:
    """Whether a first `#answer`, with any orders right below it, stands apart from the text by an empty line."""
    answers = _ANSWER.match(f"{text}\n")
    return answers is not None and not text[answers.end() :].partition("\n")[0].strip()


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


def _read_line(line: str, vocabulary: Vocabulary) -> Command | Mistake | None:
    """What a line that begins with a `#` orders; None where it is text."""
    found = _LINE.fullmatch(line)
    verb = found["verb"].lower() if found else ""
    if found and verb in ORDERS:
        return read_order(verb, line, found["argument"], vocabulary, insists=bool(found["insists"]))
    spaced = _SPACED.fullmatch(line)
    if spaced and spaced[1].lower() in ORDERS:
        return Mistake(line, f"{form_of(spaced[1].lower())}, without a blank behind the #")
    near = difflib.get_close_matches(verb, ORDERS, n=1, cutoff=_NEAR)
    if near:
        return Mistake(line, form_of(near[0]))
    if _ALONE.fullmatch(line) or (line[1:2].isalpha() and not _CODE.fullmatch(line)):
        return Mistake(line, "one of " + ", ".join(f"#{known}" for known in ORDERS) + _OR_TEXT)
    return None


def _wrapped(commands: Iterable[Command], line: str) -> Iterator[Mistake]:
    """The order with words of its own that a mail program may have wrapped: the line below it is no text then."""
    if any(command.line == line and ORDERS[command.verb].shape for command in commands):
        yield Mistake(line, "a shorter line, or an empty line below it: the next line may be its end, or your text")


_OR_TEXT = "; or text, which it is below a first line #answer"


def _clashes(commands: Iterable[Command]) -> Iterator[Mistake]:
    """The orders that contradict one before them."""
    given: list[Verb] = []
    for command in commands:
        verb = command.verb
        if verb in given and not ORDERS[verb].repeats:
            yield Mistake(command.line, f"one #{verb} in a mail")
        for group in _CONTRADICTIONS:
            others = [other for other in given if other in group and other != verb]
            if verb in group and others:
                yield Mistake(command.line, f"#{others[0]} or #{verb}, not both in one mail")
                break
        other = next((one for one in given if "split" in {verb, one} and {verb, one} - _BESIDE_SPLIT), None)
        if other:
            yield Mistake(command.line, f"#{other} or #{verb}, not both: the new case gets a mail of its own")
        given.append(verb)


# --- lines that would be orders elsewhere


def would_be_obeyed(line: str, vocabulary: Vocabulary) -> bool:
    """Whether a line would be an order on the first line, were it written as one.

    `#note` is one with any words behind it: what was meant for the team must not go to a customer. Nor must what has
    the whole form of an order and only cannot be done on this case, such as `#spam` or `#link HD-9`.
    """
    plain = _undisguised(line)
    found = _LINE.fullmatch(plain)
    if found is None:
        return False
    anywhere = replace(vocabulary, active=True, no_spam="", no_call="", unsplittable="")
    return _has_its_form(found["verb"].lower(), found["argument"]) or isinstance(_read_line(plain, anywhere), Command)


def _has_its_form(verb: str, argument: str) -> bool:
    """Whether words behind an order are what it takes, of whatever case and person they are."""
    if verb in _ABOUT_CASES:
        return REFERENCE.fullmatch(argument) is not None
    if verb == "ask":
        return read_first(argument)[0] is not None
    if verb in {"cc", "requester"}:
        how, _, rest = argument.partition(" ")
        named = read_people(rest if verb == "cc" and how.lower() in {"add", "remove"} else argument)
        return bool(named.people) and not named.wrong
    return verb == "note" or (verb == "snippet" and len(argument.split()) == 1)


# Behind these a text of one line hardly goes on as an order does; behind others it may be any sentence.
_HARDLY_TEXT: frozenset[Verb] = frozenset(
    {"severity", "assign", "team", "kind", "area", "cc", "requester", "link", "merge", "wait", "snooze", "incident"}
)


# "Please wait 3 days" is said to a customer.
_ASKED_POLITELY: frozenset[Verb] = frozenset({"wait", "snooze", "cc", "requester"})
_EMPHASIS = " *_`~'\""


def order_without_sign(text: str, vocabulary: Vocabulary, *, stays: bool = False) -> Command | Mistake | None:
    """A text that is an order but for its sign, or begins with one as other desks have them (`/close`, `Owner: bob`).

    So is one line that says no more than what an order does ("close this ticket", "forwarding to Bob"); that a case is
    over may be said in the team, where it `stays`. Who only says `ack` has it; all else comes back.
    """
    first, *below = text.split("\n")
    if _OTHER_NOTE.fullmatch(first.strip(_EMPHASIS)):
        return Mistake(first, f"#note on a line of its own, if it is an order{_OR_TEXT}")
    lines = [line for line in _with_sign(first, alone=not below, stays=stays) if would_be_obeyed(line, vocabulary)]
    if not lines:
        return None
    order = _read_line(lines[0], vocabulary)
    if isinstance(order, Command) and order.verb in {"ack", "nocall"} and not below:
        return order
    return Mistake(first, f"{lines[0]}, if it is an order{_OR_TEXT}")


def _with_sign(first: str, *, alone: bool, stays: bool) -> Iterator[str]:
    """The first line of a text as the orders would be written that it hardly is anything else than."""
    bare = first.strip(_EMPHASIS)[:_LONGEST]
    labelled = _LABELLED.fullmatch(bare)
    if labelled:
        name, value = labelled["name"].lower(), labelled["value"]
        yield f"#{_STATES.get(value.lower(), '')}" if name == "status" else f"#{_OTHER_NAMES.get(name, name)} {value}"
        return
    signed = _OTHER_SIGN.match(bare)
    if not (signed or alone):
        return
    yield from _as_written(bare[signed.end() :] if signed else bare)
    if alone:
        polite = COURTESY.sub("", bare).rstrip(".!")
        yield from _as_written(polite, *(_HARDLY_TEXT - _ASKED_POLITELY if polite != bare else ()))
        yield from _in_a_sentence(polite, stays=stays)


def _as_written(words: str, *verbs: Verb) -> Iterator[str]:
    """Words with the sign before them, where they are hardly anything but an order: one of these, or any."""
    line = _undisguised(f"#{words}")
    found = _LINE.fullmatch(line)
    verb = found["verb"].lower() if found else ""
    if found and (verb in (verbs or _HARDLY_TEXT) or not (found["argument"] or verbs)):
        yield line


def _in_a_sentence(bare: str, *, stays: bool) -> Iterator[str]:
    """What a whole text orders in plain words: "close this ticket", "Resolved", "forwarding to Bob"."""
    ended = _ENDED.fullmatch(bare)
    if ended and not stays:
        yield f"#{_STATES[ended['to'].lower()] if ended['to'] else _ENDS[ended['verb'].lower()]}"
    given = _GIVEN.fullmatch(bare)
    if given:
        yield from (f"#assign {given['whom']}", f"#team {given['whom']}")


# What would be a note elsewhere comes back, whatever stands behind it or below: it must not go to a customer.
_OTHER_NOTE = re.compile(r"[/!@]{1,2}(?:note|internal|private|comment)(?:[ :].*)?|note[.:]?", re.IGNORECASE)

# As desks write orders that people have worked with before.
_OTHER_SIGN = re.compile(r"[/!@.+]{1,2}(?=[a-z])", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?P<name>severity|assign|team|owner|assignee|assigned to|priority|queue|group|status) ?[:=] *"
    r"(?P<value>[^\s:][^:]*?)\.?",
    re.IGNORECASE,
)
_OTHER_NAMES = {
    "owner": "assign",
    "assignee": "assign",
    "assigned to": "assign",
    "priority": "severity",
    "queue": "team",
    "group": "team",
}
_ENDED = re.compile(
    r"(?P<verb>clos|resolv|reopen)(?:e|ed|ing)? (?:(?:this|the|that) )?(?:case|ticket|issue|request|incident)|"
    r"(?:(?:(?:this|the) )?(?:case|ticket) (?:is )?)?(?P<to>closed|resolved|solved|reopened)",
    re.IGNORECASE,
)
_ENDS = {"clos": "close", "resolv": "resolve", "reopen": "reopen"}
_GIVEN = re.compile(
    r"(?:re-?assign|forward|fwd|pass|hand|rout|transfer|mov|giv|escalat|over)(?:e|ed|ing)?(?: (?:this|it|that))?"
    r"(?: (?:case|ticket|issue|request|one))?(?: (?:on|over|off|back))? to (?P<whom>\S+(?: \S+){0,3})",
    re.IGNORECASE,
)
_STATES = {"resolved": "resolve", "solved": "resolve", "closed": "close", "reopened": "reopen", "waiting": "wait"}


def order_in_subject(subject: str) -> str:
    """A subject that begins as an order does, which nobody obeys; "" where it does not."""
    found = _LINE.fullmatch(_undisguised(subject)) if subject.lstrip().startswith("#") else None
    return subject.strip() if found and found["verb"].lower() in ORDERS else ""


# What people and mail programs put around a line: marks of lists, of emphasis, of code, of quotes, and an escape.
_BEFORE = re.compile(r"(?:[^\w\s#]|_|\d{1,3}[.):]|[a-z][.)](?=\s)|\s)*(?=#)", re.IGNORECASE)
_BEHIND = re.compile(r"(?:[^\w\s]|_)+$")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\u20e3\ufeff]"
)


_SIGNS = str.maketrans({"\u266f": "#", "\u2d4c": "#"})
_LONGEST = 400  # characters of a line with an order


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
    plain = _BEHIND.sub("", " ".join(bare.split())).strip()
    # The bracket that ends an address, or where a link leads, is no mark around the line.
    return f"{plain}>" if "<" in plain.rpartition(">")[2] else plain


# --- what must be known of a mail before its orders can be read


def cases_named(text: str) -> tuple[int, ...]:
    """The numbers of the cases that orders at the top of a mail name: what must be read before they can be obeyed."""
    numbers = (REFERENCE.fullmatch(argument) for verb, argument in _orders_at_top(text) if verb in _ABOUT_CASES)
    return tuple(dict.fromkeys(int(number[1]) for number in numbers if number))


def people_named(text: str) -> tuple[str, ...]:
    """The addresses that orders at the top of a mail name as a case's requester."""
    named = (read_people(argument).people for verb, argument in _orders_at_top(text) if verb == "requester")
    return tuple(person.address for people in named for person in people)


def snippets_named(text: str) -> frozenset[str]:
    """The names of the snippets that orders at the top of a mail ask for; with a name that is "" where one has none."""
    return frozenset(argument.casefold() for verb, argument in _orders_at_top(text) if verb == "snippet")


def begins_with_order(text: str, *verbs: Verb) -> bool:
    """Whether an order stands at the top of a mail: one of these, or any that there is."""
    return any(verb in (verbs or ORDERS) for verb, _ in _orders_at_top(text))


def _orders_at_top(text: str) -> Iterator[tuple[str, str]]:
    """The word of each, and what stands behind it."""
    found = map(_LINE.fullmatch, read_block(text, lambda line: line).orders)
    return ((match["verb"].lower(), match["argument"].strip()) for match in found if match)
