"""What a mail says that is thanks and nothing else; the room `thanks` reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thanks:
    """A text that is thanks and nothing else.

    `confirms`: it says that the thing works. `assents`: it may also be the answer to a question ("ok", "perfect").
    """

    confirms: bool = False
    assents: bool = False
