"""How much of a thing the suite does: what shows it every day, or all that the threat's row asks for (`make soak`)."""

from __future__ import annotations

import os

SOAKING = os.environ.get("HELPDESK_SOAK") == "1"


def amount(daily: int, full: int) -> int:
    return full if SOAKING else daily
