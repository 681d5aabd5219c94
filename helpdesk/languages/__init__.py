"""Which language somebody writes in: one table and one decision for the whole program, below all that reads text."""

from helpdesk.languages.detect import LanguageFound, function_words, language_of, languages
from helpdesk.languages.scripts import SCRIPTS, script_language

__all__ = ["SCRIPTS", "LanguageFound", "function_words", "language_of", "languages", "script_language"]
