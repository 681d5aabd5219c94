"""An OpenAI-compatible chat endpoint: one question, one answer, within one time limit.

Nothing that the server does is trusted: it is asked over TLS or on this host only, is followed nowhere else, and of an
answer that is too long nothing is used. What is said of a failure holds neither the key nor what the server said.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpdesk.errors import Unavailable
from helpdesk.wires.deadline import deadline, in_words

if TYPE_CHECKING:
    from datetime import timedelta

LARGEST = 64 * 1024  # octets of an answer
_ANSWER = 1_000  # tokens of an answer; six findings with their quotes are some 300


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A model at an endpoint. `key` is sent as a bearer token (RFC 6750 section 2.1), where there is one."""

    url: str
    model: str
    key: str = field(default="", repr=False)


def ask(model: ChatModel, system: str, text: str, *, patience: timedelta) -> str:
    """What the model answers. Raises Unavailable, also where it answers something else than a chat's answer."""
    seconds = patience.total_seconds()
    with deadline(seconds) as line:
        try:
            body = _exchange(line.opener(*_handlers(model.url)), _request(model, system, text), seconds)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise Unavailable(f"the reader answered {refusal.code}") from None
        except (OSError, ValueError, http.client.HTTPException) as problem:
            if not line.cut.is_set():
                raise Unavailable(f"the reader gave no answer: {in_words(problem)}") from None
            body = b""
    if line.cut.is_set():
        raise Unavailable(f"the reader gave no whole answer within {seconds:g} seconds")
    if len(body) > LARGEST:
        raise Unavailable(f"the reader's answer is longer than {LARGEST} bytes")
    return _content(body)


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other that is none: mail goes to the URL that the operator wrote."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _handlers(url: str) -> tuple[urllib.request.BaseHandler, ...]:
    # A proxy reads what goes over plain HTTP, and cannot reach this host; to https it only passes octets on.
    direct = () if url.lower().startswith("https:") else (urllib.request.ProxyHandler({}),)
    return (_Nowhere(), *direct)


def _request(model: ChatModel, system: str, text: str) -> urllib.request.Request:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    asked = {"model": model.model, "messages": messages, "temperature": 0, "max_tokens": _ANSWER}
    headers = {"Accept": "application/json", "Content-Type": "application/json", "Connection": "close"}
    if model.key:
        headers["Authorization"] = f"Bearer {model.key}"
    return urllib.request.Request(  # noqa: S310 - the configuration is checked
        model.url, data=json.dumps(asked).encode(), headers=headers, method="POST"
    )


def _exchange(opener: urllib.request.OpenerDirector, request: urllib.request.Request, seconds: float) -> bytes:
    with opener.open(request, timeout=seconds) as answer:
        return bytes(answer.read(LARGEST + 1))


def _content(body: bytes) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        content = None
    if not isinstance(content, str):
        raise Unavailable("the reader answered something else than a chat's answer")
    return content
