"""Every page of the console."""

from __future__ import annotations

from helpdesk.web import board, callpage, casepage, deskpage, policypage, signin

PAGES = (*board.PAGES, *casepage.PAGES, *deskpage.PAGES, *policypage.PAGES, *callpage.PAGES, *signin.PAGES)
