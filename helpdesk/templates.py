"""Templates into letters: subject, text and HTML from one source.

Shipped templates lie in `templates/`; the operator's folder is laid over them file by file, and a folder named after
a language (`templates/de/`) over both for that language. A template's first line is `Subject: ...`. The environment
is sandboxed and immutable, an undefined name is an error, and nothing from a mail is ever a template (threat C11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from helpdesk.core.counted import counted
from helpdesk.core.decision import MailKind
from helpdesk.core.errors import ConfigurationError
from helpdesk.mail.layout import as_html, as_text, quoted, verbatim
from helpdesk.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Template

KINDS: tuple[MailKind, ...] = get_args(MailKind)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words."""

    subject: str
    text: str
    html: str


class Templates:
    """The templates of one desk."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is laid over the shipped templates."""
        places = [*([folder] if folder else []), shipped("templates")]
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([str(place) for place in places]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._environment.filters |= {"verbatim": verbatim, "quoted": quoted, "counted": counted}

    def render(self, kind: str, language: str, facts: Mapping[str, Any]) -> Rendered:
        """Write a letter. Raises ConfigurationError that names the template and what is wrong with it."""
        try:
            source = self._template(kind, language).render(facts)
        except TemplateError as problem:
            raise ConfigurationError([f"templates/{kind}.txt: {problem}"]) from problem
        first, _, body = source.partition("\n")
        if not first.startswith("Subject: "):
            raise ConfigurationError([f"templates/{kind}.txt: expected 'Subject: ...' on the first line"])
        subject = " ".join(first.removeprefix("Subject: ").split())
        return Rendered(subject, as_text(body), as_html(body))

    def problems(self) -> list[str]:
        """What is wrong with the templates as they lie there, `file: problem` each."""
        found = []
        for name in self._environment.list_templates(extensions=["txt"]):
            try:
                self._environment.get_template(name)
            except TemplateError as problem:
                found.append(f"templates/{name}: {problem}")
        return found

    def _template(self, kind: str, language: str) -> Template:
        try:
            return self._environment.get_template(f"{language}/{kind}.txt")
        except TemplateNotFound:
            return self._environment.get_template(f"{kind}.txt")
