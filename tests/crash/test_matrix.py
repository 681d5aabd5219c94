"""The crash table of the design, proven: killed at every named place, nothing is lost and nothing doubled.

The real daemon with real sockets on both sides, over SQLite and over PostgreSQL. A place that is never reached fails
the test, so a failpoint that is not called or a path that is not taken is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.failpoints import PLACES
from tests.crash.life import Life
from tests.wire.imap_servers import Mailbox, mailbox

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process import Foundry
    from tests.wire.smarthost import ScriptedSmarthost

__all__ = ["mailbox"]  # the fixture


def test_a_few_kills_in_the_commits_lose_and_double_nothing(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry
) -> None:
    """S01, O01: the fast lane of the matrix below."""
    with Life(tmp_path, smarthost, starter=foundry) as life:
        for place in ("accept.post_commit", "work.pre_commit", "out.post_dot", "tick.pre_commit"):
            life.die_at(place)


@pytest.mark.slow
def test_killed_at_every_named_place_the_desk_loses_and_doubles_nothing(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry, empty_url: str, mailbox: Mailbox
) -> None:
    """S01, I01, O01."""
    with Life(tmp_path, smarthost, database=empty_url, starter=foundry, mailbox=mailbox) as life:
        for place in PLACES:
            life.die_at(place)


@pytest.mark.slow
def test_killed_there_when_it_has_been_at_work_for_a_while_it_does_not_either(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry, mailbox: Mailbox
) -> None:
    """S01, I01, O01: the third time that a place is reached, amid more mail."""
    with Life(tmp_path, smarthost, starter=foundry, mailbox=mailbox) as life:
        for place in PLACES:
            life.die_at(place, nth=3)
