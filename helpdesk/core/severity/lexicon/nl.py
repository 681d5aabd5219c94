"""Dutch words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    "not": "niet nooit nauwelijks zonder noch niet_meer nog_niet niets_meer_~_uit amper",
    "neutral": "niet_alleen niet_zeker geen_idee geen_probleem geen_zorgen geen_punt of_niet niet_te_vergeten alle_anderen alle_andere geen_foutmelding zonder_fout zonder_foutmelding geen_haast voor_de_hulp voor_jullie_hulp voor_uw_hulp",
    "none": "geen niets niks nul geen_enkele geen_enkel helemaal_niets helemaal_niks",
    "nobody": "niemand geen_van geen_enkele_klant geen_enkele_gebruiker geen_enkele_collega geen_enkele_medewerker geen_klant geen_gebruiker geen_mens geen_medewerker niemand_van",
    "can": "kan kunnen kon konden kunt lukt lukken mogelijk mag mogen toegestaan laat laten",
    "cannot": "onmogelijk verhinderd onbruikbaar onwerkbaar buitengesloten geen_toegang toegang_kwijt niet_in_staat niet_te_gebruiken geen_mogelijkheid belet",
    "contrast": "maar echter hoewel ondanks terwijl helaas daarentegen",
    "if": "als indien zou zouden stel of gepland plannen volgende_maand volgend_jaar volgend_kwartaal binnenkort voordat_we van_plan",
    "firm_if": "indien stel_dat in_theorie wat_gebeurt_er_als wat_als mocht_het",
    "future": "volgende_maand volgend_jaar volgend_kwartaal geplande gepland binnenkort toekomstige komende in_de_toekomst vanwege_onderhoud wegens_onderhoud gepland_onderhoud aangekondigd_onderhoud zal_~_niet_beschikbaar_zijn zal_~_niet_bereikbaar_zijn",
    "down": (
        "offline onbereikbaar plat platgegaan down uitgevallen uitval storing storingen niet_bereikbaar niet_beschikbaar onbeschikbaar dood buiten_werking "
        "buiten_gebruik uit_de_lucht eruit eruit_gevallen ligt_eruit ligt_plat liggen_plat ligt_stil reageert_niet reageert_nergens start_niet starten_niet "
        "start_niet_op opent_niet laadt_niet niet_te_openen wit_scherm witte_pagina zwart_scherm lege_pagina niets_doet_het niks_doet_het doet_niets doet_niks 502 503 504"
    ),
    "halt": "stilstand staat_stil staan_stil stilgevallen stil gestopt stopt blokkeert geblokkeerd blokkeren vast vastgelopen loopt_vast lopen_vast hangt hangen bevroren onderbroken opgeschort geschorst stapelen stapelt blijft_hangen blijven_hangen blijft_staan blijven_staan opgehoopt",
    "fail": (
        "fout fouten foutmelding foutmeldingen foutpagina foutcode mislukt mislukken mislukte faalt falen gefaald kapot stuk defect probleem problemen crasht crashen "
        "gecrasht crash geweigerd weigert weigeren afgewezen afgekeurd afgebroken breekt_af leeg lege bug bugs werkt_niet werken_niet doet_het_niet doen_het_niet gaat_niet "
        "gaat_mis gaan_mis ging_mis mis lukt_niet ongeldig verdwijnt verdwijnen draait_maar tolt zandloper uitgelogd eruit_gegooid gooit klapt_eruit springt_eruit valt_weg vallen_weg weggevallen "
        "verbroken hapert haperen hapering onbekend uitgegrijsd valt_uit vallen_uit 500 404 403 401 exception timeout error errors"
    ),
    "wrong": "verkeerd verkeerde fout foute foutief foutieve onjuist onjuiste ontbreekt ontbreken ontbrekende dubbel dubbele onvolledig onvolledige verouderd verouderde verdwenen klopt_niet kloppen_niet niet_correct niet_juist niet_goed niet_bijgewerkt te_hoog te_laag te_veel te_weinig verwisseld afgekapt wijkt_af afwijkend afwijkende",
    "slow": "traag trage trager traagheid langzaam langzamer vertraagd vertraging vertragingen sloom duurt duren eeuwig minutenlang prestaties laadtijd laadtijden responstijd responstijden wachttijd wachttijden achterstand overbelast timeout timeouts minuten_per seconden_per halve_minuut minuten_om seconden_om minuten_voordat seconden_voordat loopt_achter lopen_achter niet_vooruit_te_branden stroperig",
    "intermittent": "soms af_en_toe nu_en_dan zo_nu_en_dan sporadisch willekeurig onregelmatig instabiel regelmatig steeds_weer telkens_weer van_tijd_tot_tijd bij_vlagen wisselend een_op_de één_op_de vaak om_de_~_minuten om_de_~_uur keer_per_uur keer_per_dag meerdere_keren_per bij_de_tweede_poging",
    "work": (
        "werkt werken werkte functioneert draait draaien loopt lopen gaat gaan laadt laden opent openen start starten reageert antwoordt verwerkt verwerken aankomen "
        "komt komen binnenkomen inloggen aanmelden inlog toegang opslaan opgeslagen versturen verzenden verstuurd verzonden sturen bestellen besteld afrekenen "
        "betalen betaald verkopen verkocht leveren geleverd uitleveren boeken geboekt reserveren printen afdrukken gebruiken bruikbaar bereikbaar beschikbaar toegankelijk maken aanmaken invoeren "
        "bijwerken bijgewerkt importeren exporteren uploaden downloaden ontvangen ontvangt krijgen krijgt tonen toont zien bekijken verbinden verbindt synchroniseren synchroniseert plannen factureren scannen gescand "
        "inklokken aanslaan doorgaan doet_het verschijnt verschijnen"
    ),
    "ok": "in_orde goed prima stabiel ok oke oké correct correcte foutloos probleemloos naar_behoren zoals_verwacht vlekkeloos gewoon_door zonder_problemen kloppen netjes niet_getroffen werkt_normaal draait_normaal",
    "else": "ander andere anderen overige rest verder behalve elders al_het_andere alle_anderen alle_andere de_rest",
    "still": "nog nog_steeds tenminste blijft blijven wel_gewoon",
    "core": (
        "bestelling bestellingen order orders kassa kassas betaling betalingen winkelwagen winkelmandje inloggen aanmelden login verkoop verkopen levering leveringen bezorging bezorgingen "
        "verzending verzendingen zending zendingen facturatie facturering loonrun salarisrun salarisverwerking loonverwerking boeking boekingen reservering reserveringen transactie transacties bericht berichten "
        "productielijn productie montage magazijn magazijnen fabriek omzet bedrijf bedrijfsvoering koppeling koppelingen koppelvlak planning roosters pakbon pakbonnen vrachtwagens offerte offertes toegang pin pinnen afrekenen checkout"
    ),
    "system": "systeem *systeem systemen site website webwinkel webshop winkel portaal *portaal platform *platform applicatie app programma software server *server servers dienst diensten database cluster hub gateway api omgeving alles tool oplossing pagina paginas instantie netwerk internet module account klantportaal",
    "peripheral": (
        "rapport rapporten rapportage rapportages export exports pdf filter filters sortering sorteren kolom kolommen veld velden logo afbeelding afbeeldingen foto fotos voorbeeld icoon iconen pictogram knop knoppen nieuwsbrief melding meldingen "
        "label labels vertaling vertalingen koptekst voettekst grafiek grafieken statistiek statistieken dashboard lijst lijsten opmaak lettertype kleur kleuren opmerking opmerkingen archief kalender agenda sjabloon sjablonen menu excel csv teller weergave tooltip tekst rij rijen avatar profielfoto handtekening afdruk"
    ),
    "instead": "in_plaats_van",
    "account": "inloggen aanmelden wachtwoord wachtwoorden account resetten registreren profiel gebruikersnaam",
    "no_way": "geen_andere_manier enige_manier enige_weg kan_alleen_via alleen_mogelijk_via niet_haalbaar geen_alternatief geen_plan_b niet_met_de_hand niet_handmatig",
    "polite": "kunt_u_kijken kunnen_jullie_kijken kunnen_jullie_dit kunt_u_dit kan_iemand willen_jullie graag_nakijken graag_controleren kunnen_jullie_helpen kunt_u_helpen graag_uw_hulp",
    "internal": "intern interne stagiair stagiaire administratie",
    "all": "alle alles allemaal iedereen elke elk ieder iedere heel hele volledig volledige geheel gehele compleet complete totaal overal wereldwijd steeds altijd ",
    "users": (
        "gebruiker gebruikers klant klanten collega collegas medewerker medewerkers personeel team teams verkopers verkoper dealers dealer filiaal filialen vestiging vestigingen locatie locaties afdeling afdelingen bedrijf kantoor kantoren mensen "
        "leveranciers partners landen bezoekers leden patienten patiënten bewoners studenten leerlingen chauffeurs monteurs verpleegkundigen man winkels"
    ),
    "we": "wij we ons",
    "many": "veel vele meerdere verschillende talrijke honderden duizenden tientallen helft meeste massaal merendeel meerderheid grootste_deel",
    "partial": "sommige enkele bepaalde deels gedeeltelijk gedeelte deel alleen_in alleen_bij alleen_voor regio een_vestiging één_vestiging één_filiaal een_filiaal één_winkel een_derde kwart procent beperkt",
    "one": (
        "een_~_klant één_klant één_gebruiker een_gebruiker één_collega een_collega één_medewerker een_medewerker alleen_ik alleen_bij_mij bij_mij mijn_account mijn_wachtwoord mijn_laptop mijn_computer mijn_scherm "
        "een_enkele_klant één_order één_bestelling één_factuur één_artikel één_product één_persoon één_browser één_van_onze één_van_de ene_klant twee_collegas twee_gebruikers stagiair stagiaire maar_één slechts_één"
    ),
    "prod": "productieomgeving productiesysteem prod live live_omgeving livegang_omgeving in_productie op_productie productie_omgeving",
    "not_prod_word": "livegang go_live productielijn productielijnen productiehal productieplanning productieleider in_productie_nemen productiecijfers onze_productie",
    "nonprod": "testomgeving* testsysteem* testserver* test_omgeving acceptatie acceptatieomgeving* acceptatieserver* acceptatiesysteem* ontwikkelomgeving* sandbox staging uat qa dev demo_omgeving demoomgeving* oefenomgeving* trainingsomgeving* opleidingsomgeving* preproductie op_test in_test proefomgeving* integratieomgeving* nog_niet_live",
    "workaround": (
        "workaround omweg omzeilen omzeild handmatig met_de_hand tijdelijk tijdelijke voorlopig noodoplossing tussenoplossing in_de_tussentijd ondertussen zolang alternatief telefonisch per_telefoon op_papier in_excel via_excel andere_browser "
        "met_chrome met_firefox werkt_met werkt_via lukt_wel_via lukt_het_wel behelpen redden_ons verversen herladen herstarten_helpt opnieuw_starten_helpt cache_legen overtypen"
    ),
    "way": "workaround alternatief alternatieven omweg noodprocedure noodsysteem uitwijk reserve reservesysteem papier plan_b andere_manier andere_weg terugval",
    "costly": "overuren omslachtig tijdrovend arbeidsintensief niet_vol_te_houden onhoudbaar niet_bij_te_houden foutgevoelig kost_ons_uren",
    "security": (
        "beveiliging* beveiligingslek* datalek* lek privacy avg onbevoegd* ongeautoriseerd* kwetsbaarheid* gehackt hacker hackers aanval phishing gecompromitteerd vertrouwelijk* persoonsgegevens malware ransomware virus misbruik "
        "verdacht* gegevens_van_anderen gegevens_van_een_ander andermans ex_medewerker oud_medewerker openbaar_toegankelijk leesbare_tekst zonder_inloggen zonder_wachtwoord rechten facturen_van_een_ander facturen_van_iemand van_iemand_anders van_een_andere_klant van_een_andere_patiënt gegevens_van_een dossier_van_een_ander"
    ),
    "security_paper": "vragenlijst certificering certificaat_iso iso auditrapport verwerkersovereenkomst leveranciersbeoordeling pentest penetratietest",
    "dataloss": "dataverlust gegevensverlust gewist verwijderd verloren verdwenen kwijt overschreven kwijtgeraakt alles_weg gegevens_weg",
    "cost": "omzet omzetverlies verlies verliezen lopen_mis geld boete boetes kost kosten_ons klachten schadeclaim per_uur elke_minuut elk_uur haken_af klagen",
    "idle": "duimen_draaien duimen_te_draaien niet_werken niets_doen niks_doen kunnen_niet_verkopen kunnen_niet_leveren kunnen_niet_factureren staan_te_wachten zitten_te_wachten vrachtwagens rijen_voor naar_huis_gestuurd naar_huis_sturen winkel_dicht deuren_dicht bedrijf_ligt productie_ligt staat_alles_stil stuur_klanten_weg sturen_klanten_weg ligt_stil liggen_stil wachtkamer_vol staat_een_rij",
    "deadline": "deadline uiterlijk voor_vanmiddag voor_vanavond vanavond_nog sluitingstijd uiterste_datum einde_van_de_dag",
    "downstream": "nachtverwerking batch achtergrond geplande_taak geplande_taken wachtrij wachtrijen mailverzending indexering herinneringen synchronisatie synchronisaties import imports planner nachtrun webhooks webhook",
    "since": "sinds vanaf nu momenteel op_dit_moment vanochtend vanmorgen vandaag vannacht vanmiddag zojuist daarnet opeens ineens na_de_update sindsdien",
    "past": "gisteren eergisteren vorige_week vorige_maand afgelopen_maandag afgelopen_dinsdag afgelopen_woensdag afgelopen_donderdag afgelopen_vrijdag",
    "solved": "opgelost verholpen hersteld gerepareerd gefikst gefixt werkt_weer werken_weer doet_het_weer doen_het_weer weer_online weer_bereikbaar weer_normaal is_weg weer_goed alles_werkt_weer al_opgelost in_orde_gekomen",
    "closing": "kan_gesloten mag_gesloten mag_dicht kan_dicht ticket_sluiten mag_u_sluiten kunt_u_sluiten",
    "again": "weer opnieuw alweer nogmaals dagelijks elke_dag derde_keer tweede_keer telkens herhaaldelijk terugkerend",
    "question": (
        "hoe_kan hoe_kunnen hoe_moet hoe_doe hoe_stel hoe_krijg hoe_verander hoe_voeg hoeveel hoe_lang hoe_vaak waar_kan waar_vind waar_staat wat_is wat_zijn wat_betekent welke welk is_het_mogelijk is_er_een_manier vraag vragen vraagje "
        "kunt_u_uitleggen kun_je_uitleggen uitleg handleiding advies aanbevelen ondersteunen_jullie bieden_jullie hebben_jullie wanneer_komt mag_ik kan_ik kan_je moeten_we moet_ik weten_of wil_graag_weten benieuwd vroeg_me_af vragen_we_ons_af"
    ),
    "wish": "wens wensen suggestie suggesties verbetering verbeteringen verbetervoorstel voorstel zou_mooi zou_fijn zou_handig zou_leuk zou_prettig zou_willen zouden_graag zou_graag nieuwe_functie functionaliteit kunnen_jullie_toevoegen toevoegen idee ideetje feature roadmap toekomstige_versie uitbreiding",
    "admin": "factuur facturen contract licentie licenties verlenging offerte_voor abonnement opzeggen opzegging vragenlijst training cursus afspraak nieuwe_gebruiker nieuwe_gebruikers gebruiker_toevoegen gebruiker_aanmaken account_aanmaken account_verwijderen kopie adreswijziging contactpersoon bankgegevens rekeningnummer btw toesturen opsturen sturen_jullie_ons activeren terugbetaling restitutie wijziging_van tenaamstelling inkoopnummer",
    "maintenance": "onderhoud onderhoudsvenster onderhoudswerkzaamheden migratie certificaat_verloopt verloopt verlopen_op certificaat_vernieuwen instelling_wijzigen planning_wijzigen overstap",
    "docs": "documentatie handleiding helppagina release_notes instructies kennisbank",
    "fyi": "ter_informatie ter_info ter_kennisgeving geen_actie hoeft_niets ter_attentie aankondiging informeren afwezig afwezigheid automatisch_antwoord op_vakantie met_verlof niet_op_kantoor gesloten_van hoeven_niets",
    "thanks": "bedankt_voor_de_snelle dank_voor_de_snelle complimenten compliment goed_werk top_gedaan gefeliciteerd ",
    "cosmetic": "typefout typefoutje tikfout tikfoutje spelfout spelfoutje spelling cosmetisch lettertype kleur kleuren uitlijning overlapt overlappen verschoven pixel layout lelijk schoonheidsfoutje",
    "lowkey": "niet_dringend geen_haast geen_spoed niet_urgent niet_erg niet_kritiek heeft_geen_haast kleinigheid klein kleine kleinigheidje bij_gelegenheid als_u_tijd als_jullie_tijd ooit onbelangrijk vervelend irritant hinderlijk zelden lage_prioriteit geen_ramp geen_drama op_termijn schoonheidsfoutje een_keertje redden_ons_wel",
    "urgent": "dringend dringende spoed urgent urgente direct onmiddellijk zo_snel_mogelijk z_s_m zsm meteen kritiek noodgeval hoogste_prioriteit ramp help bel spoedig spoedige alarm escaleren",
    "me": "ik mij me mijn",
    "in_vain": "zonder_resultaat zonder_succes helpt_niet hielp_niet helpt_niets hielp_niets geen_verschil tevergeefs zelfde_resultaat maakt_niet_uit niet_geholpen zelfde_fout",
    "lacking": "zonder",
    "zero": "geen_enkele geen_enkel niet_een_enkele helemaal_niets helemaal_niks nul niets_komt niets_gaat niets_werkt niks_werkt komt_niets er_komt_niets er_gaat_niets er_komt_niks",
    "affects": "betreft treft getroffen geldt_voor ongeacht bij_allemaal",
    "place": "nederland belgie belgië vlaanderen duitsland frankrijk engeland luxemburg spanje italie italië oostenrijk zwitserland polen europa azie azië afrika amsterdam rotterdam utrecht eindhoven antwerpen gent brussel groningen zwolle iphone ipad android tablet safari firefox chrome edge mobiel telefoons vestiging_in filiaal_in locatie_in",
    "figures": "prijs prijzen bedrag bedragen aantal aantallen voorraad voorraden factuur facturen btw belasting adres adressen salaris salarissen loon saldo totaal totalen korting kortingen tarief tarieven cijfers waarden eenheid eenheden gewicht uitverkocht",
    "mailing": "mail mails email emails e_mail e_mails bevestiging bevestigingen bevestigingsmail bevestigingsmails melding meldingen herinnering herinneringen nieuwsbrief",
    "foreign": "iemand_anders andere_klant andere_klanten ander_bedrijf andere_bedrijven andere_patienten andere_gebruikers niet_van_mij niet_van_ons alle_salarissen",
    "server_error": "500 serverfout interne_fout interne_serverfout internal_server_error",
    "by_the_by": "ter_info ter_informatie even_ter_info voor_de_goede_orde even_laten_weten wilde_even_melden voor_het_geval",
    "after_it": "wat_is_er_aan_de_hand wat_is_er_gebeurd enig_idee nieuws is_dit_bekend bekend_probleem weten_jullie weet_u ligt_het_aan alleen_bij_mij alleen_bij_ons nog_iemand wanneer_werkt wanneer_is weer_online is_er_een_storing is_er_een_probleem wat_kunnen_we wat_moet_ik hoe_lang_nog wordt_eraan_gewerkt",
}  # fmt: skip
