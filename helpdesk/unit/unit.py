"""The unit of work: what a door opens, and all below it is given.

A unit is one piece of work, a mail or a case that is due, in a transaction that may do several: its instant, the rules
that it runs by, and what applies to its cases. What it has read it keeps, until it writes what may change that.
What judges and what writes mail is loaded when it is asked for: most commands only read.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core import tick
from helpdesk.core.clocks.owed import with_owed
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.events import CaseRedacted, PolicyChanged
from helpdesk.core.words.joined import joined
from helpdesk.core.words.terms import RelatedCase, Terms
from helpdesk.counters import Counters
from helpdesk.store import cases as case_store
from helpdesk.store import declarations, outbox
from helpdesk.unit import counted
from helpdesk.unit.holding import Holding
from helpdesk.unit.versions import Versions, store_policies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import CaseBeside, Decision, Draft
    from helpdesk.core.words.events import Event
    from helpdesk.core.words.people import Mailbox, Team, Workload
    from helpdesk.offering.declared import DeclaredState
    from helpdesk.offering.policy import Policy
    from helpdesk.person import Person
    from helpdesk.severity import Classifier, Model
    from helpdesk.severity.ahead import JudgedAhead
    from helpdesk.severity.reader import ReadFindings
    from helpdesk.severity.threshold import CallThreshold
    from helpdesk.store.cases import StoredMessage
    from helpdesk.store.engine import Connection, Database
    from helpdesk.store.outbox import Queued
    from helpdesk.unit.rules import Rules


@dataclass(slots=True)
class _InForce:
    """What is of the desk and of no case, read once a transaction: a batch of mails would find the same each time."""

    declared: DeclaredState | None = None
    model: Model | None = None


class Unit:
    """One piece of work in an open transaction. `now` is read once, by the door."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        now: datetime,
        *,
        versions: Versions | None = None,
        waits: bool = False,
        holds_mail: bool = False,
    ) -> None:
        """`waits`: for cases that another worker holds. `holds_mail`: what is written waits to be released."""
        self.connection = connection
        self.rules = rules
        self.now = now
        self._versions = versions or Versions()
        self._holding = Holding(connection, waits=waits)
        self._holds_mail = holds_mail
        self._in_force = _InForce()
        self.decided: list[tuple[Case, Sequence[Event]]] = []  # to be counted once it is on disk
        self.queued: list[Queued] = []  # what this piece of work has written
        self._unwritten: set[int] = set()  # cases that it has opened, and not written about yet
        self.forget()

    def another(self, *, now: datetime | None = None) -> Unit:
        """The next piece of work in the same transaction, which holds the same cases and has read none yet."""
        other = Unit(self.connection, self.rules, now or self.now, versions=self._versions, holds_mail=self._holds_mail)
        other._holding, other.decided = self._holding, self.decided
        if other.now == self.now:
            other._in_force = self._in_force
        return other

    # --- what applies

    def find(self, numbers: Collection[int]) -> dict[int, Case]:
        """Those of these cases that exist, in the order of their numbers."""
        missing = [number for number in numbers if number not in self._cases]
        if missing:
            self._cases |= case_store.find(self.connection, missing)
        return {number: self._cases[number] for number in sorted({*numbers}) if number in self._cases}

    def hold(self, numbers: Collection[int]) -> dict[int, Case]:
        """Hold these cases too; those that were not held yet, as they are now. Raises StaleCase."""
        held = self._holding.take(numbers)
        if held:
            self._cases |= held
            self._messages.clear()  # another may have written to them until just now
        return held

    def messages(self, *cases: int) -> list[StoredMessage]:
        """What was said on these cases."""
        if cases not in self._messages:
            self._messages[cases] = case_store.messages(self.connection, *cases)
        return self._messages[cases]

    def policy_of(self, case: Case) -> Policy:
        """The policy version that a case runs under, with those it was moved from. Raises NotFound."""
        policy = self.policy_version(case.policy, case.policy_version)
        moved_from = [event.was for event in case.of_type(PolicyChanged)]
        if not moved_from:
            return policy
        return replace(policy, earlier={version: self.policy_version(case.policy, version) for version in moved_from})

    def policy_version(self, key: str, version: str) -> Policy:
        """A version of a policy. Raises NotFound."""
        return self._versions.policy(self.connection, self.rules.book, key, version)

    def terms(self, mailbox: Mailbox, *, case: Case | None, sender: str = "") -> Terms:
        """What applies to a case, or to one that this sender is about to open."""
        key = (mailbox.address, case.number if case else 0, sender)
        read_for, terms = self._terms.get(key, (None, None))
        if terms is None or read_for is not case:
            terms = self._read_terms(mailbox, case, sender)
            self._terms[key] = (case, terms)
        return terms

    def _read_terms(self, mailbox: Mailbox, case: Case | None, sender: str) -> Terms:
        from helpdesk.severity import SHIPPED  # noqa: PLC0415 - see the module's promise

        rules = self.rules
        team = rules.configuration.team_of(case, mailbox)
        if case is None:
            policy, customer = rules.book.policy(mailbox.policy), rules.customers.find(sender)
        else:
            policy, customer = self.policy_of(case), rules.customers.by_key.get(case.customer)
        return Terms(
            desk=rules.configuration.file.desk.name,
            policy=policy,
            mailbox=mailbox,
            team=team,
            judge=SHIPPED,
            operators=rules.configuration.operators,
            ours=rules.configuration.addresses,
            customer=customer,
            workloads=self._workloads_of(team),
            declared=self._declared(),
            teams=rules.configuration.teams,
            merged=tuple(self.related(self.find(case.merged)).values()) if case else (),
            second_answer_within=rules.configuration.second_answer_within,
        )

    def _workloads_of(self, team: Team) -> Mapping[str, Workload]:
        if team.name not in self._workloads:
            agents = [agent.address for agent in team.agents]
            self._workloads[team.name] = case_store.workloads(self.connection, agents)
        return self._workloads[team.name]

    def _declared(self) -> DeclaredState:
        if self._in_force.declared is None:
            self._in_force.declared = declarations.declared_state(self.connection, self.now)
        return self._in_force.declared

    def _model(self) -> Model:
        if self._in_force.model is None:
            self._in_force.model = self._versions.model(self.connection)
        return self._in_force.model

    def forget_declared(self) -> None:
        """Something was declared just now, which the next piece of work is to know."""
        self._in_force.declared = None

    def judging(self, terms: Terms, read: ReadFindings | None = None, known: JudgedAhead | None = None) -> Terms:
        """The same, with who finds severities here: this desk's model, and the second voter where it is switched on.

        `read` is what a reader reported of the mail that is to be judged, `known` a verdict that was found before.
        """
        return replace(terms, judge=self._classifier(terms.policy, read, known))

    def classifier(self, policy: Policy) -> Classifier | None:
        """Who judges a mail by itself under a policy; None where a second voter has to be asked, here alone."""
        return None if self.rules.configuration.file.desk.second_voter else self._classifier(policy, None)

    def _classifier(self, policy: Policy, read: ReadFindings | None, known: JudgedAhead | None = None) -> Classifier:
        from helpdesk.severity import Classifier  # noqa: PLC0415 - see the module's promise
        from helpdesk.severity.ahead import RecallingClassifier  # noqa: PLC0415 - see the module's promise
        from helpdesk.severity.reader import NOTHING_READ  # noqa: PLC0415 - see the module's promise
        from helpdesk.unit.second_voter import load_second_voter  # noqa: PLC0415 - see the module's promise

        second = load_second_voter() if self.rules.configuration.file.desk.second_voter else None
        model, above = self._model(), self.call_threshold(policy).value
        if known is None or second or read:
            return Classifier(model, second, read or NOTHING_READ, above)
        version = (policy.key, policy.version)
        return RecallingClassifier(model, second, NOTHING_READ, above, policy=version, known=known)

    def call_threshold(self, policy: Policy) -> CallThreshold:
        """From which probability of rank 1 people are called under a policy, as the ledger has it."""
        from helpdesk.severity.threshold import call_threshold  # noqa: PLC0415 - see the module's promise

        record = self._versions.call_record(self.connection, self._model(), policy.key, self.now)
        return call_threshold(policy.severity.call_above, record, self.now)

    def terms_after(self, decision: Decision, terms: Terms) -> Terms:
        """What applies once a decision has made a case another customer's, or another team's."""
        case = decision.case
        if case and (team := self.rules.configuration.team_of(case, terms.mailbox)) is not terms.team:
            terms = replace(terms, team=team)
        if case is None or case.customer == (terms.customer.key if terms.customer else ""):
            return terms
        return replace(terms, customer=self.rules.customers.by_key.get(case.customer))

    def related(self, cases: Mapping[int, Case]) -> dict[int, RelatedCase]:
        """These cases with what applies to each, as far as their mailboxes are still configured."""
        mailboxes = {number: self.rules.configuration.mailbox(case.mailbox) for number, case in cases.items()}
        return {
            number: RelatedCase(case, self.terms(mailbox, case=case))
            for number, case in cases.items()
            if (mailbox := mailboxes[number]) is not None
        }

    # --- what was decided

    def record(self, decision: Decision, terms: Terms) -> Case:
        """Write down a decision about a case and queue its letters; returns it with its number. Raises StaleCase."""
        case = self.store(decision, terms)
        self.write(case, decision.drafts, terms)
        return case

    def store(self, decision: Decision, terms: Terms) -> Case:
        """Insert or save a decided case; returns it with its number. Raises StaleCase."""
        case = decision.case
        if case is None:
            raise ValueError("a decision about a case was expected")
        self.forget()
        found = decision.clocks or clocks(case, terms.policy)
        next_at, kept = tick.next_at(case, terms, found), case_store.beside(case, found)
        if case.number and decision.outcome != "opened":
            case_store.save(self.connection, case, new=decision.events, next_at=next_at, beside=kept)
        else:
            case = case.numbered(case_store.insert(self.connection, case, next_at, kept))
            self._unwritten.add(case.number)
        self.decided.append((case, decision.events))
        return case

    def write(self, case: Case, drafts: Sequence[Draft], terms: Terms) -> None:
        """Queue the letters of a decision; of a case that is not confirmed, none that go outside."""
        from helpdesk.unit.notifications import notifications_of  # noqa: PLC0415 - see the module's promise
        from helpdesk.unit.record import letter_of  # noqa: PLC0415 - see the module's promise

        drafts = [draft for draft in drafts if draft.audience == "agent" or not case.unconfirmed]
        drafts = with_owed(joined(drafts), case, terms, self.now)
        told = any(draft.audience == "agent" for draft in drafts)
        others = case_store.open_beside(self.connection, case) if told else ()
        first, self._unwritten = case.number in self._unwritten, self._unwritten - {case.number}
        self.queue(
            letter_of(self.connection, self.rules, case, draft, terms, self.now, first=first)
            for draft in (replace(one, others=self._readable(others, one.to)) if others else one for one in drafts)
        )
        self.queue(call for draft in drafts for call in notifications_of(self.rules, case, draft, terms, self.now))

    def _readable(self, others: Sequence[CaseBeside], reader: Person) -> tuple[CaseBeside, ...]:
        """Those cases that somebody may read: nobody hears of what they may not open."""
        may_read = self.rules.configuration.may_read
        return tuple(one for one in others if may_read(reader.address, mailbox=one.mailbox, team=one.team))

    def queue(self, mails: Iterable[Queued]) -> None:
        """Have these sent, or kept until somebody releases them where all is."""
        written = [*mails]
        self.queued += written
        outbox.add(self.connection, written, self.now, held=self._holds_mail)

    def forget(self) -> None:
        """What was read of cases is not what they are any more."""
        self._cases: dict[int, Case] = {}
        self._messages: dict[tuple[int, ...], list[StoredMessage]] = {}
        self._terms: dict[tuple[str, int, str], tuple[Case | None, Terms | None]] = {}
        self._workloads: dict[str, Mapping[str, Workload]] = {}


class Units:
    """Opens units of work over one database, by the rules in force."""

    def __init__(self, database: Database, rules: Rules, *, holds_mail: bool = False) -> None:
        """`holds_mail`: what is written waits until somebody releases it."""
        self.database = database
        self.rules = rules
        self.counters = Counters()
        self._holds_mail = holds_mail
        self._versions = Versions()

    @contextmanager
    def write(self, now: datetime, *, waits: bool = False) -> Iterator[Unit]:
        """A transaction that is on disk when the block ends, or never was."""
        with self.database.write() as connection:
            unit = self._unit(connection, now, waits=waits)
            yield unit
        if any(isinstance(event, CaseRedacted) for _, events in unit.decided for event in events):
            self.database.forget_log()
        counted.count(self.counters, unit.decided)

    @contextmanager
    def read(self, now: datetime) -> Iterator[Unit]:
        """A consistent look that no writer keeps waiting."""
        with self.database.read() as connection:
            yield self._unit(connection, now)

    def _unit(self, connection: Connection, now: datetime, *, waits: bool = False) -> Unit:
        return Unit(connection, self.rules, now, versions=self._versions, waits=waits, holds_mail=self._holds_mail)

    def exchange(self, rules: Rules, now: datetime) -> None:
        """Run by other rules from the next unit on; their policy versions are stored first."""
        with self.database.write() as connection:
            store_policies(connection, rules.book, now)
        self.rules = rules
        counted.expect(self.counters, rules)

    def warm_up(self) -> None:
        """Load the model, for which the first mail would wait."""
        with self.database.read() as connection:
            self._versions.model(connection)
