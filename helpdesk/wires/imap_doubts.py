"""Mails that were there when something went wrong, so that one bad mail never holds up the others.

A mail that was in a batch which could not be fetched or accepted is *suspected*: from then on it is taken alone and
after all others, the oftenest suspected last. Nothing is ever given up; being accepted clears it.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpdesk.wires.imap_reports import AnswerTooBig

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ASKED_OFTEN = 3  # times a mail is not given before a person is told


class Doubts:
    """What went wrong with which UIDs of one folder, for as long as its UIDVALIDITY stays."""

    def __init__(self) -> None:
        self._suspected: Counter[int] = Counter()
        self._not_given: Counter[int] = Counter()
        self._larger: set[int] = set()

    def understated(self, uid: int) -> bool:
        """Whether the mail turned out to be far larger than the server had said."""
        return uid in self._larger

    def in_order(self, uids: Iterable[int]) -> list[int]:
        """The newest first, and those under suspicion last."""
        return sorted(uids, key=lambda uid: (self._suspected[uid], -uid))

    def first(self, uids: Sequence[int], most: int) -> tuple[list[int], list[int]]:
        """Cut off what is to be taken first, so many at most; a suspected mail is taken alone. What is left is second.

        `uids` are in the order of `in_order`. What is taken together is in the order in which it came.
        """
        calm = [uid for uid in uids[:most] if not self._suspected[uid]]
        together = calm or list(uids[:1])
        return sorted(together), list(uids[len(together) :])

    @contextmanager
    def suspecting(self, uids: Sequence[int]) -> Iterator[None]:
        """Where the body of the `with` raises, suspect these mails."""
        try:
            yield
        except Exception as error:
            self._suspected.update(uids)
            if isinstance(error, AnswerTooBig) and len(uids) == 1:
                self._larger.update(uids)
            raise

    def clear(self, uids: Iterable[int]) -> None:
        """Forget all about mails that were accepted."""
        for uid in uids:
            del self._suspected[uid], self._not_given[uid]
            self._larger.discard(uid)

    def not_given(self, uids: Iterable[int]) -> list[int]:
        """Note that the server said OK but left these out; return those a person should be told of, each once."""
        absent = list(uids)
        self._not_given.update(absent)
        return [uid for uid in absent if self._not_given[uid] == _ASKED_OFTEN]
