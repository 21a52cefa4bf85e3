//! The gateway's tables.

diesel::table! {
    account (number) {
        number -> BigInt,
        id -> Text,
        username -> Text,
        username_key -> Text,
        name -> Text,
        mobile -> Text,
        email -> Text,
        company -> Text,
        province -> Nullable<Integer>,
        roles -> Text,
        enabled -> Bool,
        must_change_password -> Bool,
        password_hash -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    refresh_token (token_hash) {
        token_hash -> Text,
        family -> Text,
        account_id -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        spent_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    login_failure (id) {
        id -> BigInt,
        account_key -> Text,
        address -> Text,
        failed_at -> Timestamp,
    }
}

diesel::table! {
    identity_audit (id) {
        id -> BigInt,
        at -> Timestamp,
        actor_id -> Text,
        action -> Text,
        account_id -> Text,
        address -> Text,
        request_id -> Text,
    }
}
