"""Every page of the console."""

from __future__ import annotations

from helpdesk.web import board, casepage

PAGES = (*board.PAGES, *casepage.PAGES)
