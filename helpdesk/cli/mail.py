"""`import`, `classify`, `simulate`: mail from files."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from helpdesk.cli.shared import (
    AsJson,
    Config,
    open_book,
    open_database,
    open_mail_reader,
    open_rules,
    open_voters,
    print_json,
    print_line,
    progress,
    read_file,
    wall_clock,
    working,
)
from helpdesk.cli.table import local_time, print_table
from helpdesk.errors import Unavailable
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.desk import Desk, Rules
    from helpdesk.importing.mail import Hands
    from helpdesk.store.engine import Database

_T = TypeVar("_T")
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("import")(import_mail)
    app.command()(classify)
    app.command()(simulate)


def import_mail(
    paths: Paths,
    config: Config = None,
    *,
    mailbox: Annotated[str, typer.Option(help="For mail that names none of our mailboxes.")] = "",
    hold: Annotated[bool, typer.Option("--hold", help="Send nothing: `outbox release` or `drop` decides.")] = False,
    history: Annotated[
        bool, typer.Option("--history", help="The past: threads become closed cases, without clocks and mail.")
    ] = False,
    agent: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="With --history: who was an agent then, too; or @domain."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --history: only say what would become of it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take .eml files, mboxes and Maildirs through the same pipe as the daemon, answers to people included."""
    if (agent or dry_run) and not history:
        raise typer.BadParameter("--agent and --dry-run: expected with --history")
    rules = open_rules(config)
    outcomes: dict[str, int] = {}
    odd: list[str] = []
    with open_database(rules.configuration) as database:
        taken = _Import(rules, database, paths, mailbox)
        shapes = taken.history(agent or [], dry_run=dry_run) if history else taken.mail(hold=hold)
        for shape in shapes:
            outcomes[shape["outcome"]] = outcomes.get(shape["outcome"], 0) + 1
            if as_json:
                print_line(shape)
            elif shape["outcome"] in _NOT_TAKEN:
                odd.append(f"{shape['file']}: {shape['outcome']}: {shape['because']}")
    if not as_json:
        rows = [(outcome, str(number)) for outcome, number in sorted(outcomes.items())]
        print_table(("would become" if dry_run else "became", "mails"), rows, empty="There was no mail.")
        if history:
            typer.echo(f"{'It would make' if dry_run else 'It made'} {plural(taken.cases, 'closed case')}.")
        _tell_odd(odd, hint=bool(outcomes.get("rejected")) and not mailbox)
    if not _NOT_TAKEN.isdisjoint(outcomes):
        raise typer.Exit(1)


_NOT_TAKEN = {"rejected", "quarantined"}


def _tell_odd(odd: list[str], *, hint: bool) -> None:
    """Each mail that became nothing, and why; `hint`: how it can be taken all the same."""
    for line in odd:
        typer.echo(line)
    if hint:
        typer.echo("With --mailbox ADDRESS, mail that names none of our mailboxes goes to that one.")


class _Import:
    """What `import` takes, and where to."""

    def __init__(self, rules: Rules, database: Database, paths: list[Path], mailbox: str) -> None:
        self._rules = rules
        self._database = database
        self._paths = paths
        self._mailbox = mailbox
        self.cases = 0  # that history became

    def mail(self, *, hold: bool) -> Iterator[dict[str, Any]]:
        """Take the files' mails as the daemon takes what arrives."""
        from helpdesk.archive import Unreadable, mails_in
        from helpdesk.importing.mail import import_one
        from helpdesk.report.shapes import mail_shape

        with self._opened(hold=hold) as (desk, hands):
            if hold and not hands.are_ours():
                raise Unavailable(
                    "import: --hold cannot hold back what the running daemon writes; stop it, or leave out --hold"
                )
            for found in _watched(mails_in(*self._paths), "importing"):
                if isinstance(found, Unreadable):
                    yield mail_shape(found.name, "rejected", None, None, found.because)
                else:
                    yield from import_one(desk, found, self._mailbox, hands=hands)

    def history(self, agents: list[str], *, dry_run: bool) -> Iterator[dict[str, Any]]:
        """Take the files' mails as the past of their cases: nobody is written to."""
        from helpdesk.archive import mails_in
        from helpdesk.importing.history import HistoryImport, survey

        with self._opened(hold=False) as (desk, hands):
            surveyed = survey(desk, _watched(mails_in(*self._paths), "looking"), self._mailbox)
            taking = HistoryImport(desk, hands, agents=[one.lower() for one in agents], dry_run=dry_run)
            with progress("importing", surveyed.mails) as advance:
                for shape in taking.run(surveyed):
                    advance(shape["outcome"] != "rejected")
                    yield shape
            self.cases = taking.cases

    @contextmanager
    def _opened(self, *, hold: bool) -> Iterator[tuple[Desk, Hands]]:
        from helpdesk.desk import Desk
        from helpdesk.importing.mail import Hands

        desk = Desk(database=self._database, rules=self._rules, now=wall_clock, holds=hold)
        desk.begin()
        hands = Hands(desk, makes_room=not hold)
        try:
            yield desk, hands
        finally:
            hands.leave()


def _watched(found: Iterable[_T], doing: str) -> Iterable[_T]:
    """With a bar on standard error where somebody watches it."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(found, doing, console=console, disable=not console.is_terminal)


def classify(
    key: Annotated[str, typer.Argument(metavar="POLICY")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE.eml...")],
    config: Config = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="By the shipped model, whatever the desk has learned.")
    ] = False,
    reader: Annotated[
        bool, typer.Option("--reader", help="Ask the language model of [severity.reader], too: mail leaves the house.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The severity of mails under a policy, with reasons, by the model that the desk judges by."""
    from helpdesk.report.verdict import Voters, verdict_shape, verdict_text

    policy, voters = open_book(config).policy(key), Voters() if shipped else open_voters(config)
    asked = open_mail_reader(config) if reader else None
    for file in files:
        shape = verdict_shape(policy, str(file), read_file(file), voters, asked)
        if as_json:
            print_line(shape)
        else:
            typer.echo(verdict_text(shape))
    if not as_json:
        above = voters.terms(policy).call_above
        typer.echo(f"Judged by {voters.described}. People are called above {above:.0%} of rank 1.")


def simulate(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml")],
    as_json: AsJson = False,
) -> None:
    """Run a whole desk in memory on virtual time."""
    from helpdesk.lab.scenario import read_scenario
    from helpdesk.lab.simulate import simulate as run

    with working("simulating"):
        outcome = run(read_scenario(scenario))
    if as_json:
        print_json(outcome)
        return
    rows = [(local_time(mail["at"]), mail["kind"], ", ".join(mail["to"]), mail["subject"]) for mail in outcome["sent"]]
    print_table(("at", "kind", "to", "subject"), rows, empty="Nothing was sent.")
    lines = [
        (case["ref"], case["severity"], case["status"], _clocks(case), case["subject"]) for case in outcome["cases"]
    ]
    typer.echo("")
    print_table(("case", "severity", "status", "clocks", "subject"), lines, empty="There are no cases.")
    if caseless := [mail for mail in outcome["inbox"] if not mail["case"]]:
        typer.echo("")
        columns = [(str(mail["step"]), mail["outcome"], mail["subject"], mail["because"] or "") for mail in caseless]
        print_table(("step", "without a case", "subject", "because"), columns, empty="")


def _clocks(case: dict[str, Any]) -> str:
    return ", ".join(f"{clock['target']} {clock['state']}" for clock in case["clocks"])
