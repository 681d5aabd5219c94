"""How bad is it? A severity that explains itself, doubts itself and learns.

`assess` reads a mail under a policy's `SeverityTerms` and answers a `Verdict`: severity, probabilities,
calibrated confidence, kind, area and every reason with its piece of evidence. Pure and deterministic.
"""

from helpdesk.core.severity.assess import assess
from helpdesk.core.severity.caps import CONDITIONS
from helpdesk.core.severity.learning import (
    Evaluation,
    Example,
    confusion,
    evaluate,
    learn,
    learn_all,
    may_replace,
    tally,
)
from helpdesk.core.severity.model import DEFAULT, Model
from helpdesk.core.severity.terms import Area, Cap, Kind, Level, SeverityTerms
from helpdesk.core.severity.verdict import Reason, Verdict

__all__ = [
    "CONDITIONS",
    "DEFAULT",
    "Area",
    "Cap",
    "Evaluation",
    "Example",
    "Kind",
    "Level",
    "Model",
    "Reason",
    "SeverityTerms",
    "Verdict",
    "assess",
    "confusion",
    "evaluate",
    "learn",
    "learn_all",
    "may_replace",
    "tally",
]
