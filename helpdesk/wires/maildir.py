"""Outgoing mail into a Maildir, for a demonstration and for trying things out without a smarthost.

Promises: a mail is in `new/` completely or not at all, also through a power cut; delivering the same mail to
the same recipient again gives one file, not two, even when a mail program has moved it to `cur/` in between.
The bytes are the mail's own; any program that reads Maildirs reads them, Python's `mailbox.Maildir` among
them. File names begin with the recipient, so that `ls` answers "what did Ann get?".
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from typing import TYPE_CHECKING

from helpdesk.errors import Unavailable
from helpdesk.failpoints import failpoint
from helpdesk.wires.courier import Outcome, Outgoing, Retry, Sent, no_mark, unsendable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_UNTOLD = re.compile(r"[^a-z0-9@._+-]+")  # `:`, `,` and `/` have meanings in a Maildir


class MaildirCourier:
    """Delivers into one Maildir, which is made when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None] = no_mark) -> Outcome:
        """Write the mail under `tmp/`, then move it to `new/`; see `Courier`. The final dot is the move."""
        if failed := unsendable(mail):
            return failed
        name = file_name(mail)
        written = self._write(name, mail.raw)
        if isinstance(written, Retry):
            return written
        try:
            before_dot()
        except BaseException:
            written.unlink(missing_ok=True)
            raise
        return self._show(written, name)

    def probe(self) -> None:  # no far side, no certificate
        """Write and remove an empty file; raises `Unavailable` where that cannot be done."""
        written = self._write("probe", b"")
        if isinstance(written, Retry):
            raise Unavailable(f"{self._path}: expected a folder that can be written; {written.reason}")
        written.unlink(missing_ok=True)

    def close(self) -> None:
        """Do nothing: there is nothing open between two mails."""

    def _write(self, name: str, raw: bytes) -> Path | Retry:
        # The random part keeps two deliverers of one mail from writing into one file.
        path = self._path / "tmp" / f"{name}.{secrets.token_hex(8)}"
        try:
            for folder in ("tmp", "new", "cur"):
                (self._path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            failpoint("out.pre_data")
            _write_durably(path, raw)
        except OSError as failed:
            return Retry(f"Maildir: {failed.strerror or type(failed).__name__}")
        return path

    def _show(self, written: Path, name: str) -> Outcome:
        """Move a written file into `new/`, unless somebody has already read this very mail."""
        try:
            if self._is_read(name):
                written.unlink()
                return Sent(f"already read: {name}")
            written.replace(self._path / "new" / name)
        except OSError as failed:
            written.unlink(missing_ok=True)
            return Retry(f"Maildir: {failed.strerror or type(failed).__name__}")
        failpoint("out.post_dot")
        try:
            _sync_folder(self._path / "new")
        except OSError as failed:
            return Retry(f"Maildir: {failed.strerror or type(failed).__name__}", uncertain=True)
        failpoint("out.post_250")
        return Sent(f"new/{name}")

    def _is_read(self, name: str) -> bool:
        # A mail program moves what it has seen to `cur/` and appends `:2,` and its flags.
        with os.scandir(self._path / "cur") as entries:
            return any(entry.name.partition(":")[0] == name for entry in entries)


def file_name(mail: Outgoing) -> str:
    """Name the file of this mail to this recipient: always the same for the same two."""
    digest = hashlib.sha256(f"{mail.message_id}\0{mail.recipient}".encode()).hexdigest()[:32]
    told = _UNTOLD.sub("_", mail.recipient.lower()).lstrip(".")  # a leading dot would hide the file
    return f"{told[:80]}.{digest}"


def _write_durably(path: Path, raw: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  a descriptor
        try:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
