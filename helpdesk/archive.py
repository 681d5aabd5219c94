"""Mail that lies in files: .eml, mbox, Maildir, and folders of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from helpdesk.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

# How a mail begins in an mbox (RFC 4155): sender and time, behind an empty line, before a field of a header. Not every
# program writes all of it, or marks what only looks like it (`From here on nothing works`): two of the three tell.
_POSTMARK = re.compile(
    rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:\d{1,2} +)?"
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b.*\b\d\d:\d\d"
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")


@dataclass(frozen=True, slots=True)
class ArchivedMail:
    """One mail in a file, as its bytes are; `path` and `start` say where they lie."""

    name: str
    raw: bytes
    path: Path = Path()
    start: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What no mail was read from, and why."""

    name: str
    because: str


def read_inside(folder: Path, name: str) -> bytes:
    """A file that an import names. Raises NotFound where it lies outside its folder, by whatever way, or is no file."""
    here, path = folder.resolve(), folder / name
    try:
        if not path.resolve().is_relative_to(here) or not path.is_file():
            raise NotFound(f"expected a file in {folder}, not {name!r}")
        return path.read_bytes()
    except (OSError, ValueError, RuntimeError) as problem:  # a NUL in its name, a circle of links
        raise NotFound(f"expected a readable file in {folder}, not {name!r}: {problem}") from None


def mails_in(*paths: Path) -> Iterator[ArchivedMail | Unreadable]:
    """Every mail at these paths, folders in order of names; what cannot be read keeps nothing back that follows.

    Raises NotFound for a path that is not there, before the first mail.
    """
    for path in paths:
        if not path.exists():
            raise NotFound(f"{path}: expected a mail, an mbox, a Maildir or a folder of them; there is nothing")
    for path in paths:
        yield from _at(path)


def _at(path: Path, root: Path | None = None) -> Iterator[ArchivedMail | Unreadable]:
    """What is there; `root` is the folder that was named, and what a link names outside of it is not read."""
    try:
        if root and path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            yield Unreadable(str(path), "it leads out of the folder")
        elif path.is_dir():
            yield from chain.from_iterable(_at(entry, root or path) for entry in _entries(path))
        elif path.is_file():
            yield from _mbox(path) if _is_mbox(path) else [ArchivedMail(str(path), path.read_bytes(), path)]
        else:  # a link that leads nowhere, a pipe that nobody writes into
            yield Unreadable(str(path), "it is no file and no folder")
    except OSError as problem:
        yield Unreadable(str(path), f"it cannot be read: {problem.strerror or problem}")


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; of a Maildir what was delivered."""
    if (folder / "cur").is_dir() and (folder / "new").is_dir():
        return [file for part in ("cur", "new") for file in sorted((folder / part).iterdir())]
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(5)
    # A single mail may begin with a `From ` line too, but never ends in .eml and holds a second one.
    return start == b"From " and path.suffix != ".eml"


def _mbox(path: Path) -> Iterator[ArchivedMail]:
    """Each mail of an mbox, one at a time in memory, without the line that begins it and the empty one that ends it."""
    number, mail, before, at, start = 0, [b""], b"\n", 0, 0
    with path.open("rb") as file:
        for line, after in pairwise(chain(file, [b""])):
            at += len(line)
            if _begins_mail(line, before, after) or not number:
                if number:
                    yield _found(path, number, mail, start)
                number, mail, start = number + 1, [], at
            else:
                mail.append(line)
            before = line
    yield _found(path, number, mail, start)


def _begins_mail(line: bytes, before: bytes, after: bytes) -> bool:
    signs = (_POSTMARK.match(line), not before.strip(), _FIELD.match(after))
    return line.startswith(b"From ") and sum(map(bool, signs)) > 1


def _found(path: Path, number: int, lines: list[bytes], start: int) -> ArchivedMail:
    ends = -1 if lines and not lines[-1].strip() else len(lines)
    return ArchivedMail(f"{path}#{number}", b"".join(lines[:ends]), path, start)
