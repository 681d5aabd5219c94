"""What operators order, by mail as on the command line: incidents, switches, maintenance, and what is stuck.

    #incident open checkout --title "Orders fail" --words "checkout, order"
    #status set website down

By mail an order is a line that begins with `#` and goes on in the lines right below it. Only `"` quotes; what phones
make of it and of `--` is read as what was meant. The forms are those of `helpdesk incident open` and its neighbours.
"""

from __future__ import annotations

import difflib
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.block import Mistake
from helpdesk.offering.declared import Incident, MaintenanceWindow
from helpdesk.openhours.walltime import read_instant
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

Topic = Literal["incidents", "status", "outages", "maintenance", "budget", "quarantine", "outbox", "kept", "help"]
Act = Literal["retry", "drop"]


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """A problem is known from now on, or was known from one time to another; `down` names what it takes down.

    Raises ValueError where it ends before it begins.
    """

    incident: Incident
    down: str = ""
    began_at: datetime | None = None  # None: now
    ended_at: datetime | None = None  # None: it is open

    def __post_init__(self) -> None:
        if self.ended_at and (self.began_at is None or self.ended_at <= self.began_at):
            raise ValueError("expected --to after --from")


@dataclass(frozen=True, slots=True)
class CloseIncident:
    """A known problem is over, since then or since now."""

    key: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Something is down, or up again, since then or since now."""

    name: str
    down: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WithdrawOutage:
    """What was declared to have been down never was."""

    number: int


@dataclass(frozen=True, slots=True)
class PlanMaintenance:
    """A window is planned. Raises ValueError where it ends before it begins."""

    window: MaintenanceWindow

    def __post_init__(self) -> None:
        if self.window.ends_at <= self.window.begins_at:
            raise ValueError("expected --to after --from")


@dataclass(frozen=True, slots=True)
class AnnounceMaintenance:
    """The customers are told of a planned window."""

    number: int


@dataclass(frozen=True, slots=True)
class Unstick:
    """Mail that was set aside, or that could not be sent, is tried again or left."""

    where: Literal["quarantine", "outbox"]
    act: Act
    number: int


@dataclass(frozen=True, slots=True)
class LetIn:
    """A mail that was held, or taken for a robot's, is a person's: it is worked as one."""

    number: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: it changes nothing."""

    topic: Topic


Declaration = (
    OpenIncident
    | CloseIncident
    | SetStatus
    | WithdrawOutage
    | PlanMaintenance
    | AnnounceMaintenance
    | Unstick
    | LetIn
    | Ask
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A declaration with the line that it was written in."""

    line: str
    declaration: Declaration


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands behind an order's two words: values in order, and options, each as often as it was given."""

    values: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, option: str) -> str:
        """The value of an option, "" where it was not given; the last where it was given twice."""
        return self.options.get(option, ("",))[-1]


@dataclass(frozen=True, slots=True)
class Form:
    """How an order is written: so many values, and these options."""

    shape: str  # what stands behind the two words, to be read
    says: str
    make: Callable[[Arguments], Declaration]
    values: int = 0
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


def known_problem(key: str, *, title: str, words: str, policies: Iterable[str]) -> Incident:
    """An incident as operators write it: `words` comma separated."""
    match = tuple(word.strip() for word in words.split(",") if word.strip())
    return Incident(key.lower(), title, match, tuple(name.lower() for name in policies))


def _open_incident(given: Arguments) -> Declaration:
    policies = given.options.get("policy", ())
    known = known_problem(given.values[0], title=given.one("title"), words=given.one("words"), policies=policies)
    return OpenIncident(known, given.one("down").lower(), _since(given, "from"), _since(given, "to"))


def _close_incident(given: Arguments) -> Declaration:
    return CloseIncident(given.values[0].lower(), _since(given, "at"))


def _since(given: Arguments, option: str) -> datetime | None:
    return read_instant(given.one(option)) if given.one(option) else None


def _set_status(given: Arguments) -> Declaration:
    name, state = given.values[0].lower(), given.values[1].lower()
    if state not in {"up", "down"}:
        raise ValueError(f"expected up or down, not {state!r}")
    return SetStatus(name, state == "down", _since(given, "at"))


def _plan(given: Arguments) -> Declaration:
    policy, name = given.values
    begins_at, ends_at = read_instant(given.one("from")), read_instant(given.one("to"))
    sector, impact = given.one("sector"), given.one("impact").lower()
    return PlanMaintenance(MaintenanceWindow(name, sector, begins_at, ends_at, policy.lower(), impact))


def _number(given: Arguments) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", given.values[0]):
        raise ValueError(f"expected a number, not {given.values[0]!r}")
    return int(given.values[0])


def _unsticking(where: Literal["quarantine", "outbox"], act: Act) -> Callable[[Arguments], Declaration]:
    return lambda given: Unstick(where, act, _number(given))


def _asking(topic: Topic) -> Callable[[Arguments], Declaration]:
    return lambda _given: Ask(topic)


FORMS: Mapping[str, Form] = {
    "incident open": Form(
        'KEY --title "TITLE" [--words "A, B"] [--policy P] [--down NAME] [--from TIME] [--to TIME]',
        "a known problem: mail with all of the words is about it; what it takes down, and since when",
        _open_incident,
        values=1,
        needs=("title",),
        may=("words", "policy", "down", "from", "to"),
    ),
    "incident close": Form("KEY [--at TIME]", "it is over", _close_incident, values=1, may=("at",)),
    "incident list": Form("", "known problems", _asking("incidents")),
    "status set": Form(
        "NAME up|down [--at TIME]", "what is down, such as website, or up again", _set_status, values=2, may=("at",)
    ),
    "status show": Form("", "what was said to be up or down", _asking("status")),
    "status outages": Form("", "from when to when something was down, by number", _asking("outages")),
    "status withdraw": Form("NUMBER", "it was never down", lambda given: WithdrawOutage(_number(given)), values=1),
    "maintenance add": Form(
        'POLICY "NAME" --from TIME --to TIME [--sector S] [--impact I]',
        "a planned window; nobody is told yet",
        _plan,
        values=2,
        needs=("from", "to"),
        may=("sector", "impact"),
    ),
    "maintenance list": Form("", "what is planned, by number", _asking("maintenance")),
    "maintenance budget": Form("", "what is planned of the hours that may be", _asking("budget")),
    "maintenance announce": Form(
        "NUMBER", "tells the customers it concerns, once", lambda given: AnnounceMaintenance(_number(given)), values=1
    ),
    "quarantine list": Form("", "mail that was set aside", _asking("quarantine")),
    "quarantine retry": Form("NUMBER", "works it again", _unsticking("quarantine", "retry"), values=1),
    "quarantine drop": Form("NUMBER", "leaves it be", _unsticking("quarantine", "drop"), values=1),
    "outbox list": Form("", "mail that failed or may be lost", _asking("outbox")),
    "outbox retry": Form("NUMBER", "sends it now", _unsticking("outbox", "retry"), values=1),
    "outbox drop": Form("NUMBER", "never sends it", _unsticking("outbox", "drop"), values=1),
    "person list": Form("", "mail that was held, or taken for a robot's, in the last week", _asking("kept")),
    "person": Form("NUMBER", "a person wrote it: it becomes a case", lambda given: LetIn(_number(given)), values=1),
    "help": Form("", "sends this list", _asking("help")),
}


def form_of(name: str) -> str:
    """How an order is written, as a line."""
    return f"#{name} {FORMS[name].shape}".rstrip()


def read_declaration(line: str) -> Ordered | Mistake:
    """Read one line. A mistake says what was expected, and the right form."""
    line = line.rstrip().removesuffix(".")  # a telephone's
    words = line.removeprefix("#").strip().lower().split()
    name = next((name for name in (" ".join(words[:2]), *words[:1]) if name in FORMS), "")
    if not name:
        return Mistake(line, _nearest(" ".join(words[:2])))
    form = FORMS[name]
    try:
        return Ordered(line, form.make(_arguments(line.removeprefix("#"), form, skip=len(name.split()))))
    except ValueError as problem:
        return Mistake(line, f"{problem}: {form_of(name)}")


def declared(name: str, given: Arguments) -> Declaration:
    """The order of that name with what stands in a form's fields. Raises ValueError that says what is wrong."""
    form = FORMS.get(name)
    if form is None:
        raise ValueError(f"there is no order {name!r}")
    return form.make(_checked(given, form))


def _nearest(written: str) -> str:
    near = difflib.get_close_matches(written, FORMS, n=1)
    if near:
        return f"expected {form_of(near[0])}"
    return "expected one of " + ", ".join(f"#{name}" for name in FORMS)


# --- what stands behind the words

_OPTION = re.compile(r"(?:--|[—–])([a-z]+)(?:=(.*))?", re.IGNORECASE | re.DOTALL)  # noqa: RUF001 - phones write a dash
_TYPED = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), "\u00a0": " ", "\u202f": " "})  # HTML mails are full of blanks


def _arguments(text: str, form: Form, *, skip: int) -> Arguments:
    """Raises ValueError that says what is wrong."""
    values: list[str] = []
    options: dict[str, tuple[str, ...]] = {}
    words = iter(_words(text)[skip:])
    for word in words:
        option = _OPTION.fullmatch(word)
        if not option:
            values.append(word)
            continue
        name = option[1].lower()
        given = option[2] if option[2] is not None else next(words, "")
        if name not in {*form.needs, *form.may}:
            raise ValueError(f"--{name} is no option here; expected")
        if not given or _OPTION.fullmatch(given):
            raise ValueError(f"--{name} has no value; expected")
        options[name] = (*options.get(name, ()), given)
    return _checked(Arguments(tuple(values), options), form)


def _checked(given: Arguments, form: Form) -> Arguments:
    """The same, which is all that the form asks for. Raises ValueError."""
    missing = [f"--{name}" for name in form.needs if name not in given.options]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing; expected")
    if len(given.values) != form.values:
        blanks = " (quote what has blanks)" if 0 < form.values < len(given.values) else ""
        wanted = plural(form.values, "value") if form.values else "no value"
        raise ValueError(f"expected {wanted}, not {len(given.values)}{blanks}; expected")
    return given


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text.translate(_TYPED), posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        return list(lexer)
    except ValueError:
        raise ValueError('a quote " is not closed; expected') from None
