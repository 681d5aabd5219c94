"""Room on the disks that the desk writes to."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from helpdesk.operators import DISK_LOW
from helpdesk.watch.cause import HealthCause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpdesk.config import Configuration


def free_space(configuration: Configuration) -> int:
    """Octets left on the fullest of the disks that the desk writes to. Raises OSError."""
    return min(shutil.disk_usage(place).free for place in configuration.storage)


def needed_space(configuration: Configuration) -> int:
    """With how much left mail is taken: the largest, and what is written because of it."""
    return 2 * configuration.max_size


class Disk:
    """`free_space` says how many octets are left; with fewer than `needed` no mail is taken."""

    def __init__(self, free_space: Callable[[], int], needed: int) -> None:
        self._free_space, self._needed = free_space, needed

    def causes(self) -> Iterator[HealthCause]:
        """That there is little room, or none."""
        try:
            free = self._free_space()
        except OSError as problem:
            yield HealthCause("disk.gone", "failing", f"the desk's own disk cannot be looked at: {problem.strerror}")
            return
        left = f"{free / 2**20:.0f} MiB free"
        if free < self._needed:
            yield HealthCause("disk.full", "failing", f"the disk is full: {left}, and no mail is taken")
        elif free < DISK_LOW:
            yield HealthCause("disk.low", "attention", f"the disk is nearly full: {left}")
