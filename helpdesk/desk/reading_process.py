"""A process that reads mails for the worker: frames come in on standard input and answers go out on standard output.

It holds nothing of its own but the operator's files, opens no database, and ends with its input: when the daemon lets
go of it, and when the daemon is not there any more.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from helpdesk.core.words.people import Mailbox
    from helpdesk.severity import Classifier

LENGTH = struct.Struct(">Q")  # of the frame behind it
READY = "ready"


@dataclass(frozen=True, slots=True)
class ReadingJob:
    """A mail to be read. Without a classifier it is not judged; `same` stands for the one of the job before."""

    raw: bytes
    mailbox: Mailbox | None
    classifier: Classifier | None
    same: bool = False


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


class _Pickler(pickle.Pickler):
    """Read-only mappings go as what they are made of."""

    dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda one: (_read_only, (dict(one),))}


def framed(value: object) -> bytes:
    """A value as one frame. Both ends are of one start of one program, so what comes is what was sent."""
    file = io.BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(value)
    return LENGTH.pack(file.getbuffer().nbytes) + file.getvalue()


def _jobs(file: BinaryIO) -> Any:
    while len(head := file.read(LENGTH.size)) == LENGTH.size:
        yield pickle.loads(file.read(LENGTH.unpack(head)[0]))  # noqa: S301  from our own daemon


def main(configuration: str) -> None:
    """Answer one job after the other, each with what was read or with why it could not be."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they are the daemon's, which closes our input when it is through
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints, prints no frame

    from helpdesk.desk.ahead import read_ahead  # noqa: PLC0415  who asks for the frames alone needs none of it
    from helpdesk.unit import load_rules  # noqa: PLC0415

    rules = load_rules(Path(configuration))
    _send(out, READY)
    classifier = None
    for job in _jobs(sys.stdin.buffer):
        classifier = classifier if job.same else job.classifier
        try:
            _send(out, read_ahead(rules, job.raw, job.mailbox, classifier))
        except Exception as problem:  # noqa: BLE001  the daemon finds out by itself, in its own process
            _send(out, f"{type(problem).__name__}")


def _send(out: Any, value: object) -> None:
    frame = memoryview(framed(value))
    while frame:
        frame = frame[out.write(frame) :]
