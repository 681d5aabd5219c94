"""A failure in one sentence for a person's terminal, and its traceback in a file that the sentence may name."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from helpdesk.mail.inside import sensitive
from helpdesk.mail.read.masking import masked

_PACKAGE = Path(__file__).parent.parent.parent
_LONGEST = 300  # characters of what an exception says
_ENOUGH = 1 << 20  # octets of a file: what fails every second must not fill the disk


def sentence(problem: BaseException) -> str:
    """What went wrong and where: type, first line, and the innermost of our own lines that took part."""
    said = str(problem).strip().splitlines()
    words = f"{type(problem).__name__}: {said[0][:_LONGEST]}" if said else type(problem).__name__
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(f"{_PACKAGE}{os.sep}helpdesk")] or frames
    if not ours:
        return words
    file = Path(ours[-1].filename)
    place = file.relative_to(_PACKAGE) if file.is_relative_to(_PACKAGE) else file.name
    return f"{words} (in {ours[-1].name}, {place}:{ours[-1].lineno})"


class TracebackFile:
    """A private file, one JSON object a line, made when the first traceback comes. Safe to use from every thread.

    What somebody else puts in its place is not written to, and no secret that can be told by its form stands in it.
    """

    def __init__(self) -> None:
        self._path, self._number = "", -1  # of the open file
        self._lock = threading.Lock()

    def keep(self, problem: BaseException, event: str) -> str:
        """Add a traceback; returns the file's path, "" where none can be written."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        details = sensitive.masked(masked("".join(traceback.format_exception(problem))))
        said = {"timestamp": at, "event": event, "exception": details}
        with self._lock, suppress(OSError):
            if not self._is_there():
                self._make()
            if os.fstat(self._number).st_size < _ENOUGH:
                os.write(self._number, f"{json.dumps(said)}\n".encode())
            return self._path
        return ""

    def _is_there(self) -> bool:
        """Whether its name still means the file that was made: what others put there is never opened."""
        with suppress(OSError):
            return self._number >= 0 and os.path.samestat(os.fstat(self._number), os.lstat(self._path))
        return False

    def _make(self) -> None:
        if self._number >= 0:
            os.close(self._number)
            self._number = -1
        self._number, self._path = tempfile.mkstemp(prefix="helpdesk-", suffix=".jsonl")  # O_EXCL, mode 0600
