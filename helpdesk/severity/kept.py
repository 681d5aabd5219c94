"""Outages that every model must go on finding, whatever a desk has taught it.

They stand beside the desk's own kept cases when a new model asks to be promoted, because a young desk has seen few of
rank 1, and an outage that is no longer found costs more than anything learned is worth.
"""

from __future__ import annotations

from helpdesk.severity.learning import Example

KEEP_EVERY = 5  # of the case numbers of a desk; these are never taught

OUTAGES: tuple[Example, ...] = (
    Example("Production down", "Since 9:10 nobody can log in, every page of the live system answers 503.", 1),
    Example("Checkout", "No customer can pay any more, not one order has come in since midnight.", 1),
    Example("Help", "The whole site is unreachable for all our users and we have no way to work around it.", 1),
    Example("Player", "The player does not load on our live site for any visitor, sales have stopped.", 1),
    Example("Ausfall", "Seit heute früh kann sich niemand anmelden, der Shop ist komplett nicht erreichbar.", 1, "de"),
    Example("Stillstand", "Das Produktivsystem steht, es kommen keine Bestellungen mehr an.", 1, "de"),
    Example("Panne", "Depuis ce matin plus personne ne peut se connecter, la boutique est inaccessible.", 1, "fr"),
    Example("Caída", "Desde esta mañana nadie puede iniciar sesión, la tienda está caída.", 1, "es"),
)
