"""Every page of the console."""

from __future__ import annotations

from helpdesk.web import board, callpage, casepage, deskpage, policypage, reportpage, signin

_PARTS = (board, casepage, deskpage, policypage, reportpage, callpage, signin)
PAGES = tuple(page for part in _PARTS for page in part.PAGES)
