"""Some 1,750 real mails: read without damage, robots told, replies found. They lie beside the project, not in it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CORPORA.is_dir(), reason=f"the shared real mails are not at {CORPORA}: nothing to read here"
    ),
]


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench_mail", ROOT / "bench" / "mail.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_mail"] = module
    spec.loader.exec_module(module)
    return module


def test_every_mail_is_read_and_none_is_damaged_by_reading(bench):
    found = bench.damage()
    assert found.mails > 1_700
    assert found.crashed == []
    assert found.unclean == []
    assert len(found.replaced) <= 5


def test_what_people_wrote_is_found_in_nine_of_ten_replies_and_lost_in_hardly_any(bench):
    found = bench.replies()
    total = sum(one.total for one in found.values())
    assert sum(one.exact for one in found.values()) / total > 0.9
    assert sum(len(one.lost) for one in found.values()) / total < 0.02


def test_no_person_is_taken_for_a_robot_and_few_robots_for_a_person(bench):
    """An automatic mail that is read as a person's is a case too many; answered automatically it is half a loop."""
    found = bench.robots()
    assert sum(count for (label, kind), count in found.pairs.items() if label == "human" != kind) == 0
    assert found.answered / found.automatic < 0.01
    for kind, least in (("bounce-permanent", 0.95), ("bounce-temporary", 0.9), ("vacation", 0.83), ("auto-reply", 0.7)):
        precision, recall = bench.rates(found.pairs, kind)
        assert precision > 0.85, kind
        assert recall > least, kind


def test_the_recipient_and_the_returned_id_of_nearly_every_bounce_are_found(bench):
    """L01: 95 in 100 must find their case."""
    total, recipients, named, ids = bench.bounces()
    assert recipients / total > 0.95
    assert ids / named > 0.97
