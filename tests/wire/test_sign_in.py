"""The first refresh token: typed codes, browsers that come back, pasted addresses, and servers that refuse."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from helpdesk.errors import Unavailable
from helpdesk.wires.redirected import Redirects
from helpdesk.wires.sign_in import Application, SignInClock, by_browser, by_device
from tests.wire.smarthost import authority, server_context
from tests.wire.token_servers import Server, response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCOPE = "https://mail.example/read offline_access"
BEGUN = {
    "device_code": "d-secret",
    "user_code": "ABCD-EFGH",
    "verification_uri": "https://login.example/device",
    "expires_in": 900,
}
GRANTED = {"access_token": "a", "refresh_token": "r"}


def application(server: Server, **changes: str) -> Application:
    return Application(**({"token_url": server.url, "client_id": "desk", "scope": SCOPE} | changes))


class Clock:
    """Time that passes where somebody waits."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.pace = SignInClock(lambda: sum(self.waited), self.waited.append)


def scripted(begun: object, *answers: object) -> Callable[..., bytes]:
    """A device endpoint and its token endpoint, which says these one after the other, and the last for ever."""
    left = list(answers)

    def answer(posted: dict[str, str], _: object) -> bytes:
        if "grant_type" not in posted:
            return response(begun)
        said = left.pop(0) if len(left) > 1 else left[0]
        return said if isinstance(said, bytes) else response(said, 400 if "error" in said else 200)

    return answer


def error(code: str, description: str = "") -> dict[str, str]:
    return {"error": code, "error_description": description}


def test_a_code_is_typed_elsewhere_and_the_server_is_asked_no_faster_than_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 8628 sections 3.4 and 3.5, over TLS that a private authority vouches for."""
    (tmp_path / "authority.pem").write_text(authority())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    clock, told = Clock(), []
    pending, slower = error("authorization_pending"), error("slow_down")
    answer = scripted(BEGUN | {"interval": 2}, pending, slower, pending, b"HTTP/1.1 garbage\r\n\r\n", GRANTED)
    with Server(answer, tls=server_context("localhost")) as server:
        grant = by_device(application(server, client_secret="s"), server.url, told.append, clock.pace)
    assert grant.refresh_token == "r"
    assert clock.waited == [2, 2, 7, 7, 14]
    assert told == ["Open https://login.example/device in any browser, and type the code ABCD-EFGH"]
    assert server.asked[0] == {"client_id": "desk", "client_secret": "s", "scope": SCOPE}
    assert server.asked[1] == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "d-secret",
        "client_id": "desk",
        "client_secret": "s",
    }


@pytest.mark.parametrize(
    ("begun", "answer", "said"),
    [
        (BEGUN, error("access_denied"), "the sign-in was declined"),
        (BEGUN, error("authorization_declined"), "the sign-in was declined"),
        (BEGUN, error("expired_token"), "nobody signed in while the code was good"),
        (BEGUN, error("authorization_pending"), "nobody signed in while the code was good"),
        (BEGUN | {"expires_in": 1e9, "interval": 60}, error("slow_down"), "nobody signed in while the code was good"),
        (BEGUN, error("invalid_grant", "not d-secret"), r"the token server refused: invalid_grant \(not \*\*\*\)"),
        (error("unauthorized_client", "AADSTS7000218: no public client"), GRANTED, "refused: unauthorized_client"),
        (BEGUN | {"verification_uri": "javascript:x"}, GRANTED, "no code to sign in with"),
        (BEGUN | {"user_code": "A\x1b[2J"}, GRANTED, "no code to sign in with"),
        (BEGUN | {"user_code": ""}, GRANTED, "no code to sign in with"),
        ({}, GRANTED, "no code to sign in with"),
        (BEGUN, {}, "nobody signed in while the code was good"),
    ],
)
def test_what_ends_it_is_said(begun: object, answer: object, said: str) -> None:
    with Server(scripted(begun, answer)) as server, pytest.raises(Unavailable, match=said):
        by_device(application(server), server.url, lambda _: None, Clock().pace)


# --- a browser -------------------------------------------------------------------------------------------------------

AUTHORIZE = "https://accounts.example/auth?access_type=offline&prompt=consent"


class Browser:
    """What a person does with the address that they are told; `asked` is what it asks for."""

    def __init__(self, answers: Callable[[dict[str, str]], list[str]]) -> None:
        self._answers = answers
        self.told: list[str] = []
        self.asked: dict[str, str] = {}

    def tell(self, text: str) -> None:
        self.told.append(text)
        (url,) = [word for word in text.split() if word.startswith("https:")]
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    def addresses(self) -> Iterator[str]:
        yield from self._answers(self.asked)


def led_back(asked: dict[str, str], **more: str) -> str:
    return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **more})}"


def test_a_browser_brings_a_code_that_only_we_can_use() -> None:
    browser = Browser(lambda asked: [led_back(asked, code="c&1", scope="x")])
    with Server(scripted({}, GRANTED)) as server:
        grant = by_browser(
            application(server, client_secret="s"), AUTHORIZE, "http://127.0.0.1:9", browser.tell, browser.addresses()
        )
    assert grant.refresh_token == "r"
    (posted,) = server.asked
    challenge = base64.urlsafe_b64encode(hashlib.sha256(posted["code_verifier"].encode()).digest()).rstrip(b"=")
    assert browser.asked["code_challenge"] == challenge.decode()  # RFC 7636 section 4.2
    assert browser.asked.items() >= {
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("scope", SCOPE),
    }
    assert posted.items() >= {("code", "c&1"), ("redirect_uri", "http://127.0.0.1:9"), ("client_secret", "s")}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (lambda asked: [led_back(asked, error="access_denied")], "the sign-in was declined"),
        (
            lambda asked: [led_back(asked, error="invalid_scope", error_description="no\r\nsuch \x1b[2J")],
            r"did not sign anybody in: invalid_scope no such \[2J$",
        ),
        (lambda asked: [led_back(asked)], "it gave no reason"),
        (lambda asked: [led_back(asked | {"state": "another"}, code="evil")], "nobody signed in"),
        (lambda asked: ["", "/favicon.ico", "http://[", "?code=evil", "no address"], "nobody signed in"),
        (lambda _: [], "nobody signed in"),
    ],
)
def test_a_code_of_somebody_else_is_not_ours(answers: Callable[[dict[str, str]], list[str]], said: str) -> None:
    browser = Browser(answers)
    with Server(scripted({}, GRANTED)) as server, pytest.raises(Unavailable, match=said):
        by_browser(application(server), AUTHORIZE, "http://127.0.0.1:9", browser.tell, browser.addresses())
    assert server.asked == []


@pytest.mark.parametrize("way", ["led back", "pasted", "pasted with quotes", "pasted at the second try"])
def test_the_browser_is_here_or_its_address_line_is_pasted(way: str) -> None:
    reading, writing = os.pipe()
    redirects = Redirects(reading)
    browser = Browser(lambda _: [])

    def act(text: str) -> None:
        browser.tell(text)
        address = led_back(browser.asked, code="c")
        if way == "led back":
            for path in (f"{redirects.address}/favicon.ico", address):
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(path) as page:
                    assert b"close this page" in page.read()
        else:
            quote = '"' if "quotes" in way else ""
            first = "\nhttp://x.example/?state=y&code=z\n" if "second" in way else ""
            threading.Thread(target=os.write, args=(writing, f"{first}{quote}{address}{quote}\n".encode())).start()

    with Server(scripted({}, GRANTED)) as server, redirects.opened(20) as addresses:
        grant = by_browser(application(server), AUTHORIZE, redirects.address, act, addresses)
    assert grant.refresh_token == "r"
    assert server.asked[0]["redirect_uri"] == redirects.address
    os.close(writing)


def test_a_browser_that_never_comes_back_is_waited_for_so_long_and_a_closed_input_is_none() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with Redirects(reading).opened(0.05) as addresses:
        assert list(addresses) == []
    os.close(reading)
