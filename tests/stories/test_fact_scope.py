"""Versions out of support, and contacts beyond those that were bought: the agent hears, nobody is refused."""

from __future__ import annotations

import pytest

from tests.desk import ANN
from tests.policies.active import SUPPORT, active_desk

JO, KIM, LEE = "jo@acme.example", "kim@acme.example", "lee@acme.example"
VERSIONS = """
[[intake]]
key = "version"
label = "Version"
required = false

[[intake]]
key = "product"
label = "Product"
required = false

[[versions]]
version = "4"
product = "shop"
supported_until = 2026-06-30
extended = { long = 2027-06-30 }
exclusion = "old"

[[versions]]
version = "< 4"

[addons.long]
name = "Long-term support"

[[exclusion]]
key = "old"
why = "this release is out of support"
"""


def opened(desk, body, at="2026-07-01 10:00", sender=JO):
    desk.at(at, "UTC")
    desk.mail(sender, "It fails", body, to=SUPPORT)
    return [tag for tag in desk.case().tags if "exclusion" in tag or "contacts" in tag]


@pytest.mark.parametrize(
    ("body", "at", "acme", "key", "why"),
    [
        (
            "Version: 4.2",
            "2026-07-01 10:00",
            {},
            "old",
            "the mail says version 4.2 of shop, supported until 2026-06-30",
        ),
        ("Version: 4.2", "2026-06-30 23:59", {}, None, ""),  # the last day
        ("Version: 4.2\nProduct: crm", "2026-07-01 10:00", {}, None, ""),
        (
            "Version: 3.1",
            "2026-06-01 10:00",
            {},
            "unsupported-version",
            "the mail says version 3.1, which is not supported",
        ),
        ("Version: 5.0", "2026-07-01 10:00", {}, None, ""),
        ("Version: 4.2", "2026-07-01 10:00", {"addons": ["long"]}, None, ""),
        (
            "It broke.",
            "2026-07-01 10:00",
            {"versions": {"shop": "4.2"}},
            "old",
            "the contract says version 4.2 of shop, supported until 2026-06-30",
        ),
        ("It broke.", "2026-07-01 10:00", {"versions": {"shop": "4.2", "crm": "9"}}, None, ""),  # which, nobody knows
        ("Version: 5", "2026-07-01 10:00", {"versions": {"shop": "4.2"}}, None, ""),  # they have moved on
    ],
)
def test_what_is_out_of_support_is_proposed_to_the_agent_and_its_promises_run(tmp_path, body, at, acme, key, why):
    desk = active_desk(tmp_path, VERSIONS, **acme)
    tags = opened(desk, body, at)
    found = [(event.key, event.because) for event in desk.events("exclusion_proposed")]
    assert found == ([(key, why)] if key else [])
    assert tags == (
        [f"exclusion proposed: {key}, {why} (#exclude {key} binds, #exclude off dismisses; its promises run)"]
        if key
        else []
    )
    assert desk.state() == "running"


def test_a_version_that_is_said_later_is_looked_at_then_and_once(tmp_path):
    desk = active_desk(tmp_path, VERSIONS)
    opened(desk, "It broke.")
    desk.reply(JO, "Version: 4.2", to_kind="ack")
    desk.reply(JO, "Version: 4.3", to_kind="ack")
    assert [event.because for event in desk.events("exclusion_proposed")] == [
        "the mail says version 4.2 of shop, supported until 2026-06-30"
    ]
    desk.reply(ANN, "#exclude old\nPlease update.", to_kind="assigned")
    assert desk.state() == "exempt"


@pytest.mark.parametrize(
    ("terms", "sender", "body", "said"),
    [
        ("contacts = 2", JO, "It broke.", None),
        ("contacts = 2", LEE, "It broke.", "contacts: lee@acme.example is number 3, Gold has 2"),
        (
            "contacts = 2",
            "new@acme.example",
            "It broke.",
            "contacts: new@acme.example is not among those that Acme has named",
        ),
        ("contacts = 3", LEE, "It broke.", None),
        ("", "new@acme.example", "It broke.", None),
        ("contacts = 2", "who@elsewhere.example", "It broke.", None),  # nobody's
        ("contacts_per_product = 1", JO, "Product: Shop", None),
        (
            "contacts_per_product = 1",
            KIM,
            "Product: shop",
            "contacts: kim@acme.example is number 2 for shop, Gold has 1",
        ),
        ("contacts_per_product = 1", LEE, "Product: shop", "contacts: lee@acme.example is not named for shop"),
        ("contacts_per_product = 1", LEE, "It broke.", None),
    ],
)
def test_who_is_not_among_the_contacts_that_were_bought_is_said_to_the_agent(tmp_path, terms, sender, body, said):
    product = '[[intake]]\nkey = "product"\nlabel = "Product"\nrequired = false\n'
    people = [{"email": JO, "products": ["shop"]}, {"email": KIM.upper(), "products": ["shop"]}, {"email": LEE}]
    desk = active_desk(tmp_path, product, plan=terms, contacts=people)
    assert opened(desk, body, sender=sender) == ([said] if said else [])
    assert desk.sent_to(sender, "ack")
    if said:
        assert said in " ".join(desk.sent_to(ANN, "assigned")[-1].text.split())
