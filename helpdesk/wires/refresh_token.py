"""The refresh token of one account: the operator's, or the one that the token server gave in its place.

A server may answer with a new refresh token, and forget the old one (RFC 6749 section 6). It is on disk before the
access token that came with it is used: in a file of our own, because the operator's may lie where nothing can be
written. The newest counts, until the operator gives another one. Processes of one host that share the folder take
turns, so that none uses a token that another has just used up.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpdesk.errors import Unavailable
from helpdesk.wires import token_server

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from helpdesk.wires.token_server import Grant

_TURN = 60.0  # seconds to wait for the others: longer than a token server may take
_LOOK = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class _Renewed:
    """A token that a server gave; `in_place_of` is the digest of the operator's that it comes of."""

    in_place_of: str
    token: str = field(repr=False)


class RefreshToken:
    """`file` is where a newer one is kept; `given` reads the operator's."""

    def __init__(self, file: Path, given: Callable[[], str]) -> None:
        self._file = file
        self._given = given
        self._unkept: _Renewed | None = None  # newer than what is on disk, which could not be written

    def access(self, url: str, form: Mapping[str, str]) -> str:
        """Fetch an access token. Raises Unavailable; a refresh token that came with it is kept even then."""
        with self._turn():
            given = self._given()
            used = self._newest(given)
            try:
                grant = token_server.ask(url, {**form, "refresh_token": used})
            except token_server.TokenRefused as refusal:
                grant, used = self._once_more(url, form, (self._kept(given), given), used, refusal)
            if grant.refresh_token and grant.refresh_token != used:
                self._unkept = _Renewed(_digest(given), grant.refresh_token)
            if self._unkept:
                self._keep(self._unkept)
                self._unkept = None
        return grant.access_token

    def _once_more(
        self,
        url: str,
        form: Mapping[str, str],
        candidates: Collection[str],
        used: str,
        refusal: token_server.TokenRefused,
    ) -> tuple[Grant, str]:
        """Another host may have used it up and kept a newer one, or the operator's own may have new life."""
        others = [token for token in candidates if token and token != used]
        if refusal.code != "invalid_grant" or not others:
            raise refusal
        try:
            return token_server.ask(url, {**form, "refresh_token": others[0]}), others[0]
        except token_server.TokenRefused:
            raise refusal from None

    def _newest(self, given: str) -> str:
        if self._unkept and self._unkept.in_place_of == _digest(given):
            return self._unkept.token
        return self._kept(given) or given

    def _kept(self, given: str) -> str:
        """The one on disk, if it came of what the operator gives now."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        except OSError as problem:
            raise Unavailable(f"expected a refresh token in {self._file}: {problem.strerror}") from None
        except ValueError:
            return ""
        if not isinstance(kept, dict) or kept.get("in_place_of") != _digest(given):
            return ""
        token = kept.get("refresh_token")
        return token if isinstance(token, str) else ""

    def _keep(self, renewed: _Renewed) -> None:
        """On disk as a whole or not at all, readable by us alone."""
        write_whole(self._file, json.dumps({"in_place_of": renewed.in_place_of, "refresh_token": renewed.token}))

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Nobody else of this host refreshes this account meanwhile; where no lock can be made, none is waited for."""
        try:
            name = self._file.with_name(f"{self._file.name}.lock")
            lock = os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600), "wb")
            _give(lock.fileno(), self._file.parent.stat())
        except OSError:
            yield
            return
        with lock:
            ends = time.monotonic() + _TURN
            while not _locked(lock.fileno()):
                if time.monotonic() >= ends:
                    raise Unavailable("another process has been asking the token server for a minute")
                time.sleep(_LOOK)
            yield


def write_whole(file: Path, content: str) -> None:
    """Put a token into a file, whole or not at all, its owner's alone: the owner of what it replaces, or of the folder.

    Raises Unavailable.
    """
    file = file.resolve()  # what a link names is replaced, not the link
    new = file.with_name(f"{file.name}.new")
    try:
        new.unlink(missing_ok=True)  # of a process that was killed here
        _write(new, content, (file if file.exists() else file.parent).stat())
        new.replace(file)
        _flush(file.parent)
    except OSError as problem:
        raise Unavailable(
            f"the new refresh token of the token server cannot be kept in {file}: {problem.strerror}"
        ) from None


def _give(descriptor: int, owned: os.stat_result) -> None:
    """To whom that belongs: an operator's command must not lock the daemon out."""
    if os.geteuid() == 0:
        os.fchown(descriptor, owned.st_uid, owned.st_gid)


def _write(file: Path, content: str, owned: os.stat_result) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        _give(opened.fileno(), owned)
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _flush(folder: Path) -> None:
    """What was renamed in it is renamed for good."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
