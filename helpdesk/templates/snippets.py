"""Texts that agents send by name (`#snippet refund`): one file each, in the operator's folder `[desk] snippets`.

`refund.txt` is for all; one in the folder of a language, of a team, or of a language within a team's
(`billing/de/refund.txt`) goes before it, the customer's language first. A snippet is read like a template, in the same
sandbox, and may say what `SnippetWords` has, which a customer may know. Nothing from a mail is ever one (threat C11).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from helpdesk.languages import languages
from helpdesk.templates.environment import environment
from helpdesk.templates.words import as_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from jinja2 import Template

_SnippetPlace = tuple[str, str, str]  # team and language, each "" for any, and the name; all lower case


@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetWords:
    """What a snippet may say: of the case what its customer knows, and who answers."""

    ref: str
    subject: str
    name: str
    customer: str
    agent: str
    desk: str
    plan: str
    severity: str
    opened: str


_NAMES = tuple(one.name for one in fields(SnippetWords))


class Snippets:
    """The snippets of one desk: an edit makes another object (`reload`)."""

    def __init__(self, folder: Path | None = None, teams: Collection[str] = ()) -> None:
        self._teams = {team.casefold() for team in teams}
        self._environment = environment()
        self._problems: list[str] = []
        self._texts: dict[_SnippetPlace, Template] = {}
        for file in sorted(folder.rglob("*.txt")) if folder and folder.is_dir() else ():
            self._read(file, file.relative_to(folder) if folder else file)

    def problems(self) -> list[str]:
        """What is wrong with the files, `snippets/file: problem` each."""
        return self._problems

    def names(self, team: str) -> tuple[str, ...]:
        """What agents of that team can send."""
        return tuple(sorted({name for of, _, name in self._texts if of in {"", team.casefold()}}))

    def text(self, name: str, *, team: str, language: str, words: SnippetWords) -> str:
        """What a snippet says, "" where it says nothing on this case or there is none."""
        own = team.casefold()
        for place in ((own, language), ("", language), (own, ""), ("", "")):
            found = self._texts.get((*place, name.casefold()))
            if found is not None:
                return _rendered(found, words)
        return ""

    def _read(self, file: Path, shown: Path) -> None:
        place = self._place([part.casefold() for part in shown.parent.parts])
        if place is None:
            self._problems.append(f"snippets/{shown}: expected it in a folder of a team, of a language, or in both")
            return
        try:
            source = file.read_text(encoding="utf-8")
            self._problems += [f"snippets/{shown}: {problem}" for problem in self._unknown(source)]
            self._texts[(*place, file.stem.casefold())] = self._environment.from_string(source)
        except TemplateSyntaxError as problem:
            self._problems.append(f"snippets/{shown}: line {problem.lineno}: {problem.message}")
        except (TemplateError, UnicodeDecodeError, OSError) as problem:
            self._problems.append(f"snippets/{shown}: {problem}")

    def _place(self, parts: list[str]) -> tuple[str, str] | None:
        """The team and the language that these folders stand for; a team that is called as a language is the team."""
        team = parts.pop(0) if parts[:1] and parts[0] in self._teams else ""
        language = parts.pop(0) if parts[:1] and parts[0] in languages() else ""
        return None if parts else (team, language)

    def _unknown(self, source: str) -> Iterator[str]:
        for name in sorted(find_undeclared_variables(self._environment.parse(source)) - {*_NAMES}):
            near = "".join(f"; the nearest is {one!r}" for one in get_close_matches(name, _NAMES, 1))
            yield f"{name!r} is not given to it; there are {', '.join(_NAMES)}{near}"


def _rendered(snippet: Template, words: SnippetWords) -> str:
    try:
        return snippet.render(as_names(words)).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError):
        return ""  # what a file makes of its words is not known before
