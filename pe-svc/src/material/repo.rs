//! The table of materials.

use std::collections::HashMap;

use diesel::prelude::*;
use shared_model::server::database::Connection;

use super::Material;
use crate::schema::certification_material;

#[derive(Queryable)]
struct MaterialRow {
    certification_id: i64,
    name: String,
    url: Option<String>,
    accepted: Option<bool>,
    remark: Option<String>,
}

/// The materials of several certifications, each in its order.
pub fn list(conn: &mut Connection, certifications: Vec<i64>) -> QueryResult<HashMap<i64, Vec<Material>>> {
    let rows: Vec<MaterialRow> = certification_material::table
        .filter(certification_material::certification_id.eq_any(certifications))
        .order((certification_material::certification_id, certification_material::position))
        .select((
            certification_material::certification_id,
            certification_material::name,
            certification_material::url,
            certification_material::accepted,
            certification_material::remark,
        ))
        .load(conn)?;
    let mut materials: HashMap<i64, Vec<Material>> = HashMap::new();
    for MaterialRow { certification_id, name, url, accepted, remark } in rows {
        materials.entry(certification_id).or_default().push(Material { name, url, accepted, remark });
    }
    Ok(materials)
}

pub fn list_of(conn: &mut Connection, certification: i64) -> QueryResult<Vec<Material>> {
    Ok(list(conn, vec![certification])?.remove(&certification).unwrap_or_default())
}

/// Makes these, in this order, the certification's materials.
pub fn replace(conn: &mut Connection, certification: i64, materials: &[Material]) -> QueryResult<()> {
    diesel::delete(certification_material::table.filter(certification_material::certification_id.eq(certification)))
        .execute(conn)?;
    for (position, material) in (0_i32..).zip(materials) {
        diesel::insert_into(certification_material::table)
            .values((
                certification_material::certification_id.eq(certification),
                certification_material::position.eq(position),
                certification_material::name.eq(&material.name),
                certification_material::url.eq(material.url.as_deref()),
                certification_material::accepted.eq(material.accepted),
                certification_material::remark.eq(material.remark.as_deref()),
            ))
            .execute(conn)?;
    }
    Ok(())
}
