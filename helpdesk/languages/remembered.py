"""What is known of each of many words, so that it is found out once.

`functools.lru_cache` moves what is asked for to the end of a list, each time, and touches the entries on both sides of
it. A mail asks for some hundred words, most of them common ones: here one that is known is one look into a dict, and
takes the memory of an entry of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(dict[Key, Value]):
    """What a function answers for each key. Those of the last `most` keys at most are kept.

    When half of `most` have come it begins anew; what it knew is looked at once more for what is asked for again.
    """

    def __init__(self, function: Callable[[Key], Value], *, most: int) -> None:
        super().__init__()
        self._function = function
        self._half = most // 2
        self._before: dict[Key, Value] = {}

    def __missing__(self, key: Key) -> Value:
        """Among what was known before it began anew, or by the function."""
        if len(self) >= self._half:
            self._before = self.copy()
            self.clear()
        before = self._before  # which another thread may replace
        value = self[key] = before[key] if key in before else self._function(key)
        return value
