"""Templates into letters: subject, text and HTML from one source.

Shipped templates lie in `templates/`, and the operator's folder is laid over them file by file. A folder named after a
language (`templates/de/`) goes before what lies above it, but a shipped one never before the operator's own: their
`ack.txt` may be in any language. A template's first line is `Subject: ...`. Nothing from a mail
is ever a template (threat C11).
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, TemplateError, TemplateSyntaxError

from helpdesk.errors import ConfigurationError
from helpdesk.mail.write.mail_html import faces
from helpdesk.shipped import shipped
from helpdesk.templates.check import Checked, Problem, check
from helpdesk.templates.complete import left_out
from helpdesk.templates.environment import environment
from helpdesk.templates.files import mail_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from jinja2 import Template


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words."""

    subject: str
    text: str
    html: str


class Templates:
    """The templates of one desk, each found and compiled once: an edit makes another object (`reload`)."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is laid over the shipped templates; what comes into an empty one later is another object's."""
        self._shipped = FileSystemLoader(str(shipped("templates")))
        self._own = FileSystemLoader(str(folder)).list_templates() if folder else []
        self._laid_over = bool(self._own)
        places = [*([folder] if folder and self._laid_over else []), shipped("templates")]
        self._loader = FileSystemLoader([str(place) for place in places])
        self._environment = environment(self._loader)
        self._compiled: dict[tuple[str, str], Template] = {}

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
        return Rendered(subject, *faces(body, subject, language))

    def problems(self) -> list[str]:
        """What is wrong with the templates as they lie there, `file: line: problem` each.

        The shipped ones by themselves are in order, and are not read before a letter needs them.
        """
        if not self._laid_over:
            return []
        found = self._checked().problems
        lines = {(problem.file, problem.line) for problem in found}
        unreadable = filter(None, map(self._unreadable, self._files()))
        return [str(one) for one in (*(one for one in unreadable if (one.file, one.line) not in lines), *found)]

    def unused(self) -> list[str]:
        """The files of the operator that no mail is written by, and what each may have been meant for."""
        ours, unused = self._shipped.list_templates(), self._checked().unused
        names = {file.rpartition("/")[2] for file in self._files() if file not in unused}
        found = []
        for file in unused:
            folder, _, name = file.rpartition("/")
            near = [] if name in names else get_close_matches(name, names, 1)
            where, meant = " in that language" if folder else "", f"; the nearest is {near[0]}" if near else ""
            found += [] if file in ours else [f"templates/{file}: no mail{where} is written by it{meant}"]
        return found

    def left_out(self) -> list[str]:
        """What the operator's files for a language leave out of what the English ones say."""
        return [f"templates/{file}: {what}" for file, what in left_out(dict(self._sources()), self._own)]

    def in_other_languages(self, languages: Collection[str]) -> list[str]:
        """The operator's files that go to customers in these languages, too, before those that are shipped in them."""
        ours = self._shipped.list_templates()
        found = []
        for file in sorted(self._own):
            before = [f"{one}/{file}" for one in sorted(languages) if mail_of(file) and f"{one}/{file}" in ours]
            files = " and ".join(one for one in before if one not in self._own)
            found += (
                [f"templates/{file}: goes before the shipped {files}, copy what is to be used there"] if files else []
            )
        return found

    def _files(self) -> list[str]:
        return self._environment.list_templates(extensions=["txt"])

    def _unreadable(self, file: str) -> Problem | None:
        """Why a file is no template."""
        try:
            self._environment.get_template(file)
        except TemplateSyntaxError as problem:
            return Problem(file, problem.lineno, str(problem.message))
        except (TemplateError, UnicodeDecodeError, OSError) as problem:
            return Problem(file, 1, str(problem))
        return None

    def _checked(self) -> Checked:
        return check(tuple(self._sources()))

    def _sources(self) -> Iterator[tuple[str, str]]:
        for file in self._files():
            try:
                yield file, self._loader.get_source(self._environment, file)[0]
            except (TemplateError, UnicodeDecodeError, OSError):
                continue  # told as unreadable

    def _template(self, kind: str, language: str) -> Template:
        found = self._compiled.get((kind, language))
        if found is None:
            found = self._compiled[kind, language] = self._find(kind, language)
            found.globals = dict(found.globals)  # Jinja2 copies them for each letter, and its ChainMap name by name
        return found

    def _find(self, kind: str, language: str) -> Template:
        file, above = f"{language}/{kind}.txt", f"{kind}.txt"
        own = above in self._own and file not in self._own
        return self._environment.select_template([above] if own else [file, above])
