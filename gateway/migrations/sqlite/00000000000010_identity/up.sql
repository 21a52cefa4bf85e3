-- People who may log in. `username_key` is the name as it is compared: trimmed, lower case.
CREATE TABLE account (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mobile TEXT NOT NULL,
    email TEXT NOT NULL,
    company TEXT NOT NULL,
    province INTEGER,
    roles TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    password_hash TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL
);

-- One row per refresh token ever handed out and not yet expired; the token itself is not kept, only its hash.
CREATE TABLE refresh_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL,
    account_id TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    spent_at TIMESTAMP,
    revoked_at TIMESTAMP
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_account ON refresh_token (account_id);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

-- Wrong passwords, of names that exist and of names that don't alike. `account_key` is a hash of the name.
CREATE TABLE login_failure (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_key TEXT NOT NULL,
    address TEXT NOT NULL,
    failed_at TIMESTAMP NOT NULL
);
CREATE INDEX login_failure_account ON login_failure (account_key, failed_at);
CREATE INDEX login_failure_time ON login_failure (failed_at);

-- Who did what to which account, append-only.
CREATE TABLE identity_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TIMESTAMP NOT NULL,
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,
    account_id TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX identity_audit_account ON identity_audit (account_id, id);
