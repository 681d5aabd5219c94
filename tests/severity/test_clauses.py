"""Words of a mail against the clauses that lower a severity: they shape it, and never below what else the mail says."""

from __future__ import annotations

import dataclasses

import pytest

from helpdesk.offering.severities import Cap
from helpdesk.severity import assess
from tests.severity.test_policies import judged, policies

# Invented mails, a line each: severity expected ("!" before it: any but that), subject, text.
LAIOUTR = """
s3 | Staging | Our staging shop is down since this morning.
s3 | Staging broken | The whole staging environment returns 503.
s3 | Test system | On our test system nobody can log in.
s3 | UAT | UAT is completely dead, we cannot test our release.
s3 | Sandbox | In the sandbox, checkout fails with error 500 for all orders.
s4 | Staging question | How do I reset the data on our staging system?
s4 | Staging label | On staging a label is misaligned.
s1 | Checkout down | Our live checkout is down, no orders come in. On staging it works.
s1 | Outage | Production is down since 9:00, nobody can order. Staging is down too.
s1 | Shop down | The live shop does not take any orders. The same error is on staging.
s1 | Shop down | Since the deployment from staging at 8 the shop is down and no orders come in.
s1 | No orders | Nobody can order in production. We noticed it first in the sandbox.
s1 | Shop offline | We tested it on staging, where all is fine, but in production nobody can buy.
!s4 | Checkout down | No customer can check out. We saw it on staging first and thought it was a test problem.
s3 | Outage yesterday | Yesterday from 14:00 to 15:00 our checkout was down. It is back now. Please tell us the cause.
s3 | Root cause | Last night the shop was offline for two hours. Everything works again. What happened?
s3 | Report | On Monday orders failed for an hour; it has been fixed. Please tell us the cause.
s1 | Down again | Yesterday's outage was fixed, but since 9:00 the checkout is down again and no orders come in.
s1 | Shop down | The checkout is down for everybody. It is like the outage last week, which was fixed on Tuesday.
s1 | Checkout down | Nobody can order. Two weeks ago we had a similar outage that was solved by a restart.
s3 | Approval | Our internal approval process does not start any more.
s3 | Acceptance | The acceptance environment shows error 502 on every page. Production is fine.
s3 | Post mortem | Last Tuesday nobody could order for two hours. It has been working since then. Could you send a post mortem?
s3 | Gallery | The open-source library vue-gallery that you ship throws an error in the product list.
s3 | Carousel | There is a bug in the open source carousel: it does not swipe.
s1 | Shop down | Our live shop is down, nobody can order. The log names the open-source router.
s1 | Checkout | The open source payment module crashes in production and no orders come through.
s3 | Internal | Our internal reports are not updated since Monday.
s3 | Back office | The back office is very slow for our staff.
!s1 | Intranet | Our editors cannot publish to the intranet, the process fails.
s1 | Down | The shop is down and nobody can order, and our internal dashboard shows nothing either.
s1 | Error | The checkout answers every customer with Internal Server Error, no orders come in.
s4 | Docs | The documentation of the cart API has a wrong example.
s1 | Help | We followed the documentation, and now the live shop is down and nobody can order.
s1 | Orders | After consulting the manual: nobody can order in our live shop.
s4 | Wish | It would be great if the editor had a dark mode.
"""
CELIGO = """
low | Sandbox | All flows in our sandbox have stopped.
low | Test | Urgency: Urgent / The test account cannot import anything, everything is blocked.
low | Logo | Urgency: High / The logo on the dashboard is blurry.
low | Typo | Urgency: Urgent / There is a typo in the label of the flow list.
low | Colours | Priority: High / The icon has the wrong colour and the text is misaligned.
low | Font | The font of the flow editor looks ugly.
high | Import | Urgency: High / The import of sales orders fails for some records; we enter them by hand until then.
high | Slow | Urgency: High / Our order flow takes hours instead of minutes since Monday.
high | Blocked | Urgency: High / The monthly commission export is blocked, and there is no way round it.
high | Mapping | Urgency: High / The mapping of invoices drops the tax lines, the amounts are wrong.
high | Degraded | Priority: High / The platform is severely degraded, pages take a minute, but flows still run.
high | Invoices | Severity: High / Invoices are not synced since yesterday. We can upload a CSV meanwhile.
!high | Question | Urgency: High / How can I schedule a flow for the last day of the month?
!high | Wish | Urgency: High / Please add a column for the owner to the flow list.
low | Sandbox | Urgency: High / Our order flow in the sandbox fails with an error.
!high | Over | Urgency: High / The order flow failed yesterday. It works again, thank you.
!high | Phone | Urgency: High / Field mapping drops the phone number; we can add it manually.
urgent | Down | Nobody can order in production. We noticed it first in the sandbox.
urgent | Flows down | All our production flows are down, no orders get through. The logo is missing, too.
low | Alignment | Urgency: Urgent / The columns of the dashboard are not aligned.
low | Logo | Urgency: Urgent / Our company logo is blurry and not aligned in the header.
high | Connections | Priority: High / We are not able to create new connections, an error is shown.
high | Copies | Priority: High / Orders from the shop arrive twice in the ERP, we delete the copies by hand.
urgent | Down | Urgency: High / integrator.io is completely down for everybody, nothing works.
!low | Button | The save button overlaps the menu, so nobody can save a mapping.
"""
OTHERS = {
    "cloudextend": """
low | Icon | Priority: High / The icon in the Excel ribbon is blurry.
!low | Down | CloudExtend for Excel is down, nobody can upload. The ribbon looks odd, too.
low | Sandbox | In our sandbox the upload fails.
!low | Uploads | Uploads fail for everybody in production; first seen in the sandbox.
""",
    "logicgate": """
!sev1 | Training | Severity: 1 / How can I add a user? Please send the training slides.
sev4 | Wish | It would be nice to export reports as PDF.
sev1 | Question | Is the platform down? Nobody in our company can log in since 8:00, all pages show an error.
""",
    "logik": """
critical | Quotes | Priority: Critical / No rule fires in production, nobody can quote. The logo is blurry, too.
""",
    "threekit": """
!medium | Player | Priority: Critical / The player shows nothing at all on our live site. In preview it works.
""",
}


def rows():
    for policy, table in ({"laioutr": LAIOUTR, "celigo": CELIGO} | OTHERS).items():
        for line in table.strip().splitlines():
            yield (policy, *(part.strip().replace(" / ", "\n\n") for part in line.split("|", 2)))


@pytest.mark.parametrize(("policy", "expected", "subject", "text"), list(rows()))
def test_words_shape_and_never_cap_below_the_rest_of_the_mail(policy, expected, subject, text):
    """LAI-2, CEL-7, CEL-8, LGT-6 (law 20)"""
    found = judged(policy, subject, text).severity

    assert (found != expected[1:]) if expected.startswith("!") else (found == expected)


DOWN = "Our live shop is down, nobody can order, there is no way round it."


@pytest.mark.parametrize(
    ("value", "severity"),
    [("staging", "s3"), ("Staging (EU)", "s3"), ("production", "s1"), ("production, and staging as well", "s1")],
)
def test_an_environment_that_a_field_states_binds(value, severity):
    """LAI-2: whatever the text says."""
    assert judged("laioutr", "Down", f"Environment: {value}\n\n{DOWN}").severity == severity


CAPPED = (Cap("loyalty apps", "product:loyalty-app", "s4"), Cap("the importer", "component:importer", "s3"))


@pytest.mark.parametrize(
    ("text", "names", "severity", "proposed"),
    [
        (DOWN, (), "s1", ()),
        (f"{DOWN} It is the Loyalty App.", (), "s1", ("perhaps loyalty apps",)),
        ("The Loyalty App shows an error in the cart for some customers.", (), "", ("perhaps loyalty apps",)),
        (
            "The importer of the loyalty app loses orders of our customers in production.",
            (),
            "",
            ("perhaps loyalty apps", "perhaps the importer"),
        ),
        (DOWN, ("loyalty-app",), "s4", ()),
        (DOWN, ("Loyalty App",), "s4", ()),
        (DOWN, ("importer",), "s3", ()),
    ],
)
def test_a_component_caps_where_a_field_names_it_and_is_proposed_where_the_mail_does(text, names, severity, proposed):
    """LAI-4: an agent is asked, and shown the words."""
    plain = policies()["laioutr"].severity
    verdict = assess(subject="Shop", text=text, terms=dataclasses.replace(plain, caps=CAPPED), products=names)
    without = assess(subject="Shop", text=text, terms=dataclasses.replace(plain, caps=()))

    assert verdict.severity == (severity or without.severity)
    assert tuple(reason.rule for reason in verdict.reasons if reason.rule.startswith("perhaps")) == proposed
    assert verdict.review or not proposed
