"""The manual page, made from the help of every command: `python packaging/manpage.py var/helpdesk.1`, or `make man`."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from helpdesk.cli import app
from helpdesk.cli.registry import examples, within

if TYPE_CHECKING:
    from collections.abc import Iterator

_AFTER = r"""
.SH ENVIRONMENT
.TP
.B HELPDESK_CONFIG
The configuration, where \-\-config names none; without both, helpdesk.toml here.
.TP
.B HELPDESK_\fITABLE\fP_\fIKEY\fP
Replaces a key of a plain table of the configuration, such as
.BR HELPDESK_DATABASE_URL .
.TP
.B TZ
The zone in which tables show times.
.TP
.B NO_COLOR
No colours, on terminals either.
.SH EXIT STATUS
0 done, 1 a problem was found, 2 wrong use.
"""


def page() -> str:
    """The page, in the language of man(7)."""
    root = typer.main.get_command(app)
    version, summary = metadata.version("helpdesk"), metadata.metadata("helpdesk")["Summary"]
    head = [
        f'.TH HELPDESK 1 "" "helpdesk {version}" "User commands"',
        ".SH NAME",
        f"helpdesk \\- {_text(summary)}",
        ".SH SYNOPSIS",
        r".B helpdesk \fICOMMAND\fP [\fIOPTIONS\fP]",
        ".SH COMMANDS",
    ]
    context = typer.Context(root, info_name="helpdesk")
    body = [line for words, one in within(root.commands) for line in _command(words, one, context)]  # type: ignore[attr-defined]
    return "\n".join((*head, *body)) + _AFTER


def _command(words: str, command: Any, above: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        return  # a group does nothing by itself
    context = typer.Context(command, info_name=words, parent=above)
    yield f".SS helpdesk {_text(' '.join((words, *command.collect_usage_pieces(context))))}"
    yield from map(_text, (command.help or "").splitlines())
    for option in command.params:
        if shown := option.get_help_record(context):
            yield ".TP"
            yield f".B {_text(shown[0])}"
            yield _text(" ".join((shown[1] or "").split()))
    yield ".PP"
    yield ".nf"
    yield from (f"    {_text(line)}" for line in examples()[words])
    yield ".fi"


def _text(said: str) -> str:
    """A line that is no request, in which no sign is more than it looks."""
    said = said.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{said}" if said.startswith(".") else said


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(), encoding="utf-8")
