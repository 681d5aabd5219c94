"""What desks are killed with: a process that starts them fast, and a smarthost that remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("tests.process", "tests.crash.laws", "tests.crash.life")

from tests.process import Foundry, reap  # noqa: E402 - rewritten
from tests.wire.smarthost import ScriptedSmarthost  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def foundry() -> Iterator[Foundry]:
    made = Foundry()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    """A daemon of a test that failed would go on, and be the next test's warning."""
    yield
    reap()


@pytest.fixture
def smarthost() -> Iterator[ScriptedSmarthost]:
    with ScriptedSmarthost() as made:
        yield made
