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
    """A private file, one JSON object a line, made when the first traceback comes. Safe to use from every thread."""

    def __init__(self) -> None:
        self._path = ""
        self._lock = threading.Lock()

    def keep(self, problem: BaseException, event: str) -> str:
        """Add a traceback; returns the file's path, "" where none can be written."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        said = {"timestamp": at, "event": event, "exception": "".join(traceback.format_exception(problem))}
        with self._lock, suppress(OSError):
            if not self._path or not Path(self._path).exists():
                number, self._path = tempfile.mkstemp(prefix="helpdesk-", suffix=".jsonl")  # mode 0600
                os.close(number)
            with Path(self._path).open("a", encoding="utf-8", errors="backslashreplace") as file:
                if file.tell() < _ENOUGH:
                    file.write(json.dumps(said) + "\n")
            return self._path
        return ""
