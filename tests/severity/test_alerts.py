"""Monitoring mail is parsed, not read: state, environment, and whether the thing is gone or only strained."""

import pytest

from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity import assess
from helpdesk.severity.alerts import parse

TERMS = SeverityTerms(levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3")

GONE = {
    "nagios": ("** PROBLEM Host Alert: erp-prod is DOWN **", "Notification Type: PROBLEM\nHost: erp-prod\nState: DOWN\nInfo: PING CRITICAL - Packet loss = 100%"),
    "zabbix": ("Problem: portal is unreachable", "Problem started at 10:01:00 on 2026.01.05\nProblem name: portal is unreachable\nHost: portal-prod\nSeverity: Disaster"),
    "alertmanager": ("[FIRING:1] InstanceDown prod", "Labels:\n alertname = SiteUnreachable\n env = prod\n severity = critical\nAnnotations:\n summary = all probes failing, site unreachable"),
    "pingdom": ("DOWN alert: shop.example is down", "shop.example is DOWN since 10:01. Reason: HTTP 503"),
    "uptimerobot": ("Monitor is DOWN: shop.example", "Reason: connection timeout"),
    "datadog": ("[Triggered] Checkout unavailable on env:prod", "0 successful checkouts in the last 10 minutes\nMonitor status: Alert"),
    "pagerduty": ("[PagerDuty ALERT] Incident #12 login down - production", "Service: auth-prod\nStatus: Triggered\nUrgency: high\nDetails: 0 healthy instances"),
    "cloudwatch": ('ALARM: "prod-alb-healthy-hosts" in EU (Ireland)', "State Change: OK -> ALARM\nReason: Threshold crossed: 0 healthy hosts"),
}  # fmt: skip
RECOVERED = {
    "nagios": ("** RECOVERY Host Alert: erp-prod is UP **", "Notification Type: RECOVERY\nState: UP"),
    "zabbix": ("Resolved: portal is unreachable", "Problem has been resolved at 10:20:00"),
    "alertmanager": ("[RESOLVED] InstanceDown prod", "Labels:\n alertname = InstanceDown"),
    "pingdom": ("UP alert: shop.example is up", "shop.example is UP again after 4 minutes"),
    "datadog": ("[Recovered] Checkout unavailable on env:prod", "Monitor status: OK"),
    "pagerduty": ("[PagerDuty] Incident resolved: #12 login down", "Status: Resolved"),
    "cloudwatch": ('OK: "prod-alb-healthy-hosts" in EU (Ireland)', "State Change: ALARM -> OK"),
}


def rank(subject, text):
    return assess(subject=subject, text=text, terms=TERMS).rank


@pytest.mark.parametrize("system", GONE)
def test_a_production_system_that_is_gone_is_rank_1(system):
    assert rank(*GONE[system]) == 1


@pytest.mark.parametrize("system", RECOVERED)
def test_a_recovery_notice_is_rank_4(system):
    assert parse(*RECOVERED[system]).state == "recovered"
    assert rank(*RECOVERED[system]) == 4


@pytest.mark.parametrize("name", ["staging-web-1", "web-qa-02", "dev-db", "uat-portal", "sandbox-hub"])
def test_a_test_system_that_is_gone_is_rank_4(name):
    """CEL-8"""
    assert (
        rank(f"** PROBLEM Host Alert: {name} is DOWN **", f"Notification Type: PROBLEM\nHost: {name}\nState: DOWN") == 4
    )


def test_a_strained_system_is_rank_2_and_not_an_outage():
    assert (
        rank(
            "[FIRING:1] HighErrorRate prod (severity=critical)",
            "Labels:\n env = prod\n summary = 12% of requests failing",
        )
        == 2
    )
    assert (
        rank(
            "** PROBLEM Service Alert: db-prod/Replication Lag is CRITICAL **",
            "Notification Type: PROBLEM\nState: CRITICAL",
        )
        == 2
    )


def test_the_word_test_in_a_check_is_no_test_environment():
    alert = parse("Synthetic test 'login' failed (prod)", "Checkly: check 'login' failing, env prod")
    assert alert is not None
    assert not alert.non_production


def test_a_person_who_writes_about_an_alert_is_a_person():
    text = "Hi team, we got a Pingdom alert for our shop, but we can use it. Could you please check your status?"
    assert parse("Question about Pingdom", text) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("[Datadog] [Triggered] Checkout test failed (env:production)", "Failed from 8 of 8 locations for 25 minutes.\nOrders per minute: 0"),
        ("[FIRING:1] AllConsumersGone (prod broker)", "env: prod\nsummary: 0 of 24 consumers connected, throughput 0 msg/s"),
        ("[FIRING] synthetic check player-prod failed", "Environment: prod\nFailing: 4 of 4 locations\nState: FIRING, not acknowledged"),
    ],
)  # fmt: skip
def test_all_of_them_or_nothing_at_all_is_gone(subject, text):
    assert rank(subject, text) == 1


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("RECOVERY - db-prod-3/Replication lag", "State: OK (was CRITICAL)\nDuration of problem: 11m"),
        ("Completed: database maintenance", "The maintenance has been completed. All systems operational."),
        ("Service restored: VPN gateway (prod)", "Reachable again as of 06:17. This message was sent automatically."),
        ("Nightly backup completed successfully", "Duration 01:12:44, 0 errors, 0 warnings."),
    ],
)
def test_what_has_ended_well_is_rank_4_whoever_sends_it(subject, text):
    assert rank(subject, text) == 4


def test_a_person_who_says_that_something_is_ok_is_no_monitor():
    assert parse("Dark theme: text unreadable", "Grey on grey. Light theme is OK.") is None
