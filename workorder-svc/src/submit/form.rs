//! The wide form of a submission, as the front end sends it and `modify/detail` gives it back.
//!
//! Unknown fields are ignored and server-owned ones (`code`, `createUser`, `dealer`, `approve`, `createTime`,
//! `creatorInfo`, the creator's contact data) are never taken. Fields that no rule looks at are kept as they came.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::batch::sheet::Sheet;
use crate::live::form::LiveForm;
use crate::origin::parse::Origin;

/// Body of save, check and modify. `null` and absent mean the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderForm {
    /// In save: the caller's own draft. In modify: the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The kind: `domain_request` and so on.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(examples("domain_request"))]
    pub kind: Option<String>,
    /// `draft` keeps it as a draft; anything else submits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `add`, `modify` or `delete`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("add"))]
    pub requirement: Option<String>,
    /// The enterprise's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<String>,
    /// The subscription the order is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
    /// The product's name, for people; the subscription decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Of a migration: the subscription the domains leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_product_id: Option<String>,
    /// The domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_list: Option<Vec<SpeedDomain>>,
    /// The origins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loop_domain: Option<Vec<OriginForm>>,
    /// GB/T 2260 two-digit codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provinces: Option<Vec<i32>>,
    /// Custom configuration, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Ordinary attachments, by file id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5_list: Option<Vec<String>>,
    /// Information-security attachments, by file id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sec_info_file_id: Option<Vec<String>>,
    /// Of a batch order: the sheet's file id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// An ICP record number for all domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icp_number: Option<String>,
    /// Of a live-streaming order: how streams are taken in and given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_selection: Option<HttpSelection>,
    /// `true`: the domains stand in the sheet `fileId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub is_batch: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub https: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub port: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub model: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub source: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub enterprise_cp_id: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub domain: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub key_less_flag: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub keyless: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub speed_domain: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub plains: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub plane: Option<Value>,
    /// The source's spelling.
    #[serde(default, rename = "orignAddress", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub origin_address: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub domain_type: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub subdomain: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub is_subscribe: Option<Value>,
}

impl OrderForm {
    /// Asked to be kept as a draft.
    pub fn is_draft(&self) -> bool {
        self.state.as_deref() == Some("draft")
    }

    /// Its domains stand in a sheet: it says so, or it names one and has no domain typed in.
    pub fn is_batch(&self) -> bool {
        match &self.is_batch {
            Some(Value::Bool(yes)) => *yes,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => matches!(text.trim().to_lowercase().as_str(), "true" | "1" | "yes"),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => {
                self.names_sheet() && !self.has_typed_domains()
            }
        }
    }

    /// It names a sheet, whether it is a batch or not.
    pub fn names_sheet(&self) -> bool {
        self.file_id.as_deref().is_some_and(|file| !file.trim().is_empty())
    }

    /// Some domain is typed in.
    pub fn has_typed_domains(&self) -> bool {
        let given = |row: &SpeedDomain| row.domain.as_deref().is_some_and(|text| !text.trim().is_empty());
        self.speed_list.iter().flatten().any(given)
    }
}

/// One domain of the form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeedDomain {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Of a live-streaming order: `push` 推流 or `pull` 播流; `pull` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("push"))]
    pub direction: Option<String>,
    /// The CNAME the customer asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cp_domain: Option<String>,
    /// The ICP record number the customer gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icp_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub main_loop_domain: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub loop_domain: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub loop_type: Option<Value>,
}

/// One origin of the form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginForm {
    /// An address or a host name, with an optional port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("[2001:db8::1]:80"))]
    pub value: Option<String>,
    /// `ip` or `domain`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(examples("ip"))]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main_flag: Option<bool>,
    /// 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
}

impl From<&Origin> for OriginForm {
    fn from(origin: &Origin) -> Self {
        Self {
            value: Some(origin.value.clone()),
            kind: Some(origin.kind.code().to_owned()),
            main_flag: Some(origin.main_flag),
            weight: origin.weight.map(i64::from),
        }
    }
}

/// Which protocols are served.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HttpSelection {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub http: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub https: Option<Value>,
}

/// A form with the sheet it names, once that has been read.
#[derive(Clone, Copy, Debug)]
pub struct Filing<'a> {
    pub form: &'a OrderForm,
    pub sheet: Option<&'a Sheet>,
}

impl<'a> From<&'a OrderForm> for Filing<'a> {
    fn from(form: &'a OrderForm) -> Self {
        Self { form, sheet: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"{
      "code": null, "type": "domain_request", "model": null, "source": null, "enterpriseCpId": null, "name": null,
      "mobile": null, "email": null, "createUser": null, "corp": null, "creatorInfo": null, "dealer": null,
      "createTime": null, "state": null, "approve": null, "description": "", "domain": null, "https": null,
      "keyLessFlag": null, "keyless": null, "speedDomain": null,
      "speedList": [{"domain": "20250822110828.komect.com", "cpDomain": "",
        "icpNumber": "京ICP备0500_komect.com_12号", "mainLoopDomain": null, "loopDomain": null, "loopType": null}],
      "product": "网页加速", "port": null, "provinces": [33], "plains": null, "orignAddress": null,
      "loopDomain": [{"value": "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:80", "type": "ip", "mainFlag": true,
        "weight": null}],
      "md5List": ["eehgcudaliutvzavcyv7xysao"], "requirement": "add", "enterprise": "awgb5qxx-hdmw9aygdphcswsi",
      "icpNumber": null, "isBatch": null, "fileId": null, "id": null,
      "secInfoFileId": ["0rawbsu5ee2ygvcyq13jpuri2"], "plane": null, "httpSelection": {"http": null, "https": null},
      "domainType": null, "subdomain": null, "isSubscribe": null, "productId": "PRODUCTID1747035900"
    }"#;

    #[test]
    fn the_front_ends_form_is_read_and_given_back() {
        let form: OrderForm = serde_json::from_str(SAMPLE).unwrap();
        assert_eq!(form.kind.as_deref(), Some("domain_request"));
        assert_eq!(form.provinces, Some(vec![33]));
        assert_eq!(form.loop_domain.as_ref().unwrap()[0].main_flag, Some(true));
        let again: OrderForm = serde_json::from_value(serde_json::to_value(&form).unwrap()).unwrap();
        assert_eq!(again, form);
    }

    #[test]
    fn server_owned_and_unknown_fields_leave_no_trace() {
        let form: OrderForm = serde_json::from_str(
            r#"{"code":"X","createUser":"someone","dealer":"SA","approve":"y","createTime":"2020","creatorInfo":{},
                "name":"n","mobile":"1","email":"e","corp":"c","neverHeardOf":1,"https":true,"port":[80,443]}"#,
        )
        .unwrap();
        assert_eq!(serde_json::to_value(&form).unwrap(), serde_json::json!({"https": true, "port": [80, 443]}));
    }

    #[test]
    fn a_form_is_a_batch_when_it_says_so_or_names_a_sheet() {
        let batch = |body: &str| serde_json::from_str::<OrderForm>(body).unwrap().is_batch();
        for yes in [r#"{"isBatch":true}"#, r#"{"isBatch":1}"#, r#"{"isBatch":"1"}"#, r#"{"fileId":"x"}"#] {
            assert!(batch(yes), "{yes}");
        }
        for no in [
            r#"{"isBatch":null}"#,
            r#"{"isBatch":false,"fileId":"x"}"#,
            r#"{"isBatch":0}"#,
            r#"{"fileId":" "}"#,
            r#"{"fileId":"x","speedList":[{"domain":"a.cn"}]}"#,
        ] {
            assert!(!batch(no), "{no}");
        }
    }

    #[test]
    fn wrong_types_are_refused_where_a_rule_looks() {
        for body in [r#"{"speedList":"a.cn"}"#, r#"{"provinces":["33"]}"#, r#"{"productId":7}"#, r#"{"id":"7"}"#] {
            assert!(serde_json::from_str::<OrderForm>(body).is_err(), "{body}");
        }
    }
}
