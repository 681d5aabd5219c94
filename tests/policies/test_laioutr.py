"""Laioutr, clause by clause, on the running desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.core.words.events import SeverityAssessed, SeveritySet
from helpdesk.diagnosis import odd_settings
from helpdesk.offering.files import PolicyText, load_policies, read_policy
from helpdesk.severity import assess
from helpdesk.shipped import shipped
from tests.desk import ANN, wall
from tests.policies.offices import customer, open_desk

REGISTERED = [{"email": "eva@nord.example", "registered": True}]
EVA = "eva@nord.example"
COMPLETE = "Organisation: Nord\nProject: shop\n\n"


@pytest.fixture
def policy():
    return load_policies().policy("laioutr")


@pytest.fixture
def desk(tmp_path):
    """Friday 27 March 2026, 16:00 in Berlin; Eva is registered, her colleagues are not."""
    customers = customer("nord", "laioutr", contacts=REGISTERED, products=["frontend"])
    return open_desk(
        tmp_path, policy="laioutr", channels=("email", "website"), customers=customers, start="2026-03-27 10:00"
    )


def opened(desk, body, *, sender=EVA, to="website@laioutr.example", subject="Our shop"):
    """The case that a mail opens."""
    return desk.case(desk.mail(sender, subject, body, to=to).case)


def by_command(desk, severity):
    desk.reply(ANN, f"#severity {severity}", to_kind="assigned")


def test_lai_1_s1_and_s2_run_around_the_clock_s3_and_s4_from_monday_to_friday(desk):
    """LAI-1, LAI-7: the clock counts in the hours of the severity and stands outside them."""
    opened(desk, COMPLETE + "A strange error in the editor.")
    due = {}
    for severity in ("s1", "s2", "s3", "s4"):
        by_command(desk, severity)
        due[severity] = desk.first_response().due_at

    berlin = "Europe/Berlin"
    assert due["s1"] == wall("2026-03-27 17:00", berlin)
    assert due["s2"] == wall("2026-03-27 19:00", berlin)
    assert due["s3"] == wall("2026-03-30 04:00", berlin)  # 8 h on Friday, 4 h on Monday
    assert due["s4"] == wall("2026-03-31 16:00", berlin)  # 8 + 24 + 16


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ("non-production", "s3"),
        ("workaround", "s3"),
        ("past", "s3"),
        ("documentation", "s4"),
        ("kind:enhancement", "s4"),
        ("component:open-source", "s3"),
        ("internal", "s3"),
    ],
)
def test_lai_2_what_the_definitions_cap_is_capped_by_name(policy, rule, most):
    """LAI-2: the caps of the definitions stand in the file; the classifier's tests prove that they bind."""
    assert [cap.at_most for cap in policy.severity.caps if cap.when == rule] == [most]


def test_lai_2_a_standstill_of_a_test_system_is_no_incident(desk):
    case = opened(desk, COMPLETE + "The checkout of our staging system is down, nobody can order there.")

    assert case.rank >= 3


def test_lai_3_the_stated_and_the_effective_severity_are_both_kept(desk):
    """LAI-3: the provider sets the severity, and may change it by mail; who set it and why stay on the record."""
    case = opened(desk, COMPLETE + "Severity: S1\n\nA label in the editor is misspelt.")
    assert case.stated
    assert case.severity != "s1"
    assert case.of_type(SeverityAssessed)[0].reasons

    desk.reply(ANN, "#severity s2 it breaks the page\nWe look into it.", to_kind="assigned")
    case = desk.case()
    assert (case.severity, case.severity_set_by) == ("s2", ANN)
    assert case.of_type(SeveritySet)[0].reason == "it breaks the page"
    assert case.stated


def test_lai_4_a_cap_for_a_product_is_an_edit_of_the_file_and_says_so(tmp_path, policy):
    """LAI-4: maximum severities by product are read from the file and named where they bind."""
    text = (shipped("policies") / "laioutr.toml").read_text(encoding="utf-8")
    capped = '[[classifier.caps]]\nname = "beta apps are never above S4"\nwhen = "product:beta-app"\nat_most = "s4"\n\n'
    changed = read_policy(PolicyText("laioutr.toml", text.replace("[[exclusion]]", capped + "[[exclusion]]", 1)))
    words = {"subject": "Shop down", "text": "Our live shop is down, nobody can order, there is no way round it."}

    assert assess(**words, terms=policy.severity, products=["beta-app"]).rank == 1
    verdict = assess(**words, terms=changed.severity, products=["beta-app"])
    assert verdict.severity == "s4"
    assert any("beta apps are never above S4" in reason.rule for reason in verdict.reasons)


BETA = '[[classifier.caps]]\nname = "beta apps are never above S4"\nwhen = "product:beta-app"\nat_most = "s4"\n\n'
COMPONENT = '[[intake]]\nkey = "component"\nlabel = "Component"\naliases = ["component"]\nrequired = false\n\n'


@pytest.fixture
def capped(tmp_path):
    """A desk whose policy caps beta-app. Nord uses it and the frontend, West uses nothing else."""
    (tmp_path / "policies").mkdir()
    text = (
        (shipped("policies") / "laioutr.toml")
        .read_text(encoding="utf-8")
        .replace("[[exclusion]]", BETA + "[[exclusion]]", 1)
        .replace("[[intake]]", COMPONENT + "[[intake]]", 1)
    )
    (tmp_path / "policies" / "laioutr.toml").write_text(text, encoding="utf-8")
    customers = customer("nord", "laioutr", contacts=REGISTERED, products=["frontend", "beta-app"])
    customers += customer("west", "laioutr", products=["beta-app"])
    more = 'policies = "policies"'
    return open_desk(
        tmp_path, policy="laioutr", channels=("website",), customers=customers, start="2026-03-27 10:00", desk=more
    )


DOWN = COMPLETE + "Our live shop is down, nobody can order, there is no way round it."


@pytest.mark.parametrize(
    ("sender", "body", "severity"),
    [
        (EVA, DOWN, "s1"),  # she names none of her two products
        (EVA, DOWN + " It is the frontend.", "s1"),
        (EVA, DOWN + " It is the Beta App.", "s1"),  # a name in the text is a remark, and an agent reads it
        ("wim@west.example", DOWN, "s1"),  # who has bought one product may write of another
        (EVA, "Component: Beta App\n\n" + DOWN, "s4"),
        ("wim@west.example", "Component: the Beta App, version 3\n\n" + DOWN, "s4"),
    ],
)
def test_lai_4_a_product_caps_the_cases_that_are_about_it_and_no_others(capped, sender, body, severity):
    """LAI-4: on the running desk, where a field names it; what capped it is on the record and told to the agent."""
    case = opened(capped, body, sender=sender)

    assert case.severity == severity
    why = any(reason["rule"].startswith("beta apps") for reason in case.of_type(SeverityAssessed)[0].reasons)
    assert why == (severity == "s4")
    if why:
        assert "beta apps are never above S4" in " ".join(capped.last(case.assignee, "assigned").text.split())


def test_lai_5_a_registered_contact_who_names_everything_is_warranted_on_the_website(desk):
    """LAI-5"""
    opened(desk, COMPLETE + "The editor shows an error.")

    assert desk.first_response().warranted


@pytest.mark.parametrize(
    ("sender", "body", "to", "why"),
    [
        (EVA, COMPLETE, "email@laioutr.example", "only while the support website is unavailable"),
        ("max@nord.example", COMPLETE, "website@laioutr.example", "not a registered contact"),
        (EVA, "Organisation: Nord\n\n", "website@laioutr.example", "does not name: Project"),
        ("somebody@else.example", COMPLETE, "website@laioutr.example", "unknown sender"),
    ],
)
def test_lai_5_anything_less_is_measured_without_warranty_and_says_why(desk, sender, body, to, why):
    """LAI-5: e-mail while the website is up, an unregistered sender, a project that is not named."""
    opened(desk, body + "The editor shows an error.", sender=sender, to=to)

    clock = desk.first_response()
    assert clock.due_at is not None
    assert not clock.warranted
    assert any(why in because for because in clock.because)


def test_lai_5_e_mail_is_warranted_while_the_website_is_down(policy):
    """LAI-5: the operators' switch lifts it."""
    asked = {"plan": "standard", "severity": "s2", "region": "europe", "channel": "email"}

    assert not policy.promise("first_response", **asked).warranted
    assert policy.promise("first_response", **asked, down=("website",)).warranted


def test_lai_8_the_first_answer_of_a_person_stops_the_clock_and_nothing_automatic_does(desk):
    """LAI-8: the acknowledgment does not count; asking for what is missing does."""
    opened(desk, COMPLETE + "The editor shows an error.")
    assert desk.kinds_to(EVA) == ["ack"]
    assert desk.state() == "running"

    desk.reply(ANN, "Which page do you mean?", to_kind="assigned")
    assert desk.state() == "met"


def test_lai_9_who_does_not_answer_may_be_downgraded_and_the_file_says_when(policy):
    """LAI-9: its place in the policy; the mails are the desk's."""
    assert (policy.lifecycle.downgrade_after.business_days, policy.lifecycle.downgrade_to) == (3, "s3")
    assert not policy.lifecycle.downgrade_automatically


def test_lai_10_check_lists_customers_without_an_escalation_contact(desk, tmp_path, capsys):
    """LAI-10"""
    assert [
        warning
        for warning in odd_settings(desk.rules, datetime.now(UTC))
        if "nord" in warning and "escalation_contact" in warning
    ]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("Could you do an architecture review of our shop?", "consulting"),
        ("How do we set up the widget from the App Store?", "app-store"),
        ("Please implement our solution for bundles.", "implementation"),
    ],
)
def test_lai_12_what_is_out_of_scope_gets_its_own_mail_and_no_target(desk, body, key):
    """LAI-12: the agent is shown what its words speak for, and says it."""
    opened(desk, COMPLETE + body)
    assert desk.state() == "running"
    assert f"#exclude {key} binds" in " ".join(desk.last(ANN, "assigned").text.split())
    desk.reply(ANN, f"#exclude {key}\n#note", to_kind="assigned")

    assert desk.kinds_to(EVA) == ["ack", "out-of-scope"]
    assert desk.state() == "exempt"
    assert f"excluded: {key}" in desk.case().tags
    desk.at("2026-04-10 12:00")
    assert desk.kinds_to(ANN) == ["assigned", "echo"]  # nothing falls due


def test_lai_11_secrets_and_personal_data_have_their_exclusion(policy):
    """LAI-11: its place in the policy; finding and redacting them is the mail room's."""
    assert [exclusion.key for exclusion in policy.exclusions if "secrets" in exclusion.why] == ["personal-data"]


def test_lai_13_who_writes_another_language_is_told_which_one_we_answer_in(desk):
    """LAI-13: support in English."""
    opened(desk, "Guten Tag, wir haben seit heute ein Problem mit dem Editor und können keine Seiten speichern.")

    assert "We answer in English" in desk.last(EVA, "ack").text


def test_lai_14_a_company_holiday_is_an_edit_of_the_file(policy):
    """LAI-14: announced ahead, added to the file, and the due time moves."""
    text = (shipped("policies") / "laioutr.toml").read_text(encoding="utf-8")
    day = 'days = [{ name = "Company day", on = 2026-03-30 }]'
    changed = read_policy(
        PolicyText(
            "laioutr.toml", text.replace('holidays = { country = "DE" }', f'holidays = {{ country = "DE" }}\n{day}')
        )
    )
    asked = {"plan": "standard", "severity": "s3", "region": "europe", "channel": "website"}
    due = [
        promise.within.due_at(promise.calendar, wall("2026-03-27 16:00", "Europe/Berlin"))
        for promise in (version.promise("first_response", **asked) for version in (policy, changed))
    ]

    assert due == [wall("2026-03-30 04:00", "Europe/Berlin"), wall("2026-03-31 04:00", "Europe/Berlin")]


def test_lai_15_a_premium_plan_is_an_edit_of_the_file():
    """LAI-15: no code changes for it."""
    text = (shipped("policies") / "laioutr.toml").read_text(encoding="utf-8")
    plan = '[plans.premium]\nname = "Premium"\n\n[regions.europe]'
    targets = '[targets.premium.first_response]\ns1 = { within = "30m", calendar = "24x7" }\n\n[channels.website]'
    text = text.replace("[regions.europe]", plan, 1).replace("[channels.website]", targets, 1)
    changed = read_policy(PolicyText("laioutr.toml", text))

    promise = changed.promise("first_response", plan="premium", severity="s1", region="europe", channel="website")
    assert str(promise.within) == "30 minutes"
