//! `GET /workorder/reference`: the words forms and filters are built from, each with its Chinese and English name.

use serde::Serialize;
use shared_model::province;
use shared_model::role::Role;
use shared_model::server::answer::Answer;
use shared_model::server::caller::Caller;
use shared_model::text::Text;
use utoipa::ToSchema;

use crate::order::kind::{OrderKind, Requirement};
use crate::order::model::Legality;
use crate::order::state::OrderState;
use crate::product::rules::BbossProduct;

/// A code with its names.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Word {
    #[schema(examples("approving"))]
    pub code: &'static str,
    #[schema(examples("审批中"))]
    pub zh: String,
    #[schema(examples("Awaiting approval"))]
    pub en: String,
}

/// A province by its GB/T 2260 code.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProvinceWord {
    #[schema(examples(33))]
    pub code: i32,
    #[schema(examples("浙江"))]
    pub zh: String,
    #[schema(examples("Zhejiang"))]
    pub en: String,
}

/// All the words.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    pub provinces: Vec<ProvinceWord>,
    pub products: Vec<Word>,
    pub order_kinds: Vec<Word>,
    pub requirements: Vec<Word>,
    pub states: Vec<Word>,
    pub legalities: Vec<Word>,
    pub roles: Vec<Word>,
}

impl Reference {
    pub fn current() -> Self {
        let provinces = province::ALL.iter().map(|province| ProvinceWord {
            code: province.code,
            zh: province.name.zh.to_string(),
            en: province.name.en.to_string(),
        });
        Self {
            provinces: provinces.collect(),
            products: words(BbossProduct::ALL.map(|product| (product.code(), product.name()))),
            order_kinds: words(OrderKind::ALL.map(|kind| (kind.code(), kind.name()))),
            requirements: words(Requirement::ALL.map(|requirement| (requirement.code(), requirement.name()))),
            states: words(OrderState::ALL.map(|state| (state.code(), state.name()))),
            legalities: words(Legality::ALL.map(|legality| (legality.code(), legality.name()))),
            roles: words(Role::ALL.map(|role| (role.code(), role.name()))),
        }
    }
}

fn words<const N: usize>(named: [(&'static str, Text); N]) -> Vec<Word> {
    named.into_iter().map(|(code, name)| Word { code, zh: name.zh.into_owned(), en: name.en.into_owned() }).collect()
}

/// 参考数据 / Reference words
#[utoipa::path(get, path = "/workorder/reference", tag = "参考 Reference", responses((status = 200, body = Reference)))]
pub async fn reference(_caller: Caller) -> Answer {
    Answer::ok(&Reference::current())
}
