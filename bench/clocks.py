"""What it costs to read a case's clocks, of three promises and of five, on this commit and on others, in turns.

    git worktree add --detach /tmp/before eb88cf0
    python bench/clocks.py [/tmp/before ...]

Each number is the best of several rounds, in microseconds of processor time for one reading of one case: a Thursday's
incident that goes back and forth until Monday, with a wait, a change of severity and hours of two kinds.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROUNDS = 7
MEASURED = '''
import sys, time
from datetime import datetime, timedelta, timezone
try:
    from helpdesk.core.clocks.timeline import clocks
    from helpdesk.core.words.case import case_from
    from helpdesk.core.words.events import from_facts
    from helpdesk.offering.files import PolicyText, read_policy
    def event(kind, at, by, facts): return from_facts(kind, (at, at, by), facts)
except ImportError:
    from helpdesk.core.timeline import clocks
    from helpdesk.core.case import Event, case_from
    from helpdesk.policies.read import PolicyText, read_policy
    def event(kind, at, by, facts): return Event(kind, at, at, by, facts)

THREE = """
key = "bench"
name = "Bench"
[plans.gold]
name = "Gold"
[regions.east]
calendar = "east"
[calendars.east]
timezone = "America/New_York"
hours = "mon-fri 09:00-17:00"
holidays = { country = "US" }
[severities.urgent]
rank = 1
name = "Urgent"
[severities.normal]
rank = 2
name = "Normal"
[classifier]
default = "normal"
[targets.gold.first_response]
urgent = { within = "1h", calendar = "24x7" }
normal = "8h"
[targets.gold.follow_up]
urgent = { within = "2h", calendar = "24x7" }
normal = "1bd"
[targets.gold.resolution]
urgent = { within = "24h", calendar = "24x7" }
normal = "5bd"
[[example]]
at = 2026-05-19T10:00:00-04:00
severity = "normal"
due = 2026-05-20T10:00:00-04:00
"""
FIVE = THREE + """
[promises.update]
starts = "first_answer"
met_by = ["answer"]
renews = true
pauses = ["customer"]
ends = ["#workaround"]
[promises.workaround]
starts = "received"
met_by = ["#workaround", "resolved"]
pauses = ["customer"]
[targets.gold.update]
urgent = { within = "1h", calendar = "24x7" }
normal = "4h"
[targets.gold.workaround]
urgent = { within = "4h", calendar = "24x7" }
normal = "16h"
"""
START, JO, ANN = datetime(2026, 5, 21, 18, 30, tzinfo=timezone.utc), "jo@acme.example", "ann@desk.example"
OPENED = {
    "mailbox": "s@bench.example", "policy": "bench", "policy_version": "", "plan": "gold", "region": "east",
    "channel": "email", "customer": "", "requester": JO, "requester_name": "Jo", "subject": "It stands still",
    "language": "en", "tags": [], "intake": {}, "missing": [], "unwarranted": [], "down": [], "monitor": False,
}
ASSESSED = {
    "severity": "urgent", "rank": 1, "stated": None, "confidence": 0.9, "review": False, "kind": "defect",
    "area": None, "set_by": "model", "reasons": [], "probabilities": [],
}
STEPS = (
    ("agent_answered", 1, {}), ("customer_wrote", 2, {}), ("agent_answered", 3, {}), ("waiting_set", 4, {"seconds": 0}),
    ("customer_wrote", 17, {}), ("severity_set", 18, {"severity": "normal", "rank": 2, "was": "urgent", "reason": ""}),
    ("agent_answered", 19, {}), ("customer_wrote", 20, {}), ("agent_answered", 66, {}), ("customer_wrote", 90, {}),
)

def case(policy):
    events = [event("opened", START, JO, OPENED), event("assessed", START, "desk", ASSESSED)]
    events.append(event("customer_wrote", START, JO, {}))
    for kind, hours, facts in STEPS:
        events.append(event(kind, START + timedelta(hours=hours), JO if kind == "customer_wrote" else ANN, facts))
    return case_from(1, events)

def measured(text):
    policy = read_policy(PolicyText("bench.toml", text))
    one = case(policy)
    found = [clock.due_at for clock in clocks(one, policy)]  # and the calendar's own memory is warm
    best = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(300):
            for clock in clocks(one, policy):
                clock.due_at
        best.append((time.process_time() - began) / 300)
    return min(best) * 1e6, len(found)

for promises, text in ((3, THREE), (5, FIVE)):
    try:
        print(promises, *measured(text))
    except Exception:
        print(promises, "-", "-", file=sys.stderr)
'''


def main(others: list[str]) -> None:
    """Measure each tree in turns, and print the best of each."""
    best: dict[tuple[str, str], float] = defaultdict(lambda: float("inf"))
    clocks: dict[tuple[str, str], str] = {}
    for _ in range(ROUNDS):
        for tree in (*others, str(HERE.parent)):
            done = subprocess.run(
                [sys.executable, "-c", MEASURED],
                cwd=tree,
                env={"PYTHONPATH": tree},
                capture_output=True,
                text=True,
                check=True,
            )
            for line in done.stdout.splitlines():
                promises, microseconds, number = line.split()
                best[tree, promises] = min(best[tree, promises], float(microseconds))
                clocks[tree, promises] = number
    for (tree, promises), microseconds in best.items():
        print(f"{microseconds:8.0f} us  {promises} promises, {clocks[tree, promises]} clocks  {tree}")


if __name__ == "__main__":
    main(sys.argv[1:])
