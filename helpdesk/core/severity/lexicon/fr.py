"""French words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    "not": "pas jamais ne_~_plus ne_plus n_~_plus n_plus ni sans guère plus_du_tout ne_se ne_fonctionne",
    "neutral": "pas_seulement pas_sûr pas_de_souci pas_de_problème pas_de_panique pourquoi_pas n'est-ce_pas aucune_idée sans_doute pas_encore_sûr tous_les_autres toutes_les_autres aucune_erreur_dans sans_erreur réglé_la_facture réglé_notre réglé_les réglé_nos réglé_toutes la_personne par_personne autre_personne chaque_personne combien_de_temps combien_de_temps_~_durer bien_cordialement bien_sûr bien_à_vous ou_bien à_la_place_de à_la_place_du petit_mot petite_question petit_bonjour par_sécurité mesure_de_sécurité en_toute_sécurité aimerais_signaler souhaite_signaler souhaitons_signaler souhaiterais_signaler voulais_signaler",
    "none": "aucun aucune rien zéro nul plus_aucun plus_aucune pas_un_seul pas_une_seule plus_rien",
    "nobody": "personne personne_ne plus_personne aucun_utilisateur aucun_client aucun_de aucun_vendeur aucun_collaborateur aucun_employé aucun_collègue",
    "can": "peut peuvent pouvons puis pouvait pouvaient possible arrive_à arrivent_à arrivons_à parvient parvenons parviennent permet permettent réussit réussissons pouvoir",
    "cannot": (
        "impossible impossibilité incapable incapables empêche empêchent bloque_l_accès inutilisable inutilisables plus_accès "
        "pas_accès aucun_accès perdu_l_accès plus_moyen pas_moyen dans_l_impossibilité inexploitable inopérant inopérante"
    ),
    "contrast": "mais cependant toutefois pourtant malgré alors_que tandis_que malheureusement néanmoins en_revanche par_contre",
    "if": "si serait seraient pourrait pourraient éventuel éventuellement hypothèse prévu prévue prévoyons comptons envisageons le_mois_prochain l'année_prochaine trimestre_prochain avant_de au_cas_où",
    "firm_if": "au_cas_où hypothèse que_se_passe que_se_passerait supposons en_théorie en_cas_de",
    "future": "mois_prochain année_prochaine trimestre_prochain prévu prévue prévues planifié planifiée à_venir futur futurs futures future maintenance_prévue sera_indisponible seront_indisponibles sera_fermé pour_maintenance en_raison_d_une_maintenance",
    "down": (
        "panne panne_totale inaccessible inaccessibles injoignable injoignables indisponible indisponibles hors_service hors_ligne hors_d_usage coupure "
        "tombé tombée tombés planté plantée plantés mort morte ne_répond_plus ne_répond_pas ne_répondent_plus à_plat ko indisponibilité erreur_502 erreur_503 502 503 "
        "en_rade ne_démarre_plus ne_démarre_pas plus_rien_ne rien_ne_va page_blanche écran_blanc ne_charge_pas ne_s_ouvre"
    ),
    "halt": (
        "arrêt arrêté arrêtée arrêtés arrêtées arrête bloqué bloquée bloqués bloquées bloquant bloque bloquent paralysé paralysée paralysés paralysie figé figée figés gelé gelée interrompu "
        "interrompue interrompues suspendu suspendue stoppé stoppée stoppés à_l_arrêt au_point_mort immobilisé immobilisés coincé coincés coincée en_suspens s_accumulent"
    ),
    "fail": (
        "échec échecs échoue échouent échoué échouée erreur erreurs plante plantent plantage plantages dysfonctionnement* dysfonctionne défaillance* défaut bug bugs bogue problème problèmes "
        "cassé cassée refuse refusent refusé refusée refusés refusées rejeté rejetée rejetés rejetées rejette rejettent page_blanche écran_blanc écran_noir vide vides "
        "boucle mouline tourne_en_rond tourne_dans_le_vide rame freeze fige déconnecte déconnectés anomalie* incident invalide expiré souci soucis ne_marche_pas ne_marche_plus ne_marche "
        "rien_ne_se_passe 500 404 403 401 exception avorte interrompt "
        "tout_seul toute_seule inconnu grisé déconnectés renvoyé renvoyés éjecté éjectés déconnexions"
    ),
    "wrong": "faux fausse fausses incorrect incorrecte incorrects incorrectes erroné erronée erronés erronées manquant manquante manquants manquantes manque manquent doublon doublons double incomplet incomplète incohérent* tronqué disparu disparue obsolète inexact inexacte mauvais mauvaise mauvaises s_arrête_à décalage",
    "slow": "lent lente lents lentes lenteur lenteurs ralenti ralentie ralentis ralentissement* retard retards latence rame rament traîne secondes_par minutes_par temps_de_réponse temps_de_chargement dégradé dégradée dégradation performances performance interminable met_~_minutes prend_~_minutes saturé saturée timeout timeouts délai_dépassé plus_d_une_minute met_une_éternité minutes_pour plusieurs_minutes",
    "intermittent": (
        "parfois intermittent intermittente intermittents intermittence aléatoire aléatoires aléatoirement sporadique* occasionnel* de_temps_en_temps par_moments par_intermittence une_fois_sur un_sur "
        "une_sur instable instables irrégulier irrégulièrement ponctuellement à_répétition plusieurs_fois réessaient réessayer deuxième_essai deuxième_tentative souvent fréquemment quelquefois "
        "toutes_les_~_minutes fois_par_heure fois_par_jour sur_deux sur_trois sur_quatre sur_cinq"
    ),
    "work": (
        "fonctionne fonctionnent fonctionner marche marchent marcher charge chargent charger ouvre ouvrent ouvrir démarre démarrent démarrer répond répondent "
        "traite traitent traité traités traitées arrive arrivent passe passent passer connecter connexion connecte connectent accéder accède accès enregistrer enregistre enregistrons enregistré envoie envoyer envoyé envoyés synchronise "
        "soumettre valider valide commander payer vendre vendons livrer expédier créer facturer imprimer utiliser travailler télécharger importer exporter générer reçoit recevons recevoir affiche "
        "affichent s'affiche encaisser produire consulter voir finaliser entrer transmis transmises transmise exécuter aboutir aboutit part partent modifier continuer saisir remonte remontent "
        "accessible accessibles joignable joignables disponible disponibles opérationnel apparaît apparaissent"
    ),
    "ok": "normal normale normalement correct corrects correctement stable ok sans_problème sans_souci opérationnel opérationnelle nickel complet fonctionnel impeccable parfait parfaitement corrects pas_touché pas_affecté pas_concernés va_bien vont_bien marche_bien marchent_bien fonctionne_bien fonctionnent_bien passe_bien passent_bien répond_bien répondent_bien très_bien tout_est_bien",
    "else": "autre autres sinon reste restant hormis sauf à_part le_reste tous_les_autres toutes_les_autres",
    "still": "toujours encore au_moins continue continuent quand_même",
    "core": (
        "commande commandes paiement paiements connexion connexions authentification devis offre offres vente ventes livraison livraisons expédition expéditions facturation paie salaires transaction transactions "
        "message messages chaîne_de_production ligne_de_production usine usines entrepôt entrepôts caisse caisses panier paniers réservation réservations chiffre_d_affaires activité activités flux "
        "interface interfaces préparation file files encaissement encaissements transport négoce camions production"
    ),
    "system": (
        "site sites boutique boutiques portail plateforme système systèmes application appli instance serveur serveurs service services base_de_données cluster hub passerelle api configurateur "
        "environnement tout logiciel outil page pages page_d_accueil solution produit espace magasin_en_ligne boutique_en_ligne tenant interface progiciel réseau"
    ),
    "peripheral": (
        "rapport rapports export exports pdf filtre filtres tri colonne colonnes champ champs logo image images photo aperçu icône icônes bouton boutons newsletter notification notifications "
        "étiquette étiquettes traduction en-tête pied_de_page graphique graphiques statistique statistiques tableau_de_bord liste format police couleur couleurs commentaire commentaires archive* calendrier modèle "
        "menu excel csv compteur affichage infobulle libellé libellés mise_en_page vignette texte case_à_cocher date_de "
        "impression marges ligne_du_tableau"
    ),
    "instead": "au_lieu_de plutôt_que",
    "account": "connecter connexion mot_de_passe compte réinitialiser inscription identifiants profil",
    "no_way": "seul_moyen passe_par_là passent_par_là pas_d_autre aucune_autre aucun_autre uniquement_par pas_faisable plus_l_ancien seule_façon impossible_à_la_main",
    "polite": "nous_aider vous_vérifier vous_regarder vous_corriger merci_de_vérifier vous_intervenir que_se_passe_t_il",
    "internal": "interne internes back-office stagiaire administration",
    "all": "tous toutes tout toute totalement complètement entièrement entier entière ensemble chaque partout intégralité totalité total totale mondial aucun_pays systématiquement à_chaque toute_l_équipe tous_nos toutes_nos internautes",
    "users": (
        "utilisateur utilisateurs utilisatrices client clients collègue collègues collaborateur collaborateurs équipe équipes vendeur vendeurs vendeuses revendeur revendeurs concessionnaires salarié salariés employé employés "
        "personnel bureau bureaux agence agences magasins succursales service société entreprise monde internautes visiteurs pays partenaires fournisseurs gens opérateurs commerciaux sites"
    ),
    "we": "nous",
    "many": "plusieurs nombreux nombreuses beaucoup centaines milliers dizaines plupart majorité moitié massif massivement énormément",
    "partial": "certain certains certaines quelques partiel partielle partiellement seulement uniquement une_région un_pays une_agence un_site un_magasin tiers quart environ",
    "one": "une_personne une_seule_~_personne une_seule_personne une_autre_personne cette_personne un_~_client une_~_cliente un_~_fournisseur un_~_utilisateur un_~_collaborateur un_utilisateur un_client une_cliente un_collègue une_collègue un_seul une_seule mon_compte mon_mot_de_passe mon_poste mon_ordinateur chez_moi pour_moi une_personne seul_utilisateur un_collaborateur moi_seul une_collaboratrice un_produit un_article une_fiche notre_stagiaire deux_utilisateurs un_navigateur une_de_nos_clientes un_de_nos_clients un_de_nos_collègues une_de_nos_collègues un_de_mes une_de_mes",
    "prod": "production prod en_production site_en_production système_de_production environnement_de_production en_ligne live",
    "not_prod_word": "mise_en_production passage_en_production mettre_en_production chaîne_de_production ligne_de_production lignes_de_production atelier_de_production responsable_de_production passer_en_production outil_de_production site_de_production production_est_prévue avant_production plan_de_production",
    "nonprod": (
        "recette environnement_de_recette environnement_de_test environnement_de_tests environnement_de_développement environnement_de_formation préproduction pré-production préprod pré-prod bac_à_sable "
        "sandbox staging en_recette en_test uat qualif qualification environnement_de_démo démo intégration développement serveur_de_test base_de_test instance_de_test plateforme_de_test environnement_d_intégration site_de_test de_test"
    ),
    "workaround": (
        "contournement contourner solution_de_contournement à_la_main manuellement en_attendant à_la_place entre-temps entre_temps temporairement provisoire provisoirement alternative solution_de_repli "
        "par_téléphone sur_papier catalogue_papier via_excel autre_navigateur passons_par passer_par pour_l_instant pour_le_moment solution_temporaire ressaisir saisie_manuelle fonctionne_avec marche_avec fonctionne_sous "
        "marche_sous débrouille débrouillons on_utilise nous_utilisons faute_de_mieux dépanner sous_la_main en_rechargeant autre_chemin contourné contournement contourner navigation_privée actualiser_la_page rafraîchir recharger_la en_relançant en_tapant vider_le_cache faut_actualiser parfois_actualiser on_retrouve"
    ),
    "way": "contournement alternative alternatives solution solution_de_secours solution_de_repli moyen plan_b secours autre_moyen autre_outil autre_solution procédure_manuelle papier repli",
    "costly": "heures_supplémentaires fastidieux pénible intenable chronophage coûteux à_peine pas_tenable ne_suivons_plus ne_suffit_pas un_tiers_du une_fraction",
    "security": (
        "sécurité faille failles fuite fuites non_autorisé non_autorisée non_autorisés piraté piratée piratage pirate intrusion suspect suspecte suspects hameçonnage phishing compromis compromise vulnérabilité* "
        "confidentiel confidentielle confidentiels confidentielles confidentialité rgpd données_personnelles exposé exposée exposées données_d_autres ancien_collaborateur anciens_collaborateurs ancien_salarié ancien_employé mot_de_passe_en_clair rançon rançongiciel malveillant "
        "usurpation sans_autorisation en_clair d_un_autre_client visibles_par_tous données_de_nos celles_des_autres ceux_des_autres fiches_des_autres données_des_autres autres_utilisateurs brèche fuite faille failles données_d_un_autre compte_d_un_autre dossier_d_un_autre facture_d_un_autre d_une_autre_personne d_un_autre_patient d_un_inconnu virus cyberattaque hacké hackée sans_mot_de_passe sans_authentification"
    ),
    "security_paper": "questionnaire certification audit_annuel attestation iso évaluation_fournisseur test_d_intrusion",
    "dataloss": "perte_de_données perdu perdue perdues perdus supprimé supprimées effacé effacées disparu disparus disparues écrasé perte_de_données données_perdues tout_a_disparu",
    "cost": "chiffre_d_affaires perte pertes perdons perdre argent pénalité pénalités coûte coûtent manque_à_gagner abandonnent abandon abandons plaintes réclamations par_heure chaque_minute chaque_heure préjudice se_plaignent",
    "idle": "bras_croisés ne_peut_pas_travailler ne_peuvent_pas_travailler ne_peuvent_plus_travailler ne_pouvons_plus_travailler chômage_technique à_l_arrêt renvoyé attendent camions plus_vendre plus_livrer plus_facturer activité_est_arrêtée activité_à_l_arrêt tout_est_bloqué refusons_des_clients fermé_les_portes plus_rien_à_faire plus_rien_faire se_tournent_les_pouces arrêt_total activité_paralysée ne_vendons_plus plus_de_travail quais_sont_vides quais_vides chômage_technique bras_croisés attendent_devant clients_partent font_la_queue queue_jusqu rentrer_chez_eux renvoyés_chez_eux renvoyer_les clients_attendent clients_repartent salle_d_attente attendent_dehors ne_peut_plus_vendre ne_peut_plus_encaisser ne_pouvons_plus_encaisser magasin_fermé",
    "deadline": " échéance avant_midi date_limite délai_légal clôture_comptable clôture_du clôture_mensuelle de_clôture pour_ce_soir avant_ce_soir avant_demain dès_aujourd'hui ce_soir",
    "downstream": "traitement_de_nuit traitements batch arrière-plan planificateur tâche_planifiée tâches_planifiées file_d_attente envoi_des_mails indexation en_attente relances synchronisation synchro planificateur tâches_planifiées file_d_attente import imports tâche_planifiée",
    "since": "depuis actuellement en_ce_moment ce_matin cette_nuit maintenant aujourd_hui à_l_instant à_l_heure après_la_mise_à_jour suite_à",
    "past": "hier avant-hier semaine_dernière jeudi_dernier lundi_dernier mardi_dernier vendredi_dernier mercredi_dernier mois_dernier nuit_dernière an_dernier année_dernière samedi_dernier dimanche_dernier",
    "solved": "résolu résolue résolus corrigé corrigée rétabli rétablie réglé réglée rentré_dans_l_ordre fonctionne_à_nouveau fonctionne_de_nouveau remarche revenu_à_la_normale de_nouveau_accessible à_nouveau_accessible refonctionne terminé est_terminée réparé tout_est_rentré tout_fonctionne tout_va_bien c_est_bon_maintenant c_est_de_nouveau de_nouveau_en_ligne refonctionne tout_refonctionne c_est_réglé c_est_résolu ça_remarche ça_refonctionne tout_remarche tout_est_revenu revenu_à_la plus_de_problème",
    "again": "à_nouveau de_nouveau encore_une_fois rebelote tous_les_jours chaque_jour récurrent récurrente deuxième_fois troisième_fois se_reproduit",
    "question": (
        "comment où_se_trouve où_puis-je où_peut-on où_trouver quel_est quelle_est quels_sont quelles_sont quelle_est_la combien est-il_possible est_il_possible est-ce_possible puis-je puis_je peut-on peut_on pouvez-vous_m_indiquer pouvez_vous_m_indiquer pouvez-vous_m_expliquer pouvez_vous_m_expliquer "
        "pourriez-vous_m_indiquer pourriez_vous_m_indiquer pourriez_vous_me_dire pouvez_vous_me_dire pouvez-vous_me_dire question questions savoir renseignement renseignements expliquer conseil recommandation bonne_pratique bonnes_pratiques existe-t-il existe_t_il y_a-t-il y_a_t_il "
        "qu_est-ce_que quand_sera mode_d_emploi la_marche_à_suivre procédure_pour est_ce_que_vous proposez_vous faut_il dois_je devons_nous je_me_demande"
    ),
    "wish": (
        "suggestion amélioration améliorations souhait souhaitons souhaiterions souhaiterait aimerions aimerais serait_bien serait_utile serait_possible_d_ajouter serait_pratique serait_appréciable possible_d_ajouter évolution évolutions nouvelle_fonctionnalité "
        "fonctionnalité demande_d_évolution idée pourriez-vous_ajouter pourriez_vous_ajouter ajouter_un ajouter_une roadmap feuille_de_route proposition il_manque_une dans_une_prochaine très_utile prochaine_version serait_super serait_top serait_chouette serait_génial serait_pas_mal on_aimerait pourrait_on_avoir possible_d_avoir"
    ),
    "admin": (
        "facture factures contrat licence licences renouvellement devis_pour abonnement questionnaire formation rendez-vous nouvel_utilisateur nouveaux_utilisateurs créer_un_compte supprimer_un_compte envoyer_une_copie merci_de_nous_envoyer "
        "merci_de_m_envoyer copie attestation changement_d_adresse coordonnées rapport_d_incident compte_rendu analyse_des_causes bon_de_commande résiliation résilier interlocuteur rib activer_l_option activer_le avoir tva ajouter_un_utilisateur remboursement résilier résiliation supprimer_mon_compte envoyer_la_facture"
    ),
    "maintenance": "maintenance maintenance_prévue arrêt_planifié arrêt_prévu intervention_planifiée migration mappage correspondance_des_champs changer_la_planification certificat_expire expire_le renouveler_le_certificat modifier_la_configuration la_bascule",
    "docs": "documentation guide_utilisateur notes_de_version page_d_aide tutoriel guide_d_utilisation notice le_manuel du_manuel manuel_d_utilisation doc",
    "fyi": "pour_information pour_info à_titre_d_information aucune_action sachez veuillez_noter absent absente absence réponse_automatique en_congés en_vacances je_vous_informe nous_vous_informons rien_à_faire sans_accroc",
    "thanks": "merci_pour_votre_réactivité bravo félicitations beau_travail bon_travail chapeau merci_pour_la_rapidité merci_pour_votre_aide",
    "cosmetic": "cosmétique faute_de_frappe orthographe couleur couleurs police alignement décalé décalée esthétique pixel icône chevauche chevauchent coquille visuel",
    "lowkey": "pas_urgent rien_d_urgent pas_pressé quand_vous_aurez quand_vous_pouvez mineur mineure petit petite gênant agaçant sans_gravité pas_grave pas_critique pas_bloquant non_bloquant faible_priorité sans_impact à_l_occasion aucun_impact embêtant détail rarement un_jour sans_urgence prochaine_version désagréable confort quand_vous_pourrez à_temps_perdu rien_de_grave rien_de_méchant peut_attendre un_de_ces_jours pas_dramatique aucune_urgence pas_méchant",
    "urgent": "urgent urgente urgence immédiatement critique catastrophe au_plus_vite dès_que_possible d_urgence tout_de_suite immédiat prioritaire au_secours bloquant très_vite sans_délai rapidement escalade appelez",
    "closing": "clôturer fermer_le_ticket vous_pouvez_fermer vous_pouvez_clore clore_le_ticket",
    "place": "france allemagne autriche suisse belgique luxembourg pays-bas italie espagne portugal pologne hongrie roumanie grèce suède norvège danemark finlande irlande royaume-uni angleterre états-unis canada mexique brésil argentine chili chine japon inde australie turquie maroc tunisie algérie afrique europe asie paris lyon lille nantes bordeaux toulouse marseille londres berlin madrid bruxelles genève iphone android tablette safari firefox chrome edge mobile ordinateur agence_de agence_d antenne_de succursale_de",
    "figures": "prix montant montants quantité quantités stock stocks facture factures taxe taxes tva adresse adresses salaire solde soldes total totaux remise remises tarif tarifs chiffres valeurs devise unités poids cotation épuisé",
    "me": "je j moi mon ma mes",
    "in_vain": "sans_succès rien_n_y_fait aucun_changement aucune_différence sans_effet en_vain pas_aidé rien_changé aucun_effet",
    "lacking": "sans",
    "zero": "pas_un_seul pas_une_seule zéro plus_rien plus_aucun plus_aucune le_moindre la_moindre rien_ne",
    "affects": "concerne concernés concernées concerné touche touchés touchées impacte impactés impactées affecte affectés quel_que_soit",
    "mailing": "mail mails courriel courriels e_mail e_mails notification notifications confirmation confirmations relances",
    "foreign": "quelqu_un_d_autre d_autres_clients autres_clients autre_client d_autres_societes autre_societe autre_entreprise d_autres_entreprises autres_patients autre_patient d_autres_utilisateurs autres_locataires pas_les_miennes pas_les_notres tous_les_salaires",
    "server_error": "500 erreur_serveur erreur_interne internal_server_error erreur_interne_du_serveur",
    "by_the_by": "pour_info pour_information a_titre_d_information juste_pour_vous_signaler juste_pour_signaler juste_pour_vous_dire au_cas_ou_vous",
    "after_it": "que_se_passe c_est_normal est_ce_normal une_idee des_nouvelles est_ce_connu probleme_connu vous_etes_au_courant etes_vous_au_courant le_saviez_vous c_est_chez_nous c_est_chez_moi est_ce_chez que_chez_moi que_chez_nous d_autres_ont quand_sera quand_est_ce retour_a_la_normale y_a_t_il_une_panne une_panne y_a_t_il_un_probleme que_faire que_dois_je d_ou_vient",
}  # fmt: skip
