//! `bpm-adapter [serve|migrate] [--config FILE]`: the service by itself.

shared_model::service_main!(bpm_adapter, "BPM 与计费对接 · BPM and billing");
