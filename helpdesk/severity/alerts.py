# ruff: noqa: E501 - tables of patterns and words are read by the line
"""Mail of monitoring systems: its state, its own severity and its environment, which no sentence reading would find.

Knows the shapes of Nagios and Icinga, Zabbix, Prometheus Alertmanager, Grafana, Pingdom, UptimeRobot, Datadog,
PagerDuty, CloudWatch, New Relic and what imitates them. A person who forwards an alert with a greeting is a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from helpdesk.severity.text import MAX_SUBJECT, tidy

if TYPE_CHECKING:
    from helpdesk.core.words.watched import State

LONGEST = 6000  # characters of an alert looked at

_FLAGS = re.IGNORECASE | re.MULTILINE

# What only monitors write. People name one, too, and begin with `Problem:`; their words must never pass for repetition.
_UNMISTAKABLE = re.compile(
    r"\[(?:firing|resolved)(?::\d+)?\]|\[(?:triggered|re-triggered|recovered)\b[^\]]*\]|\[(?:alerting|ok)\]|"
    r"\[pagerduty\b|\*\* ?(?:problem|recovery|acknowledgement|flapping\w*) (?:host|service)|"
    r"^\*{3,} ?(?:nagios|icinga)|^notification type:|^(?:alarm|insufficient_data|ok): \"|"
    r"^[ *-]*(?:state change|alarm details):|^ ?alertname\b|^original problem id|"
    r"^problem (?:started|has been resolved) at|^(?:down|up) alert:|monitor is (?:down|up):|"
    r"\b(?:ok|warn|crit|unkn|up|down) -> (?:ok|warn|crit|unkn|up|down)\b|"
    r"\[[^\w\s\x00-\x7f]+ ?(?:down|up)\]|^\[prtg\b|^(?:fired|resolved):sev\d\b",
    _FLAGS,
)
# A person passes it on, or answers it.
_PASSED_ON = re.compile(r"^\W*(?:re|aw|sv|antw|fwd?|wg|tr|rv|vs)\s*:", re.IGNORECASE)
# Subjects and lines that only machines write; of some the capitals tell, which `_SHOUTED` puts apart. The rest is read
# in lower case: where nothing need be folded the many alternatives are passed three times as fast.
_SHOUTED = re.compile(r"is (?=(?:DOWN|UP|CRITICAL|WARNING|UNKNOWN)\b|OK \*\*)")
_MARKS = re.compile(
    r"\[(?:firing|resolved)(?::\d+)?\]|\*\* ?(?:problem|recovery|acknowledgement|flapping\w*|downtime\w*)\b|^\*{3,} ?(?:nagios|icinga)|"
    r"notification type:|\[(?:triggered|re-triggered|recovered|warn(?:ing)?|no data|alerting|monitor alert|ok)\b[^\]]*\]|"
    r"^(?:alarm|insufficient_data|ok): \"|state change:|alarm details:|^problem (?:started|has been resolved|name:)|^original problem id|"
    r"^(?:problem|resolved|recovery|update|completed|service restored|restored|closed)\s*[:\u2013-] |completed successfully|weekly digest|sent automatically|automatically generated|zabbix|alertmanager|^\s*alertname\b|pagerduty|opsgenie|victorops|pingdom|uptimerobot|"
    r"^(?:down|up) alert:|monitor \0?is (?:down|up)\b|\0is (?:ok \*\*|\w+)|datadog|cloudwatch|new relic|dynatrace|"
    r"grafana|statuscake|site24x7|checkly|sensu|checkmk|prtg|healthchecks|synthetic (?:test|check|monitor)|"
    r"(?:incident|violation|alert|condition) (?:opened|closed|triggered|resolved)\b|"
    r"\[[^\w\s\x00-\x7f]+ ?(?:down|up)\]|^(?:fired|resolved):sev\d\b|"
    r"automated (?:notice|alert|message|notification)|automatische (?:benachrichtigung|meldung)",
    re.MULTILINE,
)
_URL = re.compile(r"https?://\S+")
_PERSON = re.compile(
    r"\b(?:hi|hello|hallo|dear|bonjour|hola|guten (?:tag|morgen)|good (?:morning|afternoon)|regards|thanks|thank you|please|bitte|merci|gracias|"
    r"we|our|i(?:'ve|'d|'ll|'m)? [a-z]{2,}|my [a-z]{2,}|(?:could|can|would) you|ich|mein\w*|wir|unser\w*|nous|notre|nuestr\w+)\b",
    re.IGNORECASE,
)
_RECOVERED = re.compile(
    r"\[resolved|\brecover(?:y|ed)\b|\[ok\]|^ok:|state:\s*(?:ok|up)\b|status:\s*(?:ok|up|resolved|closed|recovered)\b|is (?:UP|OK)\b|up alert|"
    r"monitor is up|problem has been resolved|^resolved[: ]|alarm\s*->\s*ok|-> ok\b|back to normal|incident (?:resolved|closed)|alert (?:resolved|closed)|"
    r"^(?:recovery|completed|service restored|restored|closed)\s*[:\u2013-]|completed successfully|reachable again|\[[^\w\s\x00-\x7f]+ ?up\]|^resolved:sev\d|down ended|all closed|is (?:back )?up again|cleared\b|violation closed|notification type:\s*recovery",
    _FLAGS,
)
_NOTICE = re.compile(
    r"(?<!not )acknowledg\w+|downtime(?:start|end)|flapping\w*|certificate|expir\w+|zertifikat|weekly report|digest|summary report|maintenance|\binfo(?:rmational|rmation)?\b severity|severity\s*[:=]\s*\"?(?:info|information|none|low)\b",
    _FLAGS,
)
_TOP = re.compile(
    r"\b(?:critical|disaster|emergency|fatal|page|sev-?[01]|p[01]|urgency:\s*high|highest)\b", re.IGNORECASE
)
_HIGH = re.compile(r"\b(?:high|major|error|severe|sev-?2|p2|alarm|alerting|urgent)\b", re.IGNORECASE)
_WARNING = re.compile(r"\b(?:warn(?:ing)?|average|minor|low|moderate|sev-?[34]|p[345]|no data)\b", re.IGNORECASE)
_GONE = re.compile(
    r"\bis down\b|\bdown\b|unreachable|100 ?% (?:packet )?loss|socket timeout|connection (?:timed out|refused|timeout)|no route to host|\b(?:502|503|504)\b|"
    r"service unavailable|\b0 (?:successful|healthy|available|running|orders|requests|logins|checkouts|ready|up)|zero\b|no (?:successful|healthy|available|orders|logins)|all (?:\d+ )?(?:backends|"
    r"nodes|instances|hosts|targets|replicas|pods|probes|locations|regions)|100 ?%|absent|not responding|unavailable|outage|0 ?% (?:availability|success|uptime)|"
    r"success(?:ful)?[ _]?rate\w*\W+0\b|up\W+0\b|healthy\w*\s*[:=]\s*0|0/\d+|\b(\d+) (?:of|out of|/) ?\1\b|\b0 (?:of|out of) \d|throughput\W+0\b|\ball\w*(?:gone|down|dead)\b|"
    r"(?:orders|requests|logins|checkouts|sessions|transactions|payments|messages)\b[^\n:=]{0,40}[:=]\s*0\b",
    re.IGNORECASE,
)
_NOTHING_LEFT = re.compile(
    r"\b0 (?:of|out of|/) ?\d|\b0/\d|\ball\w*(?:gone|down|dead)\b|throughput\W+0\b", re.IGNORECASE
)
_ONE_OF_MANY = re.compile(
    r"\b1 (?:of|/) ?\d|\b1/\d|one of|single (?:node|replica|pod|instance)|other \d* ?(?:checks|nodes|replicas|hosts|probes|monitors)|replica\b|redundan|remaining nodes|quorum ok|failover (?:ok|succe)",
    re.IGNORECASE,
)
_GRADUAL = re.compile(
    r"latency|slow|queue|lag\b|backlog|cpu|memory|load average|disk|storage|inode|swap|restart\w*|oom|p9[59]|response time|error rate|throughput|threads|pool|utili[sz]ation|usage|"
    r"replication|consumer|depth|length|duration|heap|gc\b|bounce rate|retries",
    re.IGNORECASE,
)
_FELT = re.compile(
    r"latency|response time|error rate|errors?/s|5xx|p9[59]|failed (?:requests|logins|orders)|duration of requests|apdex",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"wishlist|newsletter|backup|report\w*|sitemap|recommendation|archive|cron|blog|intranet|wiki|log ?rotat|printer|metrics-exporter|thumbnail|analytics|ntp|clock skew|print",
    re.IGNORECASE,
)
_NONPROD = re.compile(
    r"(?<![a-z])(?:staging|stage|stg|sandbox|uat|qa|dev|develop|development|preprod|pre-prod|preproduction|pre-production|nonprod|non-prod|non-production|demo|sit|testing)(?![a-z])|"
    r"(?<=[-_./@])(?:test|tst|int|lab)(?=[-_./\d\s,:)]|$)|\b(?:test|tst)(?=[-_]\w)|\b(?:env(?:ironment)?|stage|tier|umgebung|hostgroup|cluster|tags?)\W{1,4}(?:\w+[:=])?(?:test|tst|int)\b",
    re.IGNORECASE,
)
_PROD = re.compile(r"(?<![a-z])(?:prod|prd|production|live|produktion|produktiv)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MonitoringAlert:
    """What a monitoring mail says. `level` is the monitor's own word, 1 (critical) to 3 (warning), 0 for none."""

    state: State
    level: int
    gone: bool  # the thing does not answer at all
    gradual: bool  # a measure is over its threshold
    felt: bool  # the measure is one that users feel
    one_of_many: bool
    edge: bool
    non_production: bool
    evidence: str


@lru_cache(1)  # whoever looks for the case of a mail asks before whoever judges it
def parse(subject: str, text: str) -> MonitoringAlert | None:
    """Read a monitoring mail; None where a person wrote it."""
    if not _is_alert(subject, text):
        return None
    text = _URL.sub(" ", text)
    whole = f"{subject}\n{text}"
    return MonitoringAlert(
        state=_state(subject, text),
        level=_level(subject) or _level(whole),
        gone=bool(_GONE.search(whole)),
        gradual=bool(_GRADUAL.search(whole)) and not _NOTHING_LEFT.search(whole),
        felt=bool(_FELT.search(whole)),
        one_of_many=bool(_ONE_OF_MANY.search(whole)),
        edge=bool(_EDGE.search(whole)),
        non_production=bool(_NONPROD.search(whole)) and not _PROD.search(subject) and not _PROD.search(text),
        evidence=subject or text,
    )


def is_unmistakable(subject: str, text: str) -> bool:
    """Whether only a monitor writes so. Less is enough to judge an alert, but not to fold it into another one."""
    if _PASSED_ON.match(subject):
        return False
    return bool(_UNMISTAKABLE.search(subject[:MAX_SUBJECT]) or _UNMISTAKABLE.search(tidy(text)[:LONGEST]))


def _is_alert(subject: str, text: str) -> bool:
    people = sum(1 for _ in islice(_PERSON.finditer(text), 2))
    if people > 1:
        return False  # which spares most mails the search for marks
    if people and is_unmistakable(subject, ""):
        return True  # monitors say "Hi," too
    plain = _SHOUTED.sub("\0is ", f"{subject}\n{text}").lower()
    return len({match[0].replace("\0", "") for match in _MARKS.finditer(plain)}) > people


def _state(subject: str, text: str) -> State:
    if _RECOVERED.search(subject) or (
        not re.search(r"\bproblem\b|firing|\bfired:|triggered|\bdown\b", subject, re.IGNORECASE)
        and _RECOVERED.search(text)
    ):
        return "recovered"
    if _NOTICE.search(f"{subject}\n{text}"):
        return "notice"
    return "problem"


def _level(text: str) -> int:
    for level, pattern in ((1, _TOP), (2, _HIGH), (3, _WARNING)):
        if pattern.search(text):
            return level
    return 0
