"""Each clause of docs/policy-format.md shows itself in a story that runs.

The first block of TOML in the guide is a whole policy of thirty lines. The blocks of each section are laid over it, so that
they hold only what their clause is about: tables are joined, lists are appended to, what is told twice is as it was told
last, and examples are the section's own. The last block is a whole policy again, with every key.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helpdesk.lab.policy_check import check_whole
from helpdesk.offering.files import policy_file, read_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

GUIDE = (Path(__file__).parents[2] / "docs" / "policy-format.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
FIRST = BLOCK.findall(GUIDE)[0]
BASE = tomllib.loads(FIRST)

NO_CLAUSES = {
    "What cannot be said",
    "Examples of others",
    "What `policy check` says",
}  # nothing in them can be lived through


def clauses() -> Iterator[tuple[str, str]]:
    """The sections, each with all of its blocks of TOML."""
    for section in re.split(r"(?m)^(?=##+ )", GUIDE)[1:]:
        title = section.partition("\n")[0].strip("# ")
        if title not in NO_CLAUSES:
            yield title, "\n".join(BLOCK.findall(section))


def joined(under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        return {key: joined(under.get(key), over.get(key)) for key in {**under, **over}}
    if isinstance(under, list) and isinstance(over, list) and any(isinstance(one, dict) for one in over):
        return [*under, *over]
    return under if over is None else over


def written(value: Any) -> str:
    """A value as TOML, tables in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return value.isoformat() if isinstance(value, date | datetime) else json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(("clause", "text"), list(clauses()), ids=[clause for clause, _ in clauses()])
def test_each_clause_runs_and_shows_itself_in_a_story(tmp_path, clause, text):
    own = tomllib.loads(text)
    whole = own if "key" in own else joined({**BASE, "example": []}, own)
    path = tmp_path / f"{whole['key']}.toml"
    path.write_text(
        "\n".join(f"{json.dumps(key)} = {written(value)}" for key, value in whole.items()), encoding="utf-8"
    )

    assert [str(finding) for finding in check_whole(path) if finding.level == "error"] == []
    assert any("then" in example for example in own.get("example", ())), clause
    assert read_policy(policy_file(path)).key == BASE["key"]


def test_the_guide_begins_with_a_policy_of_thirty_lines():
    assert len(FIRST.splitlines()) <= 30
