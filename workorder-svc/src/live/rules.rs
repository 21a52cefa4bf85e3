//! The rules of a live-streaming order: which domains it needs, and what its settings may be. Pure.

use shared_model::problem::{Fault, codes};
use shared_model::text::Text;

use crate::domain_name::parse::DomainName;
use crate::live::form::{AuthForm, LiveForm, RecordForm};
use crate::live::settings::{
    Auth, Direction, LiveSettings, Mode, Protocol, PushProtocol, Quality, Record, RecordFormat,
};
use crate::order::kind::Operation;
use crate::order::model::OrderDomain;
use crate::submit::content_rules::Target;
use crate::submit::form::OrderForm;
use crate::submit::rules::{Mode as Strictness, given};

const DEFAULT_PROTOCOLS: [Protocol; 3] = [Protocol::Rtmp, Protocol::Flv, Protocol::Hls];
const DEFAULT_VALIDITY: i64 = 1_800;
const DEFAULT_KEEP_DAYS: i64 = 7;

/// Gives each domain its direction, and reads the settings. None of an order that takes domains down.
pub fn check(
    form: &OrderForm,
    target: &Target,
    domains: &mut [(DomainName, OrderDomain)],
    faults: &mut Vec<Fault>,
) -> Option<LiveSettings> {
    if form.is_batch() {
        let message = Text::fixed("直播域名不支持批量提单", "live-streaming domains are not ordered by sheet");
        faults.push(Fault::new("/isBatch", &codes::FIELD_INVALID, message));
    }
    give_directions(form, target, domains, faults);
    if target.operation == Some(Operation::Delete) {
        return None;
    }
    let empty = LiveForm::default();
    let live = form.live.as_ref().unwrap_or(&empty);
    let pushed = domains.iter().any(|(_, domain)| domain.direction == Some(Direction::Push));
    let mode = one_word(&live.mode, "/live/mode", Mode::from_code, faults).unwrap_or(if pushed {
        Mode::Push
    } else {
        Mode::Pull
    });
    if target.mode == Strictness::Submit && target.operation == Some(Operation::Add) {
        check_ways(form, mode, domains, faults);
    }
    let protocols = words(&live.protocols, "/live/protocols", Protocol::from_code, faults);
    let push_protocols = words(&live.push_protocols, "/live/pushProtocols", PushProtocol::from_code, faults);
    Some(LiveSettings {
        application: application(live, faults),
        mode,
        protocols: if protocols.is_empty() { DEFAULT_PROTOCOLS.to_vec() } else { protocols },
        push_protocols: if push_protocols.is_empty() { vec![PushProtocol::Rtmp] } else { push_protocols },
        push_auth: live.push_auth.as_ref().map(|auth| read_auth(auth, "/live/pushAuth", faults)),
        pull_auth: live.pull_auth.as_ref().map(|auth| read_auth(auth, "/live/pullAuth", faults)),
        record: live.record.as_ref().map(|record| read_record(record, faults)),
        transcode: words(&live.transcode, "/live/transcode", Quality::from_code, faults),
        bandwidth_mbps: bounded(live.bandwidth_mbps, (1, 10_000_000), "/live/bandwidthMbps", faults),
    })
}

/// Whether the origins of the form are what streams come from.
pub fn needs_origins(form: &OrderForm) -> bool {
    let mode = form.live.as_ref().and_then(|live| live.mode.as_deref()).and_then(Mode::from_code);
    let pushed =
        || form.speed_list.iter().flatten().any(|row| direction_of(given(&row.direction)) == Some(Direction::Push));
    mode.map_or_else(|| !pushed(), |mode| mode == Mode::Pull)
}

fn direction_of(text: Option<&str>) -> Option<Direction> {
    text.map_or(Some(Direction::Pull), Direction::from_code)
}

/// A domain without a direction goes the way it goes already; a new one gives streams out.
fn give_directions(
    form: &OrderForm,
    target: &Target,
    domains: &mut [(DomainName, OrderDomain)],
    faults: &mut Vec<Fault>,
) {
    for (index, row) in form.speed_list.iter().flatten().enumerate() {
        let direction = given(&row.direction);
        let Some(read) = direction_of(direction) else {
            let message = Text::fixed("方向只能是 push 或 pull", "the direction is push or pull");
            faults.push(Fault::new(format!("/speedList/{index}/direction"), &codes::FIELD_INVALID, message));
            continue;
        };
        let name = row.domain.as_deref().and_then(|text| DomainName::parse(text).ok());
        if let Some((_, domain)) = domains.iter_mut().find(|(known, _)| name.as_ref() == Some(known)) {
            let present = target.facts.directions.get(&domain.domain).copied();
            domain.direction = Some(present.filter(|_| direction.is_none()).unwrap_or(read));
        }
    }
}

/// What is pushed in is given out somewhere, and what is fetched has no way in.
fn check_ways(form: &OrderForm, mode: Mode, domains: &[(DomainName, OrderDomain)], faults: &mut Vec<Fault>) {
    // A direction that cannot be read is a fault already.
    if domains.is_empty() || domains.iter().any(|(_, domain)| domain.direction.is_none()) {
        return;
    }
    // By the rows, so that a domain that is named twice, which is a fault already, counts both ways.
    let has = |way| form.speed_list.iter().flatten().any(|row| direction_of(given(&row.direction)) == Some(way));
    let mut fault = |zh, en| faults.push(Fault::new("/speedList", &codes::DOMAIN_REQUIRED, Text::fixed(zh, en)));
    if !has(Direction::Pull) {
        fault("请至少填写一个播流域名", "at least one pull domain is needed");
    }
    match mode {
        Mode::Push if !has(Direction::Push) => fault("推流方式须有推流域名", "pushed streams need a push domain"),
        Mode::Pull if has(Direction::Push) => {
            let message = Text::fixed("回源拉流方式没有推流域名", "fetched streams have no push domain");
            let index = form
                .speed_list
                .iter()
                .flatten()
                .position(|row| direction_of(given(&row.direction)) == Some(Direction::Push));
            let pointer = format!("/speedList/{}/direction", index.unwrap_or(0));
            faults.push(Fault::new(pointer, &codes::FIELD_INVALID, message));
        }
        Mode::Push | Mode::Pull => {}
    }
}

fn application(live: &LiveForm, faults: &mut Vec<Fault>) -> String {
    let name = given(&live.application).unwrap_or("live");
    let fine = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !fine {
        let message = Text::fixed(
            "应用名为不超过 64 个字母、数字、- 或 _",
            "an application name has up to 64 letters, digits, - and _",
        );
        faults.push(Fault::new("/live/application", &codes::FIELD_INVALID, message));
    }
    name.to_owned()
}

fn read_auth(auth: &AuthForm, pointer: &str, faults: &mut Vec<Fault>) -> Auth {
    let key = given(&auth.key).unwrap_or_default();
    if !(6..=64).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let message =
            Text::fixed("鉴权密钥为 6 到 64 个字母或数字", "an authentication key has 6 to 64 letters and digits");
        faults.push(Fault::new(format!("{pointer}/key"), &codes::FIELD_INVALID, message));
    }
    let valid = bounded(auth.valid_seconds, (60, 31_536_000), &format!("{pointer}/validSeconds"), faults);
    Auth { key: key.to_owned(), valid_seconds: valid.unwrap_or(DEFAULT_VALIDITY) }
}

fn read_record(record: &RecordForm, faults: &mut Vec<Fault>) -> Record {
    let format = one_word(&record.format, "/live/record/format", RecordFormat::from_code, faults);
    let keep_days = bounded(record.keep_days, (1, 3_650), "/live/record/keepDays", faults);
    Record { format: format.unwrap_or(RecordFormat::Hls), keep_days: keep_days.unwrap_or(DEFAULT_KEEP_DAYS) }
}

fn bounded(value: Option<i64>, (least, most): (i64, i64), pointer: &str, faults: &mut Vec<Fault>) -> Option<i64> {
    let value = value?;
    if !(least..=most).contains(&value) {
        let message = Text::new(format!("须在 {least} 到 {most} 之间"), format!("{least} to {most}"));
        faults.push(Fault::new(pointer, &codes::FIELD_INVALID, message));
    }
    Some(value)
}

fn one_word<T>(
    text: &Option<String>,
    pointer: &str,
    from_code: impl Fn(&str) -> Option<T>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let text = given(text)?;
    let word = from_code(text);
    if word.is_none() {
        faults.push(unknown(pointer.to_owned(), text));
    }
    word
}

fn words<T: PartialEq>(
    texts: &Option<Vec<String>>,
    pointer: &str,
    from_code: impl Fn(&str) -> Option<T>,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let mut found = Vec::new();
    for (index, text) in texts.iter().flatten().enumerate() {
        match from_code(text) {
            Some(word) if found.contains(&word) => {}
            Some(word) => found.push(word),
            None => faults.push(unknown(format!("{pointer}/{index}"), text)),
        }
    }
    found
}

fn unknown(pointer: String, text: &str) -> Fault {
    let text: String = text.chars().take(40).collect();
    let message = Text::new(format!("没有“{text}”这个取值"), format!("there is no such value as “{text}”"));
    Fault::new(pointer, &codes::FIELD_INVALID, message)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
