"""Scenario files: what happens when, and until when to look."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from helpdesk.errors import ConfigurationError
from helpdesk.toml_reader import fill_as_far_as_possible, read_toml, toml_table, written_as

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@toml_table
class AnswerTable:
    """`answer = {to, kind}`: a reply to the newest mail that `to` got, of that kind if one is named.

    With `click = "Yes"` it is the mail that the link of that name writes, with the body as what its reader adds.
    """

    to: str
    kind: str = ""
    click: str = ""


@toml_table
class StepTable:
    """`[[step]]`: a mail, an answer to one, or a mail from its parts."""

    at: datetime
    mail: str = ""
    authenticated: bool = True
    answer: AnswerTable | None = None
    sender: Annotated[str, written_as("from")] = ""
    to: str = ""
    cc: str = ""
    subject: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    quote: bool = False


@toml_table
class ScenarioFile:
    """The file."""

    config: str
    until: datetime
    step: list[StepTable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario. All times aware UTC, steps in order."""

    path: Path
    config: Path
    until: datetime
    steps: tuple[StepTable, ...]

    def file(self, name: str) -> Path:
        """A file beside the scenario. Raises ConfigurationError for one that is outside its folder."""
        path = (self.path.parent / name).resolve()
        if not path.is_relative_to(self.path.parent.resolve()):
            raise ConfigurationError([f"{self.path}: {name}: expected a file inside the scenario's folder"])
        if not path.is_file():
            raise ConfigurationError([f"{self.path}: {name}: expected a file, there is none"])
        return path


def read_scenario(path: Path) -> Scenario:
    """Read a scenario. Raises ConfigurationError with every problem."""
    filled = fill_as_far_as_possible(ScenarioFile, read_toml(path), str(path))
    table = filled.table
    problems = [*filled.problems, *filled.further(_problems(table))]
    if problems:
        raise ConfigurationError(problems)
    steps = tuple(replace(step, at=step.at.astimezone(UTC)) for step in table.step)
    scenario = Scenario(path, path.parent / table.config, table.until.astimezone(UTC), steps)
    scenario.file(table.config)
    return scenario


def _problems(table: ScenarioFile) -> Iterator[str]:
    before: datetime | None = None
    for number, step in enumerate(table.step, start=1):
        if step.at.tzinfo is None:
            yield f"step.{number}.at: expected a time with an offset, such as 2026-05-22T16:40:00-05:00"
            continue
        if before is not None and step.at < before:
            yield f"step.{number}.at: expected steps in order of time, this one is before the one above it"
        before = step.at
        if sum(bool(way) for way in (step.mail, step.answer, step.sender)) > 1:
            yield f"step.{number}: expected one of mail, answer or from, not several"
        if step.sender and not step.to:
            yield f"step.{number}.to: expected an address, because the step has from"
    if table.until.tzinfo is None:
        yield "until: expected a time with an offset, such as 2026-05-27T12:00:00-05:00"
