"""A chat endpoint that is asked: what is sent, and every way in which it may fail, told without the key."""

import json
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Self

import pytest

from helpdesk.errors import Unavailable
from helpdesk.wires import chat

KEY = "k-very-secret-0123456789"
SHORT = timedelta(seconds=0.3)


class ChatServer:
    """Answers every request with these octets; None: never."""

    def __init__(self, answer: bytes | Callable[[socket.socket], None] | None) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self.bodies: list[dict[str, object]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1/chat/completions"
        self._over = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._one(connection)

    def _one(self, connection: socket.socket) -> None:
        octets = b""
        while b"\r\n\r\n" not in octets:
            octets += connection.recv(65536)
        head, _, body = octets.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        while len(body) < length:
            body += connection.recv(65536)
        self.heads.append(head.decode())
        self.bodies.append(json.loads(body))
        if self.answer is None:
            self._over.wait(5)
        elif callable(self.answer):
            self.answer(connection)
        else:
            connection.sendall(self.answer)


def http(body: bytes, status: int = 200, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d said\r\n%sContent-Length: %d\r\n\r\n%s" % (status, more, len(body), body)


def said(content: object) -> bytes:
    return http(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode())


def ask(url: str, patience: timedelta = timedelta(seconds=5)) -> str:
    return chat.ask(chat.ChatModel(url, "small", KEY), "the question", "the mail", patience=patience)


def test_a_question_is_sent_with_the_key_and_its_answer_returned() -> None:
    with ChatServer(said('{"effect": 1}')) as server:
        assert ask(server.url) == '{"effect": 1}'
    assert f"Authorization: Bearer {KEY}" in server.heads[0]
    assert server.bodies[0]["model"] == "small"
    assert server.bodies[0]["messages"] == [
        {"role": "system", "content": "the question"},
        {"role": "user", "content": "the mail"},
    ]
    assert KEY not in repr(chat.ChatModel(server.url, "small", KEY))


WRONG = {
    "no JSON": http(b"<html>hello</html>"),
    "no chat's answer": http(b'{"error": {"message": "%s"}}' % KEY.encode()),
    "no choices": http(b'{"choices": []}'),
    "no text": said(7),
    "a list": http(b"[1]"),
    "deep": http(b"[" * 50_000),
    "too long": said("x" * chat.LARGEST),
    "an error": http(KEY.encode(), 500),
    "not allowed": http(KEY.encode(), 401),
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "cut short": b"HTTP/1.1 200 said\r\nContent-Length: 900\r\n\r\n{",
}


@pytest.mark.parametrize("octets", WRONG.values(), ids=WRONG)
def test_what_is_no_answer_is_an_outage_that_does_not_tell_the_key(octets: bytes) -> None:
    with ChatServer(octets) as server, pytest.raises(Unavailable) as failure:
        ask(server.url)
    assert "the reader" in str(failure.value)
    assert KEY not in str(failure.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with ChatServer(said("{}")) as elsewhere:
        away = http(b"", status, b"Location: %s\r\n" % elsewhere.url.encode())
        with ChatServer(away) as server, pytest.raises(Unavailable, match=str(status)):
            ask(server.url)
    assert elsewhere.heads == []


def test_a_proxy_of_the_environment_is_not_told_what_goes_over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(said("no")) as proxy, ChatServer(said("yes")) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert ask(server.url) == "yes"
    assert proxy.heads == []


def _drips(connection: socket.socket) -> None:
    try:
        connection.sendall(b"HTTP/1.1 200 said\r\nX: ")
        for _ in range(1000):
            connection.sendall(b"x")
            if threading.Event().wait(0.02):
                return
    except OSError:
        return


@pytest.mark.parametrize("answer", [None, _drips])
def test_a_server_that_is_slow_is_hung_up_on(answer: Callable[[socket.socket], None] | None) -> None:
    with ChatServer(answer) as server, pytest.raises(Unavailable, match="no whole answer within"):
        ask(server.url, SHORT)


def test_a_server_that_is_down_is_an_outage() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unavailable, match="no answer"):
        ask(f"http://127.0.0.1:{port}/")
