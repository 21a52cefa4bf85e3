//! What an application's materials have to be, and what becomes of the verdicts on them. Pure.
//! source: public entity rules 8 and 10.

use serde::Serialize;
use serde_json::{Map, Value};
use shared_model::problem::{Fault, codes};
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::resource::Form;
use crate::review::verdict::MaterialVerdict;

const NAME_MAX: usize = 64;
const URL_MAX: usize = 1000;
const MATERIALS_MAX: usize = 50;

/// One piece. A draft may name it before there is anything to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Material {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The reviewer's verdict: absent while there is none. An accepted one is kept when the application comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// Why it has to be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// What an owner may send of a material.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SaveMaterial {
    pub name: String,
    /// https or an own upload; may be missing in a draft.
    pub url: Option<String>,
}

/// Reads the materials of a body. Verdicts sent back as they were read are no offence; changed ones are.
pub fn read(form: &mut Form, current: &[Material]) -> Vec<Material> {
    let objects = form.objects("materials").unwrap_or_default();
    if objects.len() > MATERIALS_MAX {
        form.invalid("materials", Text::fixed("最多 50 份", "at most 50"));
    }
    let mut materials: Vec<Material> = Vec::with_capacity(objects.len());
    for (index, object) in objects.into_iter().enumerate() {
        let material = read_one(form, index, &object, current);
        if !material.name.is_empty() && materials.iter().any(|earlier| earlier.name == material.name) {
            form.invalid(&format!("materials/{index}/name"), Text::fixed("名称重复", "the name stands twice"));
        }
        materials.push(material);
    }
    materials
}

fn read_one(form: &mut Form, index: usize, object: &Map<String, Value>, current: &[Material]) -> Material {
    let mut text = |name: &str, max: usize| {
        let pointer = format!("/materials/{index}/{name}");
        match object.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                form.check_text(&pointer, text.trim(), max);
                Some(text.trim().to_owned()).filter(|text| !text.is_empty())
            }
            Some(_) => {
                form.fault(pointer, &codes::REQUEST_INVALID, Text::fixed("须为文本", "must be a text"));
                None
            }
        }
    };
    let material =
        Material { name: text("name", NAME_MAX).unwrap_or_default(), url: text("url", URL_MAX), ..Material::default() };
    if material.name.is_empty() {
        form.invalid(&format!("materials/{index}/name"), Text::fixed("必填", "required"));
    }
    let known = current.iter().find(|known| known.name == material.name);
    for (name, sent) in object.iter().filter(|(name, sent)| !matches!(name.as_str(), "name" | "url") && !sent.is_null())
    {
        let now = known.map(|known| serde_json::json!(known));
        if now.as_ref().and_then(|now| now.get(name)) != Some(sent) {
            let message = Text::fixed("该字段不能修改", "this field is not yours to set");
            form.fault(format!("/materials/{index}/{name}"), &codes::REQUEST_INVALID, message);
        }
    }
    material
}

/// The materials after their owner sent these: a verdict stays with the piece it was given on, as long as that is the same;
/// with `keep_accepted` an accepted piece that was not sent stays too.
pub fn merge(current: &[Material], sent: Vec<Material>, keep_accepted: bool) -> Vec<Material> {
    let mut merged: Vec<Material> = sent
        .into_iter()
        .map(|piece| match current.iter().find(|known| known.name == piece.name && known.url == piece.url) {
            Some(known) => known.clone(),
            None => piece,
        })
        .collect();
    if keep_accepted {
        for known in current.iter().filter(|known| known.accepted == Some(true)) {
            if merged.iter().all(|piece| piece.name != known.name) {
                merged.push(known.clone());
            }
        }
    }
    merged
}

/// The required materials that are missing or have nothing to show, as the faults of a submission.
pub fn check_present(required: &[String], materials: &[Material]) -> Vec<Fault> {
    let present = |name: &String| materials.iter().any(|piece| piece.name == *name && piece.url.is_some());
    required
        .iter()
        .filter(|name| !present(name))
        .map(|name| {
            let message = Text::new(format!("缺少「{name}」"), format!("“{name}” is missing"));
            Fault::new("/materials", &codes::AUTHENTICATION_MATERIAL_MISSING, message).with("material", name.as_str())
        })
        .collect()
}

/// The materials after a verdict; faults for a piece that is not there, or was judged twice.
pub fn judge(
    materials: &[Material],
    verdicts: &[MaterialVerdict],
    approved: bool,
) -> Result<Vec<Material>, Vec<Fault>> {
    let mut judged = materials.to_vec();
    let mut faults = Vec::new();
    for (index, verdict) in verdicts.iter().enumerate() {
        let pointer = format!("/materials/{index}/name");
        if verdicts.iter().take(index).any(|earlier| earlier.name == verdict.name) {
            let message = Text::fixed("名称重复", "the name stands twice");
            faults.push(Fault::new(pointer, &codes::FIELD_INVALID, message));
            continue;
        }
        match judged.iter_mut().find(|piece| piece.name == verdict.name) {
            None => {
                let message = Text::fixed("没有这份资料", "there is no such material");
                faults.push(Fault::new(pointer, &codes::FIELD_INVALID, message));
            }
            Some(piece) => {
                piece.accepted = Some(verdict.accepted);
                piece.remark = verdict.remark.as_deref().map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned);
            }
        }
        if approved && !verdict.accepted {
            let message = Text::fixed("有不合格的资料，不能通过", "with a refused material it cannot pass");
            faults.push(Fault::new(format!("/materials/{index}/accepted"), &codes::FIELD_INVALID, message));
        }
    }
    if faults.is_empty() { Ok(judged) } else { Err(faults) }
}

/// Submitted again, what was refused waits for a new verdict; what was accepted stays accepted.
pub fn reopened(materials: &[Material]) -> Vec<Material> {
    let reopen = |piece: &Material| match piece.accepted {
        Some(true) => piece.clone(),
        Some(false) | None => Material { accepted: None, remark: None, ..piece.clone() },
    };
    materials.iter().map(reopen).collect()
}

/// What a renewal changed against the certification it renews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaterialChange {
    pub name: String,
    pub change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    Added,
    Removed,
    Replaced,
}

/// See [`MaterialChange`].
pub fn changes(previous: &[Material], current: &[Material]) -> Vec<MaterialChange> {
    let of_current = current.iter().filter_map(|piece| {
        let change = match previous.iter().find(|known| known.name == piece.name) {
            None => Change::Added,
            Some(known) if known.url != piece.url => Change::Replaced,
            Some(_) => return None,
        };
        Some(MaterialChange { name: piece.name.clone(), change })
    });
    let removed = previous.iter().filter(|known| current.iter().all(|piece| piece.name != known.name));
    let removed = removed.map(|known| MaterialChange { name: known.name.clone(), change: Change::Removed });
    of_current.chain(removed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(name: &str, url: &str, accepted: Option<bool>) -> Material {
        let url = (!url.is_empty()).then(|| url.to_owned());
        Material { name: name.into(), url, accepted, remark: None }
    }

    fn verdict(name: &str, accepted: bool) -> MaterialVerdict {
        MaterialVerdict { name: name.into(), accepted, remark: Some("换".into()) }
    }

    #[test]
    fn an_accepted_material_is_kept_until_it_is_replaced() {
        let current = [piece("a", "1", Some(true)), piece("b", "2", Some(false)), piece("c", "3", Some(true))];
        let sent = vec![piece("b", "9", None), piece("c", "8", None)];
        let merged = merge(&current, sent.clone(), true);
        assert_eq!(merged, [piece("b", "9", None), piece("c", "8", None), piece("a", "1", Some(true))]);
        assert_eq!(merge(&current, sent.clone(), false), sent);
    }

    #[test]
    fn missing_materials_are_named_one_by_one() {
        let required = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let faults = check_present(&required, &[piece("a", "1", None), piece("b", "", None)]);
        let names: Vec<_> = faults.iter().map(|fault| fault.extra["material"].clone()).collect();
        assert_eq!(names, ["b", "c"]);
    }

    #[test]
    fn verdicts_fall_on_materials_that_are_there_and_a_refused_one_bars_approval() {
        let materials = [piece("a", "1", None), piece("b", "2", None)];
        let judged = judge(&materials, &[verdict("b", false)], false).unwrap();
        assert_eq!((judged[0].accepted, judged[1].accepted), (None, Some(false)));
        let faults =
            judge(&materials, &[verdict("b", false), verdict("b", true), verdict("x", true)], true).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/materials/0/accepted", "/materials/1/name", "/materials/2/name"]);
    }

    #[test]
    fn submitted_again_only_the_refused_wait_for_a_new_verdict() {
        let again = reopened(&[piece("a", "1", Some(true)), piece("b", "2", Some(false))]);
        assert_eq!((again[0].accepted, again[1].accepted), (Some(true), None));
    }

    #[test]
    fn a_renewal_says_what_it_changed() {
        let before = [piece("a", "1", None), piece("b", "2", None), piece("c", "3", None)];
        let now = [piece("a", "1", None), piece("b", "9", None), piece("d", "4", None)];
        let changes: Vec<_> = changes(&before, &now).into_iter().map(|c| (c.name, c.change)).collect();
        let expected = [("b", Change::Replaced), ("d", Change::Added), ("c", Change::Removed)];
        assert_eq!(changes, expected.map(|(name, change)| (name.to_owned(), change)));
    }
}
