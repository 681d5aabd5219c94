"""A consistent copy of the embedded database while it is in use.

The copy holds back its unsent mail: the original goes on and sends it, and a desk that is started on the copy a day
later must not send it a second time (fault D08). Who restores a copy looks at `outbox list` and releases it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.errors import Unavailable
from helpdesk.store.private_file import make_private
from helpdesk.store.sqlite import library

if TYPE_CHECKING:
    from pathlib import Path

    from helpdesk.store.engine import Database

_HOLD_BACK = (
    "UPDATE outbox SET state = 'held', next_at = NULL, claimed_by = NULL, claimed_until = NULL"
    " WHERE next_at IS NOT NULL"
)


def copy_to(database: Database, file: Path) -> None:
    """Copy an embedded database. Raises Unavailable for PostgreSQL, which has its own tool, and for a taken name."""
    if not database.embedded or not database.url.database:
        raise Unavailable("backup: expected an embedded database; PostgreSQL is copied with pg_dump")
    try:
        made = make_private(file)
    except OSError as problem:
        raise Unavailable(f"backup: expected to be able to write {file}: {problem.strerror}") from None
    if not made:
        raise Unavailable(f"backup: expected no file at {file} yet")
    connect = library().connect
    source, target = connect(database.url.database), connect(file)
    try:
        source.backup(target)
        target.execute(_HOLD_BACK)
        target.commit()
    finally:
        target.close()
        source.close()
