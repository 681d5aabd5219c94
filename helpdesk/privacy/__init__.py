"""Privacy: words are erased, facts stay.

    redact   one case's words, on an order: the record says that they were erased, and its customer hears
    purge    the words and the people of all that ended before an instant, and of old mail that belongs to no case

Both keep events, so every clock, report and credit statement says afterwards what it said before. What of a mail is
masked before it gets onto a case is found by `mail.inside.sensitive`; what the store erases is in `store.erasure`.
"""

from __future__ import annotations

from helpdesk.privacy.erased import in_words
from helpdesk.privacy.purge import purge
from helpdesk.privacy.redact import redact

__all__ = ["in_words", "purge", "redact"]
