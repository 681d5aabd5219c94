"""OAuth2 for a mailbox: a token server that gives new refresh tokens, drips, refuses, or talks nonsense."""

from __future__ import annotations

import contextlib
import json
import socket
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest

from helpdesk.errors import Unavailable
from helpdesk.wires import token_server
from helpdesk.wires.imap_reports import MailboxUnavailable
from helpdesk.wires.imap_session import ImapSession, Patience
from helpdesk.wires.refresh_token import RefreshToken
from helpdesk.wires.token_server import TokenRefused
from tests.wire.imap_servers import Liar
from tests.wire.token_servers import Rotating, Server, response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORM = {"grant_type": "refresh_token", "client_id": "desk", "client_secret": "hunter2&more"}
SHORT = timedelta(seconds=0.3)


def token(folder: Path, given: str = "r0") -> RefreshToken:
    return RefreshToken(folder / "secret.oauth2-1", lambda: given)


def test_a_new_refresh_token_is_kept_by_us_alone_and_used_from_then_on_by_every_process(tmp_path: Path) -> None:
    """`helpdesk check` before the daemon, and each restart of it, are such processes."""
    with Server(Rotating()) as server:
        assert [token(tmp_path).access(server.url, FORM) for _ in range(3)] == ["a1", "a2", "a3"]
        same = token(tmp_path)
        assert [same.access(server.url, FORM) for _ in range(2)] == ["a4", "a5"]
    assert stat.S_IMODE((tmp_path / "secret.oauth2-1").stat().st_mode) == 0o600
    assert [posted["refresh_token"] for posted in server.asked] == ["r0", "r1", "r2", "r3", "r4"]
    assert server.asked[0] == FORM | {"refresh_token": "r0"}


def test_a_server_that_gives_no_new_one_is_asked_with_the_operators(tmp_path: Path) -> None:
    with Server(lambda *_: response({"access_token": "a"})) as server:
        assert [token(tmp_path).access(server.url, FORM) for _ in range(2)] == ["a", "a"]
    assert [posted["refresh_token"] for posted in server.asked] == ["r0", "r0"]
    assert not (tmp_path / "secret.oauth2-1").exists()


def test_many_processes_at_once_take_turns(tmp_path: Path) -> None:
    with Server(Rotating()) as server, ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: token(tmp_path).access(server.url, FORM), range(40)))
    assert sorted(got) == sorted(f"a{number}" for number in range(1, 41))


def test_a_token_that_the_operator_gives_anew_wins_over_the_one_that_was_kept(tmp_path: Path) -> None:
    rotating = Rotating()
    with Server(rotating) as server:
        token(tmp_path).access(server.url, FORM)
        rotating.valid = "anew"
        assert token(tmp_path, "anew").access(server.url, FORM) == "a2"
        assert token(tmp_path, "anew").access(server.url, FORM) == "a3"


def test_a_kept_token_that_is_refused_is_read_again_and_then_the_operators_is_tried(tmp_path: Path) -> None:
    """Another host, with which the folder is shared, has renewed it meanwhile; or the account was given new life."""
    valid = {"elsewhere"}

    def answer(posted: dict[str, str], _: socket.socket) -> bytes:
        if posted["refresh_token"] in valid:
            return response({"access_token": "a"})
        kept = json.loads((tmp_path / "secret.oauth2-1").read_text()) | {"refresh_token": "elsewhere"}
        (tmp_path / "secret.oauth2-1").write_text(json.dumps(kept))
        return response({"error": "invalid_grant"}, 400)

    with Server(Rotating()) as first:
        token(tmp_path).access(first.url, FORM)
    with Server(answer) as server:
        assert token(tmp_path).access(server.url, FORM) == "a"
        valid = {"r0"}
        assert token(tmp_path).access(server.url, FORM) == "a"
    assert [posted["refresh_token"] for posted in server.asked] == ["r1", "elsewhere", "elsewhere", "r0"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"refresh_token": 7}', b"\xff\xfe", b"null"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "secret.oauth2-1").write_bytes(damage)
    with Server(Rotating()) as server:
        assert token(tmp_path).access(server.url, FORM) == "a1"
        assert token(tmp_path).access(server.url, FORM) == "a2"


def test_a_process_that_was_killed_while_it_wrote_stands_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "secret.oauth2-1.new").write_text("half a tok")
    with Server(Rotating()) as server:
        assert [token(tmp_path).access(server.url, FORM) for _ in range(2)] == ["a1", "a2"]


def test_a_new_token_that_cannot_be_kept_is_said_and_not_lost(tmp_path: Path) -> None:
    (tmp_path / "secret.oauth2-1").mkdir()  # nothing can be put in its place, not even by root
    (tmp_path / "secret.oauth2-1" / "x").touch()
    broken = RefreshToken(tmp_path / "secret.oauth2-1", lambda: "r0")
    broken._kept = lambda given: ""  # type: ignore[method-assign]
    with Server(Rotating()) as server:
        for _ in range(3):
            with pytest.raises(Unavailable, match=r"cannot be kept in .*secret\.oauth2-1: "):
                broken.access(server.url, FORM)
        (tmp_path / "secret.oauth2-1" / "x").unlink()
        (tmp_path / "secret.oauth2-1").rmdir()
        assert broken.access(server.url, FORM) == "a4"
        assert token(tmp_path).access(server.url, FORM) == "a5"


# --- what a server says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"error": "invalid_grant"}, 400, "the token server refused: invalid_grant"),
        (
            {"error": "invalid_client", "error_description": "AADSTS7000222: the secret\r\nhas expired"},
            401,
            "the token server refused: invalid_client (AADSTS7000222: the secret has expired)",
        ),
        (
            {"error": "invalid_grant", "error_description": "no r0-very-secret for hunter2&more, hunter2%26more"},
            400,
            "the token server refused: invalid_grant (no *** for ***, ***)",
        ),
        ({"error": "slow_down"}, 200, "the token server refused: slow_down"),
        ({"error": "r0-very-secret"}, 400, "the token server refused: ***"),
        ({"error": {"code": 7}}, 400, "the token server answered 400 without a reason"),
        ({"error": "x" * 900}, 400, "the token server answered 400 without a reason"),
        (b"<html>r0-very-secret</html>", 503, "the token server answered 503 without a reason"),
        (b"", 500, "the token server answered 500 without a reason"),
        (b"[" * 60_000, 400, "the token server answered 400 without a reason"),
        ({}, 200, "the token server answered without an access token"),
        ({"access_token": None}, 200, "the token server answered without an access token"),
        (b"access_token=a&refresh_token=b", 200, "the token server answered without an access token"),
    ],
)
def test_its_error_is_told_in_its_own_words_and_without_a_secret(
    tmp_path: Path, body: object, status: int, said: str
) -> None:
    with Server(lambda *_: response(body, status)) as server, pytest.raises(Unavailable) as caught:
        token(tmp_path, "r0-very-secret").access(server.url, FORM)
    assert str(caught.value) == said


def test_a_long_description_is_cut_and_secrets_in_the_spelling_of_json_are_found() -> None:
    form = FORM | {"refresh_token": 'quo"te'}
    body = {"error": "invalid_grant", "error_description": f'quo\\"te {quote_plus(form["refresh_token"])} {"x" * 999}'}
    with Server(lambda *_: response(body, 400)) as server, pytest.raises(TokenRefused) as caught:
        token_server.ask(server.url, form)
    assert "quo" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_nobody_there_and_nonsense_are_said_without_the_answer() -> None:
    with Server(lambda *_: b"hunter2 HTTP\r\n\r\n") as server, pytest.raises(Unavailable) as caught:
        token_server.ask(server.url, FORM)
    assert "hunter2" not in str(caught.value)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(Unavailable, match="Connection refused"):
        token_server.ask(f"http://127.0.0.1:{port}/", FORM)


def drip(*octets: bytes) -> Callable[[dict[str, str], socket.socket], None]:
    """Send the first at once, and then the others over and over, a little at a time."""

    def answer(_: object, connection: socket.socket) -> None:
        connection.sendall(octets[0])
        while True:
            for octet in octets[1:]:
                connection.sendall(octet)
                time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "octets",
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{", b" "),
        (b"HTTP/1.1 400 No\r\nContent-Length: 60000\r\n\r\n{", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP"[:1], b""),
    ],
)
def test_whoever_drips_anywhere_in_an_answer_is_hung_up_on_in_time(octets: tuple[bytes, ...]) -> None:
    with Server(drip(*octets)) as server, pytest.raises(Unavailable, match=r"no whole answer within 0\.3 seconds"):
        token_server.ask(server.url, FORM, patience=SHORT)


@pytest.mark.parametrize("octet", [b"\x16\x03\x03\x40\x00" + b"\x02" * 3, b""])
def test_whoever_drips_or_is_silent_in_the_tls_handshake_is_hung_up_on_in_time(octet: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def handshake() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(octet)
                    while connection.recv(65536):
                        connection.sendall(b"\x00" if octet else b"")

        threading.Thread(target=handshake, daemon=True).start()
        with pytest.raises(Unavailable, match="within"):
            token_server.ask(f"https://127.0.0.1:{listener.getsockname()[1]}/", FORM, patience=SHORT)


def test_the_reason_reaches_whoever_reads_of_the_outage() -> None:
    def refuse() -> str:
        raise TokenRefused("invalid_grant", "the token server refused: invalid_grant (expired)")

    with Liar(capabilities="AUTH=XOAUTH2") as liar, pytest.raises(MailboxUnavailable) as caught:
        ImapSession.begin(liar.account(password=None, oauth2=refuse), Patience())
    assert str(caught.value) == "credentials: the token server refused: invalid_grant (expired)"
