"""Whether somebody else takes the mail of our folder too, such as a second desk that knows nothing of this one.

Each of two desks would work its share of the mail, and neither would know of the other's. The signs are mails that
were fetched here, listed here, or announced to us, and are gone before we can put them away, and mails that came while
we watched and already bear the keyword of a desk. A person who moves a mail by hand leaves such a sign as well, so what
counts is in how many looks at the folder there was one, not how many mails it were.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from helpdesk.wires.imap_reports import AloneAgain, TakenByOthers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from helpdesk.wires.imap_reports import Report

_LOOKS = 3  # with a sign, within `_DAY`: no hand is as quick as that three times a day
_DAY = 24 * 60 * 60.0  # seconds


class Others:
    """Counts the signs in one folder; reports their beginning once, and once that a day has passed without any.

    What was reported by an earlier process is not known here, so the first day without a sign is reported as well.
    """

    def __init__(
        self,
        mailbox: str,
        folder: str,
        report: Callable[[Report], object],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mailbox = mailbox
        self._folder = folder
        self._report = report
        self._clock = clock
        self._signs: deque[tuple[float, int]] = deque()  # the moment of a look, and how many mails others had taken
        self._missing: set[int] = set()  # listed by SEARCH, unknown to FETCH
        self._now = 0
        self._began = clock()
        self._reported: bool | None = None  # the newest: that others take mail, or that nobody does

    def took(self, mails: int) -> None:
        """Note that in this look so many mails turned out to have been taken by somebody else."""
        self._now += mails

    def missed(self, uids: Collection[int]) -> None:
        """Note mails that SEARCH listed and FETCH did not know: gone, if the next look does not find them either."""
        self._missing.update(uids)

    def gone(self, present: Collection[int]) -> set[int]:
        """Of the mails that were missed, those that do not lie there any more; each is returned once."""
        gone = self._missing.difference(present)
        self._missing.clear()
        return gone

    def looked(self) -> None:
        """The look is over: see what has become of it all."""
        at = self._clock()
        if self._now:
            self._signs.append((at, self._now))
            self._now = 0
        while self._signs and self._signs[0][0] <= at - _DAY:
            self._signs.popleft()
        if self._reported is not True and len(self._signs) >= _LOOKS:
            self._reported = True
            mails = sum(number for _, number in self._signs)
            self._report(TakenByOthers(self._mailbox, self._folder, mails))
        elif self._reported is not False and not self._signs and at - self._began >= _DAY:
            self._reported = False
            self._report(AloneAgain(self._mailbox, self._folder))
