"""The Jinja2 that templates are written in: sandboxed and immutable, and an undefined name is an error (threat C11)."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from helpdesk.mail.write.mail_html import quoted, verbatim
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import BaseLoader, Environment


def environment(loader: BaseLoader | None = None) -> Environment:
    """An environment with our filters; without a `loader` for reading alone."""
    made = _InOnePiece(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,  # else every letter looks for changes of every file that it is made of
    )
    made.filters |= {"verbatim": verbatim, "quoted": quoted, "counted": plural}
    return made


class _InOnePiece(ImmutableSandboxedEnvironment):
    """Compiles a template together with what it includes, and reads fields of our words without asking what they are.

    Jinja2 else begins each included file as a template of its own, in every letter.
    """

    def compile(self, source: Any, *names: Any, **options: Any) -> Any:
        if self.loader is None or not isinstance(source, str):
            return super().compile(source, *names, **options)
        return _compiled(source, names, tuple(sorted(self._included(source, {}).items())))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if attribute in _fields_of(type(obj)):  # type: ignore[arg-type]  # a class can be hashed
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def _included(self, source: str, found: dict[str, str]) -> dict[str, str]:
        """The files that a template may include, and that those may, as far as they can be read."""
        for file in _INCLUDE.findall(source):
            if file not in found and (text := self._text_of(file)) is not None:
                found[file] = text
                self._included(text, found)
        return found

    def _text_of(self, file: str) -> str | None:
        try:
            return self.loader.get_source(self, file)[0] if self.loader else None
        except (TemplateError, UnicodeDecodeError, OSError):
            return None  # which is told when it is to be written


_INCLUDE = re.compile(r"""\binclude\s+["']([^"']+)["']""")
_OF_WHOLE_FILES = (nodes.Extends, nodes.Block, nodes.Macro, nodes.Import, nodes.FromImport)


@lru_cache(maxsize=512)  # the same for every desk of a process
def _compiled(source: str, names: tuple[Any, ...], included: tuple[tuple[str, str], ...]) -> Any:
    """The code of a template. `names`: its own, and its file's."""
    reading = environment()
    tree = reading.parse(source, *names)
    _put_in(tree, reading, dict(included), ())
    return reading.compile(tree, *names)


def _put_in(tree: nodes.Template, reading: Environment, files: Mapping[str, str], around: tuple[str, ...]) -> None:
    """Put files in place of the tags that include them."""
    for parent in [tree, *tree.find_all(nodes.Stmt)]:
        for name, value in _lists_of(parent):
            setattr(parent, name, [_in_place_of(one, reading, files, around) for one in value])


def _lists_of(parent: nodes.Node) -> Iterator[tuple[str, list[Any]]]:
    return ((name, value) for name, value in parent.iter_fields() if isinstance(value, list))


def _in_place_of(node: Any, reading: Environment, files: Mapping[str, str], around: tuple[str, ...]) -> Any:
    """The file that a tag includes; the tag itself where what it means shows only in a letter."""
    named = isinstance(node, nodes.Include) and isinstance(node.template, nodes.Const) and node.with_context
    file = str(node.template.value) if named else ""
    if file not in files or node.ignore_missing or file in around:
        return node
    try:
        tree = reading.parse(files[file], file)
    except TemplateError:
        return node  # which says so when it is written
    if any(tree.find_all(_OF_WHOLE_FILES)):
        return node
    _put_in(tree, reading, files, (*around, file))
    return nodes.Scope(tree.body, lineno=node.lineno)


@cache
def _fields_of(kind: type) -> frozenset[str]:
    """The names of a dataclass's fields: nothing can be done with them but to read them."""
    named = {one.name for one in fields(kind)} if is_dataclass(kind) else ()
    return frozenset(name for name in named if not name.startswith("_"))
