"""Policies and models by version: a version never changes, so a process reads each once.

What judges is loaded when it is asked for: most commands only read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, days_from_shape, read_policy, read_whole
from helpdesk.store import cases as case_store
from helpdesk.store.cases import StoredPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from helpdesk.offering.files import PolicyBook
    from helpdesk.offering.policy import Policy
    from helpdesk.severity import Model
    from helpdesk.severity.threshold import CallRecord
    from helpdesk.store.engine import Connection


class Versions:
    """The policy versions and models that one process has read."""

    def __init__(self) -> None:
        self._policies: dict[str, Policy] = {}  # as cases remember them
        self._models: dict[int, Model] = {}  # the version that was used last
        self._records: dict[tuple[datetime, str], Mapping[str, CallRecord]] = {}  # of the week that is now

    def policy(self, connection: Connection, book: PolicyBook, key: str, version: str) -> Policy:
        """That version of a policy, whether or not it is in force. Raises NotFound."""
        current = book.policies.get(key)
        if current is not None and current.version == version:
            return current
        if version not in self._policies:
            self._policies[version] = read_policy(policy_source(case_store.stored_policy(connection, version)))
        return self._policies[version]

    def model(self, connection: Connection) -> Model:
        """The model that severities are found by; a version that was promoted meanwhile is picked up here."""
        from helpdesk.severity import DEFAULT, Model  # noqa: PLC0415 - see the module's promise
        from helpdesk.store import learning  # noqa: PLC0415

        version = learning.active_version(connection)
        if version is None:
            return DEFAULT
        if version not in self._models:
            self._models = {version: Model.from_state(learning.state_of(connection, version))}
        return self._models[version]

    def call_record(self, connection: Connection, model: Model, policy: str, now: datetime) -> CallRecord:
        """What is known of the calls under a policy; it moves nothing before the week is over."""
        from helpdesk.severity.threshold import CallRecord, week_of  # noqa: PLC0415 - see the module's promise
        from helpdesk.unit.call_records import call_records  # noqa: PLC0415 - see the module's promise

        key = (week_of(now), model.version)
        if key not in self._records:
            self._records = {key: call_records(connection, model)}
        return self._records[key].get(policy, CallRecord())


def store_policies(connection: Connection, book: PolicyBook, now: datetime) -> None:
    """Keep the texts and holidays of the policies in force, so that their cases can be explained later."""
    for key, source in book.texts.items():
        days = source.days.shape() if source.days else None
        case_store.store_policy(connection, StoredPolicy(source.version, key, source.name, source.text, days), now)
    for stored in case_store.policies_without_days(connection):
        _keep_days(connection, stored)


def policy_source(stored: StoredPolicy) -> PolicyText:
    """A stored version as it is read: with its own days, or those of today where none were kept."""
    days = days_from_shape(stored.days) if stored.days else None
    return PolicyText(stored.name, stored.text, days, stored.version)


def _keep_days(connection: Connection, stored: StoredPolicy) -> None:
    """A version from before days were kept takes those of now, the nearest to what it had."""
    try:
        days = read_whole(policy_source(stored))[1].days
    except ConfigurationError:
        return  # of an older format; who asks for it is told what is wrong with it
    if days is not None:
        case_store.keep_days(connection, stored.version, days.shape())
