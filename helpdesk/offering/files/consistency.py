"""Whether a policy file holds together: each name that it uses is there, and no part of it waits for another.

Everything here yields what is wrong as a key and what was expected of it, and reads the policy as far as it could be
read: with a blank for what could not.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, get_args

from helpdesk.languages import SCRIPTS, languages
from helpdesk.offering.cell import OTHER
from helpdesk.offering.files.labels import wrong_labels
from helpdesk.offering.files.matrix import matrix_problems
from helpdesk.offering.files.promised import MARKS
from helpdesk.offering.intake_words import folded
from helpdesk.offering.severities import CONDITIONS, Kind
from helpdesk.openhours.accounting import MONTHS
from helpdesk.placeholders import BLANK
from helpdesk.wordings import first, others

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from helpdesk.offering.cell import VariedBy
    from helpdesk.offering.files.cells import CellReader
    from helpdesk.offering.files.problems import Naming
    from helpdesk.offering.files.schema import LifecycleTable, PolicyFile
    from helpdesk.offering.policy import Lifecycle, Policy

_REMINDERS_AT_MOST = 12


def inconsistencies(table: PolicyFile, policy: Policy, cells: CellReader) -> Iterator[tuple[str, str]]:
    """All of them. `table` has every name of the file, `policy` what could be read of it."""
    named = (
        _references(table, policy),
        _references_of_entries(table, policy),
        _references_of_targets(table, policy, cells),
    )
    for place, names, known in chain(*named):
        yield from _unknown(place, names, known)
    for what, entries in (("plans", policy.plans), ("regions", policy.regions)):
        if not entries:
            yield what, "expected at least one"
    yield from _never_in_life(table.lifecycle, policy.lifecycle)
    yield from _of_other_periods(policy)
    yield from _matrix_problems(table, policy)
    yield from _unknown("languages", table.languages, languages())
    if not table.languages:
        yield "languages", f"expected at least one of {', '.join(sorted(languages()))}"
    yield from _shared_names(table)
    yield from wrong_labels(table)


def _unknown(place: str, names: Iterable[str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names that are not known; of a blank, which stands for any, nobody knows."""
    for name in names:
        if name not in known and BLANK not in known:
            there = f"one of {', '.join(sorted(known))}" if known else "nothing, for there are none here"
            yield place, f"expected {there}, not {name!r}"


# --- names


def _references(table: PolicyFile, policy: Policy) -> Iterator[Naming]:
    """Every key of a table that names something else."""
    plans, severities = [plan.key for plan in policy.plans], [level.key for level in policy.severity.levels]
    channels, fields = [channel.key for channel in policy.channels], [field.key for field in policy.intake]
    promised = {target for targets in table.targets.values() for target in targets}
    warranty, terms, areas = policy.warranty, policy.credits, [area.key for area in policy.severity.areas]
    for region in policy.regions:
        yield f"regions.{region.key}.calendar", [region.calendar], policy.calendars
    for plan in policy.plans:
        yield f"plans.{plan.key}.calendar", filter(None, [plan.calendar]), policy.calendars
        yield f"plans.{plan.key}.channels", plan.channels, channels
        yield f"plans.{plan.key}.excludes", plan.excludes, areas
        yield f"plans.{plan.key}.severities", plan.severities, severities
    yield "warranty.plans", warranty.plans, plans
    yield "warranty.severities", warranty.severities, severities
    yield "warranty.channels", warranty.channels, channels
    yield "warranty.requires", warranty.requires, fields
    for channel in policy.channels:
        yield f"channels.{channel.key}.kind", filter(None, [channel.kind]), [*table.kinds, *get_args(Kind)]
        yield f"channels.{channel.key}.severity", filter(None, [channel.severity]), severities
    for key in ("downgrade_to", "reopened_as", "follow_up_severity"):
        yield f"lifecycle.{key}", filter(None, [getattr(policy.lifecycle, key)]), severities
    for uptime in policy.availability:
        yield f"availability.{uptime.key}.plans", uptime.plans, plans
    for goal in policy.attainment:
        yield f"attainment.{goal.key}.targets", goal.targets, promised
        yield f"attainment.{goal.key}.plans", goal.plans, plans
        yield f"attainment.{goal.key}.severities", goal.severities, severities
    if terms:
        yield "credits.calendar", [terms.calendar], policy.calendars
        yield "credits.targets", terms.targets, promised
        yield "credits.unless", filter(None, [terms.unless]), [goal.key for goal in policy.attainment]
    yield "classifier.default", [policy.severity.default], severities
    for number, cap in enumerate(policy.severity.caps, start=1):
        yield f"classifier.caps.{number}.at_most", [cap.at_most], severities
        yield f"classifier.caps.{number}.alone", filter(None, [cap.alone]), severities
        yield from _condition(f"classifier.caps.{number}.when", cap.when, channels)
    yield "classifier.never_rank_1", policy.severity.never_rank_1, get_args(Kind)


def _references_of_entries(table: PolicyFile, policy: Policy) -> Iterator[Naming]:
    """The same in what is told apart by its number alone."""
    promises = [kind.key for kind in policy.kinds]
    for number, step in enumerate(table.ladder, start=1):
        yield f"ladder.{number}.only", step.only, table.severities
        yield f"ladder.{number}.plans", step.plans, table.plans
        yield f"ladder.{number}.of", step.of, promises
        yield f"ladder.{number}.until", step.until, MARKS
    for number, field in enumerate(table.intake, start=1):
        yield f"intake.{number}.kinds", field.kinds, get_args(Kind)
    for number, window in enumerate(table.maintenance, start=1):
        yield f"maintenance.{number}.impact", filter(None, [window.impact]), table.maintenance_terms.notice
    for number, version in enumerate(table.versions, start=1):
        yield f"versions.{number}.exclusion", filter(None, [version.exclusion]), [one.key for one in table.exclusion]
        yield f"versions.{number}.extended", version.extended, table.addons
    switches = {channel.warranted_while_down for channel in table.channels.values()} - {""}
    for number, example in enumerate(table.example, start=1):
        yield f"example.{number}.target", [example.target], promises
        yield f"example.{number}.kind", filter(None, [example.kind]), [*table.kinds, *get_args(Kind)]
        yield f"example.{number}.addons", example.addons, table.addons
        yield f"example.{number}.fields", example.fields, [field.key for field in table.intake]
        yield f"example.{number}.language", filter(None, [example.language]), {*languages(), *SCRIPTS}
        yield f"example.{number}.down", example.down, switches


def _condition(place: str, when: str, channels: Iterable[str]) -> Iterator[Naming]:
    """A binding rule that can never hold would be believed to."""
    about, colon, value = when.partition(":")
    if about == "kind" and colon:
        yield place, [value], get_args(Kind)
    elif about == "channel" and colon:
        yield place, [value], [*channels, "monitoring", "escalation"]
    elif not (about in {"product", "component"} and value):
        yield place, [when], [*CONDITIONS, "kind:...", "channel:...", "product:...", "component:..."]


def _references_of_targets(table: PolicyFile, policy: Policy, cells: CellReader) -> Iterator[Naming]:
    """As the file has them: a span that cannot be read hides no name beside it."""
    promises, plans = [kind.key for kind in policy.kinds], [plan.key for plan in policy.plans]
    for plan in table.targets:
        yield f"targets.{plan}", [plan], plans
    for key, addon in table.addons.items():
        yield f"addons.{key}.calendar", filter(None, [addon.calendar]), policy.calendars
        yield f"addons.{key}.plans", addon.plans, plans
    known: Mapping[VariedBy, Collection[str]] = {
        "channel": [channel.key for channel in policy.channels],
        "hours": policy.calendars,
        "kind": [*table.kinds, *get_args(Kind)],
        "language": {*languages(), *SCRIPTS, OTHER},
        "field": [field.key for field in policy.intake],
    }
    placed = [(f"targets.{plan}", targets) for plan, targets in table.targets.items()]
    placed += [(f"addons.{key}.targets", addon.targets) for key, addon in table.addons.items()]
    for place, targets in placed:
        for target, goals in targets.items():
            yield f"{place}.{target}", [target], promises
            for severity, entry in goals.items():
                yield f"{place}.{target}.{severity}", [severity], [level.key for level in policy.severity.levels]
                yield from cells.names(f"{place}.{target}.{severity}", entry, known)


def _shared_names(table: PolicyFile) -> Iterator[tuple[str, str]]:
    """What a customer may state must mean one severity; compared as it is when a mail states it."""
    severities = table.severities.items()
    claims = [(key, f"severities.{key}", key) for key in table.severities]
    claims += [
        (key, f"severities.{key}.name", name)
        for key, entry in severities
        for name in (first(entry.name), *others(entry.name))
    ]
    claims += [(key, f"severities.{key}.aliases", alias) for key, entry in severities for alias in entry.aliases]
    taken: dict[str, str] = {}
    for key, place, name in claims:
        owner = taken.setdefault(folded(name), key)
        if owner != key and folded(name):
            yield place, f"expected {name!r} with one severity only, severities.{owner} has it too"


# --- what waits for something else


def _matrix_problems(table: PolicyFile, policy: Policy) -> Iterator[tuple[str, str]]:
    severities, fields = {level.key for level in policy.severity.levels}, {field.key for field in policy.intake}
    if table.classifier.matrix and BLANK not in severities:
        for key, expected in matrix_problems(table.classifier.matrix, severities=severities, fields=fields):
            yield f"classifier.matrix.{key}", expected


def _of_other_periods(policy: Policy) -> Iterator[tuple[str, str]]:
    """What is credited is credited together: goals over what credits are given for, parts of it for being down."""
    terms = policy.credits
    for goal in policy.attainment:
        if terms and goal.key == terms.unless and goal.of != "customer":
            yield "credits.unless", f"expected a goal of each customer, {goal.key} is one of all together"
        if terms and goal.key == terms.unless and goal.per != terms.per:
            yield "credits.unless", f"expected a goal of a {terms.per}, {goal.key} is one of a {goal.per}"
    for uptime in policy.availability:
        place = f"availability.{uptime.key}"
        if uptime.credits and terms is None:
            yield place, "expected [credits], too: until when and by which calendar they are asked for"
        elif uptime.credits and terms and MONTHS[uptime.per] > MONTHS[terms.per]:
            yield f"{place}.per", f"expected no longer a period than that of [credits], a {terms.per}"


def _never_in_life(table: LifecycleTable, life: Lifecycle) -> Iterator[tuple[str, str]]:
    """Spans that cannot pass, and what never happens for want of what comes before it."""
    for key in ("remind_after_days", "close_after_days", "reopen_within_days", "downgrade_after_days"):
        days = getattr(table, key)
        if days is not None and days < 1:
            yield f"lifecycle.{key}", f"expected one day or more, not {days}"
    if not 1 <= life.reminders <= _REMINDERS_AT_MOST:
        yield "lifecycle.reminders", f"expected a number from 1 to {_REMINDERS_AT_MOST}, not {life.reminders}"
    if life.reminders > 1 and not (life.remind_after or life.turn_remind_after):
        yield "lifecycle.reminders", "expected remind_after or turn_remind_after, too: so far apart"
    if life.close_after and not life.remind_after:
        yield "lifecycle.close_after_days", "expected remind_after_days, too: it counts from the reminder"
    if life.turn_close_after and not life.turn_remind_after:
        yield "lifecycle.turn_close_after", "expected turn_remind_after, too: it counts from the reminder"
    if life.downgrade_after and not life.downgrade_to:
        yield "lifecycle.downgrade_after_days", "expected downgrade_to, too: the severity that it comes to"
