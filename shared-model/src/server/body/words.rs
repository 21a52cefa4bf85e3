//! What is wrong with a body or a query, in both languages: those who read them find it in English only.

use crate::text::Text;

/// Of a body. `said` ends with the place, which is told before it instead.
pub fn of_json(said: &str, line: usize, column: usize) -> Text {
    let place = format!(" at line {line} column {column}");
    let said = said.strip_suffix(&place).unwrap_or(said);
    let zh = in_chinese(said, "字段");
    Text::new(format!("第 {line} 行第 {column} 列：{zh}"), format!("line {line} column {column}: {said}"))
}

/// Of a query.
pub fn of_query(said: &str) -> Text {
    Text::new(in_chinese(said, "参数"), said.to_owned())
}

/// The name of what should not be there.
pub fn unknown_field(said: &str) -> Option<&str> {
    quoted(said.strip_prefix("unknown field ")?)
}

/// `part`: what its members are called.
fn in_chinese(said: &str, part: &str) -> String {
    let (found, expected) = said.split_once(", expected ").unwrap_or((said, ""));
    if let Some(name) = found.strip_prefix("missing field ").and_then(quoted) {
        return format!("缺少 {name}");
    }
    if let Some(name) = unknown_field(found) {
        return format!("没有 {name} 这个{part}{}", choices(expected));
    }
    if let Some(name) = found.strip_prefix("unknown variant ").and_then(quoted) {
        return format!("没有 {name} 这个取值{}", choices(expected));
    }
    if let Some(name) = found.strip_prefix("duplicate field ").and_then(quoted) {
        return format!("{name} 出现了两次");
    }
    if found.starts_with("invalid type: ") {
        return format!("类型不对，应为{}", kind(expected));
    }
    if found.starts_with("invalid value: ") {
        return format!("取值不对，应为{}", kind(expected));
    }
    if found.starts_with("EOF while parsing") {
        return "内容不完整".to_owned();
    }
    if found.starts_with("recursion limit") {
        return "嵌套过深".to_owned();
    }
    let broken = ["expected ", "trailing ", "key must be", "control character", "invalid ", "lone ", "unexpected "];
    if broken.iter().any(|start| found.starts_with(start)) {
        return format!("格式有误（{said}）");
    }
    format!("无法读取（{said}）")
}

/// What stands between the first two backticks.
fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('`')?.split('`').next()
}

/// The names that are there, of "one of `a`, `b`".
fn choices(expected: &str) -> String {
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    if names.is_empty() { String::new() } else { format!("，可用：{}", names.join("、")) }
}

fn kind(expected: &str) -> String {
    let known = match expected {
        "a boolean" => " true 或 false",
        "a string" | "a borrowed string" | "a character" => "文本",
        "a sequence" => "列表",
        "a map" => "对象",
        "i8" | "i16" | "i32" | "i64" | "isize" => "整数",
        "u8" | "u16" | "u32" | "u64" | "usize" => "非负整数",
        "f32" | "f64" => "数字",
        structure if structure.starts_with("struct ") => "对象",
        other => return format!(" {other}"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_both_languages_and_its_place_once() {
        for (said, zh) in [
            ("missing field `id`", "缺少 id"),
            ("unknown field `x`, expected one of `a`, `b`", "没有 x 这个字段，可用：a、b"),
            ("unknown field `x`, there are no fields", "没有 x 这个字段"),
            ("unknown variant `x`, expected `a` or `b`", "没有 x 这个取值，可用：a、b"),
            ("duplicate field `id`", "id 出现了两次"),
            ("invalid type: integer `1`, expected a boolean", "类型不对，应为 true 或 false"),
            ("invalid type: string \"a\", expected i64", "类型不对，应为整数"),
            ("invalid value: integer `-1`, expected u32", "取值不对，应为非负整数"),
            ("invalid type: null, expected struct Form", "类型不对，应为对象"),
            ("EOF while parsing a value", "内容不完整"),
            ("expected `,` or `}`", "格式有误（expected `,` or `}`）"),
            ("premature end of input", "无法读取（premature end of input）"),
        ] {
            let text = of_json(&format!("{said} at line 1 column 7"), 1, 7);
            assert_eq!(
                (text.zh.as_ref(), text.en.as_ref()),
                (&*format!("第 1 行第 7 列：{zh}"), &*format!("line 1 column 7: {said}"))
            );
        }
        assert_eq!(of_query("unknown field `x`, expected `n`").zh, "没有 x 这个参数，可用：n");
    }
}
