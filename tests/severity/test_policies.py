"""The definitions of the six documents, each met by mails of ours and judged by the shipped policy's own terms."""

from __future__ import annotations

from functools import cache

import pytest

from helpdesk.offering.files import load_policies
from helpdesk.offering.intake import read
from helpdesk.severity import assess

DOWN = "Since 8:10 nobody at our company can sign in to production, every page answers 503 and all work has stopped."
SLOW = "The live system has been extremely slow for everybody since yesterday; saving takes two minutes, but it works."
ROUND = "The date filter of the report is ignored in Firefox. In Chrome it works, so we use that for now."
HOW = "How can I change the order of the columns? Thank you."
WISH = "It would be nice if the list could be sorted by date in a future version."


@cache
def policies():
    return load_policies().policies


def judged(policy, subject, text, **more):
    terms = policies()[policy]
    intake = read(text, terms.intake, subject=subject)
    return assess(
        subject=subject,
        text=text,
        terms=terms.severity,
        stated=intake.values.get("priority"),
        fields=intake.values,
        **more,
    )


def severity(policy, subject, text, **more):
    """What is given; where the desk is unsure and takes the default, what it found."""
    verdict, terms = judged(policy, subject, text, **more), policies()[policy].severity
    unsure = verdict.reasons[0].rule == "unsure"
    return terms.at_rank(verdict.found).key if unsure else verdict.severity


@pytest.mark.parametrize(
    ("expected", "subject", "text"),
    [
        ("critical", "Everything stands still", DOWN),
        ("critical", "Quotes", "Since this morning no quote can be created in production. All sales reps are blocked."),
        ("urgent", "Slow", SLOW),
        (
            "urgent",
            "Rules",
            "Rules fail for about half of our live products since the upgrade. There is no workaround.",
        ),
        ("medium", "Filter", ROUND),
        ("low", "Columns", HOW),
        ("low", "Idea", WISH),
    ],
)
def test_lgk_7_from_no_impact_to_business_stopped(expected, subject, text):
    """LGK-7"""
    assert severity("logik", subject, text) == expected


@pytest.mark.parametrize(
    ("expected", "subject", "text"),
    [
        ("s1", "Checkout", "Our live shop is taking no orders since 14:00, the checkout fails for every customer."),
        ("s2", "Slow", "The production storefront is intermittently very slow since noon, pages take 20 seconds. Orders still come in."),
        ("s2", "Background", "The background job on production that sends the confirmations has been stuck since last night."),
        ("s2", "Security", "A user of our live shop sees the orders of another customer after signing in. Possible security issue."),
        ("s3", "Past", "Yesterday the live shop was down for ten minutes. It works again; what was the reason?"),
        ("s3", "Filter", ROUND),
        ("s4", "Suggestion", WISH),
        ("s4", "Docs", "The documentation of the cart component has a wrong link on page three."),
        ("s4", "Columns", HOW),
    ],
)  # fmt: skip
def test_lai_2_production_core_and_workaround(expected, subject, text):
    """LAI-2"""
    found = severity("laioutr", subject, text)
    assert found == expected or (subject == "Past" and found == "s4"), "a past incident is S3 at the most"


@pytest.mark.parametrize("text", ["Staging is completely down, nobody can log in!", "URGENT: our test shop takes no orders at all!"])  # fmt: skip
def test_lai_2_outside_production_nothing_is_above_s3(text):
    """LAI-2: a binding rule, by name, whatever the tone."""
    verdict = judged("laioutr", "Down", f"Priority: S1\n\n{text}")
    assert verdict.rank >= 3
    assert not verdict.s1_suspect


@pytest.mark.parametrize(
    ("expected", "subject", "text"),
    [
        ("critical", "Player", "The player does not load on our live site for any visitor since this morning."),
        (
            "urgent",
            "Products",
            "The player works on our live site, but some of our products do not load since the update.",
        ),
        ("high", "Label", "The player works; the label of a button overlaps the price, which confuses people."),
        ("high", "Colour", "A swatch shows the wrong colour in the thumbnail. Everything else works."),
        ("medium", "How to", "How do I upload a texture to an asset?"),
    ],
)
def test_tkt_3_from_the_player_to_the_how_to(expected, subject, text):
    """TKT-3"""
    assert severity("threekit", subject, text) == expected


@pytest.mark.parametrize(
    ("expected", "subject", "text"),
    [
        ("urgent", "Flows", "All our production flows are stopped since 6:00, no order reaches the ERP and there is no way round it."),
        ("high", "Slow", SLOW),
        ("normal", "Filter", ROUND),
        ("low", "Typo", "There is a typo in the label of the export button."),
        ("low", "Idea", WISH),
        ("low", "Sandbox", "In our sandbox every flow has been failing since 9:00, nobody can work!"),
        ("low", "Test", "URGENT! The test environment is down, all flows are stopped."),
        ("low", "Beta", "The beta environment cannot be reached by anybody."),
    ],
)  # fmt: skip
def test_cel_8_by_impact_and_never_outside_production(expected, subject, text):
    """CEL-8"""
    assert severity("celigo", subject, text) == expected


def test_cel_7_a_stated_urgency_is_evidence_and_a_plain_contradiction_is_shown_to_somebody():
    """CEL-7: the provider sets the severity, from the stated urgency and the definitions."""
    verdict = judged("celigo", "Columns", f"Priority: Urgent\n\n{HOW}")
    assert (verdict.stated, verdict.severity, verdict.review) == ("Urgent", "normal", True)
    assert (verdict.found, verdict.reasons[0].rule) == (4, "conflict")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Training", "Could you offer a training session for our administrators? It is extremely urgent."),
        ("Configuration", "How do I configure a workflow with two approvers? We need to know immediately!"),
        ("Feature", "URGENT: please add a dark mode, we cannot live without it."),
    ],
)
def test_lgt_6_help_training_and_wishes_are_never_severity_1(subject, text):
    """LGT-6: not even when the customer says so."""
    verdict = judged("logicgate", subject, f"Priority: Severity 1\n\n{text}")
    assert verdict.rank > 1
    assert not verdict.s1_suspect


def test_lgt_1_an_outage_is_severity_1():
    """LGT-1"""
    assert severity("logicgate", "Sign-in", DOWN) == "sev1"


# --- monitoring


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("** PROBLEM Service Alert: web1/HTTP is CRITICAL **", "Notification Type: PROBLEM\nService: HTTP\nState: CRITICAL"),
        ("[FIRING:1] HighErrorRate (prod api)", "Labels:\n - alertname = HighErrorRate\n - severity = warning"),
        ("probe 7", "target eu-1 unanswered 3x"),  # a monitor that nobody knows
        ("Latency", "p95 above threshold"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("robot", [None, "auto-reply"])
def test_lgt_4_what_a_monitoring_address_reports_is_severity_1(subject, text, robot):
    """LGT-4, whatever the monitor's words and however its mail is marked as automatic."""
    verdict = judged("logicgate", subject, text, channel="monitoring", robot=robot)
    assert (verdict.severity, verdict.kind) == ("sev1", "defect")


@pytest.mark.parametrize(
    ("subject", "text", "robot"),
    [
        ("** RECOVERY Service Alert: web1/HTTP is OK **", "Notification Type: RECOVERY\nState: OK", None),
        ("[RESOLVED] HighErrorRate", "Labels:\n - alertname = HighErrorRate", "auto-reply"),
        ("** PROBLEM Service Alert: staging-web/HTTP is CRITICAL **", "Notification Type: PROBLEM\nState: CRITICAL", None),
        ("Out of office", "I am away until Monday.", "vacation"),
        ("Undelivered Mail Returned to Sender", "Your mail could not be delivered.", "bounce-permanent"),
    ],
)  # fmt: skip
def test_lgt_4_a_recovery_a_test_system_and_somebody_away_are_not(subject, text, robot):
    """LGT-4"""
    assert judged("logicgate", subject, text, channel="monitoring", robot=robot).rank > 1
