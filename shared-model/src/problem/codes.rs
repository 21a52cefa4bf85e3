//! The catalogue of error codes: stable, documented, each with its status and title.
//!
//! Two constants may share a code where the contract gives it two statuses.

use super::Code;
use crate::text::Text;

macro_rules! codes {
    ($($name:ident = $code:literal, $status:literal, $zh:literal, $en:literal;)+) => {
        $(pub static $name: Code = Code { code: $code, status: $status, title: Text::fixed($zh, $en) };)+

        /// All of them, for the documentation.
        pub static ALL: &[&Code] = &[$(&$name),+];
    };
}

codes! {
    // the request itself
    REQUEST_MALFORMED = "request.malformed", 400, "请求无法解析", "The request cannot be parsed";
    REQUEST_INVALID = "request.invalid", 400, "请求参数有误", "The request is invalid";
    VALIDATION_FAILED = "validation_failed", 422, "内容校验未通过", "The content is not acceptable";
    CONFLICT = "conflict", 409, "与现有数据冲突", "Conflict with what exists";
    NOT_FOUND = "not_found", 404, "未找到", "Not found";
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "不支持该方法", "Method not allowed";
    STALE = "stale", 412, "数据已被更新，请刷新后重试", "The record has changed since you read it";
    TOO_LARGE = "request.too_large", 413, "请求内容过大", "The request is too large";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "不支持的内容类型", "Unsupported media type";
    HEADER_TOO_LARGE = "request.header_too_large", 431, "请求头过大", "The request header is too large";
    REQUEST_TIMEOUT = "request.timeout", 408, "请求接收超时", "The request took too long to arrive";
    RATE_LIMITED = "rate_limited", 429, "请求过于频繁", "Too many requests";
    CONFIRM_REQUIRED = "confirm.required", 428, "需要确认", "Confirmation required";
    UPGRADE_UNSUPPORTED = "upgrade_unsupported", 501, "不支持协议升级", "Protocol upgrades are not supported";
    // identity
    TOKEN_INVALID = "auth.token_invalid", 401, "登录已失效，请重新登录", "The token is missing, invalid or expired";
    FORBIDDEN = "auth.forbidden", 403, "没有权限", "Permission denied";
    BAD_CREDENTIALS = "auth.bad_credentials", 401, "用户名或密码错误", "Wrong user name or password";
    LOCKED = "auth.locked", 429, "登录失败次数过多，请稍后再试", "Too many failed log-ins";
    PASSWORD_WEAK = "auth.password_weak", 422, "密码强度不足", "The password is too weak";
    ACCOUNT_INVALID = "account.invalid", 422, "账号信息有误", "The account is not acceptable";
    USERNAME_TAKEN = "account.username_taken", 409, "用户名已被使用", "The user name is taken";
    // idempotency
    IDEMPOTENCY_MISMATCH = "idempotency.mismatch", 422, "同一幂等键用于了不同的请求", "The idempotency key was used for another request";
    IDEMPOTENCY_IN_FLIGHT = "idempotency.in_flight", 409, "相同的请求仍在处理", "The same request is still running";
    IDEMPOTENCY_KEY_INVALID = "idempotency.key_invalid", 400, "幂等键无效", "The idempotency key is invalid";
    // work orders
    ORDER_TYPE_UNKNOWN = "order.type_unknown", 422, "工单类型不存在", "Unknown order type";
    ORDER_REQUIREMENT_UNKNOWN = "order.requirement_unknown", 422, "需求类型不存在", "Unknown requirement";
    ORDER_STATE_CONFLICT = "order.state_conflict", 409, "工单当前状态不允许此操作", "The order's state does not allow this";
    ORDER_NOT_APPROVER = "order.not_approver", 403, "你不是当前审批人", "You are not the current approver";
    ORDER_SELF_APPROVAL = "order.self_approval", 403, "不能审批自己提交的工单", "You cannot approve your own order";
    ORDER_NOT_CREATOR = "order.not_creator", 403, "只有发起人可以操作", "Only the creator may do this";
    ORDER_ICP_INCOMPLETE = "order.icp_incomplete", 409, "备案校验未完成，不可驳回", "The ICP check is not complete";
    ORDER_COMMENT_REQUIRED = "order.comment_required", 422, "请填写意见", "A comment is required";
    ORDER_DECISION_UNKNOWN = "order.decision_unknown", 422, "审批结论只能是通过或驳回", "The decision must be approve or reject";
    ORDER_NOT_DIVISIBLE = "order.not_divisible", 409, "没有可以拆分的域名", "The order's domains cannot be split";
    ORDER_NOT_RECALLABLE = "order.not_recallable", 409, "话单未进入死信，不能召回", "The dispatch is not a dead letter";
    TASK_SUPERSEDED = "task.superseded", 409, "该任务已不是工单的当前任务", "The task is no longer the order's current one";
    TRANSFER_TARGET_INVALID = "transfer.target_invalid", 422, "不能转办给此人", "The order cannot be handed to this person";
    SUBSTITUTE_TARGET_INVALID = "substitute.target_invalid", 422, "不能由此人代理", "This person cannot be the substitute";
    SUBSTITUTE_PERIOD_INVALID = "substitute.period_invalid", 422, "代理时间段无效", "This period is not possible";
    FILTER_NAME_TAKEN = "filter.name_taken", 409, "已有同名的查询", "You have a filter of this name";
    FILTER_TOO_MANY = "filter.too_many", 422, "保存的查询过多", "Too many saved filters";
    URGE_TOO_SOON = "order.urge_too_soon", 429, "刚刚催办过", "Urged too recently";
    ENTERPRISE_UNKNOWN = "enterprise.unknown", 422, "企业不存在", "Unknown enterprise";
    ENTERPRISE_NOT_FOUND = "enterprise.unknown", 404, "企业不存在", "Unknown enterprise";
    PRODUCT_NOT_AVAILABLE = "product.not_available", 422, "该产品当前不可订购", "The product is not available";
    PRODUCT_GONE = "product.not_available", 409, "该产品当前不可订购", "The product is not available";
    DOMAIN_REQUIRED = "domain.required", 422, "请填写域名", "A domain is required";
    DOMAIN_TOO_MANY = "domain.too_many", 422, "域名数量超过上限", "Too many domains";
    DOMAIN_INVALID = "domain.invalid", 422, "域名无效", "Invalid domain";
    DOMAIN_DUPLICATE = "domain.duplicate", 422, "域名重复", "Duplicate domain";
    DOMAIN_EXISTS = "domain.exists", 409, "域名已存在", "The domain exists already";
    DOMAIN_IN_PROGRESS = "domain.in_progress", 409, "域名有在途工单", "The domain has an open order";
    DOMAIN_NOT_OWNED = "domain.not_owned", 422, "域名不属于该企业的此产品", "The domain is not live for this enterprise and product";
    ORIGIN_REQUIRED = "origin.required", 422, "请填写源站", "An origin is required";
    ORIGIN_INVALID = "origin.invalid", 422, "源站地址无效", "Invalid origin";
    ORIGIN_NOT_ROUTABLE = "origin.not_routable", 422, "源站地址不可路由", "The origin is not routable";
    ORIGIN_MAIN_MISSING = "origin.main_missing", 422, "请指定主源站", "A main origin is required";
    ORIGIN_WEIGHT_INVALID = "origin.weight_invalid", 422, "权重须在 1 到 100 之间", "The weight must be 1 to 100";
    ORIGIN_LOOP = "origin.loop", 422, "源站指向了本工单的域名", "The origin points at a domain of the order";
    PROVINCE_UNKNOWN = "province.unknown", 422, "省份不存在", "Unknown province";
    FILE_UNKNOWN = "file.unknown", 422, "附件不存在", "Unknown file";
    FILE_IN_USE = "file.in_use", 409, "附件已被工单使用", "The file is in use";
    FILE_REQUIRED = "file.required", 422, "请选择文件", "A file is required";
    FILE_ARCHIVE_REFUSED = "file.archive_refused", 422, "压缩包或文档不可接受", "This archive or document is not accepted";
    FILE_TOO_MANY = "file.too_many", 422, "附件过多", "Too many files";
    FILE_TYPE_REFUSED = "file.type_refused", 422, "不支持的文件类型", "This type of file is not accepted";
    BATCH_FILE_INVALID = "batch.file_invalid", 422, "批量文件有误", "The batch sheet has faults";
    ICP_NUMBER_INVALID = "icp_number.invalid", 422, "备案号无效", "Invalid ICP record number";
    HUB_CALLBACK_REFUSED = "hub.callback_refused", 422, "不能回调此地址", "This call-back is not allowed";
    FIELD_INVALID = "field.invalid", 422, "字段内容无效", "Invalid field";
    // public entities
    ENTITY_NAME_TAKEN = "entity.name_taken", 409, "同类型下名称已存在", "The name is taken within this type";
    ENTITY_NUMBER_TAKEN = "entity.registration_number_taken", 409, "同类型下注册号已存在", "The registration number is taken within this type";
    ENTITY_NUMBER_INVALID = "entity.registration_number_invalid", 422, "注册号校验未通过", "Invalid registration number";
    ENTITY_LICENSE_PHOTOS = "entity.license_photos", 422, "执照照片须为 1 到 10 张", "1 to 10 licence photos are required";
    ENTITY_NOT_APPROVED = "entity.not_approved", 409, "机构尚未审核通过", "The entity is not approved";
    AUDIT_NOT_PENDING = "audit.not_pending", 409, "当前状态不可审核", "Not awaiting an audit";
    AUDIT_REMARK_REQUIRED = "audit.remark_required", 422, "请填写审核备注", "A remark is required";
    MEMBER_USER_UNKNOWN = "member.user_unknown", 422, "成员用户不存在", "Unknown user";
    MEMBER_EXISTS = "member.exists", 409, "该用户已是成员", "The user is a member already";
    AUTHENTICATION_EXISTS = "authentication.exists", 409, "该类型的认证已存在", "A certification of this type exists";
    AUTHENTICATION_CLOSED = "authentication.closed", 409, "认证已关闭", "The certification is closed";
    AUTHENTICATION_EXPIRED = "authentication.expired", 409, "认证已超时", "The certification has expired";
    AUTHENTICATION_UNDER_REVIEW = "authentication.under_review", 409, "认证正在审核，暂不可修改", "The certification is under review";
    AUTHENTICATION_NOT_RENEWABLE = "authentication.not_renewable", 409, "认证当前不可续期", "The certification cannot be renewed now";
    AUTHENTICATION_MATERIAL_MISSING = "authentication.material_missing", 422, "缺少认证资料", "Materials are missing";
    REVIEW_CLAIMED = "review.claimed", 409, "已被其他运营人员领取", "Claimed by another operator";
    REFERENCE_IN_USE = "reference.in_use", 409, "仍被引用", "Still referred to";
    // BPM and billing
    TASK_STATE_CONFLICT = "task.state_conflict", 409, "任务当前状态不允许此操作", "The task's state does not allow this";
    TASK_NOT_DEAD_LETTER = "task.not_dead_letter", 409, "任务未进入死信", "The task is not a dead letter";
    TASK_DRIVER_EXTERNAL = "task.driver_external", 409, "该任务由外部 BPM 引擎处理", "The task is handled by an external engine";
    DISPATCH_RECALLED = "dispatch.recalled", 409, "该次下发已被召回", "The order has taken this dispatch back";
    CALLBACK_SIGNATURE_INVALID = "callback.signature_invalid", 401, "回调签名无效", "Invalid call-back signature";
    // services
    SERVICE_UNAVAILABLE = "service.unavailable", 503, "服务暂不可用", "The service is unavailable";
    UPSTREAM_FAILED = "upstream.failed", 502, "服务响应异常", "The service gave no usable answer";
    UPSTREAM_TIMEOUT = "upstream.timeout", 504, "服务响应超时", "The service took too long";
    INTERNAL = "internal", 500, "服务内部错误", "Internal error";
}
