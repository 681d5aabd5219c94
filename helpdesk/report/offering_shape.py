"""A policy as JSON: all of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from helpdesk.openhours.calendar import wall_instant
from helpdesk.openhours.week import DAYS, clock_words, week_words
from helpdesk.report import hours
from helpdesk.report.offering import EVERYBODY
from helpdesk.report.shapes import as_json, fields_of, instant

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from helpdesk.offering.cell import Goal, VariedBy
    from helpdesk.offering.customer_hours import CustomerHours
    from helpdesk.offering.policy import Policy, Step
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.offering.severities import Matrix, SeverityTerms
    from helpdesk.openhours.calendar import Calendar
    from helpdesk.report.offering import OfferingReader


def offering_shape(policy: Policy, *, now: datetime, reader: OfferingReader = EVERYBODY) -> dict[str, Any]:
    """The policy as JSON: all of it, and the hours and holidays of the year of `now` in the reader's zones too."""
    return {
        "key": policy.key,
        "name": policy.name,
        "version": policy.version,
        "source": policy.source or None,
        **_access_shape(policy),
        **_severities_shape(policy.severity),
        "promises": [_promise_shape(kind) for kind in policy.kinds],
        "targets": _targets_shape(policy),
        "calendars": {
            name: _calendar_shape(calendar, now.year, reader.zones, policy.customer_hours.get(name))
            for name, calendar in policy.calendars.items()
        },
        "holidays_source": policy.days_source or None,
        "customer": reader.customer.key if reader.customer else None,
        **_limits_shape(policy),
        "ladder": [_step_shape(step) for step in policy.ladder],
        "levels": list(policy.levels),
        "calls": fields_of(policy.calls, "secondary", "lead", "account_contacts", "hourly_after", "at_most"),
        **_accounts_shape(policy),
        "languages": list(policy.languages),
        "on_severity_change": policy.on_severity_change,
        "escalation_words": list(policy.escalation_words),
        "escalation_contact": policy.escalation_contact,
        "known_incidents_exempt": policy.known_incidents_exempt,
        "not_support": list(policy.not_support),
        "assumptions": [fields_of(assumption, "key", "why") for assumption in policy.assumptions],
        "unsaid": [fields_of(unsaid, "what", "why") for unsaid in policy.unsaid],
    }


def _access_shape(policy: Policy) -> dict[str, Any]:
    """Who may ask where, and by which way in."""
    return {
        "plans": [
            {
                **fields_of(plan, "key", "name", "channels", "excludes", "escalation", "severities"),
                "calendar": plan.calendar or None,
                "contacts": plan.contacts or None,
                "contacts_per_product": plan.contacts_per_product or None,
                "from": as_json(plan.since),
                "until": as_json(plan.until),
            }
            for plan in policy.plans
        ],
        "regions": [fields_of(region, "key", "name", "calendar") for region in policy.regions],
        "channels": [
            {
                **fields_of(channel, "key", "name", "targets", "warranted"),
                "because": channel.because or None,
                "warranted_while_down": channel.warranted_while_down or None,
                "severity": channel.severity or None,
                "kind": channel.kind or None,
            }
            for channel in policy.channels
        ],
    }


def _severities_shape(terms: SeverityTerms) -> dict[str, Any]:
    return {
        "severities": [fields_of(level, "key", "rank", "name", "definition") for level in terms.levels],
        "caps": [{**fields_of(cap, "name", "when", "at_most"), "alone": cap.alone or None} for cap in terms.caps],
        "matrix": _matrix_shape(terms.matrix),
        "areas": [area.key for area in terms.areas],
    }


def _promise_shape(kind: PromiseKind) -> dict[str, Any]:
    same = fields_of(kind, "key", "name", "starts", "met_by", "renews", "pauses", "ends", "said")
    return {**same, "remind": [one.at for one in kind.remind]}


def _targets_shape(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "plan": plan,
            "target": target,
            "severity": severity,
            **_goal_shape(goal),
        }
        for (plan, target, severity), cell in policy.goals.items()
        for goal in cell.goals
    ]


def _goal_shape(goal: Goal) -> dict[str, Any]:
    fields = dict.fromkeys(one.field for one in goal.variants if one.field)
    return {
        "within": str(goal.within) if goal.within else None,
        "calendar": goal.calendar or None,
        "from": as_json(goal.since),
        "until": as_json(goal.until),
        "by_channel": _variants_shape(goal, "channel"),
        "by_hours": _variants_shape(goal, "hours"),
        "by_kind": _variants_shape(goal, "kind"),
        "by_language": _variants_shape(goal, "language"),
        "by_field": {key: _variants_shape(goal, "field", key) for key in fields},
    }


def _variants_shape(goal: Goal, by: VariedBy, key: str = "") -> dict[str, Any]:
    return {
        one.value: {
            "within": None if one.nothing else str(one.within or goal.within),
            "calendar": one.calendar or goal.calendar or None,
        }
        for one in goal.variants
        if (one.by, one.field) == (by, key)
    }


def _limits_shape(policy: Policy) -> dict[str, Any]:
    """What a promise asks for, and when it does not hold."""
    warranty, terms = policy.warranty, policy.maintenance_terms
    return {
        "warranty": {
            **fields_of(warranty, "plans", "severities", "channels", "only_registered", "requires"),
            "first_full": warranty.first_full or None,
        },
        "versions": [
            {
                "version": ".".join(map(str, one.numbers)),
                "before": one.before,
                "product": one.product or None,
                "supported_until": as_json(one.supported_until),
                "extended": as_json(dict(one.extended)),
                "exclusion": one.exclusion,
            }
            for one in policy.versions
        ],
        "exclusions": [fields_of(exclusion, "key", "why", "words", "out_of_scope") for exclusion in policy.exclusions],
        "intake": [
            {**fields_of(field, "key", "label", "required"), "kinds": list(field.of_kinds)} for field in policy.intake
        ],
        "maintenance": [
            {"name": window.name, "sector": window.sector or None, "rule": window.rule} for window in policy.maintenance
        ],
        "maintenance_terms": {
            "notice": {period.impact: str(period.before or "none") for period in terms.notice},
            "budget": as_json(terms.budget),
            "per": terms.per,
        },
    }


def _matrix_shape(matrix: Matrix | None) -> dict[str, Any] | None:
    if matrix is None:
        return None
    cells = [{"impact": impact, "urgency": urgency, "severity": key} for (impact, urgency), key in matrix.cells.items()]
    return {"impact": matrix.impact, "urgency": matrix.urgency, "cells": cells}


def _followed(follows: CustomerHours | None) -> dict[str, Any]:
    return {
        "customer_timezone": follows is not None and follows.in_their_zone,
        "customer_countries": list(follows.countries) if follows else [],
    }


def _calendar_shape(
    calendar: Calendar, year: int, zones: tuple[str, ...], follows: CustomerHours | None
) -> dict[str, Any]:
    return {
        "timezone": calendar.timezone,
        "hours": week_words(calendar),
        "business_days": [DAYS[day].lower() for day in sorted(calendar.business_weekdays)],
        **_followed(follows),
        "cut_off": None if calendar.cut_off is None else clock_words(calendar.cut_off),
        "ties": calendar.ties,
        "hours_in": {zone: hours.seasons_text(hours.seasons(calendar, zone, year)) for zone in zones},
        "special_days": [
            {
                "on": day.on.isoformat(),
                "name": day.name,
                "opens": day.opens,
                "business_day": day.business,
                "begins_at": instant(wall_instant(calendar.timezone, day.on, day.start)),
                "ends_at": instant(wall_instant(calendar.timezone, day.on, day.end)),
            }
            for day in calendar.special_days_in(year)
        ],
    }


def _step_shape(step: Step) -> dict[str, Any]:
    same = fields_of(step, "to", "only", "of", "plans", "until", "in_turn", "repeat", "unless_acknowledged")
    return {"at": step.key, "send": step.kind, **same, "hours": step.hours or None}


def _accounts_shape(policy: Policy) -> dict[str, Any]:
    """What it says of whole months, quarters and years."""
    terms = policy.credits
    return {
        "fiscal_year": _fields(policy.fiscal_year),
        "attainment": [_fields(goal) for goal in policy.attainment],
        "availability": [_fields(terms) for terms in policy.availability],
        "credits": [fields_of(band, "share", "above", "credit") for band in (terms.bands if terms else ())],
        "credit_terms": _fields(terms, besides=["bands"]) if terms else None,
    }


def _fields(value: Any, *, besides: Collection[str] = ()) -> dict[str, Any]:
    """All of a value, but for some fields."""
    return {name: as_json(one) for name, one in asdict(value).items() if name not in besides}
