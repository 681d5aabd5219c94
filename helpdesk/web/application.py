"""The console's paths: who may pass, which page answers, and what is said where none does."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from helpdesk.errors import NotFound, Refused, StaleCase, Unavailable
from helpdesk.log import logger
from helpdesk.store.engine import NOT_NOW
from helpdesk.web import style
from helpdesk.web.cookies import Cookies
from helpdesk.web.identity import CSRF_FIELD, csrf_token, identified, is_own_form, new_secret
from helpdesk.web.posted import MOST_OCTETS, read_form
from helpdesk.web.site import PAGES
from helpdesk.web.viewer import NOBODY
from helpdesk.web.visit import Flash, NavigationLink, PageFrame, Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from helpdesk.web.access import Access
    from helpdesk.web.page import Page
    from helpdesk.web.viewer import Audience, Viewer
    from helpdesk.web.views import Views

_log = logger("console")

# Only what is ours is run, fetched or framed: what a mail smuggles into a page could do nothing there (threat C11).
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="helpdesk", charset="UTF-8"'}
_SIGN_IN, _SEARCH = "/sign-in", "/search"
_ABSENT = {404: ("Not here", "There is no such page."), 405: ("Not so", "This page cannot be asked for like that.")}
_NOT_THEIRS: Mapping[Audience, str] = {
    "staff": "This page is for agents, leads and operators: sign in first.",
    "agent": "This page is for agents and leads.",
    "operator": "This page is for operators.",
}
_REF = re.compile(r"HD-[0-9]{1,12}")
_NOT_OURS = "This form was not made for you in this browser, or is too old."
_SIGNED_OUT = "You are not signed in, or not any more."


def application(views: Views, access: Access, pages: Sequence[Page] = PAGES) -> ASGIApp:
    """The paths and what guards them. Raises Unavailable where what is loaded once it is asked for is missing."""
    if find_spec("prometheus_client") is None:
        raise Unavailable("web: /metrics needs prometheus-client, which is not installed")
    site = _Site(views, access, pages)
    routes = [_route(site, page) for page in pages]
    plain = {"/health": site.health, "/metrics": site.metrics, "/token": site.token}
    routes += [Route(path, endpoint, methods=["GET"]) for path, endpoint in plain.items()]
    routes += [Route(f"/{name}", partial(_static, name), methods=["GET"]) for name in _STATIC]
    return _guarded(Starlette(routes=routes, exception_handlers=dict.fromkeys(_ABSENT, site.absent)), access)


_STATIC = {
    "style.css": (style.stylesheet, "text/css"),
    "console.js": (style.script, "text/javascript"),
    "icon.svg": (style.icon, "image/svg+xml"),
}


def _static(name: str, _request: Request) -> Response:
    made, media_type = _STATIC[name]
    # Pages name them with their version.
    return Response(made(), media_type=media_type, headers={"Cache-Control": "private, max-age=86400"})


def _route(site: _Site, page: Page) -> Route:
    methods = [method for method, answers in (("GET", page.show), ("POST", page.act)) if answers]

    async def answered(request: Request) -> Response:
        body = await _body(request) if request.method == "POST" else None
        return await run_in_threadpool(site.answer, page, request, body)

    return Route(page.path, answered, methods=methods)


async def _body(request: Request) -> bytes:
    """What was posted, and one octet more than is read where it is longer."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_OCTETS:
            break
    return bytes(body[: MOST_OCTETS + 1])


@dataclass(frozen=True, slots=True)
class _Site:
    """One console: what it looks at, who may look, and its pages."""

    views: Views
    access: Access
    pages: Sequence[Page]

    def health(self, request: Request) -> Response:
        """For what watches the desk."""
        if not self._admits(request):
            return _challenged()
        status, body = self.views.health()
        return Response(body, status, media_type="application/json")

    def metrics(self, request: Request) -> Response:
        """For Prometheus."""
        if not self._admits(request):
            return _challenged()
        text, content_type = self.views.metrics()
        return Response(text, headers={"Content-Type": content_type})

    def token(self, request: Request) -> Response:
        """Where a browser asks its user for the token, which it sends with every request from then on."""
        return RedirectResponse("/", 303) if self._admits(request) else _challenged()

    def absent(self, request: Request, problem: Exception) -> Response:
        """A page for what there is not."""
        status = getattr(problem, "status_code", 404)
        title, words = _ABSENT[status]
        visit = self._visit(request, NOBODY)
        with suppress(*NOT_NOW, Unavailable):
            visit = self._known(visit, request)
        return visit.message(title, words, status=status)

    def answer(self, page: Page, request: Request, body: bytes | None) -> Response:
        """What a page answers, or why it does not. `body` is what was posted."""
        visit = self._visit(request, NOBODY)
        try:
            visit = self._known(visit, request)
            if body is not None:
                visit = replace(visit, form=read_form(body, request.headers.get("content-type", "")))
            answer = _sign_in_first(page, request, visit) or _answer(page, visit, acts=body is not None)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the desk goes on and the reader is told
            answer = _failed(visit, problem)
        if not visit.cookies.read(request.cookies, "browser"):
            visit.cookies.put(answer, "browser", visit.browser)
        return answer

    def _admits(self, request: Request) -> bool:
        return self.access.admits(request.headers.get("authorization", ""))

    def _known(self, visit: Visit, request: Request) -> Visit:
        """The same request, with who makes it."""
        viewer = identified(request, self.access, self.views.units, session=visit.session, now=visit.now)
        return self._visit(request, viewer, browser=visit.browser)

    def _visit(self, request: Request, viewer: Viewer, *, browser: str = "") -> Visit:
        cookies = Cookies(secure=self.views.public_url.startswith("https:"))
        browser = browser or cookies.read(request.cookies, "browser") or new_secret()
        seen = [page for page in self.pages if viewer.belongs_to(page.sees)]
        frame = PageFrame(
            desk=self.views.name,
            path=request.url.path,
            viewer=viewer,
            links=[NavigationLink(page.path, page.name) for page in seen if page.name],
            searches=any(page.path == _SEARCH for page in seen),
            csrf=csrf_token(browser, viewer.address),
            flash=Flash.read(cookies.read(request.cookies, "said")),
            version=style.version(),
        )
        return Visit(
            views=self.views,
            viewer=viewer,
            now=self.views.now(),
            frame=frame,
            cookies=cookies,
            place=request.path_params,
            query=request.query_params,
            browser=browser,
            session=cookies.read(request.cookies, "session"),
        )


def _sign_in_first(page: Page, request: Request, visit: Visit) -> Response | None:
    """What somebody is answered whom we do not know, unless the page is for anybody."""
    audience = page.acts if request.method == "POST" else page.sees
    if audience == "anybody" or visit.viewer.belongs_to("reader"):
        return None
    if "authorization" in request.headers:
        return _challenged()
    if request.method == "POST":
        return _undone(visit, _SIGNED_OUT)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{_SIGN_IN}?to={quote(asked, safe='')}", 303)


def _answer(page: Page, visit: Visit, *, acts: bool) -> Response:
    audience = page.acts if acts else page.sees
    if not visit.viewer.belongs_to(audience):
        raise Refused(_NOT_THEIRS[audience])
    if acts and not is_own_form(visit.browser, visit.viewer.address, visit.form.text(CSRF_FIELD)):
        return _undone(visit, _NOT_OURS)
    handler = page.act if acts else page.show
    if handler is None:
        raise NotFound("there is no such page")
    return handler(visit)


def _undone(visit: Visit, why: str, *, status: int = 403) -> Response:
    """Nothing was done; what somebody wrote is shown, so that it is not lost. A word alone is a choice."""
    texts = [text for name in visit.form.fields for text in visit.form.all(name)]
    written = [text for text in texts if len(text.split()) > 1]
    ref = visit.place.get("ref", "")
    ref = ref if _REF.fullmatch(ref) else ""
    return visit.page("undone.html", title="Nothing was done", status=status, why=why, written=written, ref=ref)


def _failed(visit: Visit, problem: Exception) -> Response:
    """A page that says why something cannot be shown or done, with what was written in a form."""
    status, title, words = _what_failed(problem)
    if visit.form.fields:
        return _undone(visit, words, status=status)
    return visit.message(title, words, status=status)


def _what_failed(problem: Exception) -> tuple[int, str, str]:
    if isinstance(problem, NotFound):
        return 404, "Not here", f"{problem}."
    if isinstance(problem, Refused):
        return 403, "Not for you", str(problem)
    if isinstance(problem, StaleCase):
        return 409, "Not now", "Somebody else was at the same case just now. Look again, and repeat it."
    if isinstance(problem, (Unavailable, *NOT_NOW)):
        _log.warning("cannot be shown", problem=type(problem).__name__)
        return 503, "Not now", "The desk cannot answer this now. /health says more."
    _log.error("a page failed", problem=type(problem).__name__, exc_info=problem)
    return 500, "Not now", "Something went wrong in the desk, and its log says what. Nothing of yours is the cause."


def _challenged() -> Response:
    return PlainTextResponse("The token is the password; any user name will do.\n", 401, _CHALLENGE)


def _guarded(app: ASGIApp, access: Access) -> ASGIApp:
    """Every answer carries the headers, and only what names this console gets past this point."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
        known = access.knows_host(headers.get("host", ""))
        answer = app if known else PlainTextResponse("This is not the console of that name.\n", 421)
        await answer(scope, receive, _with_headers(send))

    return guarded


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    """What every answer says, unless it says otherwise itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", []))
            said = {name.lower() for name, _ in own}
            # RFC 9110 section 6.6.1: who has a clock dates its answers.
            common = {**_HEADERS, "Date": formatdate(usegmt=True)}
            added = [(name.lower().encode(), value.encode()) for name, value in common.items()]
            message = {**message, "headers": [*own, *(one for one in added if one[0] not in said)]}
        await send(message)

    return sending
