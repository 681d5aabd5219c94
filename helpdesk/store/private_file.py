"""Files that hold other people's mail or a key are their owner's alone, whatever the umask.

SQLite gives its log and its index the mode of the database that they belong to.
"""

from __future__ import annotations

import os
import pwd
import shlex
import stat
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BESIDE = ("-wal", "-shm")  # SQLite's log and its index, while the database is in use
_OWNER = 0o600
_BITS = {"go": 0o077, "o": 0o007}

# To close a file drops the locks that this process holds on it (sqlite.org/howtocorrupt.html section 2.2): no thread
# may have opened it as a database between our making and our closing it.
_making = threading.Lock()


def make_private(file: Path) -> bool:
    """Make an empty file that nobody but its owner reads; False where there is one already. Raises OSError."""
    with _making:
        if file.exists():
            return False
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER))
        except FileExistsError:
            return False
        return True


def private(file: str, flags: int) -> int:
    """An `opener` of `open`: what it makes is its owner's alone."""
    return os.open(file, flags, _OWNER)


def write_private(file: Path, data: bytes) -> None:
    """Write a file that nobody but its owner reads, over one that is there. Raises OSError."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER), "wb") as opened:
        if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):  # not a pipe, and not /dev/stdout
            os.fchmod(opened.fileno(), _OWNER)
        opened.write(data)


def exposed(file: Path, others: str = "go") -> str:
    """That others on this host may open a file, and what to do; "" where it is not so, not there, or not to be changed.

    `others` as chmod calls them: "go" for group and world, "o" for the world.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        fixed = os.statvfs(file).f_flag & os.ST_RDONLY  # as secrets are mounted into containers
    except OSError:
        return ""
    if fixed or not mode & _BITS[others]:
        return ""
    return f"{file}: others on this host may open it (mode {mode:04o}); chmod {others}= {shlex.quote(str(file))}"


def unreadable(file: Path, of: Path) -> str:
    """That the owner of another file, such as the database, may not open this one, and what to do; "" where they may.

    Root can open anything, and so sees nothing of it by trying.
    """
    try:
        owner, found = of.stat(), file.stat()
        name = pwd.getpwuid(owner.st_uid).pw_name
        groups = os.getgrouplist(name, owner.st_gid)
    except (OSError, KeyError):
        return ""
    user = found.st_uid == owner.st_uid
    bit = stat.S_IRUSR if user else stat.S_IRGRP if found.st_gid in groups else stat.S_IROTH
    if owner.st_uid == 0 or found.st_mode & bit:
        return ""
    who = f"{name}, whose the database is, may not open it (mode {stat.S_IMODE(found.st_mode):04o})"
    return f"{file}: {who}; chown {name} {shlex.quote(str(file))} && chmod 0600 {shlex.quote(str(file))}"
