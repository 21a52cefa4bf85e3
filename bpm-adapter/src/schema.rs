//! The tables of this service as the queries see them: the same columns on both databases.

diesel::table! {
    dispatch (order_id, attempt) {
        order_id -> BigInt,
        attempt -> Integer,
        task_id -> Nullable<Text>,
        reason -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    bpm_task (id) {
        id -> Text,
        order_id -> BigInt,
        attempt -> Integer,
        order_code -> Text,
        enum_type -> Text,
        requirement -> Text,
        enterprise_id -> Text,
        corp_name -> Text,
        product_id -> Text,
        product -> Text,
        domains -> Text,
        assignee_id -> Text,
        assignee_name -> Text,
        assignee_mobile -> Text,
        assignee_role -> Text,
        driver -> Text,
        state -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        engine_ref -> Nullable<Text>,
    }
}

diesel::table! {
    bpm_task_stage (id) {
        id -> BigInt,
        task_id -> Text,
        event_id -> Text,
        stage -> Text,
        result -> Text,
        message -> Text,
        operator -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    task_delivery (id) {
        id -> BigInt,
        task_id -> Text,
        kind -> Text,
        at -> Timestamp,
        outcome -> Text,
        detail -> Text,
    }
}

diesel::table! {
    bill (id) {
        id -> BigInt,
        bill_no -> Text,
        task_id -> Text,
        order_id -> BigInt,
        state -> Text,
        issued_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    event (id) {
        id -> Text,
        source -> Text,
        event_id -> Text,
        kind -> Text,
        task_id -> Nullable<Text>,
        body -> Text,
        state -> Text,
        attempts -> Integer,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
        webhook_id -> Nullable<Text>,
        ticket -> Nullable<Text>,
        outbox_id -> Nullable<Text>,
        created_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(bill -> bpm_task (task_id));
diesel::joinable!(bpm_task_stage -> bpm_task (task_id));
diesel::joinable!(task_delivery -> bpm_task (task_id));
diesel::joinable!(event -> bpm_task (task_id));
diesel::allow_tables_to_appear_in_same_query!(bpm_task, bill, bpm_task_stage, task_delivery, event, dispatch);
