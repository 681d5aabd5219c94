"""Every page of the console."""

from __future__ import annotations

from helpdesk.web import board, callpage, casepage, signin

PAGES = (*board.PAGES, *casepage.PAGES, *callpage.PAGES, *signin.PAGES)
