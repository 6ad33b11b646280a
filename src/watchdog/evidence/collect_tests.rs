use super::*;
use crate::watchdog::observation::{Answer, Fields};
use crate::watchdog::rpc::stand_in::answering;
use crate::watchdog::settings::{Flags, settle};

const TOKEN: &str = "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0";

#[test]
fn before_a_cure_the_gateways_own_words_are_kept_redacted() {
    let addr = answering(|method, _| match method {
        "status" => Ok(json!({"version": "2026.9.6", "note": format!("by {TOKEN}")})),
        "channels.status" => Ok(json!({"channelAccounts": {}})),
        _ => Err("unknown method"),
    });
    let dir = tempfile::tempdir().unwrap();
    let config = json!({"gateway": {"port": addr.port(), "auth": {"token": "secret"}}});
    std::fs::write(dir.path().join("openclaw.json"), config.to_string()).unwrap();
    let flags = Flags { state_dir: Some(dir.path().to_owned()), ..Flags::default() };
    let live = Fields { ok: Some(true), ..Fields::default() };
    let case = Case {
        settings: settle(flags, &|_| None, 1).unwrap(),
        folder: "x-1".to_owned(),
        incident: 1,
        action: Action::Channel {
            incident: 1,
            attempt: 2,
            channel: "telegram".to_owned(),
            account: "../a".to_owned(),
        },
        judgement: Judgement::default(),
        seen: Observation {
            healthz: Answer::Http { status: 200, fields: Some(live) },
            ..Observation::default()
        },
        known: Known::default(),
        program: String::new(),
    };
    let folder = case.keep(Duration::from_secs(60)).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let status = read("channel-telegram-2.status.json");
    assert!(status.contains("2026.9.6") && !status.contains("AAHfiq"), "{status}");
    assert!(read("channel-telegram-2.channels.json").contains("channelAccounts"));
    let index: Value = serde_json::from_str(&read("index.json")).unwrap();
    assert_eq!(
        (&index["acts"][0]["action"]["act"], &index["acts"][0]["output"]),
        (&json!("channel"), &json!(""))
    );
}
