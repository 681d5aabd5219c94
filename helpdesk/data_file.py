"""Tables of data that lie beside the code which uses them: word lists, phrases, weights."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def data_file(package: str, name: str) -> dict[str, Any]:
    """The TOML file of that name in a package. Raises FileNotFoundError when the installation is broken."""
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))


def patterns(table: Mapping[str, Any]) -> dict[str, str]:
    """Its lists of regular expressions, each as one that matches any of them; without what is no list."""
    return {name: "|".join(words) for name, words in table.items() if isinstance(words, list)}
