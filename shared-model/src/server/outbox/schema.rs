diesel::table! {
    outbox (seq) {
        seq -> BigInt,
        id -> Text,
        kind -> Text,
        destination -> Text,
        ordering_key -> Nullable<Text>,
        idempotency_key -> Text,
        payload -> Text,
        state -> Text,
        attempts -> Integer,
        next_at -> Timestamp,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
    }
}
