"""Every page of the console."""

from __future__ import annotations

from helpdesk.web import board, casepage, signin

PAGES = (*board.PAGES, *casepage.PAGES, *signin.PAGES)
