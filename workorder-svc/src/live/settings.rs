//! The words of live streaming, and what an order has settled on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    // `tt`, so that the document's derive sees the word itself.
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $code:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $code)] $variant),+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.code().eq_ignore_ascii_case(code.trim()))
            }
        }
    };
}

words! {
    /// Which way streams go through a domain.
    Direction {
        /// 推流: streams come in.
        Push = "push",
        /// 播流: streams go out.
        Pull = "pull",
    }
}

words! {
    /// Where streams come from.
    Mode {
        /// They are pushed to a push domain.
        Push = "push",
        /// The CDN fetches them from the customer's origins.
        Pull = "pull",
    }
}

words! {
    /// How streams are given out.
    Protocol { Rtmp = "rtmp", Flv = "flv", Hls = "hls", WebRtc = "webrtc" }
}

words! {
    /// How streams are taken in.
    PushProtocol { Rtmp = "rtmp", Srt = "srt", WebRtc = "webrtc" }
}

words! {
    /// What a recording is written as.
    RecordFormat { Hls = "hls", Flv = "flv", Mp4 = "mp4" }
}

words! {
    /// 转码档位: 流畅, 标清, 高清, 超清.
    Quality { Low = "ld", Standard = "sd", High = "hd", Ultra = "ud" }
}

/// What a live-streaming order has settled on: a row of `live_order_info`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveSettings {
    pub application: String,
    pub mode: Mode,
    pub protocols: Vec<Protocol>,
    pub push_protocols: Vec<PushProtocol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_auth: Option<Auth>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_auth: Option<Auth>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcode: Vec<Quality>,
    /// Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth_mbps: Option<i64>,
}

/// Signed addresses.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Auth {
    pub key: String,
    pub valid_seconds: i64,
}

impl std::fmt::Debug for Auth {
    /// Without the key: this may be logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth").field("valid_seconds", &self.valid_seconds).finish_non_exhaustive()
    }
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub format: RecordFormat,
    pub keep_days: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_and_write_as_their_codes() {
        for protocol in Protocol::ALL {
            assert_eq!(serde_json::to_value(protocol).unwrap(), protocol.code());
            assert_eq!(Protocol::from_code(&protocol.code().to_uppercase()), Some(*protocol));
        }
        assert_eq!(Direction::from_code("sideways"), None);
    }

    #[test]
    fn a_key_is_never_written_into_a_log() {
        let auth = Auth { key: "topsecret".into(), valid_seconds: 60 };
        assert!(!format!("{auth:?}").contains("topsecret"));
    }
}
