"""Who holds what is claimed: one start of one process."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """One start of one process: no other ever has the same name, not even on the same host with the same number."""

    name: str

    @classmethod
    def of_this_process(cls) -> Owner:
        """A new owner, named so that people find the process and chance alone tells two of them apart."""
        return cls(f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(8)}")
