"""A page of the console: its path, who may see it, who may act on it, and its name in the navigation.

To add a page, write a module with a function from a `Visit` to a response, a template in `html/` that begins with
`{% extends "base.html" %}` and fills `{% block main %}`, and a tuple `PAGES`; then name it in `helpdesk.web.site`:

    def board(visit: Visit) -> Response:
        with visit.read() as unit:
            cases = ...
        return visit.page("board.html", title="Board", cases=cases)

    PAGES = (Page("/board", show=board, name="Board"),)

`show` answers GET, `act` answers POST and ends with `visit.go(path, "what was done")`. Both run in a thread of their
own, so they may read and write the database. Who may not see or act never gets there, and neither does a POST without
the token that `{{ posted(frame) }}` of `parts.html` puts into a form. Raise NotFound or Refused, with the words that
are to be read, for a page that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from helpdesk.web.viewer import Audience
    from helpdesk.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """One path. `name` is what the navigation calls it; "" leaves it out of there."""

    path: str
    show: Callable[[Visit], Response] | None = None
    act: Callable[[Visit], Response] | None = None
    sees: Audience = "reader"
    acts: Audience = "staff"
    name: str = ""
