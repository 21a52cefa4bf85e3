//! The eight operations and the reviewer's claim, described for each resource in the OpenAPI document.

use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation};

use super::filter::{known, sort_keys};
use super::name::ResourceName;

/// What the document says of a resource beside what all six have in common.
struct Described {
    tag: &'static str,
    /// The schema of a record, and of the body that saves one.
    view: &'static str,
    save: &'static str,
    /// The rules a `PUT` and an audit keep, with their codes.
    save_rules: &'static str,
    audit_rules: &'static str,
}

const AUDIT: &str = "只有待审核的记录可以审核；平台管理员可撤回通过。驳回须说明原因。\n\n\
    Acts on what is pending; a platform administrator may withdraw an approval. A refusal says why. \
    409 `audit.not_pending`, `review.claimed`; 412 `stale`; 422 `audit.remark_required`";

const fn described(name: ResourceName) -> Described {
    match name {
        ResourceName::PeTypes => Described {
            tag: "机构类型 Entity types",
            view: "EntityTypeView",
            save: "SaveEntityType",
            save_rules: "编码唯一；已有机构的类型不能改注册号规则。The code is unique; the kind of number is fixed once \
                entities are of the type. 409 `conflict`, `reference.in_use`",
            audit_rules: AUDIT,
        },
        ResourceName::PublicEntities => Described {
            tag: "机构 Public entities",
            view: "EntityView",
            save: "SaveEntity",
            save_rules: "同类型下名称、注册号唯一；注册号按类型校验；执照 1 到 10 张。修改名称、类型、注册号或照片后重新审核。\
                普通用户查看已通过机构时只见 `EntityFace`。\n\n\
                Name and number are unique within a type; the number is checked by the type's kind. Changing name, type, \
                number or photos of an approved entity sends it back to `pending`. Users see `EntityFace` of approved \
                ones. 409 `entity.name_taken`, `entity.registration_number_taken`; 422 \
                `entity.registration_number_invalid`, `entity.license_photos`, `file.unknown`",
            audit_rules: AUDIT,
        },
        ResourceName::PeMembers => Described {
            tag: "成员 Members",
            view: "MemberView",
            save: "SaveMember",
            save_rules: "仅已通过机构的所有者可以添加；用编号或手机号指明用户。By the owner of an approved entity; the account \
                by id or mobile. 409 `entity.not_approved`, `member.exists`; 422 `member.user_unknown`",
            audit_rules: AUDIT,
        },
        ResourceName::AuthenticationTypes => Described {
            tag: "认证类型 Certification types",
            view: "CertificationTypeView",
            save: "SaveCertificationType",
            save_rules: "进行中的认证保留其开始时的天数。Certifications under way keep the days they began with. 409 `conflict`",
            audit_rules: AUDIT,
        },
        ResourceName::AuthenticationStatuses => Described {
            tag: "认证状态 Certification statuses",
            view: "CertificationStatusView",
            save: "SaveCertificationStatus",
            save_rules: "编码固定，只能改名称。The codes are fixed, only the names change. 409 `conflict`",
            audit_rules: AUDIT,
        },
        ResourceName::PeAuthentications => Described {
            tag: "认证 Certifications",
            view: "CertificationView",
            save: "SaveCertification",
            save_rules: "新建或修改草稿，资料可以不全；待修改时只能改资料和备注，已接受的资料保留。\n\n\
                Opens or changes a draft, which may be incomplete; in modification only materials and note, and what was \
                accepted is kept. 409 `authentication.exists`, `authentication.closed`, `authentication.expired`, \
                `authentication.under_review`, `entity.not_approved`",
            audit_rules: "通过，或退回修改（须写原因，成为一条回复）；可逐份给出资料结论，有不合格的不能通过。\
                已通过的仅平台管理员可撤销。\n\n\
                Passes it, or returns it with a remark, which becomes a reply; with verdicts on materials, of which none \
                may be refused in a pass. A passed one can only be revoked, by a platform administrator. \
                409 `audit.not_pending`, `authentication.closed`, `review.claimed`; 412 `stale`; \
                422 `audit.remark_required`",
        },
    }
}

/// Adds the shared operations of all six resources.
pub fn describe(document: &mut OpenApi) {
    for name in ResourceName::ALL {
        for (path, method, operation) in operations(name) {
            match serde_json::from_value::<Operation>(operation) {
                Ok(operation) => document.paths.add_path_operation(path, vec![method], operation),
                Err(error) => tracing::error!(%error, path, "an operation cannot be described"),
            }
        }
    }
}

/// A path, a method, and what is said of them.
type Entry = (String, HttpMethod, Value);

fn operations(name: ResourceName) -> Vec<Entry> {
    let of = described(name);
    reads(name, &of).into_iter().chain(deletes(name, &of)).chain(writes(name, &of)).collect()
}

/// One operation with what it is called in both languages.
fn operation(name: ResourceName, of: &Described, verb: &str, (zh, en): (&str, &str), parameters: Value) -> Value {
    let title = name.title();
    json!({
        "tags": [of.tag],
        "operationId": format!("pe_{verb}_{}", name.segment().replace('-', "_")),
        "summary": format!("{zh}{} · {en} {}", title.zh, title.en),
        "parameters": parameters,
    })
}

fn with_body(mut operation: Value, schema: &str, rules: &str) -> Value {
    operation["description"] = json!(rules);
    operation["requestBody"] = json!({ "required": true, "content": json_content(&reference(schema)) });
    operation
}

fn answering(mut operation: Value, answers: Value) -> Value {
    operation["responses"] = answers;
    operation
}

fn path(name: ResourceName, rest: &str) -> String {
    format!("/pe/{}{rest}", name.segment())
}

fn id() -> Value {
    json!([parameter("id", "path", "integer", "编号 The record's id")])
}

fn reads(name: ResourceName, of: &Described) -> Vec<Entry> {
    let (view, page) = (reference(of.view), reference(&format!("Page_{}", of.view)));
    let list =
        |verb, title| answering(operation(name, of, verb, title, list_parameters(name)), answers(200, Some(&page)));
    let show = answering(operation(name, of, "show", ("查看", "Show"), id()), answers(200, Some(&view)));
    vec![
        (path(name, ""), HttpMethod::Get, list("list", ("全部", "All:"))),
        (path(name, "/mine"), HttpMethod::Get, list("mine", ("我的", "Mine:"))),
        (path(name, "/{id}"), HttpMethod::Get, show),
    ]
}

fn deletes(name: ResourceName, of: &Described) -> Vec<Entry> {
    let confirm = json!([{ "name": "x-confirm", "in": "header", "required": true, "schema": { "type": "string" },
        "description": "delete-all" }]);
    let one = |verb, title| answering(operation(name, of, verb, title, id()), answers(204, None));
    let every = operation(name, of, "delete_all", ("删除全部", "Delete every"), confirm);
    vec![
        (path(name, "/mine/{id}"), HttpMethod::Delete, one("delete_mine", ("删除我的", "Delete my"))),
        (path(name, "/{id}"), HttpMethod::Delete, one("delete", ("删除", "Delete"))),
        (path(name, ""), HttpMethod::Delete, answering(every, answers(200, Some(&reference("Deleted"))))),
    ]
}

fn writes(name: ResourceName, of: &Described) -> Vec<Entry> {
    let view = reference(of.view);
    let if_match = json!([{ "name": "If-Match", "in": "header", "required": false, "schema": { "type": "string" },
        "description": "读到的版本 The version that was read" }]);
    let save = with_body(operation(name, of, "save", ("保存", "Save"), if_match), of.save, of.save_rules);
    let audit = with_body(operation(name, of, "audit", ("审核", "Audit"), id()), "Verdict", of.audit_rules);
    let claim = operation(name, of, "claim", ("认领（30 分钟）", "Claim for review:"), id());
    let release = operation(name, of, "release", ("放回", "Give back to the queue:"), id());
    vec![
        (path(name, ""), HttpMethod::Put, answering(save, saved(&view))),
        (path(name, "/{id}/audit"), HttpMethod::Post, answering(audit, answers(200, Some(&view)))),
        (path(name, "/{id}/claim"), HttpMethod::Post, answering(claim, answers(200, Some(&reference("ClaimView"))))),
        (path(name, "/{id}/release"), HttpMethod::Post, answering(release, answers(204, None))),
    ]
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn json_content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

fn answers(status: u16, schema: Option<&Value>) -> Value {
    let mut done = json!({ "description": "成功 Done" });
    if let Some(schema) = schema {
        done["content"] = json_content(schema);
    }
    json!({ status.to_string(): done, "default": problem() })
}

fn saved(view: &Value) -> Value {
    json!({
        "200": { "description": "已更新 Replaced", "content": json_content(view) },
        "201": { "description": "已新建 Made", "content": json_content(view) },
        "default": problem(),
    })
}

fn problem() -> Value {
    json!({ "description": "问题 Problem (RFC 9457)",
        "content": { "application/problem+json": { "schema": reference("ProblemBody") } } })
}

fn parameter(name: &str, place: &str, kind: &str, description: &str) -> Value {
    json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": kind },
        "description": description })
}

/// What a list is narrowed and sorted by.
fn list_parameters(name: ResourceName) -> Value {
    let mut parameters = vec![
        parameter("pageNum", "query", "integer", "页码，从 1 开始 From 1"),
        parameter("pageSize", "query", "integer", "每页 1 到 100 条，默认 10 Rows of a page, default 10"),
        parameter("keyword", "query", "string", "名称等包含的文字 Text inside names and numbers"),
        parameter("createdFrom", "query", "string", "创建时间起 A day or RFC 3339 moment"),
        parameter("createdTo", "query", "string", "创建时间止 That day included, or before that moment"),
        parameter("updatedFrom", "query", "string", "更新时间起"),
        parameter("updatedTo", "query", "string", "更新时间止"),
    ];
    for filter in known(name) {
        let kind = match *filter {
            "typeId" | "peId" => "integer",
            "expired" => "boolean",
            _ => "string",
        };
        parameters.push(parameter(filter, "query", kind, "筛选 Filter"));
    }
    let keys = sort_keys(name).join(", ");
    let sort = format!("排序，降序前加 - ; default -id. Sort by {keys}");
    parameters.push(parameter("sort", "query", "string", &sort));
    json!(parameters)
}
