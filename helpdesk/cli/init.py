"""`init`: the files of a new desk, asked for on a terminal, or by flags and from what is usual."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import sys
from datetime import UTC, datetime
from email.utils import getaddresses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.cli.policy_init import (
    Country,
    Hours,
    Languages,
    OfferingOptions,
    Plans,
    Severities,
    Zone,
    asked_offering,
    machine_zone,
)
from helpdesk.cli.questions import a_name, asked, asked_unseen, at_terminal, parts
from helpdesk.cli.setup import check_shapes, look_at
from helpdesk.cli.shared import AsJson, open_rules, print_json
from helpdesk.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.person import Person
    from helpdesk.starter import NewDesk, Provider
    from helpdesk.starter.policy import Outline

_OWN = "own"
_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?")


Mailboxes = Annotated[
    list[str] | None, typer.Option(metavar="ADDRESS", help="Where customers write to. May be repeated.")
]
Way = Annotated[str, typer.Option(help="How mail comes and goes: trial, postfix, imap, gmail, microsoft or fastmail.")]
Imap = Annotated[str, typer.Option(metavar="HOST[:PORT]", help="Of --provider imap: 993 is TLS, 143 STARTTLS.")]
Smtp = Annotated[str, typer.Option(metavar="HOST[:PORT]", help="The smarthost: 465 is TLS, 587 STARTTLS, 25 neither.")]
Client = Annotated[str, typer.Option(help="Of --provider microsoft: your application's id.")]
Tenant = Annotated[str, typer.Option(help="Of --provider microsoft: your organisation's id.")]
Agents = Annotated[
    list[str] | None,
    typer.Option(metavar="'NAME <ADDRESS>'", help="Who answers, the lead first. May be repeated."),
]
PolicyKey = Annotated[str, typer.Option(help="own: a new one of your own; else the key of a shipped one.")]
Listen = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        envvar="HELPDESK_LISTEN",
        help="Where to listen; for any address but loopback the console gets a token.",
    ),
]
State = Annotated[
    str, typer.Option(metavar="DIR", help="Where the daemon's own files go; otherwise beside the configuration.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing; take what is usual.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(init)


def init(  # noqa: PLR0913, PLR0917 - one option a question
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    company: Annotated[str, typer.Option(help="Whose support it is.")] = "",
    mailbox: Mailboxes = None,
    provider: Way = "",
    imap: Imap = "",
    smtp: Smtp = "",
    client_id: Client = "",
    tenant: Tenant = "",
    agent: Agents = None,
    policy: PolicyKey = "",
    plan: Plans = None,
    hours: Hours = "",
    zone: Zone = "",
    country: Country = "",
    severity: Severities = None,
    language: Languages = None,
    listen: Listen = "127.0.0.1",
    state: State = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Write the commented files of a new desk into a folder, and check them; asks for what no option says."""
    from helpdesk.starter import CONFIGURATION, NewDesk

    silent = yes or as_json
    _refuse([folder / CONFIGURATION])
    named = asked("Company", company, "Our Company", a_name, silent=silent)
    boxes = asked("Mailboxes", ", ".join(mailbox or ()), f"support@{_domain(named)}", _addresses, silent=silent)
    way = _asked_provider(provider, silent=silent)
    domain = boxes[0].rpartition("@")[2]
    fetched, handed = _asked_hosts(way, imap, smtp, domain, silent=silent)
    client, directory = _asked_application(way, client_id, tenant, silent=silent)
    given, people = ", ".join(agent or ()), partial(_people, boxes)
    agents = asked("Agents, the lead first", given, f"agent@{domain}", people, silent=silent)
    key = asked("Policy: own, or the key of a shipped one", policy, _OWN, _policy, silent=silent)
    options = OfferingOptions(tuple(plan or ()), hours, zone, country, tuple(severity or ()), tuple(language or ()))
    terms = key if key != _OWN else _own_policy(named, options, silent=silent)
    address = asked("Listen", listen, "", _host)
    desk = NewDesk(
        company=named,
        mailboxes=tuple(boxes),
        provider=way,
        agents=tuple(agents),
        policy=terms,
        zone=zone or (machine_zone() if isinstance(terms, str) else terms.zone),
        imap=fetched,
        smtp=handed,
        client=client,
        tenant=directory,
        listen=address,
        state=state and str(Path(state).absolute()),
        passwords=_asked_passwords(way, boxes, silent=silent),
        token=_token(address),
    )
    _finish(desk, folder, as_json=as_json)


# --- what is asked


def _domain(company: str) -> str:
    from helpdesk.starter.policy import key_of

    return f"{key_of(company) or 'desk'}.example"


def _asked_provider(given: str, *, silent: bool) -> Provider:
    from helpdesk.starter import providers

    if not given and not silent and at_terminal():
        for one in providers().values():
            typer.echo(f"  {one.key:10} {one.title}")
    return asked("Provider", given, next(iter(providers())), _provider, silent=silent)


def _asked_hosts(provider: Provider, imap: str, smtp: str, domain: str, *, silent: bool) -> tuple[str, str]:
    """Where mail is fetched and handed over, as far as the provider does not say it; "" where it does."""
    if "hosts" not in provider.asks:
        return "", asked("Smarthost", smtp, "", _server) if smtp else ""
    fetched = asked("IMAP server", imap, f"mail.{domain}:993", _server, silent=silent)
    usual = f"{fetched.rpartition(':')[0] or fetched}:587"
    return fetched, asked("Smarthost", smtp, usual, _server, silent=silent)


def _asked_application(provider: Provider, client: str, tenant: str, *, silent: bool) -> tuple[str, str]:
    if "client" not in provider.asks:
        return "", ""
    asked_id = asked("Application (client) id", client, "CLIENT-ID", a_name, silent=silent)
    return asked_id, asked("Directory (tenant) id", tenant, "organizations", a_name, silent=silent)


def _own_policy(company: str, options: OfferingOptions, *, silent: bool) -> Outline:
    from helpdesk.starter.policy import key_of

    return asked_offering(key_of(company) or "policy", company, options, silent=silent)


def _asked_passwords(provider: Provider, boxes: Iterable[str], *, silent: bool) -> dict[str, str]:
    """The passwords that somebody types now; the others are put into their files later."""
    if not provider.password:
        return {}
    typed = {box: asked_unseen(f"Password of {box}, unseen (empty: later)", silent=silent) for box in boxes}
    return {box: password for box, password in typed.items() if password}


def _token(address: str) -> str:
    from helpdesk.starter import is_local

    return "" if is_local(address) else secrets.token_urlsafe(24)


# --- what is said


def _addresses(text: str) -> list[str]:
    from helpdesk.core.words.message import is_plain_address

    found = [one.lower() for one in parts(text)]
    for one in found:
        if not is_plain_address(one) or "+" in one:
            raise ValueError(f"expected an address such as support@desk.example, without +, not {one!r}")
    return _once(found)


def _people(boxes: Iterable[str], text: str) -> list[Person]:
    from helpdesk.core.words.message import is_plain_address
    from helpdesk.person import Person

    found = [(name, address.lower()) for name, address in getaddresses([text])]
    for name, address in found:
        if not is_plain_address(address):
            raise ValueError(f"expected people such as Ann Berg <ann@desk.example>, not {text!r}")
        if address in boxes:
            raise ValueError(f"expected somebody's own address, not a mailbox, {address}")
        if name:
            a_name(name)
    _once(address for _, address in found)
    return [Person(address, name or _called(address)) for name, address in found]


def _called(address: str) -> str:
    return re.sub(r"[._-]+", " ", address.partition("@")[0]).title()


def _once(found: Iterable[str]) -> list[str]:
    listed = list(found)
    if not listed or len(set(listed)) < len(listed):
        raise ValueError(f"expected different addresses, not {', '.join(listed) or 'none'}")
    return listed


def _provider(text: str) -> Provider:
    from helpdesk.starter import providers

    known = providers()
    if text.lower() not in known:
        raise ValueError(f"expected one of {', '.join(known)}, not {text!r}")
    return known[text.lower()]


def _policy(text: str) -> str:
    from helpdesk.offering.files import load_policies

    shipped = sorted(load_policies().policies)
    if text != _OWN and text not in shipped:
        raise ValueError(f"expected {_OWN}, or one of {', '.join(shipped)}, not {text!r}")
    return text


def _server(text: str) -> str:
    found = _HOST.fullmatch(text)
    if not found or int(found[2] or 1) not in range(1, 65536):
        raise ValueError(f"expected a host such as mail.desk.example or mail.desk.example:993, not {text!r}")
    return text


def _host(text: str) -> str:
    if not (found := _HOST.fullmatch(text)) or found[2]:
        raise ValueError(f"expected an address such as 127.0.0.1, without a port, not {text!r}")
    return text


# --- what is written


def _refuse(paths: Iterable[Path]) -> None:
    taken = [path for path in paths if path.exists()]
    if taken:
        raise ConfigurationError([f"{path}: expected no file here yet; init overwrites nothing" for path in taken])


def _finish(desk: NewDesk, folder: Path, *, as_json: bool) -> None:
    """Write the files, check them, and say what comes next."""
    written = _write(desk, folder)
    config = folder / "helpdesk.toml"
    if not as_json:
        typer.echo("".join(f"wrote {path}\n" for path in written))
    looked = look_at(open_rules(config), as_json=as_json)
    if as_json:
        print_json({"folder": str(folder), "files": list(map(str, written)), **check_shapes(looked)})
        return
    from helpdesk.starter import left_to_do

    typer.echo("\nNext:")
    well = check_shapes(looked)["ok"]
    steps = left_to_do(desk, shlex.quote(str(folder)), _command(), _option(config), well=well)
    for number, step in enumerate(steps, start=1):
        typer.echo(f"{number}. " + step.replace("\n", "\n   "))


def _write(desk: NewDesk, folder: Path) -> list[Path]:
    from helpdesk import starter
    from helpdesk.store.private_file import write_private

    opened = [(folder / name, text) for name, text in starter.files(desk, datetime.now(UTC).date())]
    closed = [(folder / name, text) for name, text in starter.secrets(desk)]
    _refuse(path for path, _ in (*opened, *closed))
    try:
        if desk.state:
            Path(desk.state).mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, text in opened:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path, text in closed:
            write_private(path, text.encode())
    except OSError as problem:
        place = problem.filename or folder
        raise ConfigurationError([f"{place}: expected to be able to write there: {problem.strerror}"]) from None
    return [path for path, _ in (*opened, *closed)]


def _command() -> str:
    """How we are called from here."""
    called = Path(sys.argv[0])
    if called.name != "helpdesk":
        return f"{shlex.quote(sys.executable)} -m helpdesk"
    found = shutil.which("helpdesk")
    return "helpdesk" if found and Path(found).resolve() == called.resolve() else shlex.quote(str(called))


def _option(config: Path) -> str:
    usual = os.environ.get("HELPDESK_CONFIG", "")
    same = bool(usual) and Path(usual).absolute() == config.absolute()
    return "" if same else f" --config {shlex.quote(str(config))}"
