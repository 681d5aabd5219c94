"""The Jinja2 that templates are written in: sandboxed and immutable, and an undefined name is an error (threat C11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from helpdesk.mail.write.mail_html import quoted, verbatim
from helpdesk.plural import plural

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment


def environment(loader: BaseLoader | None = None) -> Environment:
    """An environment with our filters; without a `loader` for reading alone."""
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,  # else every letter looks for changes of every file that it is made of
    )
    made.filters |= {"verbatim": verbatim, "quoted": quoted, "counted": plural}
    return made
