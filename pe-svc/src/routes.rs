//! Every URL and its handler on one page. Who may call it stands, row by row, in `shared_model::access::pe`.

use actix_web::web::{self, ThinData, delete, get, post, put};
use shared_model::server::directory;

use crate::certification::{Certifications, renew, submit};
use crate::certification_status::CertificationStatuses;
use crate::certification_type::CertificationTypes;
use crate::entity::PublicEntities;
use crate::entity_type::EntityTypes;
use crate::file::{download, upload};
use crate::member::Members;
use crate::resource::{Resource, ResourceName, audit, delete as delete_one, delete_all, list, save, show};
use crate::review::{claim_record, queue, release};
use crate::{audit_log, badge, reminder, reply, setup};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::scope("/pe/pe-types").configure(|scope| eight(scope, &EntityTypes)))
        .service(web::scope("/pe/public-entities").configure(|scope| eight(scope, &PublicEntities)))
        .service(web::scope("/pe/pe-members").configure(|scope| eight(scope, &Members)))
        .service(web::scope("/pe/authentication-types").configure(|scope| eight(scope, &CertificationTypes)))
        .service(web::scope("/pe/authentication-statuses").configure(|scope| eight(scope, &CertificationStatuses)))
        .service(
            web::scope("/pe/pe-authentications")
                .route("/{id}/submit", post().to(submit::submit))
                .route("/{id}/renew", post().to(renew::renew))
                .route("/{id}/replies", get().to(reply::list::list))
                .route("/{id}/replies", post().to(reply::post::post))
                .configure(|scope| eight(scope, &Certifications)),
        )
        .route("/pe/review-queue", get().to(queue::queue))
        .route("/pe/reminders", get().to(reminder::list::list))
        .route("/pe/badge/{badgeId}", get().to(badge::show::show))
        .route("/pe/files", post().to(upload::upload))
        .route("/pe/files/{id}", get().to(download::download))
        .route("/pe/audit-log", get().to(audit_log::list::list))
        .route("/pe/setup/initial", post().to(setup::initial::initial))
        .route("/internal/accounts", put().to(directory::put_directory));
}

/// The eight operations of a resource, and the reviewer's claim.
fn eight(scope: &mut web::ServiceConfig, resource: &'static dyn Resource) {
    scope
        .app_data(ThinData(resource))
        .route("", get().to(list::all))
        .route("/mine", get().to(list::mine))
        .route("/{id}", get().to(show::show))
        .route("", put().to(save::save))
        .route("/mine/{id}", delete().to(delete_one::mine))
        .route("/{id}", delete().to(delete_one::any))
        .route("", delete().to(delete_all::delete_all))
        .route("/{id}/audit", post().to(audit::audit))
        .route("/{id}/claim", post().to(claim_record::claim))
        .route("/{id}/release", post().to(release::release));
}

/// The resource of that name.
pub fn resource(name: ResourceName) -> &'static dyn Resource {
    match name {
        ResourceName::PeTypes => &EntityTypes,
        ResourceName::PublicEntities => &PublicEntities,
        ResourceName::PeMembers => &Members,
        ResourceName::AuthenticationTypes => &CertificationTypes,
        ResourceName::AuthenticationStatuses => &CertificationStatuses,
        ResourceName::PeAuthentications => &Certifications,
    }
}
