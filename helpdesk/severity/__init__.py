"""How bad is it? A severity that explains itself, doubts itself and learns.

`assess` reads a mail under a policy's `SeverityTerms` and answers a `Verdict`: severity, probabilities,
calibrated confidence, kind, area and every reason with its piece of evidence. `Classifier` is what the case engine
knows as its `Judge`. What monitors watch is read here, too (`monitors`). Pure and deterministic.
"""

from helpdesk.severity.assess import assess
from helpdesk.severity.classifier import SHIPPED, Classifier
from helpdesk.severity.learning import (
    Evaluation,
    Example,
    confusion,
    evaluate,
    learn,
    learn_all,
    may_replace,
    probabilities_of,
    tally,
)
from helpdesk.severity.model import DEFAULT, Model

__all__ = [
    "DEFAULT",
    "SHIPPED",
    "Classifier",
    "Evaluation",
    "Example",
    "Model",
    "assess",
    "confusion",
    "evaluate",
    "learn",
    "learn_all",
    "may_replace",
    "probabilities_of",
    "tally",
]
