"""A monitor's recovery is known by what it watches, however the monitor words its states."""

from __future__ import annotations

import re

import pytest

from helpdesk.severity.alerts import is_unmistakable
from helpdesk.severity.monitors import watched
from tests.effort import at_most

# Each as the monitor's own templates write it: the problem, and its end.
PAIRS = {
    "nagios service": (
        ("** PROBLEM Service Alert: web1/HTTP is CRITICAL **", "Notification Type: PROBLEM\nService: HTTP\nHost: web1\nAddress: 192.0.2.7\nState: CRITICAL\nAdditional Info:\nConnection refused"),
        ("** RECOVERY Service Alert: web1/HTTP is OK **", "Notification Type: RECOVERY\nService: HTTP\nHost: web1\nAddress: 192.0.2.7\nState: OK\nAdditional Info:\nHTTP OK: 200 in 0.1 s"),
    ),
    "nagios host": (
        ("** PROBLEM Host Alert: erp-prod is DOWN **", "Notification Type: PROBLEM\nHost: erp-prod\nState: DOWN"),
        ("** RECOVERY Host Alert: erp-prod is UP **", "Notification Type: RECOVERY\nHost: erp-prod\nState: UP"),
    ),
    "icinga": (
        ("[PROBLEM] disk on db1 is CRITICAL!", "***** Icinga *****\n\nState: CRITICAL\nService: disk\nHost: db1"),
        ("[RECOVERY] disk on db1 is OK!", "***** Icinga *****\n\nState: OK\nService: disk\nHost: db1"),
    ),
    "zabbix": (
        ("Problem: High CPU utilization (over 90% for 5m)", "Problem started at 10:01:00 on 2026.01.05\nProblem name: High CPU utilization (over 90% for 5m)\nHost: web1\nSeverity: Warning\nOperational data: 97.2 %\nOriginal problem ID: 4711"),
        ("Resolved in 5m 3s: High CPU utilization (over 90% for 5m)", "Problem has been resolved at 10:06:03 on 2026.01.05\nProblem name: High CPU utilization (over 90% for 5m)\nProblem duration: 5m 3s\nHost: web1\nSeverity: Warning\nOriginal problem ID: 4711"),
    ),
    "alertmanager": (
        ("[FIRING:2] InstanceDown (prod critical)", "2 alerts for alertname=InstanceDown\nLabels:\n alertname = InstanceDown\n severity = critical"),
        ("[RESOLVED] InstanceDown (prod critical)", "1 alert for alertname=InstanceDown\nLabels:\n alertname = InstanceDown\n severity = critical"),
    ),
    "grafana": (
        ("[Alerting] Orders per minute", "Grafana\nOrders per minute below threshold\nValue: 0"),
        ("[OK] Orders per minute", "Grafana\nOrders per minute"),
    ),
    "pingdom": (
        ("DOWN alert: Shop (shop.example) is DOWN", "Shop (shop.example) is DOWN since 10:01. Reason: HTTP 503"),
        ("UP alert: Shop (shop.example) is UP", "Shop (shop.example) is UP again after 4 minutes."),
    ),
    "uptimerobot": (
        ("Monitor is DOWN: shop.example", "Reason: connection timeout"),
        ("Monitor is UP: shop.example", "It was down for 4 minutes and 3 seconds."),
    ),
    "datadog": (
        ("[P2] [Triggered on {host:web1}] Memory is low", "Monitor status: Alert\nDatadog"),
        ("[P2] [Recovered on {host:web1}] Memory is low", "Monitor status: OK\nDatadog"),
    ),
    "pagerduty": (
        ("[PagerDuty ALERT] You have 1 triggered incident", "Incident #812 on auth-prod\nStatus: Triggered"),
        ("[PagerDuty] Incident resolved", "Incident #812 on auth-prod\nStatus: Resolved"),
    ),
    "cloudwatch": (
        ('ALARM: "prod-alb-healthy-hosts" in EU (Ireland)', "Alarm Details:\n- Name: prod-alb-healthy-hosts\n- State Change: OK -> ALARM"),
        ('OK: "prod-alb-healthy-hosts" in EU (Ireland)', "Alarm Details:\n- Name: prod-alb-healthy-hosts\n- State Change: ALARM -> OK"),
    ),
    "checkmk": (
        ("Check_MK: web1/CPU load OK -> CRIT", "Host: web1\nService: CPU load\nEvent: OK -> CRITICAL\nCheckmk"),
        ("Check_MK: web1/CPU load CRIT -> OK", "Host: web1\nService: CPU load\nEvent: CRITICAL -> OK\nCheckmk\nState: OK"),
    ),
    "uptimerobot, politely": (
        ("Monitor is DOWN: till.example", "Hi,\n\nThe monitor till.example (https://till.example) is currently DOWN (Connection Timeout)."),
        ("Monitor is UP: till.example", "Hi,\n\nThe monitor till.example (https://till.example) is back UP (HTTP 200 - OK). It was down for 4 minutes."),
    ),
    "uptime kuma": (
        ("[Till] [🔴 Down] connect ECONNREFUSED", "[Till] [🔴 Down] connect ECONNREFUSED\nTime (UTC): 2026-05-20 07:00:00"),
        ("[Till] [✅ Up] 200 - OK", "[Till] [✅ Up] 200 - OK\nTime (UTC): 2026-05-20 07:03:00"),
    ),
    "uptime kuma, the state alone": (("[🔴 Down] Kiosk", "Kiosk"), ("[✅ Up] Kiosk", "Kiosk")),
    "prtg": (
        ("[PRTG Network Monitor (core)] Ping (Ping) Down (request timed out)", "Sensor Ping (Ping)\nDevice: web1\nStatus: Down"),
        ("[PRTG Network Monitor (core)] Ping (Ping) Down ended (now: Up)", "Sensor Ping (Ping)\nDevice: web1\nStatus: Down ended (now: Up)"),
    ),
    "azure monitor": (
        ("Fired:Sev1 Azure Monitor Alert shop-5xx on shop ( microsoft.web/sites ) at 5/20/2026 7:00:00 AM", "Alert rule: shop-5xx"),
        ("Resolved:Sev1 Azure Monitor Alert shop-5xx on shop ( microsoft.web/sites ) at 5/20/2026 7:06:00 AM", "Alert rule: shop-5xx"),
    ),
    "a subject that never changes": (
        ("Nagios notification", "Notification Type: PROBLEM\nHost: web1\nService: HTTP\nState: CRITICAL"),
        ("Nagios notification", "Notification Type: RECOVERY\nHost: web1\nService: HTTP\nState: OK"),
    ),
}  # fmt: skip


def seen(mail, *, sender="watch@acme.example", mailbox="support@desk.example"):
    found = watched(*mail, sender=sender, mailbox=mailbox, proven=True)
    assert found is not None
    return found


def names(mail):
    return set(seen(mail).keys)


@pytest.mark.parametrize("monitor", PAIRS)
def test_a_recovery_is_about_what_its_problem_was_about(monitor):
    problem, recovery = PAIRS[monitor]
    assert names(problem) & names(recovery)
    assert (seen(problem).state, seen(recovery).state) == ("problem", "recovered")


@pytest.mark.parametrize("monitor", PAIRS)
def test_no_person_writes_as_a_monitor_does(monitor):
    assert all(is_unmistakable(*mail) for mail in PAIRS[monitor])


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Problem: Grafana panels stay empty", "Grafana shows no data, Zabbix either."),
        ("Problem: web1 is DOWN", "It does not answer since 9:00."),
        ("Update: export", "Still failing. Nagios says CRITICAL."),
        ("[Urgent] Datadog integration", "The monitor is down for all of us, CloudWatch is fine."),
        ("Resolved - please close", "All is OK."),
        ("Fwd: Monitor is DOWN: till.example", "Hi,\n\nIs that you?"),
        ("Our shop is [still] down", "Hi,\n\nThe [Up] button does nothing."),
    ],
)
def test_who_names_a_monitor_is_none(subject, text):
    assert not is_unmistakable(subject, text)


@pytest.mark.parametrize("monitor", PAIRS)
def test_no_two_monitors_tell_of_the_same_thing(monitor):
    others = [name for other in PAIRS if other != monitor for mail in PAIRS[other] for name in names(mail)]
    assert not names(PAIRS[monitor][0]) & set(others)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("** PROBLEM Host Alert: node 3 is DOWN **", "** PROBLEM Host Alert: node 4 is DOWN **"),
        ("** PROBLEM Service Alert: web1/HTTP is CRITICAL **", "** PROBLEM Service Alert: web1/SSH is CRITICAL **"),
        ("** PROBLEM Service Alert: web10/HTTP is CRITICAL **", "** PROBLEM Service Alert: web1/HTTP is CRITICAL **"),
        ("[FIRING:1] HighLatency (shop prod)", "[FIRING:1] HighLatency (api prod)"),
        ("DOWN alert: Shop (shop.example) is DOWN", "DOWN alert: Shop (shop2.example) is DOWN"),
    ],
)
def test_another_thing_is_another_thing(one, other):
    text = "Notification Type: PROBLEM"
    assert not names((one, text)) & names((other, text))


def test_the_same_check_on_another_host_is_another_thing_though_only_the_text_says_so():
    problem = "Problem: Zabbix agent is not available"
    text = "Problem started at 10:01:00 on 2026.01.05\nProblem name: Zabbix agent is not available\nHost: {}"
    assert not names((problem, text.format("web1"))) & names((problem, text.format("web2")))


def test_what_says_only_that_there_is_an_alert_names_nothing():
    """Else every alert of that monitor would be one."""
    assert names(("[PagerDuty ALERT] You have 1 triggered incident", "Status: Triggered")) == set()
    assert names(("PROBLEM: Nagios alert", "Notification Type: PROBLEM")) == set()


def test_a_number_of_a_service_with_many_customers_folds_no_problem_into_anothers():
    """Where a link says whose number it is, it is as good as a name."""
    one = ("[PagerDuty ALERT] You have 1 triggered incident", "Incident #812\nStatus: Triggered{}")
    bare, ours, theirs = (
        seen((one[0], one[1].format(link)))
        for link in ("", "\nhttps://acme.pagerduty.com/i/812", "\nhttps://orion.pagerduty.com/i/812")
    )
    over = seen(("[PagerDuty] Incident resolved", "Incident #812\nStatus: Resolved\nhttps://acme.pagerduty.com/i/812"))
    assert bare.keys
    assert not bare.wanted
    assert ours.wanted == over.wanted == ours.keys
    assert not {*theirs.keys, *bare.keys} & {*over.wanted}


def test_a_persons_mail_is_about_nothing_that_is_watched():
    text = "Hi, our shop is down, please help. Regards, Jo"
    assert watched("Shop is down", text, sender="jo@acme.example", mailbox="", proven=True) is None


def test_a_key_says_neither_whose_nor_what():
    mail = PAIRS["nagios host"][0]
    [key] = names(mail)
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert (key,) != seen(mail, sender="watch@other.example").keys
    assert (key,) != seen(mail, mailbox="other@desk.example").keys
    assert seen(mail, sender="").keys == ()  # From names nobody, or several


@pytest.mark.parametrize(
    "text",
    ["-\n" * 4000, "problem id " * 800, "host: " * 1400, "incident #" * 800, "1.1 " * 2000, "* " * 4000, "9-" * 4000],
)
def test_no_text_makes_it_crawl(text):
    with at_most(0.5):
        seen(("** PROBLEM Host Alert: web1 is DOWN **", text))
        is_unmistakable("", text)
