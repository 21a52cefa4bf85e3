//! What a live-streaming order asks for beside its domains, as it is sent. Everything has a default.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 直播配置 / `live` of the form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveForm {
    /// 应用名 AppName: letters, digits, `-` and `_`, up to 64; `live` when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("live"))]
    pub application: Option<String>,
    /// 源站方式: `push` 推流 (streams are pushed to a push domain) or `pull` 回源拉流 (the CDN fetches from the
    /// origins). Left out: `push` when a push domain is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("push"))]
    pub mode: Option<String>,
    /// 播放协议: `rtmp`, `flv` (HTTP-FLV), `hls`, `webrtc`; the first three when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocols: Option<Vec<String>>,
    /// 推流协议: `rtmp`, `srt`, `webrtc`; `rtmp` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_protocols: Option<Vec<String>>,
    /// 推流鉴权 / signed push addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_auth: Option<AuthForm>,
    /// 播放鉴权 / signed play addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_auth: Option<AuthForm>,
    /// 录制 / recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordForm>,
    /// 转码档位: `ld` 流畅, `sd` 标清, `hd` 高清, `ud` 超清.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcode: Option<Vec<String>>,
    /// 预估峰值带宽 / expected peak bandwidth, in Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth_mbps: Option<i64>,
}

/// Signed addresses: the key, and how long one counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthForm {
    /// 6 to 64 letters and digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// 60 seconds to a year; 1800 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_seconds: Option<i64>,
}

/// What is recorded, and for how long it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordForm {
    /// `hls`, `flv` or `mp4`; `hls` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// 1 to 3650; 7 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<i64>,
}
