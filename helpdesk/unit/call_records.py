"""What the ledger says of the calls that a threshold made, by policy: `severity.threshold` moves it by that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from helpdesk.core.words.calls import calls
from helpdesk.severity import probabilities_of
from helpdesk.severity.kept import KEEP_EVERY, OUTAGES
from helpdesk.severity.threshold import ENOUGH, LOWEST, CallRecord, CountedCall, call_threshold
from helpdesk.store import calls as call_store
from helpdesk.store import learning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from helpdesk.offering.files import PolicyBook
    from helpdesk.severity import Model
    from helpdesk.store.engine import Connection


def call_records(connection: Connection, model: Model) -> Mapping[str, CallRecord]:
    """The record of each policy under which somebody was called because of a suspicion."""
    counted: dict[str, list[CountedCall]] = defaultdict(list)
    for case in call_store.suspected(connection):
        counted[case.policy] += [CountedCall(call.at, call.worth) for call in calls(case) if call.suspected]
    enough = any(len(made) >= ENOUGH for made in counted.values())
    missed = _missed(connection) if enough else {}
    kept = _kept(connection, model) if enough else ()
    return {
        policy: CallRecord(tuple(sorted(made, key=lambda call: call.at)), tuple(sorted(missed.get(policy, ()))), kept)
        for policy, made in counted.items()
    }


def call_thresholds(connection: Connection, model: Model, book: PolicyBook, now: datetime) -> Mapping[str, float]:
    """From which probability of rank 1 people are called, by policy, as the ledger has it."""
    records = call_records(connection, model)
    own = {key: policy.severity.call_above for key, policy in book.policies.items()}
    return {key: call_threshold(above, records.get(key, CallRecord()), now).value for key, above in own.items()}


def _missed(connection: Connection) -> Mapping[str, Sequence[datetime]]:
    """When agents corrected a case to rank 1 that nobody was called about, and that a lower threshold could find."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for case in call_store.raised(connection):
        label = learning.label_of(case)
        if label is None or label.rank != 1 or label.assessed.rank == 1 or label.assessed.probabilities[0] <= LOWEST:
            continue
        if not any(call.at <= label.given_at for call in calls(case)):
            found[case.policy].append(label.given_at)
    return found


def _kept(connection: Connection, model: Model) -> tuple[float, ...]:
    """What the model gives rank 1 in the cases of it that no model may lose."""
    judged = (learning.label_of(case) for case in call_store.of_rank_1(connection, every=KEEP_EVERY))
    labels = [label for label in judged if label is not None and label.rank == 1]
    examples = (*learning.examples(connection, labels).values(), *OUTAGES)
    return tuple(probabilities_of(model, example)[0] for example in examples)
