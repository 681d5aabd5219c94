"""Every command by name: the module that has it, which is imported when the command is used, and what it does.

What a command does is said once more by its function, where typer reads it; `tests/test_cli.py` holds both together.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Registered(NamedTuple):
    """A module of this room that adds the command, and a sentence for the list of all."""

    module: str
    does: str


COMMANDS: Mapping[str, Registered] = {
    "init": Registered(
        "init", "Write the commented files of a new desk into a folder, and check them; asks for what no option says."
    ),
    "check": Registered(
        "setup", "Everything that can be known before starting; exits with 1 when something does not work."
    ),
    "backup": Registered("setup", "Copy the embedded database while it is in use."),
    "serve": Registered("serve", "Run the daemon until it is told to stop (SIGTERM or Ctrl-C)."),
    "health": Registered("health", "Ask the running daemon; exits with 1 when it is failing or does not answer."),
    "import": Registered(
        "mail", "Take .eml files, mboxes and Maildirs through the same pipe as the daemon, answers to people included."
    ),
    "classify": Registered(
        "mail", "The severity of mails under a policy, with reasons, by the model that the desk judges by."
    ),
    "simulate": Registered("mail", "Run a whole desk in memory on virtual time."),
    "cases": Registered(
        "cases", "The queue, the worst severity first, then what is due soonest; each page as soon as it is read."
    ),
    "redact": Registered(
        "cases",
        "Erase what was sent and written on a case, for good; the customer is asked to send it again without the data.",
    ),
    "person": Registered(
        "declare",
        "Say that a person wrote a mail that was held or taken for a robot's; it becomes a case, unacknowledged.",
    ),
    "oncall": Registered("oncall", "Who is on call in each rotation, and until when."),
    "mailbox": Registered("mailbox", "Signing in to mailboxes with OAuth2."),
    "ledger": Registered(
        "queues", "What came in at each mailbox and what became of it; exits with 1 when the counts do not balance."
    ),
    "trace": Registered(
        "queues", "Everything that came in or went out and what became of it, also what is held, waits or was refused."
    ),
    "export": Registered(
        "moving",
        "Write all that the desk holds of a case into a zip, of everything into a folder, or all mails into an mbox.",
    ),
    "import-cases": Registered(
        "moving",
        "Take cases of another desk, one a line, without clocks and mail; or a whole desk, into an empty one.",
    ),
    "purge": Registered(
        "privacy",
        "Erase content and people of cases that ended long ago, and old mail without a case; clocks and credits stay.",
    ),
    "report": Registered(
        "report",
        "Met and breached promises with response times in open time, and what customers said, by customer and month.",
    ),
    "credits": Registered(
        "report",
        "The credit statement of a quarter, month or year: events, violations, share, credit; one request each.",
    ),
    "replay": Registered(
        "report",
        "What if: the recorded events of past cases under another policy file; which outcomes differ, and by how much.",
    ),
    "db": Registered("setup", "The database."),
    "case": Registered("cases", "One case."),
    "policy": Registered("policy", "Support offerings: what is promised to whom."),
    "incident": Registered("declare", "Known problems: mail about them is linked, and agents may exempt it."),
    "status": Registered("declare", "What is down, such as the support website."),
    "maintenance": Registered("declare", "Planned unavailability."),
    "classifier": Registered("classifier", "How severities are found, and what the desk has learned from its agents."),
    "outbox": Registered("queues", "Mail composed and not yet sent."),
    "quarantine": Registered("queues", "Mail that could not be worked, bytes kept."),
    "history": Registered("queues", "Mail that lay in a mailbox before the desk began with it."),
}


def add_group(app: typer.Typer, name: str, **commands: Callable[..., None]) -> None:
    """Add a command of two words with all that the second can be."""
    group = typer.Typer(no_args_is_help=True, help=COMMANDS[name].does)
    for word, command in commands.items():
        group.command(word)(command)
    app.add_typer(group, name=name)


def say_version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    """Say it and end, where that is asked."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"helpdesk {version('helpdesk')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", is_eager=True, expose_value=False, callback=say_version, help="Say which version it is."),
]


class OnDemand(TyperGroup):
    """The commands, each with its module imported when it is asked for; to list them takes none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "commands": None})
        self.commands = _Loaded()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as typer calls it
        """The list in the help text, each with its whole sentence."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.does) for name, one in COMMANDS.items()])

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """What a shell offers."""
        listed: Any = {name: TyperCommand(name, help=one.does) for name, one in COMMANDS.items()}
        return TyperGroup(commands=listed, params=self.params).shell_complete(ctx, incomplete)


class _Loaded(MutableMapping[str, Any]):
    """Each command by its name, out of its module."""

    def __getitem__(self, name: str) -> Any:
        return _commands_of(COMMANDS[name].module)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError(f"{name} is to be registered in COMMANDS")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name} is registered in COMMANDS")


@cache
def _commands_of(module: str) -> Mapping[str, Any]:
    group = typer.Typer(rich_markup_mode=None)
    group.callback()(_nothing)  # so that a module with one command is a group as well
    import_module(f"helpdesk.cli.{module}").register(group)
    made = typer.main.get_group(group)
    for path, command in within(made.commands):
        command.params += made.params  # `--version` everywhere
        shown = examples().get(path) or [
            lines[0] for other, lines in examples().items() if other.startswith(f"{path} ")
        ]
        # A paragraph that begins with this sign keeps its lines.
        command.epilog = "\b\n" + "\n".join(("Examples:", *(f"  {line}" for line in shown)))
    return made.commands


def within(commands: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Each command and group, by all its words: `case`, `case show`."""
    for name, command in commands.items():
        yield f"{above}{name}", command
        if isinstance(command, TyperGroup):
            yield from within(command.commands, f"{above}{name} ")


@cache
def examples() -> Mapping[str, Sequence[str]]:
    """What each command is used for, by its words."""
    import tomllib

    found: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
    return found


def _nothing(_version: Version = False) -> None:
    pass
