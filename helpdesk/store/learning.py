"""What the desk has learned: models as versions, and the labels that agents gave, read from the ledger.

A label is what an agent said a case was when it came in. A correction is `#severity` before the first answer, or with
`initially`; a later change is none, because a workaround may have been found since. Closing a case that nobody
corrected confirms what the desk found, or abstained from; where the customer's word or a rule of the policy decided, it
says nothing about the text; nor does the closing of a case whose kind somebody corrected,
or that ended with the case it had been merged into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import AgentAnswered, CaseClosed, CaseResolved, KindSet, SeverityAssessed, SeveritySet
from helpdesk.severity import Example
from helpdesk.store import cases as case_store
from helpdesk.store.cases import Opened
from helpdesk.store.prepared import Prepared
from helpdesk.store.tables import classifier_model, message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from helpdesk.core.words.case import Case

_ENDS = (CaseResolved, CaseClosed)
_ABSTAINED = ("no cue", "unsure")  # the rules by which the desk left it to people
_BATCH = 200
_ACTIVE_VERSION = Prepared(sa.select(classifier_model.c.version).where(classifier_model.c.state == "active"))


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of the model. `state` is active, retired (was active), refused or withdrawn."""

    version: int
    trained_at: datetime
    state: str
    examples: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Label:
    """What agents say of one case, and what the desk had found. `given_at` is aware UTC."""

    case: int
    given_at: datetime
    how: Literal["corrected", "confirmed"]
    rank: int
    assessed: SeverityAssessed


def active_version(connection: sa.Connection) -> int | None:
    """The version that the desk judges by; None for the shipped model."""
    found = _ACTIVE_VERSION.rows(connection)
    return int(found[0].version) if found else None


def state_of(connection: sa.Connection, version: int) -> dict[str, Any]:
    """What a version has learned, as `Model.from_state` reads it."""
    query = sa.select(classifier_model.c.model).where(classifier_model.c.version == version)
    state: dict[str, Any] = connection.execute(query).scalar_one()
    return state


def versions(connection: sa.Connection) -> list[Stored]:
    """Every version, oldest first."""
    columns = [column for column in classifier_model.c if column.name != "model"]
    return [Stored(**row._mapping) for row in connection.execute(sa.select(*columns).order_by(columns[0]))]  # noqa: SLF001 - SQLAlchemy's public name for it


def next_version(connection: sa.Connection) -> int:
    """The number that the next version gets."""
    return (
        int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(classifier_model.c.version), 0))).scalar_one())
        + 1
    )


def add(connection: sa.Connection, stored: Stored, model: Mapping[str, Any]) -> None:
    """Keep a version; one that is active takes the place of the one that was."""
    if stored.state == "active":
        _retire(connection, "retired")
    connection.execute(
        sa.insert(classifier_model).values(
            version=stored.version,
            trained_at=stored.trained_at,
            state=stored.state,
            examples=stored.examples,
            facts=dict(stored.facts),
            model=dict(model),
        )
    )


def withdraw(connection: sa.Connection) -> int | None:
    """Take the active version back; the one before it, if any, is active again, and named."""
    _retire(connection, "withdrawn")
    before: int | None = connection.execute(
        sa.select(sa.func.max(classifier_model.c.version)).where(classifier_model.c.state == "retired")
    ).scalar()
    if before is not None:
        connection.execute(
            sa.update(classifier_model).where(classifier_model.c.version == before).values(state="active")
        )
    return before


def _retire(connection: sa.Connection, state: str) -> None:
    connection.execute(sa.update(classifier_model).where(classifier_model.c.state == "active").values(state=state))


def labels(connection: sa.Connection, which: Opened | None = None) -> Iterator[Label]:
    """Every label of these cases, None for all, in order of case numbers."""
    for case in case_store.stream(connection, which or Opened()):
        label = label_of(case)
        if label is not None:
            yield label


def label_of(case: Case) -> Label | None:
    """What agents say that a case was when it came in; None while they have said nothing."""
    assessed = case.first(SeverityAssessed)
    if assessed is None:
        return None
    corrections = [event for event in case.of_type(SeveritySet) if _corrects(event, case)]
    if corrections:
        last = corrections[-1]
        return Label(case.number, last.at, "corrected", last.rank, assessed)
    ended = next(iter(case.of_type(*_ENDS)), None)
    if ended is None or ended.on or case.of_type(KindSet) or not _found_by_reading(assessed):
        return None
    return Label(case.number, ended.at, "confirmed", assessed.rank, assessed)


def _corrects(event: SeveritySet, case: Case) -> bool:
    # On the dot: an order in the first answer itself was given before the customer had any.
    answered = min((answer.at for answer in case.of_type(AgentAnswered)), default=None)
    if event.by == DESK:
        return False
    return bool(event.initially) or answered is None or event.at <= answered


def _found_by_reading(assessed: SeverityAssessed) -> bool:
    shares = assessed.probabilities
    return assessed.set_by in _ABSTAINED or shares.index(max(shares)) + 1 == assessed.rank


def examples(connection: sa.Connection, given: Collection[Label]) -> dict[int, Example]:
    """The mails behind labels, by case; a case whose words were erased is left out."""
    ranks = {label.case: label.rank for label in given}
    numbers = sorted(ranks)
    found: dict[int, Example] = {}
    for start in range(0, len(numbers), _BATCH):
        for number, case in case_store.find(connection, numbers[start : start + _BATCH]).items():
            mail = _first_mail(connection, number)
            if mail is not None and mail.reply.strip():
                fields = dict(case.intake)
                found[number] = Example(mail.subject, mail.reply, ranks[number], case.language, fields=fields)
    return found


def _first_mail(connection: sa.Connection, number: int) -> Any:
    query = sa.select(message.c.subject, message.c.reply).where(message.c.case_id == number)
    return connection.execute(query.order_by(message.c.id).limit(1)).first()
