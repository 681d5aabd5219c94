"""Mail that lies in files: .eml, mbox, Maildir, and folders of them."""

from __future__ import annotations

import mailbox
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """One mail in a file, as its bytes are."""

    name: str
    raw: bytes


def mails_in(path: Path) -> Iterator[Found]:
    """Every mail at a path, folders in order of names. Raises NotFound for a path that is not there."""
    if not path.exists():
        raise NotFound(f"{path}: expected a mail, an mbox, a Maildir or a folder of them; there is nothing")
    if path.is_file():
        yield from _mbox(path) if _is_mbox(path) else [Found(str(path), path.read_bytes())]
    elif (path / "cur").is_dir() and (path / "new").is_dir():
        for part in ("cur", "new"):
            for file in sorted((path / part).iterdir()):
                yield Found(str(file), file.read_bytes())
    else:
        for entry in sorted(path.iterdir()):
            if not entry.name.startswith("."):
                yield from mails_in(entry)


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(5)
    # A single mail may begin with a `From ` line too, but never ends in .eml and holds a second one.
    return start == b"From " and path.suffix != ".eml"


def _mbox(path: Path) -> Iterator[Found]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys(), start=1):
            yield Found(f"{path}#{number}", box.get_bytes(key))
    finally:
        box.close()
