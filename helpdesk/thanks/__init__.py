"""Whether a mail merely thanks, so that it opens nothing again and no clock runs for it."""

from helpdesk.thanks.only_thanks import thanks_in
from helpdesk.thanks.reading import read_thanks

__all__ = ["read_thanks", "thanks_in"]
