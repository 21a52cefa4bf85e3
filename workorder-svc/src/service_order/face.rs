//! A work order as a service order: what the client said of it, with what the desk says over it. Pure.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};
use shared_model::local_time::with_offset;
use shared_model::text::Language;

use crate::order::kind::Requirement;
use crate::order::model::Order;
use crate::order::state::OrderState;
use crate::service_order::BASE;
use crate::service_order::characteristic;
use crate::service_order::document::{Document, Shortcoming};
use crate::service_order::state::ServiceOrderState;

/// An order with what is kept of its face.
#[derive(Clone, Debug)]
pub struct Faced {
    pub order: Order,
    /// None when it came in another way than through this API.
    pub document: Option<Document>,
    /// Why it was withdrawn.
    pub cancellation_reason: Option<String>,
}

/// For whom a face is made.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub language: Language,
    pub zone: Tz,
}

/// Where a service order is found.
pub fn href(id: i64) -> String {
    format!("{BASE}/serviceOrder/{id}")
}

impl Faced {
    /// The whole resource.
    pub fn resource(&self, reader: Reader) -> Map<String, Value> {
        let order = &self.order;
        let mut face = self.attributes();
        let state = ServiceOrderState::of(order.state).code();
        tell_domains(order, &mut face);
        for item in face.get_mut("serviceOrderItem").and_then(Value::as_array_mut).into_iter().flatten() {
            item["state"] = state.into();
        }
        let at = |moment: DateTime<Utc>| json!(with_offset(moment, reader.zone));
        let mut set = |name: &str, value: Value| face.insert(name.to_owned(), value);
        set("id", order.id.0.to_string().into());
        set("href", href(order.id.0).into());
        set("state", state.into());
        set("orderDate", at(order.created_at));
        // The desk begins with an order the moment it has it.
        set("startDate", at(order.created_at));
        if order.state == OrderState::Finished {
            set("completionDate", at(order.updated_at));
        }
        if order.state == OrderState::Withdrawn {
            set("cancellationDate", at(order.updated_at));
            if let Some(reason) = &self.cancellation_reason {
                set("cancellationReason", reason.as_str().into());
            }
        }
        let faults = self.document.iter().filter(|_| order.state == OrderState::Draft).flat_map(|kept| &kept.faults);
        let errors: Vec<Value> = faults.map(|fault| error_message(fault, order, reader)).collect();
        if !errors.is_empty() {
            set("errorMessage", errors.into());
        }
        face.entry("@type").or_insert_with(|| "ServiceOrder".into());
        face
    }

    /// What the client may have said: their own words as long as the order is still what they asked for.
    pub fn attributes(&self) -> Map<String, Value> {
        let order = &self.order;
        match &self.document {
            Some(document) if document.form == order.form => document.attributes.clone(),
            Some(document) => {
                let mut attributes = document.attributes.clone();
                let item = document.attributes.get("serviceOrderItem").and_then(|items| items.get(0));
                attributes.extend(told(order, item));
                attributes
            }
            None => {
                let mut attributes = told(order, None);
                let code = json!([{"name": order.code, "externalReferenceType": "workOrderCode"}]);
                attributes.insert("externalReference".to_owned(), code);
                attributes
            }
        }
    }
}

/// Domains that the form does not list, as those of a sheet, stand with the first item. They are not among
/// [`Faced::attributes`]: a patch would take them for the client's own words.
fn tell_domains(order: &Order, face: &mut Map<String, Value>) {
    if order.domains.is_empty() || order.form.has_typed_domains() {
        return;
    }
    let item = face.get_mut("serviceOrderItem").and_then(|items| items.get_mut(0));
    let Some(service) = item.and_then(|item| item.get_mut("service")).and_then(Value::as_object_mut) else { return };
    let characteristics = service.entry("serviceCharacteristic").or_insert(Value::Null);
    if characteristics.is_null() {
        *characteristics = Value::Array(Vec::new());
    }
    if let Some(characteristics) = characteristics.as_array_mut() {
        characteristic::add_domains(characteristics, &order.domains);
    }
}

/// The order in the words of a service order, on the ground of the item it was ordered with.
fn told(order: &Order, item: Option<&Value>) -> Map<String, Value> {
    let mut attributes = Map::new();
    if !order.description.is_empty() {
        attributes.insert("description".to_owned(), order.description.as_str().into());
    }
    attributes.insert("relatedParty".to_owned(), parties(order));
    attributes.insert("serviceOrderItem".to_owned(), json!([told_item(order, item)]));
    attributes
}

fn parties(order: &Order) -> Value {
    let mut parties = Vec::new();
    if let Some(enterprise) = &order.enterprise {
        parties.push(json!({
            "id": enterprise.id, "name": enterprise.name, "role": "customer",
            "@type": "RelatedParty", "@referredType": "Organization"
        }));
    }
    parties.push(json!({
        "id": order.creator.id, "name": order.creator.name, "role": "requester",
        "@type": "RelatedParty", "@referredType": "Individual"
    }));
    parties.into()
}

fn told_item(order: &Order, before: Option<&Value>) -> Value {
    let mut item = before.and_then(Value::as_object).cloned().unwrap_or_default();
    item.entry("id").or_insert_with(|| "1".into());
    item.insert("action".to_owned(), action(order).into());
    let mut service = item.get("service").and_then(Value::as_object).cloned().unwrap_or_default();
    let own = |one: &&Value| one["name"].as_str().and_then(characteristic::field_of).is_none();
    let known = service.get("serviceCharacteristic").and_then(Value::as_array).into_iter().flatten();
    let mut characteristics: Vec<Value> = known.filter(own).cloned().collect();
    characteristics.extend(characteristic::list(&order.form));
    if let (None, Some(product)) = (&order.form.product_id, &order.product) {
        characteristics.push(json!({"name": "productId", "valueType": "string", "value": product.id}));
    }
    if let Some(product) = &order.product {
        service.entry("name").or_insert_with(|| product.name.as_str().into());
    }
    service.insert("serviceCharacteristic".to_owned(), characteristics.into());
    service.entry("@type").or_insert_with(|| "Service".into());
    item.insert("service".to_owned(), service.into());
    item.entry("@type").or_insert_with(|| "ServiceOrderItem".into());
    item.into()
}

/// What has no requirement of its own changes what is there.
fn action(order: &Order) -> &'static str {
    order.requirement.map_or("modify", Requirement::code)
}

fn error_message(fault: &Shortcoming, order: &Order, reader: Reader) -> Value {
    json!({
        "code": fault.code,
        "reason": fault.message.in_language(reader.language),
        "message": fault.pointer,
        "timestamp": with_offset(order.updated_at, reader.zone),
        "@type": "ServiceOrderErrorMessage"
    })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::order::sample;

    const READER: Reader = Reader { language: Language::English, zone: Shanghai };

    fn faced(order: Order, document: Option<Document>) -> Map<String, Value> {
        Faced { order, document, cancellation_reason: Some("r".to_owned()) }.resource(READER)
    }

    #[test]
    fn every_order_has_the_mandatory_attributes() {
        for state in OrderState::ALL {
            let face = faced(Order { state, ..sample::order() }, None);
            for name in ["id", "href", "state", "orderDate", "startDate", "serviceOrderItem", "@type"] {
                assert!(face.contains_key(name), "{state:?} {name}");
            }
            assert_eq!(face.contains_key("completionDate"), state == OrderState::Finished);
            assert_eq!(face.contains_key("cancellationReason"), state == OrderState::Withdrawn);
        }
    }

    #[test]
    fn domains_that_the_form_does_not_list_are_told_and_are_no_words_of_the_client() {
        let order = sample::order();
        let told = json!([{"domain": "20231204233906.komect.com"}, {"domain": "b.komect.com"}]);
        let said = json!({"serviceOrderItem": [{"id": "1", "service": {"serviceCharacteristic": null}}]});
        let document = Document::new(said.as_object().unwrap(), order.form.clone(), &[]);
        for document in [None, Some(document)] {
            let face = faced(order.clone(), document.clone());
            let characteristics = &face["serviceOrderItem"][0]["service"]["serviceCharacteristic"];
            let domains = characteristics.as_array().unwrap().iter().find(|one| one["name"] == "domains").unwrap();
            assert_eq!(domains["value"], told);
            let own = Faced { order: order.clone(), document, cancellation_reason: None }.attributes();
            assert!(!Value::Object(own).to_string().contains("b.komect.com"));
        }
    }

    #[test]
    fn a_document_is_given_back_as_it_came_and_follows_an_order_that_was_changed() {
        let order = sample::order();
        let said = json!({
            "externalId": "X", "@type": "CdnOrder", "colour": "blue",
            "serviceOrderItem": [{"id": "7", "action": "add", "weight": 1, "service": {"name": "mine",
                "serviceCharacteristic": [{"name": "colour", "value": "blue"}, {"name": "domains", "value": "old.cn"}]}}]
        });
        let document = Document::new(said.as_object().unwrap(), order.form.clone(), &[]);
        let same = faced(order.clone(), Some(document.clone()));
        assert_eq!(
            (&same["colour"], &same["@type"], &same["externalId"]),
            (&"blue".into(), &"CdnOrder".into(), &"X".into())
        );
        assert_eq!(same["serviceOrderItem"][0]["service"], said["serviceOrderItem"][0]["service"]);
        let mut changed = order;
        changed.form.speed_list = serde_json::from_value(json!([{"domain": "new.cn"}])).unwrap();
        let followed = faced(changed, Some(document));
        let item = &followed["serviceOrderItem"][0];
        assert_eq!((&item["id"], &item["weight"]), (&json!("7"), &json!(1)));
        let characteristics = item["service"]["serviceCharacteristic"].as_array().unwrap();
        assert_eq!(characteristics[0], json!({"name": "colour", "value": "blue"}));
        let domains = characteristics.iter().find(|one| one["name"] == "domains").unwrap();
        assert_eq!(domains["value"], json!([{"domain": "new.cn"}]));
    }
}
