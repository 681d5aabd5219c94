"""Where the files lie that come with the program: `migrations/`, `templates/`, `policies/`.

In a checkout they stand at the top level; in an installed wheel they lie inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """The shipped folder of that name. Raises FileNotFoundError when the installation is broken."""
    for place in (_PACKAGE / "_shipped" / folder, _PACKAGE.parent / folder):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the shipped folder {folder!r} is missing: the installation is broken")
