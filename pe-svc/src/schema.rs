//! The tables of this service. The shared ones (idempotency keys, staff, outbox) are in `shared_model::server`.

macro_rules! audited_table {
    ($table:ident { $($column:ident -> $kind:ty,)* }) => {
        diesel::table! {
            $table (id) {
                id -> BigInt,
                $($column -> $kind,)*
                audit_status -> Text,
                audit_remark -> Nullable<Text>,
                audited_by -> Nullable<Text>,
                audited_at -> Nullable<Timestamp>,
                created_by -> Text,
                created_at -> Timestamp,
                updated_at -> Timestamp,
                version -> BigInt,
                deleted_at -> Nullable<Timestamp>,
            }
        }
    };
}

audited_table! {
    entity_type {
        code -> Text,
        name -> Text,
        registration_number_kind -> Text,
    }
}

audited_table! {
    certification_type {
        code -> Text,
        name -> Text,
        validity_days -> Integer,
        review_window_days -> Nullable<Integer>,
        required_materials -> Text,
    }
}

audited_table! {
    certification_status {
        code -> Text,
        name -> Text,
    }
}

audited_table! {
    public_entity {
        logo_url -> Nullable<Text>,
        type_id -> BigInt,
        name -> Text,
        name_key -> Text,
        short_name -> Nullable<Text>,
        registration_number -> Text,
        license_photos -> Text,
        admin_name -> Text,
        admin_mobile -> Text,
        owner_id -> Text,
        search_text -> Text,
    }
}

audited_table! {
    pe_member {
        u_id -> Text,
        pe_id -> BigInt,
        u_name -> Text,
        owner_id -> Text,
        search_text -> Text,
    }
}

diesel::table! {
    certification (id) {
        id -> BigInt,
        pe_id -> BigInt,
        type_id -> BigInt,
        status -> Text,
        owner_id -> Text,
        applicant_id -> Text,
        note -> Nullable<Text>,
        validity_days -> Integer,
        review_window_days -> Integer,
        applied_at -> Nullable<Timestamp>,
        submitted_at -> Nullable<Timestamp>,
        review_until -> Nullable<Timestamp>,
        completed_at -> Nullable<Timestamp>,
        valid_until -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        superseded_at -> Nullable<Timestamp>,
        renews_id -> Nullable<BigInt>,
        badge_id -> Nullable<Text>,
        created_by -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    certification_material (certification_id, position) {
        certification_id -> BigInt,
        position -> Integer,
        name -> Text,
        url -> Nullable<Text>,
        accepted -> Nullable<Bool>,
        remark -> Nullable<Text>,
    }
}

diesel::table! {
    certification_reply (id) {
        id -> BigInt,
        certification_id -> BigInt,
        content -> Text,
        replied_at -> Timestamp,
        replier_id -> Text,
        replier_name -> Text,
    }
}

diesel::table! {
    certification_reminder (id) {
        id -> BigInt,
        certification_id -> BigInt,
        owner_id -> Text,
        days_before -> Integer,
        valid_until -> Timestamp,
        reminded_at -> Timestamp,
    }
}

diesel::table! {
    review_claim (resource, record_id) {
        resource -> Text,
        record_id -> BigInt,
        claimed_by -> Text,
        claimed_by_name -> Text,
        claimed_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    uploaded_file (id) {
        id -> Text,
        name -> Text,
        content_type -> Text,
        size -> BigInt,
        uploaded_by -> Text,
        uploaded_at -> Timestamp,
    }
}

diesel::table! {
    file_use (file_id, resource, record_id) {
        file_id -> Text,
        resource -> Text,
        record_id -> BigInt,
        public -> Bool,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> Timestamp,
        actor_id -> Text,
        actor_name -> Text,
        action -> Text,
        resource -> Text,
        record_id -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_chain (id) {
        id -> Integer,
        length -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    record_tally (resource, span, block, kind_id, state) {
        resource -> Text,
        span -> Integer,
        block -> BigInt,
        kind_id -> BigInt,
        state -> Text,
        living -> BigInt,
    }
}

diesel::table! {
    owner_tally (resource, owner_id, kind_id, state) {
        resource -> Text,
        owner_id -> Text,
        kind_id -> BigInt,
        state -> Text,
        living -> BigInt,
    }
}

diesel::table! {
    public_entity_place (place, entity_id) {
        place -> Text,
        entity_id -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(uploaded_file, file_use);
diesel::allow_tables_to_appear_in_same_query!(certification, certification_type, entity_type, pe_member, public_entity,);
