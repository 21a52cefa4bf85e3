//! The resources as the OpenAPI document describes them. Beside what is named here a document may carry anything: it is
//! kept and given back.

use chrono::{DateTime, FixedOffset};
use serde_json::Value;
use utoipa::ToSchema;

/// A service order as it is sent.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ServiceOrderCreate {
    #[schema(examples("PO-2026-0305"))]
    pub external_id: Option<String>,
    #[schema(examples("CDN"))]
    pub category: Option<String>,
    /// 自定义配置说明 / custom configuration, in words
    pub description: Option<String>,
    pub priority: Option<String>,
    pub notification_contact: Option<String>,
    pub requested_start_date: Option<DateTime<FixedOffset>>,
    pub requested_completion_date: Option<DateTime<FixedOffset>>,
    /// 企业：role 为 customer / the enterprise has the role `customer`
    pub related_party: Option<Vec<RelatedParty>>,
    /// 各项的 action 须相同 / all with the same action
    pub service_order_item: Vec<ServiceOrderItem>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub note: Option<Vec<Value>>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub external_reference: Option<Vec<Value>>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub order_relationship: Option<Vec<Value>>,
    #[schema(rename = "@type", examples("ServiceOrder"))]
    pub at_type: Option<String>,
    #[schema(rename = "@baseType")]
    pub at_base_type: Option<String>,
    #[schema(rename = "@schemaLocation")]
    pub at_schema_location: Option<String>,
}

/// A service order as it is given.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ServiceOrder {
    #[schema(examples("347411"))]
    pub id: String,
    #[schema(examples("/tmf-api/serviceOrdering/v4/serviceOrder/347411"))]
    pub href: String,
    /// acknowledged | inProgress | pending | completed | cancelled
    #[schema(examples("acknowledged"))]
    pub state: String,
    pub order_date: DateTime<FixedOffset>,
    pub start_date: DateTime<FixedOffset>,
    pub completion_date: Option<DateTime<FixedOffset>>,
    pub cancellation_date: Option<DateTime<FixedOffset>>,
    pub cancellation_reason: Option<String>,
    /// 内容尚不是有效工单的原因 / why the content is not a valid order yet
    #[schema(value_type = Option<Vec<Object>>)]
    pub error_message: Option<Vec<Value>>,
    #[serde(flatten)]
    #[schema(inline)]
    pub said: ServiceOrderCreate,
}

/// An item: what is done to one service.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ServiceOrderItem {
    #[schema(examples("1"))]
    pub id: String,
    /// add | modify | delete
    #[schema(examples("add"))]
    pub action: String,
    pub service: Service,
}

/// A service with what characterises it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Service {
    pub name: Option<String>,
    /// domains, origins, provinces, productId, enterprise, orderType, icpNumber, attachments, securityAttachments, and
    /// every other field of the submission form by its own name; other names are kept
    pub service_characteristic: Option<Vec<Characteristic>>,
}

/// A name and a value: a text (several with commas), a list, or objects.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Characteristic {
    #[schema(examples("domains"))]
    pub name: String,
    pub value_type: Option<String>,
    #[schema(value_type = Object)]
    pub value: Value,
}

/// A party of the order.
#[derive(ToSchema)]
pub struct RelatedParty {
    #[schema(examples("awgb5qxx-hdmw9aygdphcswsi"))]
    pub id: String,
    pub name: Option<String>,
    #[schema(examples("customer"))]
    pub role: Option<String>,
    #[schema(rename = "@referredType", examples("Organization"))]
    pub at_referred_type: Option<String>,
}

/// A request to cancel a service order, as it is sent.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CancelServiceOrderCreate {
    pub service_order: ServiceOrderRef,
    pub cancellation_reason: Option<String>,
    pub requested_cancellation_date: Option<DateTime<FixedOffset>>,
}

/// A service order by its id.
#[derive(ToSchema)]
pub struct ServiceOrderRef {
    #[schema(examples("347411"))]
    pub id: String,
    pub href: Option<String>,
}

/// A request to cancel a service order, as it is given: done when it is there.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CancelServiceOrder {
    pub id: String,
    pub href: String,
    /// done
    pub state: String,
    pub effective_cancellation_date: DateTime<FixedOffset>,
    #[serde(flatten)]
    #[schema(inline)]
    pub said: CancelServiceOrderCreate,
}
