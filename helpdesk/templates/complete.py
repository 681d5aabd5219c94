"""Whether the templates of each language say what the English ones say: their readers hear nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from helpdesk.core.words import desk_mail  # noqa: F401 - its mails are among the CONTENTS
from helpdesk.core.words.desk_mail import MaintenanceMail
from helpdesk.core.words.drafts import CONTENTS, ToCustomer
from helpdesk.languages import languages
from helpdesk.templates.environment import environment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

TO_CUSTOMERS = frozenset(name for name, of in CONTENTS.items() if issubclass(of, (ToCustomer, MaintenanceMail)))


def left_out(sources: Mapping[str, str], of: Collection[str]) -> Iterator[tuple[str, str]]:
    """What is missing in the files `of` languages beside the English ones: the file or folder, and what it lacks."""
    for language in sorted({name.partition("/")[0] for name in of if "/" in name} & languages().keys() - {"en"}):
        files = {name: f"{language}/{name}.txt" for name in sorted(TO_CUSTOMERS)}
        for name, file in files.items():
            unsaid = sorted(_names_asked(f"{name}.txt", sources) - _names_asked(file, sources)) if file in of else ()
            if unsaid:
                yield file, f"says nothing of {', '.join(unsaid)}, which {name}.txt has"
        missing = [name for name, file in files.items() if file not in sources]
        if missing:
            yield language, f"no {', '.join(missing)}: those mails are in English"


def _names_asked(file: str, sources: Mapping[str, str], seen: frozenset[str] = frozenset()) -> set[str]:
    """The names that a file and what it includes asks for."""
    if file not in sources or file in seen:
        return set()
    try:
        tree = environment().parse(sources[file])
    except TemplateSyntaxError:
        return set()  # it cannot be read, and that is told
    included = (one for one in find_referenced_templates(tree) if one)
    return find_undeclared_variables(tree).union(*(_names_asked(one, sources, seen | {file}) for one in included))
