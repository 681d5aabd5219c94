"""What would hurt a desk that is about to run, each found by trying it, and said in one line with what to do."""

from helpdesk.diagnosis.calls import beyond_mail
from helpdesk.diagnosis.examined import Examined, Looked, look
from helpdesk.diagnosis.listeners import console, smtp_listener
from helpdesk.diagnosis.mail_accounts import mailbox, smarthost
from helpdesk.diagnosis.published import domains
from helpdesk.diagnosis.round_trip import returned, send_round_trips
from helpdesk.diagnosis.settings import odd_settings
from helpdesk.diagnosis.stored import database, disk, short_of_room

__all__ = [
    "Examined",
    "Looked",
    "beyond_mail",
    "console",
    "database",
    "disk",
    "domains",
    "look",
    "mailbox",
    "odd_settings",
    "returned",
    "send_round_trips",
    "short_of_room",
    "smarthost",
    "smtp_listener",
]
