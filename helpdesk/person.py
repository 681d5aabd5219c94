"""A person as mail names them: an address and a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One mailbox of a header: a bare, lower-cased address and the display name, which is only ever shown."""

    address: str
    name: str = ""

    @property
    def name_or_address(self) -> str:
        """How they are called in a sentence."""
        return self.name or self.address

    @property
    def shown(self) -> str:
        """As one line for people: `Kim Roe <kim@acme.example>`, the bare address, or that there is none."""
        if not self.address:
            return self.name or "unknown sender"
        return f"{self.name} <{self.address}>" if self.name else self.address
