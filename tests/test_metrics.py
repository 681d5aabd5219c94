"""What is counted for monitors: as it happened, by the names of the operator's files, under names that stay."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from helpdesk.counters import COUNTED, TIMED, Counters
from helpdesk.store.backlog import Backlog, Waiting
from helpdesk.web.health import Facts
from helpdesk.web.metrics import metrics_text
from tests.desk import JO

pytestmark = pytest.mark.parametrize("desk_database", ["memory"], indirect=True)
PACKAGING = Path(__file__).parent.parent / "packaging"
RULES = PACKAGING / "prometheus-rules.yml"
DASHBOARD = PACKAGING / "grafana-dashboard.json"


def text_of(counters: Counters, desk) -> str:
    """What a monitor reads of a desk that is well."""
    nothing = Waiting(0, None)
    facts = Facts(
        now=desk.now,
        started_at=desk.now,
        progress={},
        ages={},
        failing={},
        causes=(),
        since_sent=timedelta(),
        door=(0, 0),
        backlog=Backlog(nothing, nothing, 0),
    )
    return metrics_text(facts, {("open", False): 1}, counters)


def figures_of(counters: Counters, desk) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, by their names."""
    families = [*text_string_to_metric_families(text_of(counters, desk))]
    assert all(family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *(one.labels[name] for name in sorted(one.labels))): one.value for one in samples}


def test_what_happened_is_counted_by_mailbox_policy_and_severity(desk):
    """From a first mail to its acknowledgment, a breach and two answers, of which the second was waited for by nobody."""
    acme = ("support@logik.example", "logik")
    before = figures_of(desk.laboratory.desk.units.counters, desk)
    desk.mail(JO, "Login is down", "Case Priority: Urgent\n\nNobody can log in.")
    severity = desk.case().severity
    assert before["helpdesk_cases_opened_total", *acme, severity] == 0, "the first is a rise"
    assert before["helpdesk_promises_breached_total", *acme, severity, "first_response"] == 0
    desk.at("2026-05-20 12:00")
    desk.reply("ann@desk.example", "We are on it.")
    desk.reply("ann@desk.example", "It is mended.")
    found = figures_of(desk.laboratory.desk.units.counters, desk)
    received = {labels[1:]: number for labels, number in found.items() if labels[0] == "helpdesk_mails_received_total"}
    assert received == {(acme[0], "simulate"): 3.0}
    assert found["helpdesk_mails_worked_total", acme[0], "opened"] == 1
    assert found["helpdesk_cases_opened_total", *acme, severity] == 1
    assert found["helpdesk_promises_breached_total", *acme, severity, "first_response"] == 1
    assert found["helpdesk_mails_sent_total", "ack", *acme, severity] == 1
    assert found["helpdesk_acknowledgment_seconds_count", "logik", severity] == 1
    assert found["helpdesk_answer_seconds_count", "first", "logik", severity] == 1
    assert found["helpdesk_answer_seconds_bucket", "first", "86400.0", "logik", severity] == 0
    assert found["helpdesk_answer_seconds_bucket", "first", "172800.0", "logik", severity] == 1
    assert ("helpdesk_answer_seconds_count", "later", "logik", severity) not in found
    assert found["helpdesk_tick_seconds_count",] > 0


def test_what_was_rolled_back_is_not_counted(desk):
    desk.mail(JO, "Login is down", "Nobody can log in.")
    case, before = desk.case(), dict(desk.laboratory.desk.units.counters._counts)
    with pytest.raises(RuntimeError), desk.laboratory.desk.units.write(desk.now) as unit:  # noqa: PT012 - it fails in the end
        unit.decided.append((case, case.events))
        raise RuntimeError
    assert desk.laboratory.desk.units.counters._counts == before


def test_each_figure_follows_the_conventions_of_prometheus(desk):
    """Units and kinds in the name, no label a person's."""
    for event in (*COUNTED, *TIMED):
        assert not event.name.endswith(("_total", "_count", "_bucket", "_sum"))
        assert set(event.labels) <= {"mailbox", "policy", "severity", "target", "kind", "outcome", "source", "answer"}
        assert event in COUNTED or event.name.endswith("_seconds")


def promised_names(desk) -> set[str]:
    """Every name that a query may ask for, also where nothing has happened yet."""
    counters = Counters()
    for event in COUNTED:
        counters.count(event, *event.labels)
    for event in TIMED:
        counters.time(event, 1.0, *event.labels)
    gauges = re.findall(r"^# TYPE (\w+) gauge$", text_of(counters, desk), flags=re.MULTILINE)
    return {name for name, *_ in figures_of(counters, desk)} | {*gauges}


def queries() -> list[str]:
    rules = re.findall(r"^ +expr: '(.*)'$", RULES.read_text(encoding="utf-8"), flags=re.MULTILINE)
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return rules + asked + [one["query"] for one in dashboard["templating"]["list"]]


def test_rules_and_dashboard_ask_for_what_there_is(desk):
    there = promised_names(desk)
    asked = {name for query in queries() for name in re.findall(r"helpdesk_\w+", query)}
    assert len(asked) > 15
    assert asked <= there
    assert {f"helpdesk_{event.name}" for event in (*COUNTED, *TIMED)} <= {
        re.sub(r"_(total|bucket)$", "", name) for name in asked
    }, "what is counted is shown"


def test_panels_stand_beside_each_other(desk):
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
@pytest.mark.parametrize("words", [["check", "rules", str(RULES)], ["check", "metrics"]], ids=["rules", "metrics"])
def test_prometheus_own_tool_finds_no_fault(desk, words):
    desk.mail(JO, "Login is down", "Nobody can log in.")
    said = text_of(desk.laboratory.desk.units.counters, desk)
    done = subprocess.run(["promtool", *words], input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
