//! Lists come in pages: `{"data":[...],"pageNum":1,"pageSize":10,"total":0}`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{Fault, codes};
use crate::text::Text;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub data: Vec<T>,
    pub page_num: i64,
    pub page_size: i64,
    pub total: i64,
}

/// The last page there can be.
const LAST_PAGE: i64 = 10_000_000;

/// Which page: from 1, of 1..=100 rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub number: i64,
    pub size: i64,
}

impl PageRequest {
    /// Defaults are page 1 of 10 rows; anything out of range is a fault, not a silent correction.
    pub fn new(number: Option<i64>, size: Option<i64>) -> Result<Self, Vec<Fault>> {
        let (number, size) = (number.unwrap_or(1), size.unwrap_or(10));
        let mut faults = Vec::new();
        if !(1..=LAST_PAGE).contains(&number) {
            faults.push(Fault::new(
                "/pageNum",
                &codes::REQUEST_INVALID,
                Text::new(format!("页码为 1 到 {LAST_PAGE}"), format!("pages are 1 to {LAST_PAGE}")),
            ));
        }
        if !(1..=100).contains(&size) {
            faults.push(Fault::new(
                "/pageSize",
                &codes::REQUEST_INVALID,
                Text::fixed("每页 1 到 100 条", "a page has 1 to 100 rows"),
            ));
        }
        if faults.is_empty() { Ok(Self { number, size }) } else { Err(faults) }
    }

    pub fn offset(self) -> i64 {
        (self.number - 1) * self.size
    }

    pub fn page<T>(self, data: Vec<T>, total: i64) -> Page<T> {
        Page { data, page_num: self.number, page_size: self.size, total }
    }
}
