"""Whether a mail merely thanks, so that it opens nothing again and no clock runs for it."""

from helpdesk.thanks.only_thanks import thanks_in
from helpdesk.thanks.reading import is_approval, read_thanks

__all__ = ["is_approval", "read_thanks", "thanks_in"]
