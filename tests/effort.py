"""How much work something is, in processor time: a clock on the wall would measure what else the machine does."""

from __future__ import annotations

import contextlib
import gc
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def at_most(seconds: float, what: str = "this") -> Iterator[None]:
    """The block may use so much processor time, in its own thread; it may wait for a processor as long as it has to.

    Bounds are ten times what an idle machine needs: they find what grows with the square, not what is a little slow.
    """
    gc.disable()  # it would measure what the tests before have left in memory
    try:
        began = time.thread_time()
        yield
        used = time.thread_time() - began
    finally:
        gc.enable()
    assert used < seconds, f"{what} took {used:.2f} s of processor time, {seconds} s are too much"
