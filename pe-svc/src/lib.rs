//! Public entities 机构 and their certification 认证: a desk where organizations register, name their members, apply for
//! certifications and show them, and where operators review all of it.
//!
//! The rooms in the order of the business; what an entity or a certification goes through:
//!
//! ```text
//! entity         pending ──audit──> approved ──members, certifications──> …
//!                   ^  └──────────> rejected (holds neither name nor number)
//!                   └── changed by its owner
//! certification  draft ──submit──> submitted ──audit──> passed ──> badge, reminders, renewal
//!                   needsModification <──┘└── returned with a remark
//! ```

pub mod registration_number;

pub mod entity_type;

pub mod entity;

pub mod member;

pub mod certification_type;

pub mod certification_status;

pub mod certification;

pub mod material;

pub mod reply;

pub mod review;

pub mod badge;

pub mod reminder;

pub mod file;

pub mod audit_log;

pub mod setup;

pub mod worker;

pub mod resource;

pub mod app;
pub mod desk;
pub mod error;
pub mod openapi;
pub mod routes;
pub mod schema;
pub mod settings;
