"""One request as a page is given it, and the ways to answer it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import HTMLResponse, RedirectResponse, Response

from helpdesk.errors import Refused
from helpdesk.web.markup import render
from helpdesk.web.posted import PostedForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.unit import Unit
    from helpdesk.web.cookies import Cookies
    from helpdesk.web.viewer import Viewer
    from helpdesk.web.views import Views

_LONGEST_SAID = 500  # characters of a message on the next page
_LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A page in the navigation."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Flash:
    """What the page before this one did, said once."""

    kind: Literal["good", "bad"]
    words: str

    @classmethod
    def read(cls, cookie: str) -> Flash | None:
        """What a cookie says; None where it says nothing."""
        kind, _, words = cookie.partition(":")
        return cls("bad" if kind == "bad" else "good", words) if words else None

    def cookie(self) -> str:
        """As it is kept until the next page."""
        return f"{self.kind}:{self.words[:_LONGEST_SAID]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What stands around every page. `csrf` is the token of its forms, `version` that of its stylesheet and script."""

    desk: str
    path: str
    viewer: Viewer
    links: Sequence[NavigationLink] = ()
    searches: bool = False  # whether there is a page to search on
    csrf: str = ""
    flash: Flash | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request. `place` are the names in the path, `query` what stands behind the question mark."""

    views: Views
    viewer: Viewer
    now: datetime
    frame: PageFrame
    cookies: Cookies
    place: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: PostedForm = field(default_factory=PostedForm)
    browser: str = field(default="", repr=False)  # the secret of this browser's cookie
    session: str = field(default="", repr=False)  # the secret of who is signed in

    def read(self) -> AbstractContextManager[Unit]:
        """A consistent look at the database."""
        return self.views.units.read(self.now)

    def opened(self, case: Case) -> Case:
        """The same case, which the viewer may open. Raises Refused."""
        if not self.viewer.may_open(case):
            raise Refused(f"{case.ref} is with another team")
        return case

    def page(self, template: str, *, title: str, status: int = 200, **values: Any) -> Response:
        """A page in its frame, with whatever its template asks for."""
        response = HTMLResponse(render(template, frame=self.frame, title=title, **values), status)
        if self.frame.flash:
            self.cookies.drop(response, "said")
        return response

    def go(self, path: str, said: str = "", *, kind: Literal["good", "bad"] = "good") -> Response:
        """On to a page of ours, which says once what was done."""
        response = RedirectResponse(path, 303)
        if said:
            self.cookies.put(response, "said", Flash(kind, said).cookie())
        return response

    def message(self, title: str, words: str, *, status: int = 200) -> Response:
        """A page that says one thing: what is not there, or why not."""
        return self.page("message.html", title=title, status=status, words=words)


def own_path(text: str) -> str:
    """A path of this console out of what was sent; "/" for anything that might lead elsewhere (open redirect)."""
    plain = text.isascii() and text.isprintable() and not {" ", "\\"} & {*text} and len(text) <= _LONGEST_PATH
    elsewhere = text.startswith(("//", "/sign-"))
    return text if plain and text.startswith("/") and not elsewhere else "/"
