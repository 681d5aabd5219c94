"""`policies/examples/`: each offering says all that was worked out by hand for it, and comes out so."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk.lab.policy_check import check_whole
from helpdesk.offering.files import policy_file, read_policy
from helpdesk.offering.files.read import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "policies" / "examples"
FACTS = Path(__file__).parents[3] / "shared" / "offerings"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
WORKED = 8  # by hand, of each document
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_each_is_green_and_shows_what_was_worked_out(path):
    policy = read_policy(policy_file(path))

    assert [str(finding) for finding in check_whole(path) if finding.level == "error"] == []
    assert policy.key == path.stem
    assert len(policy.examples) >= WORKED
    assert any(example.story for example in policy.examples)


def test_hardly_anything_stays_unsaid():
    assert sum(len(read_policy(policy_file(path)).unsaid) for path in FILES.values()) <= 5


def worked_out() -> Iterator[tuple[str, str, tuple[datetime, ...]]]:
    """Each line of the facts' worked examples: of which offering, and its instants."""
    for path in sorted(FACTS.glob("*.md")):
        text = path.read_text(encoding="utf-8").partition("Worked examples")[2]
        for line in text.splitlines():
            instants = tuple(datetime.fromisoformat(found) for found in INSTANT.findall(line.rpartition("| ")[0]))
            if line.startswith("| ") and instants:
                yield re.sub(r"^\d+-", "", path.stem), line, instants


def shown_in(path: Path) -> Iterator[set[datetime]]:
    """The instants of each worked example, and of each window of which a file says by when it is announced."""
    for example in read_policy(policy_file(path)).examples:
        dues = {expected.due_at for step in example.story for expected in step.clocks}
        yield {example.at, *(step.at for step in example.story), *filter(None, {example.due_at, *dues})}
    for window in read_table(policy_file(path)).maintenance:
        if window.announce_by:
            yield {window.dated[0][0], window.announce_by}


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts of other offerings stand beside the project only")
@pytest.mark.parametrize("key", FILES)
def test_each_moment_of_the_facts_is_in_the_file(key):
    shown = list(shown_in(FILES[key]))
    wanted = [(line, instants) for of, line, instants in worked_out() if of == key]

    assert wanted
    assert [line for line, instants in wanted if not any(one.issuperset(instants) for one in shown)] == []
