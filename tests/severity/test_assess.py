"""The severity verdict under a policy's terms: found, stated, bound, doubted, and explained."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.offering.severities import Area, Cap, Level, SeverityTerms
from helpdesk.severity import assess

LOGIK = SeverityTerms(
    levels=(
        Level("critical", 1, "Critical"),
        Level("urgent", 2, "Urgent"),
        Level("medium", 3, "Medium"),
        Level("low", 4, "Low"),
    ),
    default="medium",
    stated="evidence",
    areas=(Area("rules", ("rule",)), Area("managed-tables", ("managed table",)), Area("api", ("api", "endpoint"))),
)
LAIOUTR = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)),
    default="s3",
    stated="evidence",
    caps=(
        Cap("LAI-2 non-production", "non-production", "s3"),
        Cap("LAI-2 workaround", "workaround", "s3"),
        Cap("LAI-2 past", "past", "s3"),
        Cap("LAI-2 documentation", "documentation", "s4"),
        Cap("LAI-4 theme editor", "product:theme-editor", "s2"),
    ),
)
THREEKIT = SeverityTerms(
    levels=(
        Level("critical", 1, "Critical"),
        Level("urgent", 2, "Urgent"),
        Level("high", 3, "High", cues=("confusing cosmetic",)),
        Level("medium", 4, "Medium"),
    ),
    default="medium",
    stated="initial",
)
CELIGO = SeverityTerms(
    levels=(
        Level("urgent", 1, "Urgent"),
        Level("high", 2, "High"),
        Level("normal", 3, "Normal"),
        Level("low", 4, "Low"),
    ),
    default="normal",
    stated="evidence",
    caps=(
        Cap("CEL-8 non-production", "non-production", "low"),
        Cap("CEL-8 enhancement", "kind:enhancement", "low"),
    ),
)
LOGICGATE = SeverityTerms(
    levels=tuple(Level(f"sev{rank}", rank, f"Severity {rank}") for rank in (1, 2, 3, 4)),
    default="sev3",
    stated="evidence",
    never_rank_1=("question", "enhancement", "maintenance"),
)

OUTAGE = "Nobody in our company can log in to the production portal since 8:00, every page answers 503. We cannot take any order."


def judged(subject, text="", terms=LOGIK, **more):
    return assess(subject=subject, text=text, terms=terms, **more)


def rules(verdict):
    return [reason.rule for reason in verdict.reasons]


def test_the_four_definitions_of_logik_find_their_severity():
    """LGK-7: business stopped, severely impacted, little impact, none."""
    assert judged("Portal down", OUTAGE).severity == "critical"
    slow = "Since yesterday the live system is extremely slow for all sellers, saving takes two minutes. They can still work."
    assert judged("Slow", slow).severity == "urgent"
    minor = "The date filter of the report is ignored in Firefox. In Chrome it works, so we use that for now."
    assert judged("Filter", minor).severity == "medium"
    assert judged("Question", "How can I change the order of the columns? Thanks!").severity == "low"


def test_the_examples_of_threekit_find_their_severity():
    """TKT-3: player non-functional, some products affected, cosmetic by the policy's own phrase, how-to."""
    assert (
        judged(
            "Player", "The player on our live site does not load for any customer since this morning.", THREEKIT
        ).severity
        == "critical"
    )
    assert (
        judged(
            "Some products",
            "The player works, but some products fail to load on the live site since the update.",
            THREEKIT,
        ).severity
        == "urgent"
    )
    cosmetic = "The player works, there is a confusing cosmetic glitch: the label of the button overlaps."
    assert judged("Label", cosmetic, THREEKIT).severity == "high"
    assert judged("How to", "How do I upload an asset?", THREEKIT).severity == "medium"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            "Seit heute Morgen kann sich niemand mehr anmelden, der Shop ist nicht erreichbar und es kommen keine Bestellungen an.",
        ),
        (
            "fr",
            "Depuis ce matin plus personne ne peut se connecter, la boutique est inaccessible et nous ne recevons aucune commande.",
        ),
        ("es", "Desde esta mañana nadie puede iniciar sesión, la tienda está caída y no llega ningún pedido."),
    ],
)
def test_an_outage_is_found_in_german_french_and_spanish(language, text):
    verdict = judged("Shop", text, expected=(language,))
    assert verdict.severity == "critical"
    assert judged("Shop", text, expected=("en",)).severity == "critical"  # another one may be expected


def test_a_sandbox_is_capped_by_the_policys_rule_however_loud_the_mail():
    """LAI-2, CEL-8: non-production never above S3; at Celigo always Low."""
    text = "URGENT! Our sandbox is completely down, nobody in the project can log in!"
    assert judged("Sandbox down", text, CELIGO).severity == "low"
    capped = judged("Sandbox down", text, dataclasses.replace(LAIOUTR, stated="initial"), stated="S1")
    assert capped.severity == "s3"
    assert "LAI-2 non-production" in rules(capped)
    assert not capped.s1_suspect


def test_a_sandbox_that_is_only_a_comparison_caps_nothing():
    """LAI-2"""
    text = "In the sandbox the same flow works. In production nobody can log in since 8:00 and all orders fail."
    assert judged("Production down", text, LAIOUTR).severity == "s1"


def test_an_intake_field_settles_the_environment():
    """CEL-8"""
    assert (
        judged("Down", "Nobody can log in, every page answers 503.", CELIGO, fields={"environment": "Sandbox"}).severity
        == "low"
    )


def test_an_acceptable_workaround_caps_and_none_at_all_does_not():
    """LAI-2"""
    terms = dataclasses.replace(LAIOUTR, stated="initial")
    text = "The price list import fails in production. As a workaround we enter the prices by hand."
    assert judged("Import", text, terms, stated="S1").severity == "s3"
    text = "The price list import fails in production and there is no workaround."
    assert judged("Import", text, terms, stated="S1").severity == "s1"


def test_a_products_maximum_severity_caps_by_name():
    """LAI-4"""
    verdict = judged("Down", OUTAGE, LAIOUTR, products=("theme-editor",))
    assert verdict.severity == "s2"
    assert "LAI-4 theme editor" in rules(verdict)


def test_kinds_that_are_never_rank_1_are_not():
    """LGT-6: configuration help, training and feature requests."""
    terms = dataclasses.replace(LOGICGATE, stated="initial")
    verdict = judged(
        "Training", "How can I add a user? Please send us the training slides.", terms, stated="Severity 1"
    )
    assert verdict.rank == 2
    assert "never rank 1" in rules(verdict)


def test_an_enhancement_is_low_at_celigo_even_as_a_blocker():
    """CEL-8, CEL-10"""
    verdict = judged(
        "BLOCKER",
        "It would be great if you could add support for dark mode. When will it come?",
        CELIGO,
        stated="Urgent",
    )
    assert (verdict.kind, verdict.severity) == ("enhancement", "low")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The import fails with error 500 since the update.", "defect"),
        ("How can I export all rules?", "question"),
        ("It would be nice to have a button that exports all rules. Please add it.", "enhancement"),
        ("Please change the configuration of our flow: new field mapping for the address.", "maintenance"),
    ],
)
def test_the_four_kinds_of_case_are_told_apart(text, kind):
    """CEL-10, CLX-3"""
    assert judged("", text).kind == kind


def test_the_application_area_is_recognised_or_left_open():
    """LGK-8"""
    assert judged("Managed tables", "The managed table does not load.").area == "managed-tables"
    assert judged("Coffee", "The coffee machine is broken.").area is None


def test_a_word_inside_a_longer_one_speaks_for_the_longer_ones_area_alone():
    """TKT-6: a custom integration is no integration of the platform's own."""
    areas = (Area("integration", ("integration", "shopify")), Area("custom-integration", ("custom integration",)))
    terms = dataclasses.replace(LOGIK, areas=areas)
    assert judged("Sync", "Our custom integration with SAP is broken.", terms).area == "custom-integration"
    assert judged("Sync", "The integration with Shopify is broken.", terms).area == "integration"


def test_a_stated_priority_that_a_policy_takes_as_initial_is_taken_and_a_conflict_is_looked_at():
    """LAI-3, CEL-7"""
    terms = dataclasses.replace(LOGIK, stated="initial")
    verdict = judged("Help text", "Case Priority: Critical\n\nHow can I change the help text?", terms)
    assert (verdict.severity, verdict.stated, verdict.review) == ("critical", "Critical", True)
    assert {"stated priority", "conflict"} <= set(rules(verdict))
    agreed = judged("Down", f"Case Priority: Critical\n\n{OUTAGE}", terms)
    assert (agreed.severity, agreed.review) == ("critical", False)


def test_two_ranks_between_stated_and_found_are_a_conflict_for_a_human_however_sure_the_reading_is():
    """CEL-7: the policy's default, and somebody looks."""
    verdict = judged("Help text", "Priority: Critical\n\nHow can I change the help text?")
    assert (verdict.severity, verdict.found, verdict.review) == ("medium", 4, True)
    assert (verdict.stated, verdict.reasons[0].rule) == ("Critical", "conflict")


def test_an_outage_that_is_stated_low_still_alarms():
    """CEL-7: the label is the default, and who is on call hears of it at once."""
    verdict = judged("Portal down", f"Priority: Low\n\n{OUTAGE}")
    assert (verdict.severity, verdict.found) == ("medium", 1)
    assert verdict.review
    assert verdict.s1_suspect


def test_one_rank_between_stated_and_found_is_no_conflict():
    """CEL-7"""
    verdict = judged("Portal down", f"Priority: Urgent\n\n{OUTAGE}")
    assert (verdict.severity, verdict.review) == ("critical", False)


def test_an_ignored_statement_is_kept_and_changes_nothing():
    terms = dataclasses.replace(LOGIK, stated="ignored")
    verdict = judged("Help text", "Priority: Critical\n\nHow can I change the help text?", terms)
    assert (verdict.severity, verdict.stated, verdict.review) == ("low", "Critical", False)


@pytest.mark.parametrize(
    ("words", "rank"),
    [
        ("Urgent", 1),
        ("1 - Urgent", 1),
        ("P1", 1),
        ("Sev 2", 2),
        ("Hoch", 2),
        ("haute", 2),
        ("Normal", 3),
        ("niedrig", 4),
        ("3", 3),
    ],
)
def test_a_statement_is_understood_in_the_policys_words_first(words, rank):
    terms = dataclasses.replace(CELIGO, stated="initial", caps=())
    assert judged("Import", "The import is broken.", terms, stated=words).rank == rank


@pytest.mark.parametrize(
    ("subject", "text", "stated"),
    [
        ("Import", "Priority: High\nThe import fails.", "High"),
        ("Import", "The import fails. Priority: High", "High"),
        ("Import", "| Severity | 2 - High |\nThe import fails.", "2 - High"),
        ("Import", "Priorität: Sehr hoch\nDer Import bricht ab.", "Sehr hoch"),
        ("[P2] Import", "The import fails.", "P2"),
        ("Sev 1: import", "The import fails.", "Sev 1"),
        ("Import", "Our priority queues: medium and fast ones fail.", None),
        ("Import", "This has priority for us.", None),
    ],
)
def test_a_priority_is_taken_as_stated_only_where_it_is_stated(subject, text, stated):
    """LAI-3, CEL-7"""
    assert judged(subject, text).stated == stated


def test_shouting_is_no_statement():
    verdict = judged("URGENT!!! ASAP!!!", "How can I change the logo?")
    assert (verdict.stated, verdict.severity) == (None, "low")


def test_a_mail_that_says_nothing_gets_the_policys_default_and_a_human():
    verdict = judged("Hello", "See the attached file.")
    assert (verdict.severity, verdict.review) == ("medium", True)
    assert {"no cue", "unsure"} & set(rules(verdict))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Help", "Nobody can log in."),
        ("", "Nobody can log in."),
        ("Down", "Site down"),
        ("Problem", "The shop is down."),
        ("Help", "We cannot take orders."),
        ("Hilfe", "Niemand kann sich anmelden."),
        ("Problème", "Plus personne ne peut se connecter."),
        ("Ayuda", "Nadie puede iniciar sesión."),
    ],
)
def test_a_mail_of_a_few_words_is_heard(subject, text):
    """Most mails are longer: what is usual of them says nothing of one that is short."""
    verdict = judged(subject, text)
    assert verdict.rank == 1 or verdict.s1_suspect


COURTESY = {
    "en": ("Dear all, {} Many thanks in advance, Ruth", "Hi {} Could somebody help please? Ben", "{} Please help us!"),
    "de": ("Guten Tag zusammen, {} Danke im Voraus, Ruth", "Hallo, {} Bitte helfen Sie uns schnell!", "{} LG Ben"),
    "fr": ("Bonjour, {} Merci beaucoup, Ruth", "{} Pouvez-vous nous aider ?", "Bonsoir. {} Bien cordialement"),
    "es": ("Buenas, {} Muchas gracias, Ruth", "{} Ayuda por favor", "Hola. {} Un saludo, Ben"),
    "it": ("Salve, {} Grazie mille, Ruth", "{} Aiutateci per favore", "Buongiorno. {} Saluti, Ben"),
    "nl": ("Hallo, {} Alvast dank, Ruth", "{} Help ons alstublieft", "Beste, {} Groet, Ben"),
    "pt": ("Bom dia, {} Muito obrigado, Ruth", "{} Ajudem por favor", "Olá. {} Abraço, Ben"),
}
OUTAGES = {
    "en": "Our website is down.|The platform does not respond at all.|None of our people can sign in.|We cannot invoice anything.",
    "de": "Unsere Webseite ist offline.|Kein Mitarbeiter kommt ins Programm.|Der ganze Betrieb steht.",
    "fr": "Notre portail est hors service.|Personne ne peut entrer dans le logiciel.",
    "es": "Nuestra web está caída.|Nadie puede entrar al programa.",
    "it": "Il nostro portale è fuori servizio.|Nessuno riesce ad aprire il programma.",
    "nl": "Onze website ligt plat.|Niemand kan in het programma.",
    "pt": "O nosso portal está fora do ar.|Ninguém consegue abrir o programa.",
}
TRIFLES = {
    "en": "Where do I find the manual?|One of my lists is empty.|It works again.|Can I have a second licence?",
    "de": "Wo finde ich das Handbuch?|Bei mir fehlt ein Eintrag.|Es läuft wieder.",
    "fr": "Où trouver le manuel ?|Une de mes listes est vide.|Tout marche à nouveau.",
    "es": "¿Dónde está el manual?|Una de mis listas está vacía.",
    "it": "Dove trovo il manuale?|Una delle mie liste è vuota.",
    "nl": "Waar vind ik de handleiding?|Een van mijn lijsten is leeg.",
    "pt": "Onde encontro o manual?|Uma das minhas listas está vazia.",
}


def courteous(sentences):
    return [
        judged(subject, courtesy.format(sentence), expected=(language,))
        for language, several in sentences.items()
        for sentence in several.split("|")
        for courtesy in COURTESY[language]
        for subject in ("", "Problem", "Question")
    ]


def test_who_is_polite_in_a_few_words_is_heard_no_less():
    """`Our shop is down. Please help. Thanks, Ann` was read as a question, and every second such mail below rank 1."""
    verdicts = courteous(OUTAGES)
    assert sum(one.rank == 1 or one.s1_suspect for one in verdicts) >= 0.97 * len(verdicts)
    assert sum(one.rank == 1 for one in verdicts) >= 0.85 * len(verdicts)
    assert not any(one.rank == 4 for one in verdicts)


def test_who_is_polite_about_a_trifle_calls_nobody():
    verdicts = courteous(TRIFLES)
    assert not any(one.rank == 1 for one in verdicts)
    assert sum(one.s1_suspect for one in verdicts) <= 0.02 * len(verdicts)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Problem", "Hello? Is anybody there?"),
        ("Issue", "We have a problem."),
        ("Hilfe", "Es funktioniert nicht."),
        ("Aide", "Ça ne marche pas."),
        ("", "No funciona."),
    ],
)
def test_what_fails_and_nobody_says_what_gets_the_default_and_a_human(subject, text):
    verdict = judged(subject, text, expected=("en", "de", "fr", "es"))
    assert (verdict.severity, verdict.review, verdict.s1_suspect) == ("medium", True, False)


@pytest.mark.parametrize(
    "form",
    [
        "Description: Our shop is down.\nExpected: it works",
        "## What happens\nOur shop is down.\n## Expected behaviour\nIt works, everybody can order.",
        "Our shop is down.\n**Expected result:** all is fine",
        "Beschreibung: Unser Shop ist down.\nErwartet: er funktioniert wieder",
        "Description : notre boutique est hors ligne.\nRésultat attendu : elle fonctionne",
        "Descripción: nuestra tienda está caída.\nEsperado: funciona bien",
    ],
)
def test_what_a_form_expects_is_not_how_it_is(form):
    """`Expected: it works` was read as what else works, and such an outage called nobody."""
    verdict = judged("Contact form", form, expected=("en", "de", "fr", "es"))
    assert verdict.rank == 1 or verdict.s1_suspect


@pytest.mark.parametrize(
    ("subject", "text"),
    [("Login", "It does not work."), ("", "Nothing works."), ("Problem", "The printer does not work.")],
)
def test_what_names_a_thing_or_how_far_is_no_mail_that_says_nothing(subject, text):
    assert "no cue" not in rules(judged(subject, text))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("The rules do not fire", "Since this morning one rule does not fire."),
        ("(no subject)", "Can somebody get back to me today?"),
        ("Anruf", "Bitte melden Sie sich heute noch."),
        ("Hello", "Please call me."),
        ("Problem", "It does not work."),
    ],
)
def test_a_few_words_of_no_standstill_call_nobody(subject, text):
    verdict = judged(subject, text)
    assert verdict.rank > 2
    assert not verdict.s1_suspect


def test_below_the_policys_threshold_a_person_looks_and_the_best_guess_stands():
    verdict = judged("Down", OUTAGE, dataclasses.replace(LOGIK, review_below=1.01))
    assert (verdict.severity, verdict.review) == ("critical", True)
    assert not judged("Down", OUTAGE).review


def test_what_a_rank_too_low_or_too_high_costs_decides_between_likely_ranks():
    text = "Saving a quote often does not work, we have to try three times."
    ranks = [
        judged("Quotes", text, dataclasses.replace(LOGIK, too_low=low, too_high=high)).rank
        for low, high in ((50.0, 1.0), (1.0, 1.0), (1.0, 50.0))
    ]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[-1]


def test_people_are_called_above_the_policys_threshold_only():
    text = "Some of us cannot log in since noon, perhaps it is everybody."
    likely = judged("Login", text).probabilities[0]
    for call_above, called in ((likely - 0.01, True), (likely + 0.01, False)):
        verdict = judged("Login", text, dataclasses.replace(LOGIK, call_above=call_above))
        assert verdict.s1_suspect == (called and verdict.rank != 1)


def test_a_monitoring_address_opens_at_rank_1_but_not_for_a_recovery():
    """LGT-4"""
    alert = "Service: latency\nHost: web-1\nState: WARNING"
    assert (
        judged("** PROBLEM Service Alert: web-1/latency is WARNING **", alert, LOGICGATE, channel="monitoring").rank
        == 1
    )
    calm = "Service: latency\nHost: web-1\nState: OK"
    assert judged("** RECOVERY Service Alert: web-1/latency is OK **", calm, LOGICGATE, channel="monitoring").rank == 4
    staging = "Host: staging-web-1\nState: DOWN"
    assert judged("** PROBLEM Host Alert: staging-web-1 is DOWN **", staging, LOGICGATE, channel="monitoring").rank == 4


@pytest.mark.parametrize("robot", ["auto-reply", "vacation", "bounce-permanent"])
def test_a_robots_mail_is_nobodys_outage(robot):
    verdict = judged("Re: portal down", OUTAGE, robot=robot)
    assert (verdict.rank, verdict.review) == (4, False)


def test_every_reason_shows_its_words_from_the_mail():
    verdict = judged("Portal down", OUTAGE)
    shown = [reason for reason in verdict.reasons if reason.evidence]
    assert len(shown) >= 2
    for reason in shown:
        assert " ".join(reason.evidence.rstrip("…").split()) in " ".join(f"Portal down {OUTAGE}".split())


def test_a_reason_shows_the_words_of_the_body_before_those_of_the_subject():
    reason = judged("Production is down", "Nobody can order since 9:00.").reasons[0]
    assert reason.evidence == "Nobody can order since 9:00."


@pytest.mark.parametrize(
    ("subject", "text", "reason"),
    [
        (
            "Payments",
            "We have no other way to take money. Every card payment is refused since this morning.",
            ("effect", "Every card payment is refused since this morning."),
        ),
        (
            "Orders",
            '"No orders can be placed." Nobody can order since noon.',
            ("effect", "Nobody can order since noon."),
        ),
        ("Stopped", "Since 6 we are idle. No order goes out.", ("effect", "Since 6 we are idle.")),
    ],
)
def test_a_reason_rests_on_the_writers_own_words_for_just_that(subject, text, reason):
    shown = [(one.rule, one.evidence) for one in judged(subject, text).reasons]
    assert reason in shown
    assert not any(rule != "way" and "no other way" in words for rule, words in shown)
    assert ("extent", "Since 6 we are idle.") not in shown, "who is idle is not said"


def test_a_piece_is_shown_with_its_end():
    said = "Since the update of this morning, which nobody had announced to any of us, no order at all can be placed."
    assert len(said) > 90
    assert said in {reason.evidence for reason in judged("Orders", said).reasons}


def test_what_comes_late_at_times_is_not_for_some():
    verdict = judged(
        "Delay", "We answer our customers a day late, several times this month, because mail comes in late."
    )
    assert "extent" not in {reason.rule for reason in verdict.reasons}


def test_quotes_signature_and_a_quoted_subject_are_not_the_customers_words():
    text = "Thanks, all fine now.\n\nKind regards\nSupport of production is down Ltd\n\n> " + OUTAGE
    assert judged("Re: PRODUCTION DOWN", text).rank == 4


def test_the_newest_forwarded_mail_is_what_its_sender_says():
    text = f"See below.\n\n---------- Forwarded message ----------\nFrom: Ann\nSubject: shop\n\n{OUTAGE}"
    assert judged("FW: shop", text).severity == "critical"


def test_probabilities_sum_to_one_and_the_confidence_is_the_largest():
    verdict = judged("Portal down", OUTAGE)
    assert sum(verdict.probabilities) == pytest.approx(1.0)
    assert verdict.confidence == max(verdict.probabilities)


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_mail_at_all_gets_the_same_verdict_twice(subject, text):
    first, second = judged(subject, text), judged(subject, text)
    assert first == second
    assert first.severity in {"critical", "urgent", "medium", "low"}
