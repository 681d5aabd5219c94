"""What the command groups share: their options, opening the desk's files, printing."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.errors import ConfigurationError, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helpdesk.config import Configuration
    from helpdesk.desk import Rules
    from helpdesk.offering.files import PolicyBook
    from helpdesk.offering.policy import Policy
    from helpdesk.report.verdict import Voters
    from helpdesk.severity.reader import AskReader
    from helpdesk.store.engine import Database
    from helpdesk.unit import Unit, Units

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The configuration; otherwise HELPDESK_CONFIG, then ./helpdesk.toml."),
]
WHICH = "A file, the key of a policy in force, or KEY@VERSION for one that was stored."
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def config_path(given: Path | None) -> Path:
    """The configuration that a command means."""
    return given or Path(os.environ.get("HELPDESK_CONFIG", "helpdesk.toml"))


def open_configuration(given: Path | None) -> Configuration:
    """Read the configuration. Raises ConfigurationError."""
    from helpdesk.config import load_configuration

    return load_configuration(config_path(given))


def find_configuration(given: Path | None) -> Configuration | None:
    """The same, None where none is named and none is here."""
    return None if given is None and not config_path(given).exists() else open_configuration(given)


def open_rules(given: Path | None) -> Rules:
    """Read everything the operator wrote. Raises ConfigurationError."""
    from helpdesk.unit import load_rules

    return load_rules(config_path(given))


def open_book(given: Path | None, *named: str) -> PolicyBook:
    """The policies: the configuration's where there is one, else the shipped ones. Raises ConfigurationError.

    Of the shipped examples those whose keys are named.
    """
    from helpdesk.offering.files import load_policies

    return load_policies(policy_folder(given), named)


def policy_folder(given: Path | None) -> Path | None:
    """The operator's own policies, where there is a configuration that names them. Raises ConfigurationError."""
    configuration = find_configuration(given)
    return configuration.place(configuration.file.desk.policies) if configuration else None


def named_policy(config: Path | None, name: str) -> Policy:
    """A policy by file, by key, or by key and stored version. Raises ConfigurationError, NotFound."""
    from helpdesk.offering.files import policy_file, read_policy

    path = Path(name)
    if path.suffix == ".toml":
        return read_policy(policy_file(path))
    key, _, version = name.partition("@")
    return _stored_policy(config, key, version) if version else open_book(config, key).policy(key)


def _stored_policy(config: Path | None, key: str, version: str) -> Policy:
    from helpdesk.offering.files import read_policy
    from helpdesk.store import cases
    from helpdesk.unit import policy_source

    with reading(config) as unit:
        stored = cases.stored_policy(unit.connection, version)
    if stored.policy != key:
        raise NotFound(f"the version {version} is one of {stored.policy}, not of {key}")
    return read_policy(policy_source(stored))


def open_voters(given: Path | None) -> Voters:
    """What the desk judges by; the shipped model where there is no configuration, or no desk has started yet.

    Raises ConfigurationError, and Unavailable where the database cannot be read.
    """
    from helpdesk.report.verdict import Voters

    configuration = find_configuration(given)
    if configuration is None:
        return Voters()
    from helpdesk.desk.learn import active_model
    from helpdesk.unit.call_records import call_thresholds
    from helpdesk.unit.second_voter import load_second_voter

    second = load_second_voter() if configuration.file.desk.second_voter else None
    if not _begun(configuration):
        return Voters(second=second)
    with open_database(configuration) as database, database.read() as connection:
        model = active_model(connection)
        return Voters(model, second, call_thresholds(connection, model, open_book(given), wall_clock()))


def open_mail_reader(given: Path | None) -> AskReader:
    """The language model that the configuration names. Raises ConfigurationError where it names none."""
    from helpdesk.unit.mail_reader import open_reader

    reader = open_reader(open_configuration(given))
    if reader is None:
        raise ConfigurationError(["severity.reader.url: expected the URL of a language model"])
    return reader.ask


def _begun(configuration: Configuration) -> bool:
    """Whether there is a database with tables; looking makes none."""
    from helpdesk.store import migrate
    from helpdesk.store.engine import Database

    if absent(configuration):
        return False
    database = Database(configuration.database_url)
    try:
        return migrate.current(database) is not None
    finally:
        database.close()


def absent(configuration: Configuration) -> bool:
    """Whether it is an embedded database whose file is not there: to open it would make an empty one."""
    return configuration.database_file is not None and not configuration.database_file.exists()


@contextmanager
def open_units(rules: Rules) -> Iterator[Units]:
    """Units of work over the desk's database. Raises Unavailable that says what to do."""
    from helpdesk.unit import Units

    with open_database(rules.configuration) as database:
        yield Units(database, rules)


@contextmanager
def reading(given: Path | None) -> Iterator[Unit]:
    """A consistent look at the desk as it is now. Raises as `open_rules` and `open_units` do."""
    with open_units(open_rules(given)) as units, units.read(wall_clock()) as unit:
        yield unit


@contextmanager
def writing(given: Path | None, *, waits: bool = False) -> Iterator[Unit]:
    """One transaction on the desk as it is now, on disk when the block ends, or never was. Raises as `reading` does."""
    with open_units(open_rules(given)) as units, units.write(wall_clock(), waits=waits) as unit:
        yield unit


@contextmanager
def open_database(configuration: Configuration) -> Iterator[Database]:
    """The desk's database, at this version's schema. Raises Unavailable that says what to do."""
    from helpdesk.store import migrate
    from helpdesk.store.engine import Database

    if absent(configuration):
        raise Unavailable(f"database: {migrate.EMPTY}")
    database = Database(configuration.database_url)
    try:
        doubt = migrate.doubt(database)
        if doubt:
            raise Unavailable(f"database: {doubt}")
        yield database
    finally:
        database.close()


def wall_clock() -> datetime:
    """The time, for commands that say how things stand now."""
    return datetime.now(UTC).replace(microsecond=0)


def read_file(path: Path) -> bytes:
    """A file that the command line names. Raises NotFound that says what is wrong with it."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise NotFound(f"{path}: expected a readable file: {problem.strerror}") from None


def write_file(path: Path, data: bytes) -> None:
    """Write a file that the command line names, for its owner alone. Raises NotFound that says what is wrong."""
    from helpdesk.store.private_file import write_private

    try:
        write_private(path, data)
    except OSError as problem:
        raise NotFound(f"{path}: expected a file that can be written: {problem.strerror}") from None


def read_instant(text: str) -> datetime:
    """A time with an offset or a zone, from the command line. Raises BadParameter."""
    from helpdesk.openhours import walltime

    try:
        return walltime.read_instant(text)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def read_ref(text: str) -> int:
    """A case number from `HD-7` or `7`. Raises NotFound."""
    digits = text.upper().removeprefix("HD-")
    if not digits.isascii() or not digits.isdecimal():
        raise NotFound(f"expected a case such as HD-7, not {text!r}")
    return int(digits)


def expect_customer(unit: Unit, key: str | None) -> None:
    """Whether a key that was asked for is a customer's, or was one's: cases keep it. Raises NotFound."""
    from helpdesk.store import cases

    if key is not None and not cases.has_customer(unit.connection, key):
        unit.rules.customers.customer(key)


@contextmanager
def progress(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where somebody watches it; gives what is to be told how much more is done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def working(doing: str) -> Iterator[Callable[[str], None]]:
    """The same where nobody knows how much there is; gives what changes the words."""
    from rich.console import Console

    with Console(stderr=True).status(doing, spinner="dots") as shown:
        yield shown.update


def print_json(shape: Any) -> None:
    """One JSON value, indented for people."""
    typer.echo(json.dumps(shape, indent=2, ensure_ascii=False, default=str))


def print_json_list(shapes: Iterable[Any]) -> None:
    """The same of a list that may be long: each value is printed as soon as it is there."""
    before = "[\n"
    for shape in shapes:
        value = json.dumps(shape, indent=2, ensure_ascii=False, default=str)
        typer.echo(before + indent(value, "  "), nl=False)
        before = ",\n"
    typer.echo("[]" if before == "[\n" else "\n]")


def print_line(shape: Any) -> None:
    """One JSON value a line, for programs."""
    typer.echo(json.dumps(shape, ensure_ascii=False, default=str))
