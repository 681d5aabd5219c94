"""What the board and the search are narrowed to, as it stands in a link: each filter goes on top of the others.

| who  | me, nobody, or an agent's address | severity | a rank, 1 to 4                              |
| team | mine, or a team's name            | customer | a customer's key                            |
| turn | desk, or others                   | broken   | 1: a promise was                            |
|      |                                   | ended    | 1: what is over, in place of what is open   |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from helpdesk.store.board import Kept, Reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helpdesk.unit import Rules
    from helpdesk.web.viewer import Viewer

_NAMES = ("who", "team", "turn", "broken", "severity", "customer", "ended")
_LONGEST = 320  # letters of an address, or of any other value
_RANKS = ("1", "2", "3", "4")
_NAMES_OF_A_RANK = 2  # of several policies, as many as a link has room for
_CHOICES = {"turn": ("desk", "others"), "broken": ("1",), "severity": _RANKS, "ended": ("1",)}


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A filter that a click puts on, or takes off where it is on."""

    words: str
    href: str
    on: bool
    of: str = ""  # what stands before those of its group


@dataclass(frozen=True, slots=True)
class Filters:
    """Those of one page; `path` is the page's, `text` what is searched for there."""

    path: str
    chosen: Mapping[str, str]
    viewer: Viewer
    rules: Rules
    text: str = ""

    @property
    def kept(self) -> Kept:
        """Which cases are left. Never more than the viewer may open."""
        chosen = self.chosen
        return Kept(
            reach=self._reach,
            assignee=self._assignee,
            customer=chosen.get("customer", ""),
            rank=int(chosen.get("severity", 0)),
            turn=chosen.get("turn", ""),
            broken="broken" in chosen,
            over=self.ended,
        )

    @property
    def ended(self) -> bool:
        """Whether what is over is asked for."""
        return "ended" in self.chosen

    @property
    def _assignee(self) -> str | None:
        who = self.chosen.get("who")
        return {"me": self.viewer.address, "nobody": ""}.get(who, who) if who else None

    @property
    def _reach(self) -> Reach | None:
        team, viewer = self.chosen.get("team"), self.viewer
        if team is None:
            return None if viewer.opens_all else Reach(viewer.mailboxes, viewer.teams)
        teams = viewer.teams if team == "mine" else frozenset({team})
        if not (viewer.opens_all or teams <= viewer.teams):
            return Reach(frozenset(), frozenset())
        configuration = self.rules.configuration
        boxes = frozenset(mailbox.address for mailbox in configuration.mailboxes if mailbox.team in teams)
        return Reach(boxes, teams, others=frozenset(configuration.teams) - teams)

    # --- links

    def link(self, *, without: str = "", **more: str) -> str:
        """The page with one filter more, another one, or one less."""
        chosen = {**self.chosen, **more}
        values = {"q": self.text, **{name: chosen[name] for name in _NAMES if name in chosen and name != without}}
        values = {name: value for name, value in values.items() if value}
        return f"{self.path}?{urlencode(values)}" if values else self.path

    def page_link(self, place: str) -> str:
        """The link to what comes behind a place."""
        whole = self.link()
        return f"{whole}{'&' if '?' in whole else '?'}{urlencode({'after': place})}"

    @property
    def none(self) -> str:
        """The link to the page without any filter."""
        return f"{self.path}?{urlencode({'q': self.text})}" if self.text else self.path

    def groups(self) -> Iterator[list[FilterLink]]:
        """The filters that can always be had, those together of which one can be on, and then what else is on."""
        if self.viewer.agent is not None:
            yield [self._toggle("who", "me", "Mine"), self._toggle("who", "nobody", "Unassigned")]
        else:
            yield [self._toggle("who", "nobody", "Unassigned")]
        if teams := [*self._teams()]:
            yield teams
        if not self.ended:
            yield [self._toggle("turn", "desk", "Our turn"), self._toggle("turn", "others", "Waiting")]
        yield [self._toggle("broken", "1", "Breached")]
        yield [self._toggle("severity", rank, words, of="Severity") for rank, words in self._severities()]
        yield [self._toggle("ended", "1", "Ended")]
        if others := [*self._others()]:
            yield others

    def _severities(self) -> Iterator[tuple[str, str]]:
        """The ranks that occur here, as the policies in use call them: all their names, or the number of too many."""
        book = self.rules.book
        levels = [one for key in sorted(self.rules.used_policies) for one in book.policy(key).severity.levels]
        for rank in _RANKS:
            names = list(dict.fromkeys(level.name for level in levels if str(level.rank) == rank))
            if names or self.chosen.get("severity") == rank:
                yield rank, " / ".join(names) if 0 < len(names) <= _NAMES_OF_A_RANK else rank

    def _teams(self) -> Iterator[FilterLink]:
        """My teams, where one may open more; each of them, where there are several."""
        teams = self.rules.configuration.teams
        own = sorted(teams if self.viewer.opens_all else self.viewer.teams)
        if self.viewer.opens_all and self.viewer.teams and self.viewer.teams != frozenset(teams):
            yield self._toggle("team", "mine", "My teams")
        if 1 < len(own) <= 4:
            for name in own:
                yield self._toggle("team", name, name)

    def _others(self) -> Iterator[FilterLink]:
        """What was put on by a link on a case."""
        who, team, customer = (self.chosen.get(name, "") for name in ("who", "team", "customer"))
        if who and who not in {"me", "nobody"}:
            agent = self.rules.configuration.agent(who)
            yield self._toggle("who", who, f"With {agent.name if agent else who}")
        if team and not any(one.on for one in self._teams()):
            yield self._toggle("team", team, f"Team {team}")
        if customer:
            known = self.rules.customers.by_key.get(customer)
            yield self._toggle("customer", customer, known.name if known else customer)

    def _toggle(self, name: str, value: str, words: str, of: str = "") -> FilterLink:
        on = self.chosen.get(name) == value
        return FilterLink(words, self.link(without=name) if on else self.link(**{name: value}), on, of)


def read_filters(query: Mapping[str, str], path: str, viewer: Viewer, rules: Rules) -> Filters:
    """Those that stand in a link; what makes no sense is left out."""
    chosen = {name: query[name] for name in _NAMES if 0 < len(query.get(name, "")) <= _LONGEST}
    chosen = {name: value for name, value in chosen.items() if value.isprintable()}
    chosen = {name: value for name, value in chosen.items() if value in _CHOICES.get(name, (value,))}
    if viewer.agent is None and chosen.get("who") == "me":
        del chosen["who"]
    return Filters(path, chosen, viewer, rules, query.get("q", "").strip()[:300])
