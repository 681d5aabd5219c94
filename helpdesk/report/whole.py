"""All that a desk holds, as files in its own shape: `helpdesk export --all`.

desk.jsonl     what it is, on the first line; then a row of the database on each: its table, its values, and for a mail
               the name of its file and its SHA-256 digest
received/      the mails as they came, byte for byte
sent/          the mails that the desk wrote, byte for byte

Nothing is masked: who reads it can answer in the name of customers and agents. An mbox of the mails alone is masked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

from helpdesk.mail.read.masking import masked_mail
from helpdesk.store import dump
from helpdesk.store.migrate import head
from helpdesk.store.private_file import private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO

    from helpdesk.store.engine import Connection

DESK_FILE = "desk.jsonl"
SHAPE = "helpdesk desk 1"
FOLDERS = {"spool_raw": "received", "outbox_raw": "sent"}  # by table, where the bytes of its mails are
_POSTMARK = re.compile(rb"^(>*From )", re.MULTILINE)


def write_whole(connection: Connection, folder: Path, advance: Callable[[int], None]) -> int:
    """Write everything into a folder that is there and empty; returns how many mails that were."""
    mails = 0
    for name in FOLDERS.values():
        (folder / name).mkdir(mode=0o700)
    with open(folder / DESK_FILE, "x", encoding="utf-8", opener=private) as file:
        _write_line(file, {"shape": SHAPE, "revision": head()})
        for row in dump.rows(connection):
            line = {"table": row.table, "row": row.values}
            if row.raw is not None:
                mails += 1
                name = f"{FOLDERS[row.table]}/{next(iter(row.values.values())):08}.eml"
                _write_mail(folder / name, row.raw)
                line |= {"file": name, "sha256": hashlib.sha256(row.raw).hexdigest()}
            _write_line(file, line)
            advance(1)
    return mails


def _write_line(file: IO[str], shape: object) -> None:
    file.write(json.dumps(shape) + "\n")


def _write_mail(path: Path, raw: bytes) -> None:
    with os.fdopen(private(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
        file.write(raw)


def write_mbox(connection: Connection, to: IO[bytes], advance: Callable[[int], None]) -> int:
    """Write all mails, what came and what the desk wrote, as an mbox (RFC 4155); returns how many that were.

    No reply address in it can be used.
    """
    mails = 0
    for row in dump.rows(connection):
        if row.raw is not None:
            mails += 1
            raw = _POSTMARK.sub(rb">\1", masked_mail(row.raw).replace(b"\r\n", b"\n"))
            to.write(b"From helpdesk Thu Jan  1 00:00:00 1970\n" + raw + (b"\n" if raw.endswith(b"\n") else b"\n\n"))
        advance(1)
    return mails
