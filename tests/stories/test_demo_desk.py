"""The demo desk takes mail for each of the six shipped offerings, from its customers and from anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.desk import load_rules
from tests.desk import KEY, TestDesk

DEMO = Path(__file__).parents[2] / "demo"


@pytest.fixture(scope="module")
def rules():
    return load_rules(DEMO / "helpdesk.toml", environment={}, signing_key=KEY)


@pytest.mark.parametrize("policy", ["logik", "laioutr", "threekit", "celigo", "cloudextend", "logicgate"])
def test_a_customer_and_a_stranger_are_answered_under_the_offering_that_they_write_to(
    story_databases, request, rules, policy
):
    """LGK-1: who is not known gets the default plan, and the case says so."""
    desk = TestDesk(rules, story_databases.of("memory", request))
    customer = next(one for one in rules.customers.by_key.values() if one.policy == policy)
    ours = f"support@{policy}.example"
    desk.mail(f"kit@{customer.domains[0]}", "Nothing saves", "Since this morning nothing can be saved.", to=ours)
    desk.mail("lee@elsewhere.example", "Nothing saves", "Since this morning nothing can be saved.", to=ours)

    known, unknown = desk.case(1), desk.case(2)
    assert (known.policy, known.customer, unknown.policy, unknown.customer) == (policy, customer.key, policy, "")
    assert not any(tag.startswith("not entitled") for tag in known.tags)
    assert "not entitled: unknown sender" in unknown.tags
    for case in (known, unknown):
        assert case.assignee in {"ann@desk.example", "bob@desk.example"}
        assert desk.last(case.requester.address, "ack").from_ == ours
