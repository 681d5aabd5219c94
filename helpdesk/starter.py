"""What `helpdesk init` writes: a commented configuration that runs as soon as the addresses are yours."""

HELPDESK = """# The desk. docs/configuration.md explains every key; `helpdesk check` says what is wrong, all at once.

[desk]
name = "Acme Support"
customers = "customers.toml"      # who bought what; changed without touching anything else
operators = ["ops@desk.example"]  # get alerts about the desk itself
# digest = "08:00 Europe/Berlin"  # and once a day what is open, due, late and not delivered
# heartbeat = "https://monitor.example/ping/desk"  # fetched once a minute while all is well
# policies = "policies"           # your own support offerings, laid over the shipped ones file by file
# templates = "templates"         # your own words, laid over the shipped ones file by file
# secret_file = "secret"          # key of the reply addresses; made on first start. Keep it: without it, replies
                                  # to mails that are already out open new cases
# keep = "400d"                   # erase content and people of cases that ended so long ago; without it, keep all
# require_authentication = "auto" # auto | always | never: agents' mail needs an aligned DKIM/DMARC result;
                                  # auto asks for it wherever authserv_id below is set

[database]
url = "sqlite:///helpdesk.db"     # or postgresql+psycopg://user@host/helpdesk

[smtp_in]
listen = "127.0.0.1:2525"         # "lmtp:127.0.0.1:2424" behind Postfix; absent: no listener
max_size = "25 MiB"
# trusted_relays = ["127.0.0.1"]
# authserv_id = "mx.desk.example" # your border's name in Authentication-Results

[smtp_out]
url = "maildir:outgoing"          # for a first try; then smtp://HOST:587?starttls=yes or smtps://HOST:465
# username = "support"
# password_env = "SMTP_PASSWORD"  # or password_file

[[mailbox]]
address = "support@desk.example"
policy = "logik"                  # helpdesk policy list
team = "support"
# name = "Acme Support"           # how customers see it
#  [mailbox.imap]                 # to poll it; without, its mail comes by SMTP
#  host = "imap.desk.example"
#  username = "support"
#  password_env = "IMAP_PASSWORD"
#  processed = "Processed"        # taken mail is moved there

[[team]]
name = "support"
lead = "lead@desk.example"

[[agent]]
name = "Ann Berg"
email = "ann@desk.example"
teams = ["support"]
# timezone = "Europe/Berlin"      # cases go to who is on duty: in their hours and not away
# hours = "mon-fri 09:00-17:00"
# absences = [{from = 2026-05-01, to = 2026-05-08}, {from = 2026-05-12T13:00:00, to = 2026-05-12T18:00:00}]

# [[rotation]]                    # who is on call, each in turn: helpdesk oncall
# name = "on-call"
# timezone = "Europe/Berlin"
# handover = "mon 09:00"          # or several: "daily 08:00, daily 20:00"
# start = 2026-01-05
# primary = ["ann@desk.example"]
# secondary = ["lead@desk.example"]
# overrides = [{from = 2026-05-01, to = 2026-05-03, primary = "lead@desk.example"}]
"""

CUSTOMERS = """# Who bought what. A sender is found by address first, then by domain; everybody else is answered under
# the policy's default plan and flagged as an unknown sender.

[[customer]]
key = "acme"
name = "Acme Corp"
policy = "logik"
plan = "standard"
region = "central"
# timezone = "America/Chicago"    # due times are told in it
domains = ["acme.example"]
contacts = [{email = "it@acme.example", registered = true}]
"""

FILES = {"helpdesk.toml": HELPDESK, "customers.toml": CUSTOMERS}
