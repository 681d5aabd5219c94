"""The crash table of the design, proven: killed at every named place, nothing is lost and nothing doubled.

The real daemon with real sockets on both sides. A place that is never reached fails the test, so a failpoint that is
not called or a path that is not taken is seen. On PostgreSQL, with several daemons and when a place is reached again
and again, `make crash` shows the same (`tests.crash.test_faults`).
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


@pytest.mark.slow
def test_killed_at_every_named_place_the_desk_loses_and_doubles_nothing(
    tmp_path: Path, smarthost: ScriptedSmarthost, foundry: Foundry, mailbox: Mailbox
) -> None:
    """S01, I01, O01."""
    with Life(tmp_path, smarthost, starter=foundry, mailbox=mailbox) as life:
        for place in PLACES:
            life.die_at(place)
