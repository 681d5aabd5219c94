"""A hundred kills at no particular place, under load: nothing is lost and nothing doubled (threats.md, goal G1)."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.crash.life import Life

if TYPE_CHECKING:
    from pathlib import Path

    from tests.process import Foundry
    from tests.wire.smarthost import ScriptedSmarthost

_KILLS = 50  # on each database


@pytest.mark.slow
def test_a_daemon_that_dies_all_the_time_loses_and_doubles_nothing(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry, empty_url: str
) -> None:
    """S01, O01: also while it starts, migrates and recovers."""
    chance = random.Random(7)
    with Life(tmp_path, smarthost, database=empty_url, starter=foundry) as life:
        for _ in range(_KILLS):
            running = life.desk.spawn()
            life.write(chance.randint(2, 12))
            time.sleep(chance.uniform(0.2, 0.8))  # where it is then is the point
            life.die(running)
        assert len(life.ledger.entries()) > _KILLS
