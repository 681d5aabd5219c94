"""The Jinja2 that templates are written in: sandboxed and immutable, and an undefined name is an error (threat C11)."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from helpdesk.mail.write.mail_html import quoted, verbatim
from helpdesk.plural import plural

if TYPE_CHECKING:
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
        tree = self.parse(source, *names) if isinstance(source, str) else source
        return super().compile(self._with_included(tree, ()), *names, **options)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if attribute in _fields_of(type(obj)):  # type: ignore[arg-type]  # a class can be hashed
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def _with_included(self, tree: nodes.Template, around: tuple[str, ...]) -> nodes.Template:
        """The tree, with the files themselves in place of tags that include them."""
        for parent in [tree, *tree.find_all(nodes.Stmt)]:
            for name, value in parent.iter_fields():
                if isinstance(value, list):
                    setattr(parent, name, [self._in_place_of(one, around) for one in value])
        return tree

    def _in_place_of(self, node: Any, around: tuple[str, ...]) -> Any:
        """The file that a tag includes; the tag itself where what it means shows only in a letter."""
        named = isinstance(node, nodes.Include) and isinstance(node.template, nodes.Const) and node.with_context
        if not named or node.ignore_missing or node.template.value in around or self.loader is None:
            return node
        file = str(node.template.value)
        try:
            tree = self.parse(self.loader.get_source(self, file)[0], file)
        except (TemplateError, UnicodeDecodeError, OSError):
            return node  # which says so when it is written
        if any(tree.find_all(_OF_WHOLE_FILES)):
            return node
        return nodes.Scope(self._with_included(tree, (*around, file)).body, lineno=node.lineno)


_OF_WHOLE_FILES = (nodes.Extends, nodes.Block, nodes.Macro, nodes.Import, nodes.FromImport)


@cache
def _fields_of(kind: type) -> frozenset[str]:
    """The names of a dataclass's fields: nothing can be done with them but to read them."""
    named = {one.name for one in fields(kind)} if is_dataclass(kind) else ()
    return frozenset(name for name in named if not name.startswith("_"))
