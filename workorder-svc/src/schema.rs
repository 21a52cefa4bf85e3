//! The tables, as diesel knows them. Their names are the source's; operators know them.

diesel::table! {
    enterprise (id) {
        id -> Text,
        name -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    enterprise_manager (enterprise_id, user_id) {
        enterprise_id -> Text,
        user_id -> Text,
    }
}

diesel::table! {
    ep_product_chargemode (id) {
        id -> BigInt,
        enterprise_id -> Text,
        product_id -> Text,
        product_name -> Text,
        charge_mode -> Text,
        state -> Text,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    product_event_inbox (seq) {
        seq -> BigInt,
        event_id -> Text,
        enterprise_id -> Text,
        product_id -> Text,
        event -> Text,
        occurred_at -> Timestamp,
        received_at -> Timestamp,
    }
}

diesel::table! {
    work_order (id) {
        id -> BigInt,
        code -> Text,
        enum_type -> Text,
        requirement -> Text,
        status -> Text,
        version -> BigInt,
        product_id -> Nullable<Text>,
        product -> Nullable<Text>,
        create_user -> Text,
        creator -> Text,
        province -> Nullable<Integer>,
        approving_userid -> Nullable<Text>,
        approving_mobile -> Nullable<Text>,
        approving_worker -> Nullable<Text>,
        dealer -> Nullable<Text>,
        user_temp -> Text,
        attempt -> Integer,
        approval -> Text,
        description -> Text,
        form -> Text,
        details -> Text,
        domains_total -> Integer,
        is_batch -> Bool,
        prohibited -> Bool,
        held_since -> Timestamp,
        due_at -> Nullable<Timestamp>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    worker_order_enterprise (order_id) {
        order_id -> BigInt,
        enterprise_id -> Text,
        corp_name -> Text,
    }
}

diesel::table! {
    work_order_participant (order_id, user_id) {
        order_id -> BigInt,
        user_id -> Text,
        acted -> Bool,
    }
}

diesel::table! {
    approval_seat (order_id, user_id) {
        order_id -> BigInt,
        user_id -> Text,
    }
}

diesel::table! {
    approval_substitute (user_id) {
        user_id -> Text,
        to_user_id -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    order_urge (order_id, urged_at) {
        order_id -> BigInt,
        urged_at -> Timestamp,
        user_id -> Text,
    }
}

diesel::table! {
    order_reminder (order_id) {
        order_id -> BigInt,
        due_at -> Timestamp,
        remind_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    order_stay (id) {
        id -> BigInt,
        order_id -> BigInt,
        state -> Text,
        entered_s -> Double,
        lasted_s -> Nullable<Double>,
        lasted_centihours -> Nullable<Integer>,
    }
}

diesel::table! {
    saved_filter (id) {
        id -> BigInt,
        user_id -> Text,
        name -> Text,
        query -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    configure_list (id) {
        id -> BigInt,
        order_id -> BigInt,
        domain -> Text,
        legality -> Text,
        record_number -> Nullable<Text>,
        reason -> Nullable<Text>,
        rolled_back -> Bool,
        checked_at -> Nullable<Timestamp>,
        evidence_source -> Nullable<Text>,
        evidence_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    speed_configure_domain (id) {
        id -> BigInt,
        order_id -> BigInt,
        domain -> Text,
        cp_domain -> Text,
        icp_number -> Nullable<Text>,
    }
}

diesel::table! {
    orign_address (id) {
        id -> BigInt,
        order_id -> BigInt,
        value -> Text,
        #[sql_name = "type"]
        type_ -> Text,
        main_flag -> Bool,
        weight -> Nullable<Integer>,
    }
}

diesel::table! {
    batch_self_domain (id) {
        id -> BigInt,
        order_id -> BigInt,
        domain -> Text,
        sheet_row -> Integer,
        cp_domain -> Text,
        icp_number -> Nullable<Text>,
        config -> Text,
    }
}

diesel::table! {
    work_order_link (order_id) {
        order_id -> BigInt,
        split_from -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    live_order_info (order_id) {
        order_id -> BigInt,
        application -> Text,
        mode -> Text,
        config -> Text,
    }
}

diesel::table! {
    live_order_domain_info (id) {
        id -> BigInt,
        order_id -> BigInt,
        domain -> Text,
        direction -> Text,
        cp_domain -> Text,
        icp_number -> Nullable<Text>,
    }
}

diesel::table! {
    self_service_domain_config (id) {
        id -> BigInt,
        domain -> Text,
        enterprise_id -> Text,
        product_id -> Text,
        order_id -> Nullable<BigInt>,
        source -> Text,
        legality -> Text,
        record_number -> Nullable<Text>,
        form -> Text,
        live_since -> Timestamp,
        updated_at -> Timestamp,
        registrable -> Nullable<Text>,
    }
}

diesel::table! {
    live_stream_domain_config (id) {
        id -> BigInt,
        domain -> Text,
        enterprise_id -> Text,
        product_id -> Text,
        order_id -> Nullable<BigInt>,
        source -> Text,
        legality -> Text,
        record_number -> Nullable<Text>,
        form -> Text,
        live_since -> Timestamp,
        updated_at -> Timestamp,
        registrable -> Nullable<Text>,
    }
}

diesel::table! {
    work_order_cache_domain (domain) {
        domain -> Text,
        order_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    domain_history (id) {
        id -> BigInt,
        order_id -> BigInt,
        event -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        actor_role -> Nullable<Text>,
        on_behalf_of -> Nullable<Text>,
        from_status -> Nullable<Text>,
        to_status -> Text,
        comment -> Nullable<Text>,
        is_icp_check_completed -> Bool,
        is_icp_check_success -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    log_file_resource (file_id) {
        file_id -> Text,
        name -> Text,
        size -> BigInt,
        content_type -> Text,
        sha256 -> Text,
        kind -> Text,
        uploaded_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    work_order_file (order_id, file_id) {
        order_id -> BigInt,
        file_id -> Text,
        kind -> Text,
        position -> Integer,
    }
}

diesel::table! {
    icp_check (order_id) {
        order_id -> BigInt,
        started_at -> Timestamp,
        tries -> Integer,
        next_at -> Timestamp,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    icp_filing (domain) {
        domain -> Text,
        record_number -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    bpm_task (order_id, attempt) {
        order_id -> BigInt,
        attempt -> Integer,
        task_id -> Nullable<Text>,
        bill_no -> Nullable<Text>,
        state -> Text,
        assignee_id -> Text,
        assignee -> Text,
        outbox_id -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    bpm_task_stage (id) {
        id -> BigInt,
        order_id -> BigInt,
        attempt -> Integer,
        stage -> Text,
        result -> Text,
        message -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    bpm_event_inbox (task_id, event_id) {
        task_id -> Text,
        event_id -> Text,
        order_id -> BigInt,
        event -> Text,
        received_at -> Timestamp,
    }
}

diesel::table! {
    icp_evidence (domain) {
        domain -> Text,
        legality -> Text,
        record_number -> Nullable<Text>,
        reason -> Nullable<Text>,
        source -> Text,
        fetched_at -> Timestamp,
    }
}

diesel::table! {
    live_filing (domain) {
        domain -> Text,
        next_at -> Timestamp,
        tries -> Integer,
        checked_at -> Nullable<Timestamp>,
        lapsed_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    notice (id) {
        id -> BigInt,
        user_id -> Text,
        kind -> Text,
        order_id -> Nullable<BigInt>,
        facts -> Text,
        created_at -> Timestamp,
        read_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    notice_preference (user_id) {
        user_id -> Text,
        language -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    service_order (order_id) {
        order_id -> BigInt,
        document -> Text,
        form -> Text,
        faults -> Text,
    }
}

diesel::table! {
    service_order_attribute (order_id, path, value) {
        order_id -> BigInt,
        path -> Text,
        value -> Text,
    }
}

diesel::table! {
    cancel_service_order (id) {
        id -> BigInt,
        order_id -> BigInt,
        document -> Text,
        reason -> Nullable<Text>,
        created_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    hub_subscription (id) {
        id -> Text,
        callback -> Text,
        query -> Nullable<Text>,
        created_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    enterprise,
    enterprise_manager,
    ep_product_chargemode,
    product_event_inbox,
    work_order,
    worker_order_enterprise,
    work_order_participant,
    approval_seat,
    approval_substitute,
    order_urge,
    order_reminder,
    order_stay,
    saved_filter,
    configure_list,
    speed_configure_domain,
    orign_address,
    batch_self_domain,
    work_order_link,
    live_order_info,
    live_order_domain_info,
    self_service_domain_config,
    live_stream_domain_config,
    work_order_cache_domain,
    domain_history,
    log_file_resource,
    work_order_file,
    icp_check,
    icp_filing,
    bpm_task,
    bpm_task_stage,
    bpm_event_inbox,
    icp_evidence,
    live_filing,
    notice,
    notice_preference,
    service_order,
    service_order_attribute,
    cancel_service_order,
    hub_subscription,
);
