"""The console's server: a few paths, no state, a thread of its own."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from helpdesk.errors import NotFound, Unavailable
from helpdesk.log import logger
from helpdesk.web.metrics import CONTENT_TYPE
from helpdesk.web.pages import VIEWS, message_page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from helpdesk.web.access import Access
    from helpdesk.web.views import Views

_log = logger("console")
_PATIENCE = 5.0  # seconds for requests that are being answered when we stop

# Nothing is run, fetched or framed: what a mail smuggles into a page could do nothing there (threat C11).
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Console:
    """Serves from `open` to `close`. Nothing is decided here."""

    def __init__(self, *, listen: str, views: Views, access: Access) -> None:
        self._listen = listen
        self._socket: socket.socket | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(views, access),
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                ws="none",
                limit_concurrency=50,
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=self._run, name="console", daemon=True)

    def open(self) -> None:
        """Listen. Raises Unavailable, naming the address, where that is not possible."""
        host, _, port = self._listen.rpartition(":")
        host = "" if host == "*" else host.strip("[]")
        try:
            family = socket.getaddrinfo(host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
            self._socket = socket.create_server((host, int(port)), family=family)
        except (OSError, OverflowError) as problem:
            raise Unavailable(f"web: cannot listen on {self._listen}: {problem}") from None
        self._thread.start()

    @property
    def port(self) -> int:
        """The port listened on; raises Unavailable before `open`."""
        if self._socket is None:
            raise Unavailable(f"web: not listening on {self._listen}")
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def running(self) -> bool:
        """Whether its thread is there."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Answer what is being asked, then stop."""
        if self._socket is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket] if self._socket else None)
        except BaseException:  # noqa: BLE001 - uvicorn would leave the process; the daemon sees that we are gone
            _log.exception("failed", part="console")


def application(views: Views, access: Access) -> ASGIApp:
    """The paths and what guards them."""
    from importlib.resources import files  # noqa: PLC0415

    style = str(files("helpdesk.web") / "style.css")

    def queue(request: Request) -> Response:
        view, after = request.query_params.get("show", "open"), request.query_params.get("after", "")
        return HTMLResponse(views.queue(view if view in VIEWS else "open", _number(after) if after else None))

    def case(request: Request) -> Response:
        return HTMLResponse(views.case(_number(request.path_params["ref"]), request.query_params))

    def attachment(request: Request) -> Response:
        ref, number = request.path_params["ref"], request.path_params["number"]
        file = views.attachment(_number(ref), _number(number))
        # A stranger's file: it is saved and never shown, whatever its type says (threat C06).
        headers = {"Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}"}
        return Response(file.data, media_type="application/octet-stream", headers=headers)

    def health(_request: Request) -> Response:
        status, body = views.health()
        return Response(body, status, media_type="application/json")

    def metrics(_request: Request) -> Response:
        return Response(views.metrics(), headers={"Content-Type": CONTENT_TYPE})

    def stylesheet(_request: Request) -> Response:
        return FileResponse(style, media_type="text/css")

    paths = {
        "/": queue,
        "/cases/{ref}": case,
        "/cases/{ref}/attachments/{number}": attachment,
        "/health": health,
        "/metrics": metrics,
        "/style.css": stylesheet,
    }
    app = Starlette(
        routes=[Route(path, _calm(endpoint), methods=["GET"]) for path, endpoint in paths.items()],
        exception_handlers={404: _not_there},
    )
    return _guarded(app, access)


def _number(ref: str) -> int:
    digits = ref.upper().removeprefix("HD-")
    # Longer than any number of ours: a database would be asked for what it cannot hold.
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise NotFound(f"there is no case {ref}")
    return int(digits)


def _not_there(_request: Request, _problem: Exception) -> Response:
    return HTMLResponse(message_page("Not here", "There is no such page."), 404)


def _calm(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The same, with a page for what cannot be shown."""

    def answered(request: Request) -> Response:
        try:
            return endpoint(request)
        except NotFound as problem:
            return HTMLResponse(message_page("Not here", f"{problem}."), 404)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the desk goes on and the reader is told
            _log.warning("cannot be shown", problem=type(problem).__name__)
            return HTMLResponse(message_page("Not now", "The desk cannot answer this now. /health says more."), 503)

    return answered


def _guarded(app: ASGIApp, access: Access) -> ASGIApp:
    """Every answer carries the headers, and only who may look gets past this point."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refusal(scope, access)
        await (refused or app)(scope, receive, _with_headers(send))

    return guarded


def _refusal(scope: Scope, access: Access) -> Response | None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
    if not access.knows_host(headers.get("host", "")):
        return PlainTextResponse("This is not the console of that name.\n", 421)
    if not access.admits(headers.get("authorization", "")):
        challenge = {"WWW-Authenticate": 'Basic realm="helpdesk", charset="UTF-8"'}
        return PlainTextResponse("The token is the password; any user name will do.\n", 401, challenge)
    return None


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending
