"""Real mail of all sorts: nothing breaks the classifier, and what no person wrote is never an outage."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.mail.read.parse import parse
from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity import assess

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
TERMS = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3", stated="evidence"
)


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not part of the project; they lie in ../shared")
def test_no_mail_breaks_it_and_no_robot_is_an_outage():
    wrong = []
    for path in sorted(CORPORA.glob("*/*.eml")):
        message = parse(path.read_bytes())
        robot = message.robot.kind if message.robot else None
        verdict = assess(subject=message.subject, text=message.reply, terms=TERMS, robot=robot)
        assert verdict.reasons
        if robot and (verdict.rank == 1 or verdict.s1_suspect):
            wrong.append(f"{path.name}: {robot}, {message.subject}")
    assert not wrong
