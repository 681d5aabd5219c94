"""English words for the concepts. See `lexicon/__init__.py` for the notation."""

WORDS: dict[str, str] = {
    # grammar
    "not": "not never hardly barely no_longer nor neither stopped_working_~_as without_any without_a",
    "neutral": (
        "not_only not_just not_sure no_matter no_idea no_doubt not_because not_to_mention whether_or_not nothing_to_do_with "
        "no_worries no_thanks no_message no_messages_shown no_error_message no_warning nothing_happened nothing_has_happened nothing_special nothing_changed not_a_problem why_not no_problem no_problems if_not_already or_not not_to_panic cannot_wait can_not_wait not_until "
        "what_is_the_status what_is_the_eta what_is_the_problem what_is_the_reason what_is_going_on what_is_wrong please_advise so_that_nobody good_morning good_evening good_afternoon good_day good_night a_good_part a_good_half a_good_many a_good_deal of_zero the_zero a_zero says_zero the_last_month the_last_week the_last_year the_past_weeks the_past_months the_past_month you_an_idea you_any_idea qa_team qa_department qa_engineer qa_engineers qa_people no_use_for greetings_from work_offline works_offline offline_mode offline_use offline_maps use_offline take_down take_it_down me_down write_down written_down scroll_down turn_down down_to upside_down doing_something_wrong doing_anything_wrong missing_something missing_anything something_wrong sort_of sorts_of to_report we_report i_report 401_unauthorized fraud_score fraud_team other_tenants_are other_tenants_seem other_tenants_work a_good_idea good_luck for_good good_reason a_good_while a_normal_day normal_day normal_days would_be_good would_be_fine would_be_perfect would_be_ok would_be_okay have_an_idea have_any_idea i_would_like_to_ask i_would_like_to_know we_would_like_to_know i_would_like_to_understand or_else what_else where_else anywhere_else somewhere_else anything_else something_else for_work at_work from_work working_on work_on used_to_work used_to_run used_to_be in_order_to of_course quick_question was_all_fine was_all_good was_all_ok was_all_well were_all_fine all_was_fine all_was_well all_was_good everything_was_fine everything_was_good everything_was_ok i_would_like_to_report we_would_like_to_report like_to_report i_would_like_to_let we_would_like_to_let i_would_like_to_inform we_would_like_to_inform i_would_like_to_point i_would_like_to_tell i_would_like_to_thank we_would_like_to_thank the_past_hour the_past_hours the_past_few the_past_day the_past_days the_past_week the_past_two the_past_three the_past_~_minutes the_past_~_hours the_past_~_days do_not_use does_not_use never_use never_used have_not_used has_not_used for_me_or for_me_and for_me_too for_me_either for_me_to for_me_nor none_of_us_created none_of_us_knows all_others all_other everyone_else everybody_else all_the_others for_all_other no_errors_in no_error_in not_giving_any without_any_error"
        " good_news bye_for_now quarter_past quarter_to quarter_of_an a_few_things a_few_days a_few_words a_few_minutes some_time some_days some_weeks some_reason some_point several_days somebody_else someone_else trial_balance stage_door as_it_should_be third_of_a nobody_complained no_complaints an_hour_off some_fashion some_of_you some_sort some_kind my_late his_late her_late the_late our_late late_shift lost_nothing nothing_lost nothing_was_lost nothing_is_lost nothing_has_been_lost i_deleted we_deleted i_have_deleted a_third_of_a quarter_of_an_hour half_an_hour"
    ),
    "none": "no none nothing zero not_a_single not_one not_any 0 not_even_one not_~_one",
    "nobody": "nobody no_one noone no-one none_of not_one_of not_one_person neither_of nobody's not_one_customer not_one_user not_a_single_customer not_a_single_user no_customer no_user no_client no_visitor no_employee no_student no_buyer no_users no_customers no_clients no_visitors none_can",
    "can": "can able could possible manage manages managed allow allows allowed let lets ability get_to gets_to",
    "cannot": (
        "unable impossible inability incapable cant prevented prevents prevent preventing unusable unworkable barred "
        "kept_from keeps_us_from keeps_~_from stops_~_from stopping_~_from failing_to fails_to failed_to refuses_to refusing_to "
        "struggling_to give_up no_way_to no_access lost_access lack_access locked_out shut_out kicked_out lost_the_ability "
        "no_means nowhere_to"
    ),
    "contrast": "but however yet although though whereas while except instead_of despite unfortunately otherwise",
    "if": (
        "if would should unless in_case might may hypothetical* suppose assuming imagine what_happens worst_case could_happen "
        "in_the_event plan_to planning_to planned intend going_to will upcoming next_month next_quarter next_year before_we "
        "in_the_future potential_future were_to whether afraid_that worried_that risk_of in_theory"
    ),
    "firm_if": "if unless in_case suppose assuming imagine hypothetical* in_the_event were_to worst_case in_theory what_happens",
    "future": "next_month next_quarter next_year upcoming planned planning going_to plan_to in_preparation scheduled_for scheduled_to scheduled_on next_week next_weekend next_monday next_tuesday next_wednesday next_thursday next_friday next_saturday next_sunday future will_be_offline will_be_unavailable will_be_down will_be_closed will_be_shut will_be_switched there_will_be will_not_be_available planned_downtime planned_outage scheduled_downtime scheduled_outage scheduled_maintenance planned_maintenance for_maintenance for_a_kernel",
    # how it fails
    "down": (
        "down offline unreachable unavailable inaccessible dead outage outages blackout unresponsive downtime nonfunctional "
        "non_functional out_of_service out_of_order not_reachable not_available cannot_be_reached without_an_answer no_answer_from welcome_page connection_timed refused_to_connect failed_to_connect unable_to_connect not_connect_to not_be_opened not_be_loaded went_offline account_suspended loads_forever loading_forever never_loads never_opens keeps_loading not_coming_up not_up no_longer_up api_~_gone site_~_gone website_~_gone server_~_gone service_~_gone host_~_gone app_~_gone bot_~_gone 520 521 522 523 524 530 not_responding no_response "
        "not_accessible went_dark kaput toast gone_dark shut_down taken_down taken_offline collapsed collapse knocked_out "
        "stopped_responding stopped_answering crashed_completely 503 502 504 bad_gateway service_unavailable gateway_timeout "
        "connection_refused refuses_all refuses_connections refuses_every does_not_exist does_not_resolve nxdomain "
        "not_come_up does_not_come_up will_not_start does_not_start unreachable* wiped_out destroyed "
        "interruption interruptions white_screen white_page blank_page blank_screen went_blank goes_blank blank_white completely_blank is_blank grey_screen wont_load not_opening does_not_open took_too_long won_t_come_up will_not_come_up wont_come_up suspended black_screen servfail does_not_load not_loading"
    ),
    "halt": (
        "stopped halted standstill stand_still stands_still stop stops blocked blocking blocks stuck paralyzed paralysed paralysing "
        "paralyzing at_a_standstill ground_to_a_halt grinding_to_a_halt come_to_a_halt came_to_a_halt frozen seized standing "
        "suspended jammed piled_up brought_to_a_halt on_hold dead_in_the_water crippled ceased idle cut_off interrupted "
        "pile_up piles_up queued sitting_on sitting_in sits_in idling shutdown stalled stalls stalling piling_up backed_up "
        "interruption"
    ),
    "fail": (
        "fail fails failed failing failure failures error errors broke broken breaks breaking crash crashes crashed crashing "
        "reject rejects rejected rejecting refuse refuses refused refusing bounce bounces bounced abort aborts aborted aborting "
        "exception exceptions declined declines denied throws throwing threw bug bugs buggy issue issues problem problems "
        "malfunction* defect defects glitch glitches 500 400 401 403 404 410 422 429 hang hangs hanging hung freeze freezes "
        "freezing spins spinning spinner blank empty white_page white_screen grey_screen black_screen blue_screen "
        "endless_loop infinite_loop loop loops looping trouble troubles drops dropped dropping disconnects disconnected "
        "nothing_happens does_nothing goes_nowhere do_nothing ignores ignored ignoring invalid expired unexpectedly "
        "times_out timing_out timed_out gives_up misfiring misbehaving misbehaves not_found goes_wrong went_wrong "
        "runs_into run_into running_into ran_into unsuccessful unsuccessfully unprocessed undelivered missing_in stack_trace kicks_out kicks_me kicked "
        "throws_me chokes falls_over breaks_down vanish vanishes reset_by dies died dying corrupted corrupt "
        "does_not_get does_not_let will_not_let not_letting gone_wrong screwed messed "
        "thrown_back throws_back sent_back thrown_~_back straight_back thrown_out logged_out signed_out lost_contact lost_connection lose_connection lost_its lose_their not_configured not_supported undefined null nan grey greyed greyed_out garbage gibberish misconfigured econnrefused refuse_to does_not_respond gave_up gives_an gives_us unknown_tenant bad_request internal_server_error internal_error will_not will_not_open red_banner red_message error_page error_message kicks kicking throwing_out lockout locked disabled"
    ),
    "wrong": (
        "wrong wrongly incorrect incorrectly inaccurate missing misses duplicate duplicated duplicates twice doubled mismatch "
        "mismatched outdated stale inconsistent inconsistently truncated cut_off_at garbled disappeared disappears vanished "
        "unexpected misplaced mixed_up swapped lacks leaves_out omitted omits off_by too_low too_high miscalculat* "
        "not_match not_correct not_correctly not_right not_updated not_update not_refresh rounding double_charged charged_twice mixed_up too_short too_long too_much too_few too_wide"
    ),
    "slow": (
        "slow slower slowly slowness sluggish lag lags lagging laggy latency delay delays delayed crawl crawls crawling "
        "degraded degradation degrade degrading performance takes_~_minutes take_~_minutes takes_~_seconds "
        "take_~_seconds takes_~_s unbearably snail backlog behind_schedule response_time response_times throughput slowed "
        "slowing sluggishness timeouts timeout time_out minutes_to_load seconds_to_load minutes_late takes_ages long_time "
        "minutes_per seconds_per overloaded bottleneck "
        "late takes_ages takes_forever "
        "takes_~_minute take_~_minute over_a_minute half_a_minute minutes_behind hours_behind hours_late seconds_to minutes_to behind_real backlog_grows growing_backlog gap_widens lagging_behind falling_behind timed takes_~_hours painfully very_long so_long wait_~_minutes wait_~_seconds minutes_for minutes_before very_very_slow several_minutes minutes_to_open"
    ),
    "intermittent": (
        "sometimes sometime intermittent intermittently sporadic sporadically occasionally occasional random randomly flaky "
        "flapping now_and_then now_and_again on_and_off off_and_on once_in_a_while from_time_to_time every_so_often at_times "
        "hit_and_miss hit_or_miss comes_and_goes every_third every_fourth every_fifth every_second every_other  out_of_ten "
        "unstable instability unreliable periodically several_times_per several_times_a many_times_a few_times_a second_try "
        "third_try second_attempt third_attempt on_the_second after_several_attempts after_a_few_tries keep_retrying "
        "   repeatedly repeated in_waves spotty patchy retry_works reload_helps "
        "often frequently erratic erratically "
        "every_~_minutes every_~_hours times_an_hour times_a_day times_per_hour every_few every_so_often every_now now_and_again roughly_every"
    ),
    # what works
    "work": (
        "work works working worked function functions functioning functional load loads loading open opens opening start starts "
        "starting run runs running respond responds responding answers reply react reacts process processes processed processing "
        "arrive arrives arriving arrived come_in coming_in comes_in comes_through coming_through go_through goes_through going_through "
        "get_through gets_through going_out go_out goes_out log_in logs_in sign_in signs_in logging_in signing_in login logon "
        "access accessing enter entering get_in gets_in get_past gets_past getting_past gone_through gone_out come_online comes_online coming_online get_into reach reaches reached connect connects connecting save saves saving "
        "saved send sends sending sent sync syncs syncing submit submits submitted submitting complete completes completed "
        "completing place placed placing create creates creating created sell selling ship ships shipping shipped deliver delivers "
        "delivering delivered pay pays paying trade trading buy buying book booking print prints printing render renders "
        "rendering update updates updated receive receives receiving received display displays displayed show shows shown "
        "proceed proceeds finish finishes finished use uses using click clicks select upload uploads uploading download downloads "
        "downloading import imports importing export_works generate generates calculate calculates add adds change changes serve "
        "serves take takes accept accepts accepting publish publishes execute executes executed trigger triggers triggered "
        "fire fires check_out move moves moving view views see find finds edit edits refresh appear appears continue continues "
        "reset resets register registers configure configures fulfil fulfill post posts posted pass passes approve approves "
        "leave leaves launch launches boot boots live_again boots_up "
        "accessible available reachable responsive usable emits emit"
    ),
    "ok": (
        "fine ok okay normal as_normal works_normally work_normally working_normally runs_normally run_normally running_normally behaves_normally loads_normally load_normally opens_normally open_normally operates_normally operating_normally unaffected correct correctly stable healthy as_expected as_usual intact operational smoothly "
        "properly good perfect perfectly is_quick are_quick quickly fast not_affected without_any_issue without_issues without_problems no_trouble "
        "as_designed succeed succeeds unharmed not_touched not_impacted no_impact all_right alright in_order all_green is_green are_green on_green shows_green"
        " is_good are_good looks_good look_good very_good works_good good_too good_here"
    ),
    "else": "else other others otherwise rest remaining remainder apart_from aside_from besides elsewhere everything_else every_other all_others all_other everyone_else everybody_else all_the_others for_all_other",
    "still": "still keep keeps kept continue continues at_least even_so remain remains",
    # what it hits
    "core": (
        "order orders ordering checkout checkouts payment payments login logins logon signin sign-in authentication sso quote quotes quoting "
        "offer offers sale sales shipment shipments shipping delivery deliveries invoicing billing payroll transaction transactions "
        "message messages production_line line lines plant plants factory factories warehouse warehouses till tills register "
        "registers pos trading cart carts basket booking bookings reservations business revenue trade fulfilment fulfillment "
        "picking manufacturing assembly dispatch purchase purchases purchasing filing interface interfaces integrations "
        "integration flow flows pipeline pipelines   traffic request requests card_payments claims settlement "
        "settlements customers_buy add_to_cart calculation calculate conversion enrolment trucks     "
        "  data_flow  connection connections access"
    ),
    "system": (
        "site website web_site webshop web_shop shop store storefront storefronts portal platform system systems application "
        "app tenant instance server servers service services database cluster hub gateway api apis endpoint endpoints "
        "configurator player environment everything solution product software tool suite pages page_loads backend frontend broker "
        "runtime host node nodes network domain homepage home_page start_page login_page page marketplace saas cloud "
        "bot bots forum registry launcher web_server webserver mail_server mailserver module engine connector agent agents whole_thing url dns middleware bus"
    ),
    "peripheral": (
        "report reports export exports pdf pdfs filter filters filtering sort sorting label labels tooltip tooltips logo "
        "logos image images picture pictures thumbnail thumbnails newsletter column columns date_field field fields button buttons "
        "widget widgets notification notifications preview header headers footer footers translation translations typo icon icons "
        "checkbox dropdown drop_down format formatting counter banner avatar profile chart charts graph graphs dashboard csv excel xlsx "
        "spreadsheet word_export help_text scroll scrolling scrollbar shortcut keyboard font colour color colours colors alignment "
        "comment comments tag tags attachment autocomplete auto_complete mention mentions breadcrumb bookmark wishlist tile tiles "
        "popup pop_up menu archive calendar printout template layout text hint list_view pagination log_search audit_view "
        "time_zone timezone sound email_signature toolbar favourites favorites favicon sitemap review_stars opening_hours "
        "map minimap placeholder greeting survey surveys caption title tab tabs display statistics stats zoom "
        "print printing printer printers printed donut "
        "row rows arrow margins tooltips page_number bulk_edit"
    ),
    "": " back_office backoffice back_end_user temps trainee intern test_user reporting archive monthly_report",
    # for whom
    "all": (
        "all every everyone everybody everything entire entirely whole complete completely totally total fully any anybody anyone each "
        "100 across company_wide companywide globally worldwide throughout every_single entire_company "
        "for_any whatever_i whatever_we no_matter_which no_matter_what no_matter_who whichever wherever_i "
        "a_single each_of_us each_one_of nationwide everywhere"
    ),
    "users": (
        " clinic firm club class guild friends family parents parent teacher users colleague colleagues customers clients seller sellers dealer dealers team teams company staff "
        "office offices employee employees people agents operators drivers buyers shoppers visitors salespeople "
        "sales_reps reps partners suppliers stores branches branch locations countries sites shops department departments "
        "organisation organization workforce crew nurses doctors students patients cashiers planners accounts "
        "site_visitors public tellers technicians field_technicians field_staff engineers pickers consultants subscribers guests members analysts teachers tenants technician patrons readers participants players pupils residents citizens  editors operators developers testers subscribers owners everybody_else"
    ),
    "we": "we us",
    "many": (
        "many most several hundreds thousands dozens lots numerous majority half multiple a_lot plenty huge massive massively "
        "widespread largest biggest two_thirds a_third a_quarter wave"
    ),
    "partial": (
        "some partially partial partly certain few region regions several only_in only_for only_on subset portion specific one_country "
        "one_region country selected handful third quarter half_of majority_of locale some_of one_store one_site "
        "one_shop affected_users fraction "
        "not_all not_every "
        "half_of_the half_the "
        "one_of_our_two one_of_our_three one_of_our_four one_of_two one_of_three one_of_the_two one_of_the_three one_of_our_regions one_of_several one_of_our_sites one_of_our_stores only_from only_with only_when just_with two_of_the two_of_our three_of_our one_of_two that_channel this_channel one_channel"
    ),
    "one": (
        "one_~_customer one_~_user one_~_colleague one_~_client one_~_dealer one_~_supplier one_~_partner one_~_vendor one_~_employee one_~_person one_~_contact one_~_record one_~_article one_~_product one_~_field single_~_customer single_~_user single_~_supplier only_~_person one_user one_customer one_colleague one_person single_user single_customer one_client one_employee only_me just_me "
        "my_account my_user my_login my_password my_laptop my_browser my_computer my_pc for_me a_colleague "
        "one_of_our_users one_of_my one_dealer one_record one_item one_product one_category one_field one_report one_order "
        "one_invoice one_page one_browser one_machine her_account his_account new_hire one_contact single_record only_one "
        "only_for_me this_user one_seller a_single_user one_specific one_particular one_article one_document one_team_member "
        "one_teammate on_my_machine on_my_phone two_users couple_of_users two_people two_colleagues one_flow two_of_us i_alone "
        "one_vendor one_supplier our_intern a_single_customer one_out_of_the_way one_language "
        "one_of_our_customers one_of_our_clients one_of_my_colleagues one_of_our_employees one_of_our_sellers one_of_our_dealers     one_of_our_staff  two_~_users two_~_people two_~_patrons two_~_customers two_~_students two_~_members two_~_employees have_a_user have_a_customer a_colleague_of one_member one_student one_patron a_specific_user"
    ),
    # where
    "prod": (
        "prod production productive live in_prod on_prod productive_system live_site live_system live_shop production_system prd "
        "production_environment live_environment live_tenant production_tenant real_system"
    ),
    "nonprod": (
        "sandbox sandboxes staging stage uat qa dev preprod pre_prod preproduction pre_production non_production nonproduction "
        "nonprod non_prod test_environment test_system test_tenant test_instance test_server test_env test_org test_site test_shop "
        "test_account test_store testing_environment in_test on_test our_test on_demo in_demo our_demo demo_site demo_shop demo_account demo_instance demo_server demo_company demo_environment demo_system demo_tenant "
        "training_system training_environment training_tenant development_environment development_system dev_environment "
        "beta preview_environment integration_environment acceptance_environment localhost proof_of_concept poc lab_environment "
        "development_instance dev_instance development_tenant development_server test_machine test_box test_buyer test_customer test_company test_organisation test_organization test_workspace test_project test_mode test_data test_database playground trial test_cluster "
        "testsystem test_stage quality_system performance_environment scratch_org dry_run migration_rehearsal rehearsal "
        "pilot_environment mock our_development development_org preview_link preview_deployment preview_url preview_build local_install dev_server my_local localhost_only ptr test_realm nightly_build develop_branch feature_branch full_copy acceptatieomgeving testomgeving homologacao ambiente_de_homologacao ambiente_di_test ambiente_di_collaudo drill emergency_drill integrationstest full_copy_org build_from_source from_source rehearse"
    ),
    "not_prod_word": (
        "go_live going_live golive went_live production_line production_lines production_planning production_plan production_hall "
        "production_manager production_side live_chat live_demo live_preview live_in live_with goes_live production_run "
        "production_process once_live once_we_are_live when_live going_live being_live are_live before_live demo_page deploy_to_production move_to_production into_production to_production production_staff we_live test_order"
    ),
    # a way round
    "workaround": (
        "workaround workarounds work_around work_arounds instead by_hand manually alternative alternatively circumvent "
        "bypass temporary_solution stopgap interim fallback plan_b way_around way_round another_way other_way other_route "
        "by_phone by_email on_paper paper_forms spreadsheet_instead in_excel use_excel in_the_meantime in_the_interim meanwhile for_now "
        "for_the_time_being until_then re_enter reenter re_entering retype retyping switched_to switch_to  fall_back falling_back "
        "can_use can_still use_another different_browser other_browser works_in works_with works_on works_if works_when works_via "
        "helps mitigated mitigate mitigation rerun re_run restart_helps restarting_helps refresh_helps reloading phone_in phoning "
        "copy_paste we_can_live live_with_it live_with_that worked_around get_by getting_by second_batch in_batches "
        "other_channel another_channel custom_range "
        "in_two_batches in_smaller_batches one_by_one in_smaller_chunks "
        "separately reinstall reinstalling re_install re_installing ctrl clear_the_cache clearing_the_cache clear_my fixes_the fixes_it resolves_the resolves_it resolves_this solves_it solves_the solves_this does_the_trick gets_it_going refresh_the_page have_to_refresh need_to_refresh save_again re_edit re_save click_it_again private_mode reload_and"
        " by_post in_the_other by_radio cut_and_paste copy_and_paste copy_it paste_it typed_it type_it typed_them key_it key_them keyed_them_in read_it_out reads_it_out the_other_browser another_browser another_machine another_computer another_room if_i_type if_you_type if_he_types if_she_types if_they_type after_a_restart until_i_restart restarted_it it_works_if skip_it skip_them we_skip leave_it_out borrow borrows borrowed turned_the_other use_the_other used_the_other takes_the_other"
    ),
    "way": (
        "workaround workarounds work_around alternative alternatives way other_way fallback plan_b backup_system backup bypass way_around "
        "way_round other_tool other_system other_channel other_means manual_process manual_fallback paper_process substitute copy_elsewhere "
        "other_shop other_option option options manual_way second_system break_glass paper excel redundancy replacement "
        "manual_route route second_route"
    ),
    "costly": (
        "overtime barely a_third_of only_manage not_sustainable unsustainable hours_a_day extra_hours hours_of_work "
        "cannot_keep_up can_not_keep_up keep_up does_not_scale error_prone tedious painful exhausting six_people extra_staff "
        "not_a_solution not_a_real_solution half_of_their half_the_volume fraction_of just_about loses_more_than"
        " extra_work whole_day whole_days each_time_a at_half_speed hours_every people_all_day all_day_long which_costs two_hours_a three_hours_a double_the_work"
    ),
    # security and data
    "security": (
        "security account_taken_over account_was_taken_over account_is_taken_over account_has_been_taken_over account_got_taken_over account_takeover hijacked unauthorised_access unauthorized_access unauthorised_person* unauthorized_person* unauthorized_user* unauthorised_user* breach breached leak leaked leaks leaking exposed exposes exposure vulnerability "
        "vulnerabilities xss sql_injection csrf phishing hacked hack hacker hackers compromised compromise attacker attackers malware "
        "ransomware ransom intrusion intruder suspicious gdpr data_protection privacy confidential personal_data clear_text "
        "plain_text credentials_visible passwords_visible sees_other sees_data see_other_customers other_customers_data other_tenants "
        "another_customer_data another_tenant someone_else's permissions_bypassed impersonate impersonation brute_force "
        "access_control privilege escalation_of stolen fraud fraudulent spoofed spoofing defaced keep_their_access without_permission "
        "without_authorisation without_authorization cve without_being_logged without_signing without_a_password not_signed_in not_logged_in   whistleblower changed_~_digit change_~_digit change_the_id change_the_number without_login without_logging not_authorized_to_see "
        "not_supposed_to_see should_not_see should_not_be_able other_people other_companies other_company wrong_customer "
        "wrong_person audit_finding token_leak secrets api_keys_visible publicly_accessible publicly_visible open_to_the_internet "
        "still_log_in former_employee ex_employee leaver leavers not_be_visible not_be_able_to_see not_allowed_to_see rogue "
        "data_of_other data_from_other "
        "should_be_impossible should_not_be_possible should_not_be_able_to able_to_delete who_else all_roles elevated admin_rights plaintext leaks_the dump_list unauthenticated exposes_the  strangers_data previous_shopper see_each_other sees_each_other of_somebody_else of_someone_else of_another_user of_another_customer another_user password_of_another without_being_signed strangers bug_bounty_report"
        " the_password_itself clear_letters plain_view be_signed_in anyone_can_see everyone_can_see everybody_can_see anybody_can_see any_tenant any_customer_can any_user_can gives_you_all without_asking_for_a_password"
    ),
    "security_paper": (
        "questionnaire assessment certification certificate_of iso soc penetration_test pentest audit_report vendor_assessment "
        "security_policy whitepaper compliance_documents due_diligence dpa data_processing_agreement security_review "
        "security_contact security_documentation is_it_genuine legitimate genuine really_from_you"
    ),
    "dataloss": (
        "data_loss lost_data lost_all data_is_gone deleted wiped erased lost overwritten disappeared vanished corrupted corruption "
        "unrecoverable irretrievable purged "
        "gone_missing everything_is_gone are_all_gone data_gone are_gone is_all_gone destroyed deletes lost_some loss_of_data dropped_the_database missing_data"
    ),
    # what it costs
    "cost": (
        "revenue losing_money lose_money losing_sales losing_orders losing_customers lost_sales loses_money penalty penalties "
        "fines money losses turnover cost_us costing_us costs_us walk_away walking_away abandon abandoning abandoned contractual refunds "
        "chargebacks lose_customers lose_orders financial_loss bleeding complaints complaining complain furious per_hour "
        "every_minute every_hour an_hour"
        " losing_an_hour lose_an_hour cost_an_hour_each"
    ),
    "idle": (
        "waiting_outside sent_home sit_idle sitting_idle standing_still standing_idle idle waiting_in_line queueing queuing "
        "trucks lorries twiddling hands_tied can_not_work cannot_work unable_to_work not_able_to_work can_not_sell unable_to_sell "
        "can_not_trade can_not_operate can_not_do_business unable_to_operate can_not_ship unable_to_ship out_of_business "
        "can_not_serve turning_away turn_away waiting_at nothing_to_do stopped_production production_stopped stores_closed closed_shop "
        "can_not_invoice can_not_bill sitting_around can_not_do_anything can_not_do_our business_is_stopped business_is_stop "
        "business_stopped business_has_stopped dead_stop everything_stopped work_stopped stopped_work stop_selling send_people_home "
        "standing_around standing_still run_dry ran_dry runs_dry runs_empty hang_around hanging_around "
        "close_the_doors closed_the_doors close_our_doors turning_customers turn_customers run_out_of_work twiddle asked_to_pause doors_closed customers_away nothing_they_can hands_in lines_are_down line_is_down line_down workless stand_idle trading_halted no_business no_trading no_revenue revenue_is_zero zero_revenue cannot_pick can_not_pick can_not_bill can_not_take everything_on_hold unable_to_take unable_to_trade business_is_dead shut_the_doors trucks_are trucks_cannot production_line_is plant_is plants_are "
        "shop_is_closed store_is_closed shop_closed pull_the_plug pulled_the_plug sales_have_dried dried_up paid_break gone_for_an gone_home people_are_waiting customers_are_waiting customers_are_leaving guests_leave guest_go guests_go no_parcels all_sits everybody_sits out_of_work early_lunch men_are_standing cannot_dispatch cannot_accept accepted_none unable_to_dispatch on_the_floor no_business_today can_not_serve queue_out"
    ),
    "deadline": "deadline today by_noon by_tonight cut_off cutoff by_end_of_day end_of_business within_the_hour tonight by_5 in_two_hours this_afternoon",
    "numbers_zero": "zero_orders zero_sales",
    "downstream": (
        "overdue  stale background batch nightly overnight scheduler scheduled_job scheduled_jobs cron backlog "
        "asynchronous email_delivery outbox indexing reindex replication nightly_job import_job feed feeds webhook webhooks pending "
        "reminder reminders mails_are_not emails_are_not sync syncs syncing synching synced synchronization synchronisation synchronizing queue queues job jobs imports webhook_delivery notifications sidekiq worker workers dispatcher mail_queue"
    ),
    # when
    "since": (
        "since as_of stopped_~_ago started_~_ago began_~_ago died_~_ago broke_~_ago right_now currently now at_the_moment this_morning this_afternoon started ongoing today for_hours for_days "
        "for_~_hours for_~_minutes all_day all_morning hour_ago hours_ago minutes_ago after_the_update after_the_upgrade "
        "after_the_release after_the_deploy after_your following_the presently as_we_speak tonight"
    ),
    "past": (
        "yesterday last_week last_night last_month last_monday last_tuesday last_wednesday last_thursday last_friday last_saturday "
        "last_sunday last_year at_the_time used_to back_then at_that_time this_night the_other_day days_ago weeks_ago earlier previously in_the_past"
    ),
    "solved": (
        "resolved fixed solved recovered recover back_up is_back back_online back_to_normal works_again working_again "
        "up_again running_again over_now no_longer_occurs no_longer_happens has_been_stable stable_since since_you_changed since_your_fix since_the_fix gone_away went_away "
        "fixed_itself disappeared_by_itself recovered_by_itself is_gone_now normal_again sorted_out working_now works_now "
        "all_good_now is_over is_fixed got_fixed back_in_business problem_is_gone "
        "came_back_up self_healed healed solved_itself resolved_itself everything_is_back "
        "have_gone has_gone are_gone is_gone  all_good good_again good_now all_well all_is_well working_fine_now "
        "service_restored been_restored was_restored is_restored access_restored restored_now alert_cleared "
        "fine_now all_fine ok_now okay_now good_now all_ok all_working everything_works_now fine_again without_a_hitch been_running been_fine been_stable working_since running_since fine_since been_working is_history can_close_it is_lifted is_cleared no_issues_since no_problem_since resolved_now repaired all_is_going never_mind nevermind sorry_for_the_noise works_fine_again my_fault my_mistake is_sorted been_sorted has_been_replaced buying_again rolled_back reachable_again all_systems_operational completed_successfully been_completed been_resolved no_longer_seen not_seen_any works_since"
    ),
    "closing": "closing_from closing_this finish_this to_close_this closing_the_loop close_the_loop can_be_closed close_this please_close close_the_ticket close_the_case can_close_it no_further_action nothing_further all_sorted",
    "again": (
        "again is_back it_is_back came_back come_back reappeared returned recurred recurring recurs reoccur* back_again happening_again same_again third_time fourth_time "
        "second_time fifth_time every_day daily each_day each_time reopen once_more another_outage keeps_happening "
        "third_interruption fourth_interruption third_outage fourth_outage second_outage third_incident recurring_outage keeps_coming comes_back yet_again"
    ),
    # what they want
    "question": (
        "how_do how_can how_to how_does how_should how_would how_many how_much how_long how_often where_can where_do where_is where_could where_in "
        "where_are what_is_the what_are what_does what_would what_is_your "
        "which_one which_of is_it_possible is_there_a is_there_any is_there_an are_there are_we_able can_i can_we can_you_tell could_you_tell could_you_explain "
        "can_you_explain can_you_confirm could_you_confirm can_someone_explain please_explain please_clarify wondering wonder question "
        "questions best_practice best_practices recommend recommended recommendation advice guidance clarification clarify "
        "like_to_know want_to_know need_to_know curious do_you_have do_you_support do_you_offer does_it_support does_your "
        "does_the_product is_it_supported tell_me let_me_know_how show_me_how point_me not_find_where could_not_find_out "
        "when_will what_happens_if possible_to what_exactly do_we_need do_i_need should_we should_i am_i_right "
        "may_i what_options what_do_we what_do_i anyone_know any_tips how_come which_plan steps_to_add the_steps_to "
        "would_it_be_possible trying_to_figure trying_to_understand not_sure_how do_not_know_how figure_out need_help_with are_you_affected is_it_genuine is_this_mail what_if_we where_is_our please_confirm_whether"
    ),
    "wish": (
        "would_be_nice would_be_great would_be_good would_be_useful would_be_helpful would_be_awesome would_love feature_request "
        " enhancement enhancements suggestion suggest suggesting improvement improve an_idea one_idea another_idea idea_for good_idea great_idea my_idea small_idea proposal wish would_be_lovely would_be_better would_be_nicer would_be_of could_do_with should_be_able ought_to_be_able i_miss_a would_spare would_save_us would_prefer rather_have make_it_possible make_that_~_optional make_this_~_optional make_it_~_optional should_be_optional optional "
        "please_add could_you_add can_you_add add_support add_an_option "
        "add_the_ability roadmap we_would_like we_d_like i_would_like would_like_to_see it_would_help it_would_be "
        "would_it_be_possible_to_add could_we_have can_we_have can_we_get nice_to_have new_feature functionality_request allow_us_to "
        "consider_adding please_consider consider_making consider wanted_to_ask_for request_for_feature dark_mode extend_the missing_feature no_connector "
        "do_not_offer does_not_offer not_supported_yet vote future_version future_release some_day someday add_a_button "
        "an_option_to we_need_a we_miss_a lack_of_a put_it_back bring_back change_request when_can_you_deliver "
        "has_always_worked works_as_designed by_design there_is_none not_exist_yet would_make_our "
        "asked_for asking_for any_plans when_is_it_coming features is_there_any_plan on_the_roadmap"
    ),
    "admin": (
        "change_of_contact technical_contact contact_person new_contact invoice_copy invoice contract renewal renew licence license licences licenses purchase_order subscription questionnaire "
        "vendor_form quotation price_quote pricing budget training course webinar demo_call meeting call_back appointment address_change bank_details "
        "certificate_of_insurance add_a_user add_user new_user new_users create_an_account deactivate_user remove_user "
        "additional_seats seats change_owner rename transfer_ownership certificate survey newsletter_unsubscribe unsubscribe "
        "nda legal account_manager contact_person please_send_us please_send_me kindly_send send_us_the corrected_copy "
        "cancel_our cancel_the upgrade_our_plan downgrade_our_plan purchase_additional billing_address vat tax_certificate "
        "root_cause_analysis rca post_mortem postmortem incident_report report_of_the_cause uptime_report statement user_list "
        "delete_the_account delete_account gdpr_request data_request please_enable please_activate enable_the whitelist "
        "please_increase increase_the_limit quota provision set_up_a_new set_up_an_account procurement onboarding "
        "for_our_management for_our_files for_our_records for_our_audit holiday_hours opening_hours_of_support refund refunds money_back cancel_my cancellation seats tender rfi rfp kindly_state gdpr_questions sub_processors my_licence my_license licence_key license_key billing_question delete_my close_my_account remove_my_account cancel_my_account"
    ),
    "maintenance": (
        "field_mapping mapping_update update_the_mapping change_the_schedule change_the_configuration configuration_change "
        "update_the_connection rotate renew_the_certificate expires expiry expiring migration upgrade_window maintenance "
        "maintenance_window planned_downtime scheduled_downtime scheduled_maintenance planned_maintenance please_refresh "
        "refresh_our_sandbox change_the_address reconfigure please_change please_update please_adjust please_remove please_set cutover"
    ),
    "docs": (
        "documentation docs manual handbook release_notes changelog knowledge_base help_page help_center user_guide guide "
        "tutorial help_article kb_article knowledge_article readme docs_page api_page "
        "in_the_documentation"
    ),
    "fyi": (
        "fyi no_action please_be_aware just_be_aware for_information "
        "no_reply_needed no_need_to no_response_needed announcement announce inform_you informing_you to_inform out_of_office "
        "out_of_the_office on_vacation on_leave automatic_reply auto_reply autoreply thank_you_for_contacting for_the_record "
        "nothing_to_do_on_your planned_downtime planned_outage scheduled_outage planned_interruption extended_downtime is_closed_from closed_for closed_between please_rate rate_your not_monitored do_not_reply unmonitored ignore_this feedback_wanted no_action_from no_action_needed weekly_digest satisfaction_survey went_great automatically_generated sent_automatically thanks_for_contacting we_aim_to"
    ),
    "thanks": "thank_you_for_the_quick thanks_for_the_quick great_job well_done appreciate_the_help love_the compliments kudos congratulations brilliant just_wanted_to_say fantastic awesome thank_you_for_your_help thanks_for_your_help great_work nice_work good_job so_much_faster love_it well_done hiccup went_great pass_it_on kudos praise without_a_hiccup",
    "cosmetic": (
        "typo typos cosmetic misaligned alignment spelling font fonts colour color pixel pixels overlap overlaps overlapping ugly "
        "layout_shift spacing icon looks_odd looks_strange looks_ugly misspelled misspelt wording capital_letter padding margin "
        "truncated_text favicon visual visually contrast_of blurry mistranslated mistranslation misnamed mislabelled mislabeled misspells spelt wrong_icon wrong_label wrong_word wrong_colour wrong_color flicker flickers flickering hurts_my distracting "
        "spelling_mistake stretched copyright grammar capitalisation capitalization misprint truncated cut_off_text harmless rendering_glitch odd_looking"
    ),
    "lowkey": (
        "no_rush no_hurry not_urgent not_critical not_blocking not_a_blocker when_you_have_time whenever_you whenever_convenient whenever_possible whenever_it_suits when_you_get_a_chance minor small_issue small_problem small_bug small_request small_question small_wish small_suggestion small_detail small_error small_mistake "
        "low_priority nice_to_have annoying inconvenient  nuisance cosmetic not_a_big not_big_deal no_big_deal "
        "can_wait no_impact little_impact low_impact not_important unimportant trivial eventually at_your_convenience next_release "
        "some_point in_the_next sometime_soon not_dramatic small_thing nobody_needs not_a_problem_right rarely twice_a_quarter once_a_week "
        "once_a_month once_a_quarter barely_used tiny slightly slight a_bit_annoying not_high_priority low_prio irritating "
        "not_a_show not_pressing no_urgency nothing_urgent nothing_critical does_not_hurt not_harmful negligible convenience "
        " seldom takes_ten_seconds takes_a_minute nice_if a_handful handful_of happens_rarely happen_rarely just_noticed when_someone_touches by_the_way biggie no_biggie slightly"
        " small_matter small_glitch small_point no_harm no_hurry_at take_your_time is_not_bothered is_patient does_not_mind do_not_mind nobody_minds no_one_minds can_manage can_live_with not_the_end no_great out_of_curiosity when_you_get when_you_pass curiosity a_trifle no_drama nothing_dramatic not_a_disaster no_matter_of_life"
    ),
    "urgent": (
        "urgent urgently asap immediately emergency critical top_priority highest_priority right_away blocker showstopper "
        "as_soon_as_possible escalate escalated escalation escalating highest_level help_please please_help sos mayday alarm p1 sev1 "
        "drop_everything very_fast call_me call_us call_now disaster catastrophe nightmare desperate unacceptable"
    ),
    "recovery": "recovered resolved back_up up_again ok",
    "me": "i me my mine myself",
    "in_vain": "tried_~_other tried_~_different tried_~_another other_~_tried tried_several tried_already tried_both tried_all no_difference no_effect does_not_help did_not_help do_not_help nothing_helps nothing_helped no_luck to_no_avail without_success same_result same_problem same_issue no_improvement still_the_same did_not_change not_solve not_help already_tried already_rebooted already_restarted tried_everything same_everywhere no_change",
    "lacking": "without",
    "zero": "zero not_a_single not_one_single not_even_one at_zero down_to_zero drops_to_zero 0_orders 0_sales none_at_all a_single_one nothing_at_all nothing_whatsoever nothing_goes nothing_comes nothing_works nothing_moves nothing_loads nothing_arrives nothing_has_come nothing_from nothing_to_the nothing_moves nothing_moving nothing_gets 0_processed nothing_leaves nothing_goes nothing_arrives no_one_order not_one_success not_one_of_our nothing_passes nobody_got nothing_but_an nothing_but_a",
    "affects": "affect affects affected affecting impact impacts impacted impacting concerns concern hit hits same_for happens_for happens_to applies_to regardless",
    "place": "germany austria switzerland france belgium luxembourg netherlands italy spain portugal poland hungary romania greece sweden norway denmark finland ireland uk britain england scotland usa canada mexico brazil argentina chile china japan india australia turkey morocco africa europe asia apac emea latam swiss austrian german french belgian dutch italian spanish portuguese polish swedish norwegian danish canadian mexican london paris berlin munich hamburg vienna zurich madrid rome milan lisbon warsaw prague budapest dublin singapore sydney tokyo chicago boston iphone ipad ios android safari firefox chrome edge mobile tablet phones desktop windows mac macs",
    "figures": "price prices pricing amount amounts quantity quantities stock inventory invoice invoices tax taxes vat address addresses salary salaries balance balances total totals discount discounts payment payments rates rate cost fees risk_score scores values figures numbers sum sums currency deduction surcharge units dose doses weight weights dates availability sold_out percent supplement supplements contribution contributions deductions payslip payslips wage wages pension pensions dosage reading readings temperature depth meter mg interest commission premium premiums calculation calculated points grades marks",
    "instead": "instead_of rather_than",
    "account": "login log_in logging_in logged_in sign_in signing_in password passwords account reset register registration verification activation my_profile username rescue_email subscribe my_card my_plan my_subscription unlock_me",
    "no_way": "no_other no_second no_plan_b only_way_to only_via only_possible_inside not_feasible any_other_way no_fallback cannot_be_done_by_hand cannot_be_done_on_paper not_other_way no_other_tool manual_screen_was old_program_was removed_last closed_the_manual we_sell_nothing sell_nothing no_other_instance no_other_console no_other_channel our_only_channel not_possible_by_hand by_design_cannot no_cash",
    "polite": "could_you_please can_you_please have_a_look take_a_look look_into please_check please_fix please_help can_you_check could_you_check can_you_look could_you_look could_someone could_somebody can_someone can_somebody can_anyone any_ideas any_eta any_news what_is_going can_you_help could_you_help can_you_fix will_you_fix anyone_awake anyone_working",
    "server_error": "500 internal_server_error internal_error server_error server_errors server_side_error fatal_error",
    "by_the_by": "just_to_let_you_know heads_up just_so_you_know for_your_information so_you_know wanted_to_let_you wanted_you_to_know in_case_you_did not_sure_if_you",
    # what is asked of trouble itself, and is no question of how something is done
    "after_it": (
        "any_idea any_ideas any_news any_update any_updates any_eta any_clue any_word what_is_going_on what_is_happening what_is_up "
        "what_happened what_has_happened what_is_wrong what_is_the_problem what_is_the_matter what_is_the_reason what_is_the_status "
        "going_on what_could_be what_might_be is_it_me is_it_us is_it_just_me is_it_only_me is_this_me is_this_just just_me only_me just_us only_us or_me "
        "anyone_else anybody_else someone_else others_too others_as_well is_something something_up something_wrong are_you_aware did_you_know "
        "do_you_know_about have_you_noticed is_this_known known_issue known_problem aware_of is_there_an_outage is_there_a_problem "
        "is_there_an_issue are_there_problems are_there_issues an_outage be_fixed be_back is_back be_up be_resolved be_solved "
        "be_restored be_sorted back_up back_online up_again looking_at looking_into working_on_it on_it is_anyone is_anybody "
        "is_someone anyone_there anybody_there what_can_i_do what_can_we_do what_should_i_do what_should_we what_do_i_do what_do_we_do what_now "
        "how_should_i_proceed how_to_proceed how_do_i_proceed what_can_be_done anything_i_can anything_we_can our_side my_side your_side our_end my_end "
        "your_end am_i_missing am_i_doing did_i_do have_i_done are_we_doing our_fault my_fault why_is why_are why_does why_do why_did "
        "tell_me_why tell_us_why say_why since_when how_long_will how_long_does banned please_look please_check"
    ),
    "internal": "internal_user internal_users internal_tool internal_report internal_page internal_wiki",
    "mailing": "email emails e_mail e_mails mails confirmation confirmations notification notifications reminder reminders newsletter newsletters",
    "foreign": "somebody_else someone_else someone_else's other_people other_people's other_customers other_clients other_tenants other_companies other_firms other_patients other_users other_families other_members another_customer another_company another_firm another_client another_patient another_family another_tenant another_person another_school strangers a_stranger not_mine not_ours firm_called company_called everybody's_salary everyone's_salary our_salaries all_salaries what_i_earn what_we_earn what_everybody_earns next_patient next_customer neighbour's neighbours",
}  # fmt: skip
