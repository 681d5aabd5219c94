"""The operator's configuration: one TOML file, environment variables over it, checked as a whole.

`HELPDESK_<TABLE>_<KEY>` replaces a key of a plain table: `HELPDESK_DATABASE_URL`, `HELPDESK_SMTP_IN_LISTEN`. Paths
are relative to the file they stand in. Every problem is reported at once; with one, nothing starts.
"""

from helpdesk.config.amounts import read_age, read_size, read_span
from helpdesk.config.configuration import Configuration, NotifyUrl, notify_urls_in
from helpdesk.config.problems import is_url, names_loopback
from helpdesk.config.reading import CheckedFile, load_configuration, read_configuration
from helpdesk.config.tables import ConfigurationFile, ImapTable, MailboxTable, OAuth2Table

__all__ = [
    "CheckedFile",
    "Configuration",
    "ConfigurationFile",
    "ImapTable",
    "MailboxTable",
    "NotifyUrl",
    "OAuth2Table",
    "is_url",
    "load_configuration",
    "names_loopback",
    "notify_urls_in",
    "read_age",
    "read_configuration",
    "read_size",
    "read_span",
]
