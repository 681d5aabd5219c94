"""The documentation keeps up with the code: whatever can be typed or written into a file is mentioned somewhere."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest
import typer

from helpdesk.cli import app
from helpdesk.cli.serve import first_mail
from helpdesk.config import ConfigurationFile, load_configuration
from helpdesk.core.receive.orders.table import ORDERS
from helpdesk.core.words.drafts import MailKind
from helpdesk.customers import CustomersFile
from helpdesk.failpoints import PLACES
from helpdesk.offering.files.lint import check_file
from helpdesk.offering.files.schema import PolicyFile
from helpdesk.operators.declaration import FORMS as DECLARATIONS
from helpdesk.operators.declaration import form_of
from helpdesk.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
HOW = (TOP / "HOW-IT-WORKS.md").read_text(encoding="utf-8")
COMMANDS = (TOP / "docs" / "commands.md").read_text(encoding="utf-8")
TABLES = (TOP / "docs" / "configuration.md").read_text(encoding="utf-8")
FORMAT = (TOP / "docs" / "policy-format.md").read_text(encoding="utf-8")
OPERATORS = (TOP / "docs" / "operators-by-mail.md").read_text(encoding="utf-8")
TEMPLATES = (TOP / "docs" / "templates.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", FORMAT.partition("\n## Every key\n")[2], re.DOTALL)
EVERYWHERE = {"--config", "-c", "--json", "--help", "--version"}  # said once, above the table


def commands(command: Any = None, name: str = "helpdesk") -> Iterator[tuple[str, Any]]:
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, sub in inner.items():
        yield from commands(sub, f"{name} {word}")


def keys(table: type) -> Iterator[str]:
    """Every key of a table and of the tables in it."""
    hints = get_type_hints(table, include_extras=True)
    for entry in fields(table):
        yield next((said.alias for said in get_args(hints[entry.name]) if getattr(said, "alias", None)), entry.name)
        for inner in _tables(hints[entry.name]):
            yield from keys(inner)


def _tables(hint: Any) -> Iterator[type]:
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for inner in get_args(hint):
        yield from _tables(inner)


@pytest.mark.parametrize("name", sorted(name for name, _ in commands()))
def test_every_command_is_in_its_page(name):
    assert re.search(rf"`{re.escape(name)}[ `]", COMMANDS), name


@pytest.mark.parametrize("name", sorted(name for name, _ in commands()))
def test_every_option_is_in_the_page_of_commands(name):
    command = dict(commands())[name]
    options = {word for entry in command.params if entry.param_type_name == "option" for word in entry.opts}
    missing = [
        word for word in sorted(options - EVERYWHERE) if not re.search(rf"(?<![\w-]){re.escape(word)}\b", COMMANDS)
    ]
    assert not missing


@pytest.mark.parametrize("key", sorted(set(keys(ConfigurationFile)) | set(keys(CustomersFile))))
def test_every_configuration_key_is_in_the_tables(key):
    assert re.search(rf"`{key}`|\[{key}\]|\[{key}\.|\.{key}\]|\b{key} = ", TABLES), key


def test_no_page_names_a_command_an_option_or_a_key_that_is_gone():
    """The tables of the reference hold what there is, and nothing else."""
    there = dict(commands())
    named = set(re.findall(r"`(helpdesk(?: [a-z][a-z-]*)+)", COMMANDS))
    assert {name for name in named if not any(f"{name} ".startswith(f"{one} ") for one in there)} == set()
    options = {word for command in there.values() for entry in command.params for word in entry.opts} | EVERYWHERE
    assert set(re.findall(r"`[^`\n]*?(--[a-z-]+)", COMMANDS)) - options - {"--version", "--install-completion"} == set()
    columns = re.findall(r"(?m)^\| (.+?) \| .* \| .* \|$", TABLES)
    written = {word for cell in columns for word in re.findall(r"`\[*([a-z0-9_.]+)\]*`", cell)}
    known = set(keys(ConfigurationFile)) | set(keys(CustomersFile))
    assert {word for word in written if not set(word.split(".")) <= known} == set()


def used(table: Any) -> Iterator[str]:
    """Every key in what was read from TOML."""
    for key, value in table.items() if isinstance(table, dict) else ():
        yield key
        for inner in value if isinstance(value, list) else [value]:
            yield from used(inner)


@pytest.mark.parametrize(
    "page", [path.name for path in sorted(TOP.glob("docs/*.md")) if path.name != "policy-format.md"]
)
def test_the_examples_of_a_page_use_keys_that_there_are(page):
    known = set(keys(ConfigurationFile)) | set(keys(CustomersFile)) | set(keys(PolicyFile))
    for block in re.findall(r"```toml\n(.*?)```", (TOP / "docs" / page).read_text(encoding="utf-8"), re.DOTALL):
        assert set(used(tomllib.loads(block))) - known == set()


@pytest.mark.parametrize("key", sorted(set(keys(PolicyFile))))
def test_every_policy_key_is_in_the_example(key):
    assert EXAMPLE
    assert re.search(rf"(?m)^\W*{key} = |[{{,] {key} = |^\[+({key}[\].]|\w+\.{key}[\].])", EXAMPLE[1]), key


def test_the_example_of_the_policy_format_runs(tmp_path):
    assert EXAMPLE
    file = tmp_path / "orchard.toml"
    file.write_text(EXAMPLE[1], encoding="utf-8")
    found = [str(finding) for finding in check_file(file) if finding.level != "assumption"]
    assert found == []


@pytest.mark.parametrize("policy", sorted(path.stem for path in shipped("policies").glob("*.toml")))
def test_every_shipped_policy_is_told_where_a_desk_is_set_up(policy):
    assert f"`{policy}`" in (TOP / "docs" / "setup.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", get_args(MailKind))
def test_every_kind_of_mail_is_explained(kind):
    assert f"`{kind}`" in TEMPLATES


@pytest.mark.parametrize("name", sorted(path.name for path in shipped("templates").glob("*.txt")))
def test_every_template_is_explained(name):
    assert f"`{name}`" in TEMPLATES or f"`{name.removesuffix('.txt')}`" in TEMPLATES


@pytest.mark.parametrize("verb", ORDERS)
def test_every_command_by_mail_is_in_the_readme_and_in_its_own_page(verb):
    page = (TOP / "docs" / "agent-commands.md").read_text(encoding="utf-8")
    assert f"`#{verb}" in README
    assert f"**`#{verb}" in page
    assert f"\n    #{verb}" in page, "with an example"
    assert f"`#{verb}" in (TOP / "docs" / "agents-card.md").read_text(encoding="utf-8")


def test_no_page_names_an_order_that_is_gone():
    page = (TOP / "docs" / "agent-commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^\*\*`#([a-z]+)", page)) <= set(ORDERS)
    forms = {form_of(order) for order in DECLARATIONS}
    rows = re.findall(r"(?m)^\| (`#.+?`) \| ", OPERATORS)
    assert {form.replace("\\|", "|") for row in rows for form in re.findall(r"`(#[^`]+)`", row)} - forms <= {"#help"}


@pytest.mark.parametrize("order", DECLARATIONS)
def test_every_order_by_mail_is_in_its_document(order):
    assert f"`{form_of(order)}`".replace("|", "\\|") in OPERATORS


def test_the_first_steps_of_the_readme_are_those_that_serve_prints(monkeypatch):
    monkeypatch.chdir(TOP)
    monkeypatch.setattr("sys.executable", str(TOP / ".venv" / "bin" / "python"))
    desk = load_configuration(TOP / "demo" / "helpdesk.toml", environment={})
    port = int(desk.file.smtp_in.listen.rpartition(":")[2])
    assert f"    {first_mail(desk.mailboxes[0].address, port)}\n" in README
    assert f'    .venv/bin/python demo/answer.py {desk.file.agent[0].email} "We are on it."\n' in README
    folder = Path(desk.smtp_out_url.removeprefix("maildir:")).relative_to(TOP)
    assert f"    ls -tr {folder}/new/* | xargs tail -n +1\n" in README
    assert "    .venv/bin/python -m helpdesk case show HD-1 --config demo/helpdesk.toml\n" in README
    assert f"http://{desk.file.web.listen}/" in README


@pytest.mark.parametrize("target", ["run", "test", "demo", "fast", "lint", "bench", "docs", "clean"])
def test_every_make_target_is_there_and_told_of(target):
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"(?m)^{target}:", makefile)
    assert f"make {target}" in README


@pytest.mark.parametrize(
    "file",
    sorted(
        path.relative_to(TOP).as_posix()
        for path in (*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("decisions/*.md"), *TOP.glob("bench/*.md"))
    ),
)
def test_links_between_documents_lead_somewhere(file):
    text = (TOP / file).read_text(encoding="utf-8")
    for link, anchor in re.findall(r"\]\(([^)#:\s]*)(?:#([^)]+))?\)", text):
        target = (TOP / file).parent / link if link else TOP / file
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{link}#{anchor}"


CONTENTS = (TOP / "docs" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(path.name for path in TOP.glob("docs/*.md") if path.name != "README.md"))
def test_every_page_is_in_the_one_table_of_contents(page):
    """docs/README.md, which is the sidebar of the site, too."""
    assert len(re.findall(rf"(?m)^- \[[^]]+\]\({re.escape(page)}\)", CONTENTS)) == 1


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    titles = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_readme_is_read_in_one_sitting():
    assert len(README.splitlines()) <= 250


WAY = HOW.partition("\n## The way of a mail\n")[2].partition("\n## ")[0]


def test_the_way_of_a_mail_is_one_page():
    assert len(WAY.splitlines()) <= 70


def functions(line: str) -> Iterator[str]:
    """`desk.work.work_mail`; a name without a dot is a neighbour of the one before it."""
    before = ""
    for name in re.findall(r"`([A-Za-z_.]+)`", line):
        before = name.rpartition(".")[0] or before
        yield f"{before}.{name.rpartition('.')[2]}"


CALLED = {path for cell in re.findall(r"(?m)^\| (`.*?) \|", WAY) for path in functions(cell)}


@pytest.mark.parametrize("path", sorted(CALLED | set(re.findall(r"`((?:\w+\.)+\w+)`", WAY))))
def test_every_function_on_the_way_of_a_mail_is_there(path):
    assert callable(pkgutil.resolve_name(f"helpdesk.{path}")), path


def test_the_files_of_the_spine_are_there():
    files = re.findall(r"(?m)^\| `([\w/]+/\w+\.py)` \|", HOW.partition("\n## The spine\n")[2].partition("\n## ")[0])
    assert len(files) == 9
    assert all((TOP / "helpdesk" / file).exists() for file in files)


def test_the_rooms_that_are_drawn_are_the_rooms_that_there_are():
    drawn = HOW
    parts = {path.stem for path in (TOP / "helpdesk").iterdir() if not path.name.startswith("_")}
    small = {"failpoints", "log", "phrases", "shipped", "starter"}  # beneath every room
    missing = [part for part in sorted(parts - small) if not re.search(rf"\b{part}(/|\.py|\b)", drawn)]
    assert not missing


def test_the_places_where_tests_kill_are_the_steps_that_are_told():
    """The crash table speaks of accept (A), work (B, C), out (D) and tick; a new kind of place needs a row there."""
    assert {place.partition(".")[0] for place in PLACES} <= {"smtp", "accept", "imap", "work", "out", "tick"}


def test_nothing_speaks_of_how_it_was_made():
    words = re.compile(r"\.\./shared|/work/|\bLLM\b|\bAI\b|prompt(?!=consent)", re.IGNORECASE)
    for path in (*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("decisions/*.md"), *TOP.glob("demo/**/*.*")):
        if path.suffix in {".md", ".py", ".toml"}:
            assert not words.search(path.read_text(encoding="utf-8")), path


def test_every_law_that_the_code_cites_is_told():
    """Who reads `law 15` at a line looks for it in HOW-IT-WORKS."""
    laws = (TOP / "HOW-IT-WORKS.md").read_text(encoding="utf-8").partition("\n## Laws\n")[2]
    told = set(re.findall(r"(?:^|\s)(\d+)\. ", laws))
    sources = [*TOP.glob("helpdesk/**/*.py"), *TOP.glob("tests/**/*.py")]
    cited = {number for path in sources for number in re.findall(r"\blaws? (\d+)\b", path.read_text(encoding="utf-8"))}
    assert len(cited) > 5
    assert cited <= told


def test_every_decision_has_a_number_of_its_own():
    """A successor names what it overturns, and a number that two have names neither."""
    files = sorted(path for path in TOP.glob("decisions/*.md") if path.name != "README.md")
    assert [path.name[:4] for path in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert all(path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} ") for path in files)
