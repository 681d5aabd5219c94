"""A small offering of our own, for what a policy says of periods: answers within an hour, around the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policies.offices import customer, open_desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk import TestDesk

ACTIVE = """
key = "active"
name = "Active Support"

[plans.gold]
name = "Gold"
{plan}

[regions.all]
calendar = "24x7"

[calendars]

[severities.major]
rank = 1
name = "Major"

[severities.minor]
rank = 3
name = "Minor"

[targets.gold.first_response]
major = "1h"
minor = "1h"

[classifier]
default = "minor"
"""
SUPPORT = "email@active.example"


def active_desk(folder: Path, policy: str, *, plan: str = "", start: str = "2026-05-01 00:00", **acme: Any) -> TestDesk:
    """A desk for that offering with more lines, and some for its plan; Acme is on Gold and its days are those of UTC."""
    (folder / "policies").mkdir()
    (folder / "policies" / "active.toml").write_text(ACTIVE.format(plan=plan) + policy, encoding="utf-8")
    facts = {"timezone": "UTC", "quarterly_fee": "12000.00 EUR", "contacts": [{"email": "jo@acme.example"}]}
    return open_desk(
        folder,
        policy="active",
        customers=customer("acme", "active", **(facts | acme)),
        start=start,
        desk='policies = "policies"',
    )
