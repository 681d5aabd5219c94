"""Templates held against what they are given, before any mail: names, attributes, files and filters that are not there.

Each template is read with the names of its mail (`names`), and so is what it includes, imports or extends, down every
branch. What cannot be known before it is written (a file named by a variable, a part of a value of any type) is not
held against it. A name that other mails have may be asked for by `is defined` or `default`, in a file for several.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache, singledispatchmethod
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext

from helpdesk.core.words.drafts import CONTENTS
from helpdesk.templates import names as known
from helpdesk.templates.environment import environment
from helpdesk.templates.files import mail_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Scope = dict[str, Any]  # names in reach, and their types


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong on one line of one file."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        """As operators read it."""
        return f"templates/{self.file}: line {self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong, and the files that no mail uses."""

    problems: tuple[Problem, ...]
    unused: tuple[str, ...]


@lru_cache(maxsize=8)
def check(sources: tuple[tuple[str, str], ...]) -> Checked:
    """Look through all templates, by name and source. Those that cannot be read as Jinja2 are left out."""
    reader = _Reader(dict(sources))
    for name in reader.sources:
        if mail_of(name):
            reader.read_mail(name)
    unused = () if reader.includes_by_variable else tuple(sorted(set(reader.sources) - reader.used))
    return Checked(tuple(reader.problems()), unused)


@dataclass(frozen=True, slots=True)
class _Known:
    """A value of which the attributes are known: a loop, or what was imported."""

    attributes: Mapping[str, Any]


_LOOP: Final = _Known(dict.fromkeys((name for name in dir(LoopContext) if not name.startswith("_")), Any))
_IN_MACROS: Final = dict.fromkeys(("caller", "varargs", "kwargs"), Any)
_SAME: Final = frozenset({"sort", "list", "unique", "reverse", "select", "reject", "selectattr", "rejectattr"})
_ONE: Final = frozenset({"first", "last", "min", "max", "random"})
_ATTRIBUTE_FIRST: Final = frozenset({"selectattr", "rejectattr", "groupby", "sum"})  # their first argument is one


def _everywhere() -> frozenset[str]:
    return frozenset(name for template in CONTENTS for name in known.names(template))


@dataclass(slots=True)
class _Reader:
    """Goes through templates. `file` is the one that it is in, `mail` the template that it began with."""

    sources: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    includes_by_variable: bool = False
    file: str = ""
    mail: str = ""
    _found: dict[Problem, set[str]] = field(default_factory=lambda: defaultdict(set))  # in which mails
    _within: list[str] = field(default_factory=list)
    _macros: list[tuple[nodes.Macro | nodes.CallBlock, Scope]] = field(default_factory=list)
    _environment: Any = field(default_factory=environment)
    _trees: dict[str, nodes.Template | None] = field(default_factory=dict)
    _everywhere: frozenset[str] = field(default_factory=_everywhere)

    def read_mail(self, name: str) -> None:
        """Read the template of a mail."""
        self.mail = name
        self._read_file(name, {**known.names(mail_of(name)), "self": Any})
        tree = self._tree(name)
        if tree and not _may_begin_with_a_subject(tree):
            self._found[Problem(name, 1, "expected 'Subject: ...' on the first line")].add(name)

    def problems(self) -> Iterator[Problem]:
        """What was found, each once, with who includes the file."""
        for problem, mails in sorted(self._found.items()):
            by = sorted(mail.removesuffix(".txt") for mail in mails if mail != problem.file)
            yield replace(problem, what=f"{problem.what} (in {_listed(by)})") if by else problem

    # --- files

    def _tree(self, name: str) -> nodes.Template | None:
        if name not in self._trees:
            try:
                self._trees[name] = self._environment.parse(self.sources[name], name)
            except TemplateSyntaxError:
                self._trees[name] = None  # loading it says so
        return self._trees[name]

    def _read_file(self, name: str, scope: Scope) -> Scope:
        """Read a file with these names in reach; returns those that it leaves behind."""
        self.used.add(name)
        tree = self._tree(name)
        if tree is None or name in self._within:
            return scope
        before, self.file = self.file, name
        self._within.append(name)
        macros, self._macros = self._macros, []
        parents = [node for node in tree.body if isinstance(node, nodes.Extends)]
        self._read_all((node for node in tree.body if node not in parents), scope)
        while self._macros:  # a macro may call one that stands below it
            macro, around = self._macros.pop()
            self._read_macro(macro, around)
        self._macros = macros
        self._read_all(parents, scope)  # they are written last, with what the file has set
        self._within.pop()
        self.file = before
        return scope

    def _named(self, node: nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends) -> list[str]:
        """The files that a tag may mean, as far as they are there."""
        wanted = _constants(node.template)
        if not wanted:
            self.includes_by_variable = True
        there = [name for name in wanted if name in self.sources]
        if wanted and not there and not getattr(node, "ignore_missing", False):
            self._fault(node, f'there is no template "{wanted[0]}"', wanted[0], self.sources)
        return there

    def _imported(self, node: nodes.Import | nodes.FromImport, scope: Scope) -> Mapping[str, Any] | None:
        """What an imported file gives; None where that cannot be known."""
        found = self._named(node)
        if not found or self._tree(found[0]) is None or found[0] in self._within:
            return None
        around = dict(scope) if node.with_context else {}
        left = self._read_file(found[0], dict(around))
        return {name: kind for name, kind in left.items() if name not in around and name[0] != "_"}

    # --- statements

    def _read_all(self, found: Iterable[nodes.Node], scope: Scope) -> None:
        for node in found:
            self._read(node, scope)

    @singledispatchmethod
    def _read(self, node: nodes.Node, scope: Scope) -> None:
        """Read a statement; names that it sets are in reach from then on."""
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self._type(child, scope)
            else:
                self._read(child, scope)

    @_read.register
    def _(self, node: nodes.If, scope: Scope) -> None:
        self._type(node.test, scope)
        self._read_all(node.body, _Narrowed(scope, self._asked_for(node.test, scope, holds=True)))
        otherwise = _Narrowed(scope, self._asked_for(node.test, scope, holds=False))
        self._read_all((*node.elif_, *node.else_), otherwise)

    @_read.register
    def _(self, node: nodes.For, scope: Scope) -> None:
        each = known.part(self._type(node.iter, scope))
        inner = {**scope, "loop": _LOOP}
        _assign(node.target, each, inner)
        if node.test:
            self._type(node.test, inner)
        self._read_all(node.body, inner)
        self._read_all(node.else_, dict(scope))

    @_read.register
    def _(self, node: nodes.Assign, scope: Scope) -> None:
        _assign(node.target, self._type(node.node, scope), scope)

    @_read.register
    def _(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self._read_all(node.body, dict(scope))
        if node.filter:
            self._type(node.filter, scope)
        _assign(node.target, str, scope)

    @_read.register
    def _(self, node: nodes.With, scope: Scope) -> None:
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            _assign(target, self._type(value, inner), inner)
        self._read_all(node.body, inner)

    @_read.register
    def _(self, node: nodes.Macro, scope: Scope) -> None:
        scope[node.name] = Any
        self._macros.append((node, scope))

    @_read.register
    def _(self, node: nodes.CallBlock, scope: Scope) -> None:
        self._type(node.call, scope)
        self._macros.append((node, dict(scope)))

    def _read_macro(self, node: nodes.Macro | nodes.CallBlock, scope: Scope) -> None:
        for default in node.defaults:
            self._type(default, scope)
        self._read_all(node.body, {**scope, **_IN_MACROS, **dict.fromkeys((one.name for one in node.args), Any)})

    @_read.register
    def _(self, node: nodes.FilterBlock, scope: Scope) -> None:
        self._type(node.filter, scope)
        self._read_all(node.body, dict(scope))

    @_read.register
    def _(self, node: nodes.Block, scope: Scope) -> None:
        self._read_all(node.body, {**scope, "super": Any})

    @_read.register
    def _(self, node: nodes.Include, scope: Scope) -> None:
        for name in self._named(node):
            self._read_file(name, dict(scope) if node.with_context else {})

    @_read.register
    def _(self, node: nodes.Extends, scope: Scope) -> None:
        for name in self._named(node):
            self._read_file(name, dict(scope))

    @_read.register
    def _(self, node: nodes.Import, scope: Scope) -> None:
        given = self._imported(node, scope)
        scope[node.target] = Any if given is None else _Known(given)

    @_read.register
    def _(self, node: nodes.FromImport, scope: Scope) -> None:
        given = self._imported(node, scope)
        for one in node.names:
            name, alias = one if isinstance(one, tuple) else (one, one)
            if given is not None and name not in given:
                self._fault(node, f'there is no "{name}" in {", ".join(_constants(node.template))}', name, given)
            scope[alias] = Any if given is None else given.get(name, Any)

    # --- expressions

    @singledispatchmethod
    def _type(self, node: nodes.Node, scope: Scope) -> Any:
        """Read an expression; returns its type, Any where it is not known."""
        for child in node.iter_child_nodes():
            self._type(child, scope)
        return Any

    @_type.register
    def _(self, node: nodes.Const, _scope: Scope) -> Any:
        return str if isinstance(node.value, str) else Any

    @_type.register
    def _(self, node: nodes.Name, scope: Scope) -> Any:
        if node.name in scope:
            return scope[node.name]
        if node.name not in self._environment.globals:
            mails = [mail for mail in CONTENTS if node.name in known.names(mail)]
            of = f", only in {_listed(mails)}" if mails else ""
            self._fault(node, f'there is no name "{node.name}" here{of}', node.name, () if mails else scope)
        return Any

    @_type.register
    def _(self, node: nodes.Getattr, scope: Scope) -> Any:
        return self._member(node, self._type(node.node, scope), node.attr, _shown(node.node))

    @_type.register
    def _(self, node: nodes.Getitem, scope: Scope) -> Any:
        kind = self._type(node.node, scope)
        self._type(node.arg, scope)
        if isinstance(node.arg, nodes.Slice):
            return kind
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._member(node, kind, node.arg.value, _shown(node.node))
        return known.part(kind)

    @_type.register
    def _(self, node: nodes.And, scope: Scope) -> Any:
        self._type(node.left, scope)
        return self._type(node.right, _Narrowed(scope, self._asked_for(node.left, scope, holds=True)))

    @_type.register
    def _(self, node: nodes.CondExpr, scope: Scope) -> Any:
        self._type(node.test, scope)
        found = self._type(node.expr1, _Narrowed(scope, self._asked_for(node.test, scope, holds=True)))
        other = self._type(node.expr2, scope) if node.expr2 else found
        return found if found == other else Any

    @_type.register
    def _(self, node: nodes.Test, scope: Scope) -> Any:
        if node.name not in self._environment.tests:
            self._fault(node, f'there is no test "{node.name}"', node.name, self._environment.tests)
        asks = node.name in {"defined", "undefined"}
        self._type(node.node, self._asked(node.node, scope) if asks else scope)
        self._types((*node.args, *node.kwargs), scope)
        return bool

    @_type.register
    def _(self, node: nodes.Filter, scope: Scope) -> Any:
        if node.name not in self._environment.filters:
            self._fault(node, f'there is no filter "{node.name}"', node.name, self._environment.filters)
        asks = node.name in {"default", "d"}
        kind = self._type(node.node, self._asked(node.node, scope) if asks else scope) if node.node else str
        self._types((*node.args, *node.kwargs), scope)
        return self._filtered(node, kind)

    def _types(self, found: Iterable[nodes.Node], scope: Scope) -> None:
        for node in found:
            self._type(node, scope)

    def _filtered(self, node: nodes.Filter, kind: Any) -> Any:
        path, of = _attribute(node), kind if node.name == "attr" else known.part(kind)
        for step in path.split(".") if path else ():
            of = known.part(of) if step.isdigit() else self._member(node, of, step, _shown(node.node))
        if node.name == "map" and path:
            return GenericAlias(tuple, (of, ...))
        if node.name in _ONE:
            return known.part(kind)
        return of if node.name == "attr" else kind if node.name in _SAME else Any

    def _member(self, node: nodes.Node, kind: Any, name: str, of: str) -> Any:
        there = kind.attributes if isinstance(kind, _Known) else known.members(kind)
        if there is not None and name not in there:
            self._fault(node, f'there is no "{name}" in {of}', name, there)
        return Any if there is None else there.get(name, Any)

    def _asked_for(self, test: nodes.Node, scope: Scope, *, holds: bool) -> Iterator[str]:
        """The names of other mails that are there where a test holds, or does not."""
        match test:
            case nodes.Not():
                yield from self._asked_for(test.node, scope, holds=not holds)
            case nodes.And() | nodes.Or() if isinstance(test, nodes.And) == holds:
                for side in (test.left, test.right):
                    yield from self._asked_for(side, scope, holds=holds)
            case nodes.Test() if test.name == ("defined" if holds else "undefined"):
                yield from self._asked(test.node, scope).keys() - scope.keys()

    def _asked(self, node: nodes.Node, scope: Scope) -> Scope:
        """The scope in which it is asked whether a name is there, which some mail has."""
        name = node.name if isinstance(node, nodes.Name) else ""
        return {name: Any, **scope} if name in self._everywhere else scope

    def _fault(self, node: nodes.Node, what: str, name: str, candidates: Iterable[str]) -> None:
        near = get_close_matches(name, candidates, 1)
        said = f'{what}; the nearest is "{near[0]}"' if near else what
        self._found[Problem(self.file, node.lineno, said)].add(self.mail)


_SHOWN = 3  # mails of a list


def _listed(mails: Sequence[str]) -> str:
    more = len(mails) - _SHOWN
    return f"{', '.join(mails[:_SHOWN])}{f' and {more} more' if more > 0 else ''}"


class _Narrowed(Scope):
    """A scope with more names in a branch; what the branch sets is in reach behind it as well."""

    def __init__(self, outer: Scope, more: Iterable[str]) -> None:
        super().__init__({**outer, **dict.fromkeys(more, Any)})
        self._outer = outer

    def __setitem__(self, name: str, kind: Any) -> None:
        super().__setitem__(name, kind)
        self._outer[name] = kind


def _assign(target: nodes.Node, kind: Any, scope: Scope) -> None:
    if isinstance(target, nodes.Name):
        scope[target.name] = kind
    elif isinstance(target, nodes.Tuple):
        parts = known.fixed_parts(kind, len(target.items))
        for one, of in zip(target.items, parts, strict=True):
            _assign(one, of, scope)


def _constants(node: nodes.Node) -> list[str]:
    """The strings that an expression may be; none where it is anything else."""
    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) else [*node.value]
    if isinstance(node, (nodes.Tuple, nodes.List)):
        return [name for item in node.items for name in _constants(item)]
    if isinstance(node, nodes.CondExpr) and node.expr2:
        return [*_constants(node.expr1), *_constants(node.expr2)]
    return []


def _attribute(node: nodes.Filter) -> str:
    """The attribute that a filter asks each part for; "" where it asks for none, or that is not known before."""
    given = [one.value for one in node.kwargs if one.key == "attribute"]
    first = node.name in _ATTRIBUTE_FIRST or node.name == "attr"
    given += node.args[:1] if first else node.args[1:2] if node.name == "join" else []
    value = given[0].value if given and isinstance(given[0], nodes.Const) else ""
    return value if isinstance(value, str) else ""


def _shown(node: nodes.Node | None) -> str:
    """An expression as it stands there, as far as it is a name."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_shown(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_shown(node.node)}[...]"
    return "that value"


def _may_begin_with_a_subject(tree: nodes.Template) -> bool:
    """Whether the first that it says is a subject line, or cannot be known before."""
    silent = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport)
    first = next((node for node in tree.body if not isinstance(node, silent)), None)
    if first is None:
        return False
    if not isinstance(first, nodes.Output) or not isinstance(first.nodes[0], nodes.TemplateData):
        return True
    return first.nodes[0].data.startswith("Subject: ")
