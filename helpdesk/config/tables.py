"""The configuration file as plain dataclasses that pydantic fills and checks: one class a table, every key is here."""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Annotated, Literal

from helpdesk.offering.files.schema import CallsTable
from helpdesk.toml_reader import toml_table, written_as
from helpdesk.wordings import Label


@toml_table
class DeskTable:
    """`[desk]`: the desk as a whole."""

    name: str = "Support"
    policies: str = ""
    templates: str = ""
    snippets: str = ""  # a folder of texts that agents send by name
    customers: str = ""
    secret_file: str = "secret"  # noqa: S105 - a file's name
    operators: list[str] = field(default_factory=list)
    public_url: str = ""
    heartbeat: str = ""  # a URL that is fetched once a minute while all is well
    digest: str = ""  # "08:00 Europe/Berlin": when the operators get the daily digest
    require_authentication: Literal["auto", "always", "never"] = "auto"
    second_voter: bool = False  # wants the extra `embeddings`
    workers: int | Literal["auto"] = "auto"  # processes that read mail beside the daemon
    blocked: list[str] = field(default_factory=list)  # addresses and domains whose mail is held
    second_answer_within: str = "10m"  # of another agent's: one that has not seen it comes back once; "0m": never
    keep: str = ""  # "400d": how long content and people of ended cases are kept; without it, for ever
    notify: list[str] = field(default_factory=list, repr=False)  # where calls of the operators go, too
    notify_private: bool = False  # whether these may be hosts of a private network


@toml_table
class DatabaseTable:
    """`[database]`: where everything is kept."""

    url: str = "sqlite:///helpdesk.db"


@toml_table
class SmtpInTable:
    """`[smtp_in]`: the listener; without `listen` there is none."""

    listen: str = ""
    max_size: str = "25 MiB"
    tls_cert: str = ""
    tls_key: str = ""
    require_tls: bool = False
    trusted_relays: list[str] = field(default_factory=list)
    authserv_id: str = ""
    spam: list[str] = field(default_factory=list)  # "X-Spam-Flag: YES": what our border writes into spam


@toml_table
class OAuth2Table:
    """`oauth2 = {...}`: where an access token is fetched with a refresh token, and the first of these."""

    token_url: str
    client_id: str
    device_url: str = ""  # where somebody signs in: by a code that is typed elsewhere,
    authorize_url: str = ""  # or in a browser
    refresh_token_env: str = ""
    refresh_token_file: str = ""
    client_secret_env: str = ""
    client_secret_file: str = ""
    scope: str = ""


@toml_table
class SmtpOutTable:
    """`[smtp_out]`: who takes our mail."""

    url: str
    username: str = ""
    password_env: str = ""
    password_file: str = ""
    oauth2: OAuth2Table | None = None
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_key_file: str = ""
    attachments: str = "15 MiB"  # of one mail, that go along when it is passed on
    connections: int = 4  # to the smarthost at once, of one daemon


@toml_table
class WebTable:
    """`[web]`: the console; without `listen` there is none."""

    listen: str = ""
    token_file: str = ""  # who has it reads, and does nothing
    user_header: str = ""  # in which a proxy names who is signed in, "X-Forwarded-Email",
    trusted_proxies: list[str] = field(default_factory=list)  # where the request comes from one of these


@toml_table
class LogTable:
    """`[log]`: what the daemon says on standard error."""

    format: Literal["auto", "text", "json"] = "auto"  # auto: text on a terminal, JSON elsewhere
    level: Literal["debug", "info", "warning", "error"] = "info"


@toml_table
class ReaderTable:
    """`[severity.reader]`: a language model that is asked what a mail says of its trouble; without `url` none is."""

    url: str = ""  # an OpenAI-compatible chat endpoint, whole: https, or http on this host
    model: str = ""
    key_file: str = ""  # mode 0600
    timeout: str = "20s"  # for one answer
    daily: int = 500  # mails that are read in a day
    share: float = 0.1  # of them, that one sender's may be


@toml_table
class SeverityFileTable:
    """`[severity]`: what helps to find severities."""

    reader: ReaderTable = field(default_factory=ReaderTable)


@toml_table
class ImapTable:
    """`[mailbox.imap]`: a mailbox that is polled."""

    host: str
    username: str
    port: int = 0
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    password_env: str = ""
    password_file: str = ""
    oauth2: OAuth2Table | None = None
    folder: str = "INBOX"
    processed: str = ""
    idle: bool = True
    poll: str = "60s"


@toml_table
class MailboxTable:
    """`[[mailbox]]`: an address we receive at."""

    address: str
    policy: str
    team: str
    channel: str = "email"
    plan: str = ""
    name: str = ""
    severity: str = ""  # that mail to it states, for registered contacts
    kind: str = ""  # of case that mail to it makes
    signature: Label = ""  # below every mail to customers; without it, its name
    forms: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    imap: ImapTable | None = None


@toml_table
class TeamTable:
    """`[[team]]`: the agents behind mailboxes."""

    name: str
    lead: str = ""
    rotation: str = ""  # who is on call for it; without it, the only rotation there is
    calls: CallsTable | None = None  # how calls that nobody acknowledges go on; without it, as the policy says


@toml_table
class LevelTable:
    """`[[level]]`: a seat that the ladder of a policy names, of one team or of all."""

    name: str
    to: list[str] = field(default_factory=list)  # who sits there,
    rotation: str = ""  # or in whose turn
    team: str = ""  # without it, of every team


@toml_table
class AbsenceTable:
    """`{from = 2026-05-01, to = 2026-05-08}`: away on these local dates, both included, or between these times."""

    since: Annotated[datetime | date, written_as("from")]
    to: datetime | date


@toml_table
class AgentTable:
    """`[[agent]]`: somebody who answers. Without `hours` they are on duty whenever they are not away."""

    name: str
    email: str
    aliases: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    timezone: str = ""
    hours: str = ""
    absences: list[AbsenceTable] = field(default_factory=list)
    signature: Label = ""  # below what they answer customers; without it, their name
    notify: list[str] = field(default_factory=list, repr=False)  # where their calls go, too, for them alone


@toml_table
class OverrideTable:
    """An entry of `overrides`: somebody else on these local dates, both included, or between these times."""

    since: Annotated[datetime | date, written_as("from")]
    to: datetime | date
    primary: str = ""
    secondary: str = ""


@toml_table
class RotationTable:
    """`[[rotation]]`: who is on call, each in turn from one hand-over to the next."""

    name: str
    timezone: str
    handover: str
    start: date
    primary: list[str]
    secondary: list[str] = field(default_factory=list)
    overrides: list[OverrideTable] = field(default_factory=list)
    notify: list[str] = field(default_factory=list, repr=False)  # where its calls go, too, for all who read there


@toml_table
class ConfigurationFile:
    """The file."""

    smtp_out: SmtpOutTable
    mailbox: list[MailboxTable]
    desk: DeskTable = field(default_factory=DeskTable)
    database: DatabaseTable = field(default_factory=DatabaseTable)
    smtp_in: SmtpInTable = field(default_factory=SmtpInTable)
    web: WebTable = field(default_factory=WebTable)
    log: LogTable = field(default_factory=LogTable)
    severity: SeverityFileTable = field(default_factory=SeverityFileTable)
    team: list[TeamTable] = field(default_factory=list)
    agent: list[AgentTable] = field(default_factory=list)
    rotation: list[RotationTable] = field(default_factory=list)
    level: list[LevelTable] = field(default_factory=list)
