"""`health`: ask the running daemon how it is; for people, containers and service managers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import typer

from helpdesk.cli.shared import AsJson, Config, open_configuration, print_json
from helpdesk.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from helpdesk.config import Configuration

_PATIENCE = 14  # seconds: the desk waits ten for a PostgreSQL, and the Dockerfile fifteen for us
_ANY = {"": "127.0.0.1", "*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - how it is asked


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(health)


def health(config: Config = None, as_json: AsJson = False) -> None:
    """Ask the running daemon; exits with 1 when it is failing or does not answer."""
    configuration = open_configuration(config)
    if not configuration.file.web.listen:
        raise ConfigurationError([f"{configuration.path}: web.listen: expected an address, the console is asked there"])
    shape = _ask(configuration)
    if as_json:
        print_json(shape)
    else:
        causes = [f"  {cause['cause']}: {cause['text']}" for cause in shape["causes"]]
        typer.echo("\n".join([shape["status"], *causes]))
    if shape["status"] == "failing":
        raise typer.Exit(1)


def _ask(configuration: Configuration) -> dict[str, Any]:
    """What `/health` says. Raises Unavailable when it says nothing."""
    from helpdesk.web.access import read_token

    host, _, port = configuration.file.web.listen.rpartition(":")
    place = configuration.place(configuration.file.web.token_file)
    headers = {"Authorization": f"Bearer {read_token(place)}"} if place else {}
    url = f"http://{_ANY.get(host, host)}:{port}/health"
    request = urllib.request.Request(url, headers=headers)
    # Never by way of a proxy that the environment names: it is this host that is asked.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_PATIENCE) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as refused:
        return _failing(refused, url)
    except (OSError, ValueError) as problem:
        why = problem.reason if isinstance(problem, urllib.error.URLError) else problem
        raise Unavailable(f"{url} does not answer ({why}); is helpdesk serve running?") from None


def _failing(answer: urllib.error.HTTPError, url: str) -> dict[str, Any]:
    with answer:
        if answer.code != 503:
            raise Unavailable(f"{url} answered {answer.code} {answer.reason}")
        try:
            return dict(json.load(answer))
        except ValueError:
            raise Unavailable(f"{url} answered 503 and no JSON") from None
