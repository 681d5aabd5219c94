"""`policy due`: when something is due and why, one question or many."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.cli.shared import (
    WHICH,
    AsJson,
    Config,
    named_policy,
    open_book,
    print_json,
    print_line,
    read_file,
    read_instant,
)
from helpdesk.errors import HelpdeskError, NotFound

if TYPE_CHECKING:
    from helpdesk.offering.files import PolicyBook
    from helpdesk.offering.policy import Policy


def policy_due(  # noqa: PLR0913, PLR0917 - one option an argument of the question
    key: Annotated[str, typer.Argument(metavar="[POLICY]", help=WHICH)] = "",
    plan: Annotated[str, typer.Option(help="The customer's plan; otherwise the policy's default.")] = "",
    severity: Annotated[str, typer.Option(help="The severity's key; otherwise as impact and urgency make it.")] = "",
    at: Annotated[str, typer.Option(help="When the mail was received, with an offset.")] = "",
    region: Annotated[str, typer.Option(help="The customer's region; otherwise the policy's default.")] = "",
    channel: Annotated[str, typer.Option(help="How it came.")] = "email",
    target: Annotated[str, typer.Option(help="The key of a promise; otherwise the first answer.")] = "",
    kind: Annotated[str, typer.Option(help="The kind of case, as an agent or a mailbox says it.")] = "",
    language: Annotated[str, typer.Option(help="The language of the mail; otherwise the policy's first.")] = "",
    field: Annotated[list[str] | None, typer.Option(help="KEY=VALUE that a registered contact states.")] = None,
    addon: Annotated[list[str] | None, typer.Option(help="The key of an add-on that the customer bought.")] = None,
    batch: Annotated[str, typer.Option(help="- reads one JSON object of arguments a line, answers a line each.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """When something is due, and why."""
    if batch:
        _answer_batch(_Asked(config, key), batch)
        return
    if not key or not (severity or field) or not at:
        raise typer.BadParameter("expected POLICY, --severity and --at, or --batch -")
    question = {
        "plan": plan,
        "severity": severity,
        "region": region,
        "channel": channel,
        "target": target,
        "kind": kind,
        "language": language,
        "fields": dict(_stated(one) for one in field or ()),
        "addons": addon or [],
    }
    policy = named_policy(config, key)
    if as_json:
        print_json(_answer(policy, read_instant(at), question))
        return
    from helpdesk.report.due import due_text, question_of

    typer.echo(due_text(policy, question_of(policy, read_instant(at), question)))


def _stated(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise typer.BadParameter(f"--field: expected KEY=VALUE, not {text!r}")
    return key.strip(), value.strip()


class _Asked:
    """The policies that the lines of a batch ask for, each read once; `otherwise` for lines that name none."""

    def __init__(self, config: Path | None, otherwise: str) -> None:
        self._config = config
        self._otherwise = otherwise
        self._book: PolicyBook | None = None
        self._read: dict[str, Policy] = {}

    def policy(self, name: str | None) -> Policy:
        """The policy of that name, a key or a file. Raises HelpdeskError, ValueError where none is named."""
        name = name or self._otherwise
        if not name:
            raise ValueError("policy: expected this argument, which is missing")
        if name not in self._read:
            self._read[name] = self._of_book(name) or named_policy(self._config, name)
        return self._read[name]

    def _of_book(self, name: str) -> Policy | None:
        if name.endswith(".toml"):
            return None
        self._book = self._book or open_book(self._config)
        return self._book.policies.get(name)


def _answer_batch(asked: _Asked, name: str) -> None:
    lines = sys.stdin if name == "-" else read_file(Path(name)).decode("utf-8", "replace").split("\n")
    failed = False
    for line in filter(str.strip, lines):
        answer = _answer_line(asked, line)
        failed = failed or "error" in answer
        print_line(answer)
    if failed:
        raise typer.Exit(1)


def _answer_line(asked: _Asked, line: str) -> dict[str, Any]:
    """One answer a question, also to a question that is wrong: the lines must not go out of step."""
    try:
        question = _question(line)
        policy = asked.policy(question.get("policy"))
        return _answer(policy, _instant(question["at"]), question)
    except (HelpdeskError, ValueError) as problem:
        return {"error": f"{problem.args[0] if problem.args else problem}", "question": line.strip()}


_TEXTS = ("policy", "plan", "severity", "at", "region", "channel", "target", "kind", "language")
_ARGUMENTS = (*_TEXTS, "fields", "addons")


def _question(line: str) -> dict[str, Any]:
    """One line of a batch. Raises ValueError that says what is wrong with it."""
    try:
        question = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"expected a JSON object: {problem}") from None
    if not isinstance(question, dict):
        raise ValueError("expected a JSON object of arguments")  # noqa: TRY004 - told, not raised further
    if unknown := [key for key in question if key not in _ARGUMENTS]:
        raise ValueError(f"{unknown[0]}: no such argument; there are {', '.join(_ARGUMENTS)}")
    for key in _TEXTS:
        value = question.get(key)
        if value is None and (key == "at" or (key == "severity" and not question.get("fields"))):
            raise ValueError(f"{key}: expected this argument, which is missing")
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{key}: expected text, not {value!r}")
    fields, addons = question.get("fields") or {}, question.get("addons") or []
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError(f"fields: expected an object of texts, not {fields!r}")
    if not isinstance(addons, list) or not all(isinstance(one, str) for one in addons):
        raise ValueError(f"addons: expected a list of texts, not {addons!r}")
    return question


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"at: expected a time with an offset such as 2026-05-22T16:40-05:00, not {text!r}")
    return at


def _answer(policy: Policy, at: datetime, question: dict[str, Any]) -> dict[str, Any]:
    from helpdesk.report.due import due_shape, question_of

    try:
        return due_shape(policy, question_of(policy, at, question))
    except OverflowError:
        raise NotFound(f"at: expected a time that a calendar reaches, not {at.isoformat()}") from None
