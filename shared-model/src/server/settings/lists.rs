//! Settings that are lists. A file has them as they are; the environment, where every value is one text, has them with
//! commas or as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, DeserializeOwned, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A list; or as the environment has it: one text with commas, or a JSON list of what is more than a word.
pub fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(Listed(PhantomData))
}

struct Listed<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Listed<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or a text with commas")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        if text.trim_start().starts_with('[') {
            return serde_json::from_str(text).map_err(E::custom);
        }
        let words = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        words.map(|word| T::deserialize(word.into_deserializer())).collect()
    }

    // Of a text like `true` or `1` the environment makes what it looks like.
    fn visit_bool<E: de::Error>(self, word: bool) -> Result<Vec<T>, E> {
        self.visit_str(&word.to_string())
    }

    fn visit_i64<E: de::Error>(self, word: i64) -> Result<Vec<T>, E> {
        self.visit_str(&word.to_string())
    }
}

/// Lists by their names; or as the environment has them: one JSON object, or a variable for each name.
pub fn lists_by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    deserializer.deserialize_any(Named)
}

#[derive(Deserialize)]
struct OfName(#[serde(deserialize_with = "list")] Vec<String>);

struct Named;

impl<'de> Visitor<'de> for Named {
    type Value = BTreeMap<String, Vec<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lists by name, or a JSON object of lists")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut lists = BTreeMap::new();
        while let Some((name, OfName(list))) = map.next_entry::<String, OfName>()? {
            lists.insert(name, list);
        }
        Ok(lists)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() {
            return Ok(BTreeMap::new());
        }
        serde_json::from_str(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EnvironmentScope, PermissionSettings, load};
    use super::*;

    #[test]
    fn a_list_is_a_list_a_text_with_commas_or_json() {
        #[derive(Debug, Deserialize)]
        struct Lists {
            #[serde(deserialize_with = "list")]
            words: Vec<String>,
            #[serde(deserialize_with = "list")]
            rows: Vec<Row>,
        }
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Row {
            n: i32,
        }
        let lists = |words: &str, rows: &str| {
            let overrides = [("words", words.to_owned()), ("rows", rows.to_owned())];
            load::<Lists>("words = [\"x\"]\nrows = [{ n = 1 }]", None, EnvironmentScope::Nothing, &overrides)
        };
        let given = lists(" a, b,,c", r#"[{"n": 2}, {"n": 3}]"#).unwrap();
        assert_eq!((given.words.join(" "), given.rows), ("a b c".to_owned(), vec![Row { n: 2 }, Row { n: 3 }]));
        assert_eq!(lists("", "[]").unwrap().words, [""; 0]);
        let error = lists("a", r#"[{"m": 2}]"#).unwrap_err();
        assert!(error.to_string().contains("unknown field `m`"), "{error}");
        let plain: Lists = load("words = [\"x\"]\nrows = [{ n = 1 }]", None, EnvironmentScope::Nothing, &[]).unwrap();
        assert_eq!((plain.words.join(" "), plain.rows), ("x".to_owned(), vec![Row { n: 1 }]));
    }

    #[test]
    fn the_rows_of_a_role_table_are_a_table_json_or_a_text_each() {
        #[derive(Debug, Deserialize)]
        struct Sample {
            permissions: PermissionSettings,
        }
        let loaded = |defaults, overrides: &[(&str, String)]| {
            load::<Sample>(defaults, None, EnvironmentScope::Nothing, overrides).unwrap().permissions.roles
        };
        let expected = |role: &str| BTreeMap::from([(role.to_owned(), vec!["A".to_owned(), "B".to_owned()])]);
        assert_eq!(loaded("[permissions.roles]\nSA = [\"A\", \"B\"]", &[]), expected("SA"));
        let json = [("permissions.roles", r#"{"SA": ["A", "B"]}"#.to_owned())];
        assert_eq!(loaded("[permissions]", &json), expected("SA"));
        assert_eq!(loaded("[permissions]", &[("permissions.roles.sa", "A, B".to_owned())]), expected("sa"));
        assert!(loaded("[permissions]", &[]).is_empty());
    }
}
