"""The commands. One module a group; none has logic of its own.

Exit codes: 0 done, 1 a problem was found, 2 wrong use (arguments, configuration, a name that is not there).
"""

from __future__ import annotations

import gc
import sys

import typer

from helpdesk.cli.registry import OnDemand, Version
from helpdesk.errors import ConfigurationError, HelpdeskError, NotFound

__all__ = ["app", "main"]

app = typer.Typer(
    name="helpdesk",
    cls=OnDemand,
    help="A helpdesk that lives in e-mail and keeps its promises to the minute.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="helpdesk COMMAND --help says more of each, with examples.\n\n\b\nA desk of one's own:\n"
    "  helpdesk init desk && cd desk\n  helpdesk check\n  helpdesk serve",
)


@app.callback()
def _before_all(_version: Version = False) -> None:
    """Nothing; typer wants a callback, or a command that is there from the beginning."""


_YOUNG = 50_000  # objects that the collector of cycles lets come before it looks: what is imported all stays


def main() -> None:
    """Run a command; what goes wrong is said in words, on standard error."""
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    try:
        app()
    except ConfigurationError as wrong:
        for problem in wrong.problems:
            print(problem, file=sys.stderr)  # noqa: T201 - this is what a command line is for
        sys.exit(2)
    except NotFound as missing:
        print(missing, file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except HelpdeskError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)  # `helpdesk cases | head`
    except Exception as problem:  # noqa: BLE001 - a traceback is for who mends it, and lies where the sentence says
        from helpdesk.log import unexpected

        print(unexpected(problem, "helpdesk"), file=sys.stderr)  # noqa: T201
        sys.exit(1)
