"""The one design of the mails and the console: colours for a light and for a dark screen, and type.

Each colour of text has 4.5:1 or more against the ground and what is raised from it (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from typing import Final

LIGHT: Final = {
    "ground": "#fbfbfa",
    "raised": "#ffffff",
    "ink": "#1c1e21",
    "quiet": "#5c6470",
    "line": "#dcdfe4",
    "link": "#0b57d0",
    "bad": "#b3261e",
    "good": "#1d6b3a",
    "warm": "#8a5300",
}
DARK: Final = {
    "ground": "#15171a",
    "raised": "#1e2125",
    "ink": "#e7e9ec",
    "quiet": "#a2abb8",
    "line": "#343a42",
    "link": "#8ab4f8",
    "bad": "#ff8a80",
    "good": "#7bd39b",
    "warm": "#f0b766",
}
FONT: Final = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
