"""The key for the endpoint of a language model, in a file that only its owner reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = 0o077  # permission bits of everybody but the owner (POSIX chmod)


def read_key(file: Path | None) -> str:
    """The key for the endpoint; no message repeats it."""
    if file is None:
        return ""
    try:
        mode, key = file.stat().st_mode, file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text"
        raise ConfigurationError([f"severity.reader.key_file: expected a readable file at {file}: {why}"]) from None
    if mode & _OTHERS:
        raise ConfigurationError([f"severity.reader.key_file: expected {file} to be of mode 0600: others may read it"])
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(["severity.reader.key_file: expected one key on one line"])
    return key
