use super::*;
use crate::watchdog::net::stand_in::{nobody, request, server, socks_proxy};
use crate::watchdog::observation::Provider;
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_real_payload_is_understood() {
    let payload: Value =
        serde_json::from_str(include_str!("../../../tests/data/channels-status.json")).unwrap();
    let found = accounts(&payload).unwrap();
    let ready = &found[0];
    assert_eq!((ready.channel.as_str(), ready.account.as_str()), ("telegram", "default"));
    assert!(ready.enabled && ready.configured && ready.running && ready.connected == Some(true));
    assert_eq!((ready.lifecycle.as_str(), ready.last_transport_at_ms), ("ready", Some(1_795_273_798_198)));
    let stopped = &found[1];
    assert_eq!((stopped.lifecycle.as_str(), stopped.health_state.as_str()), ("stopped", "not-running"));
    assert_eq!(accounts(&json!({"channelAccounts": {"x": 1, "y": [1]}})).unwrap().len(), 1);
    assert_eq!(accounts(&json!({"other": 1})), None);
}

#[test]
fn an_error_names_a_status_only_where_it_calls_it_one() {
    use super::status::status_in;
    assert_eq!(status_in("Call to 'getUpdates' failed! (409: Conflict: terminated by other)"), Some(409));
    assert_eq!(status_in("401: Unauthorized"), Some(401));
    let bare =
        "Telegram getUpdates conflict: Conflict: terminated by other getUpdates request. Another OpenClaw";
    assert_eq!(status_in(bare), Some(409), "as the host hands it on");
    assert_eq!(status_in("the merge is in Conflict: nothing of ours"), None);
    assert_eq!(status_in("getMe returned 401"), Some(401));
    assert_eq!(status_in("request failed with status 429"), Some(429));
    for other in ["chat 401 not found", "took 4290 ms", "message 14091", "", "order 409 was late", "ab401: x"]
    {
        assert_eq!(status_in(other), None, "{other}");
    }
}

#[test]
fn the_words_of_an_error_count_only_where_the_hosts_own_fields_allow_them() {
    let status = |lifecycle: &str, health: &str, connected: bool, error: &str| {
        let row = json!({"accountId": "a", "enabled": true, "configured": true, "lifecycle": lifecycle,
            "healthState": health, "connected": connected, "lastError": error});
        accounts(&json!({"channelAccounts": {"telegram": [row]}})).unwrap()[0].error_status
    };
    let (unauthorized, conflict) = ("401: Unauthorized", "Conflict: terminated by other getUpdates request");
    assert_eq!(status("blocked", "terminal-disconnect", false, unauthorized), Some(401));
    assert_eq!(status("recovering", "disconnected", false, conflict), Some(409));
    // It goes on trying, so nobody has refused its token, whatever a proxy on the way has said.
    assert_eq!(status("recovering", "disconnected", false, unauthorized), None);
    assert_eq!(status("starting", "stuck", false, conflict), None);
    assert_eq!(status("ready", "", true, unauthorized), Some(401), "a hint, by which the provider is asked");
}

#[test]
fn a_webhook_that_somebody_set_is_a_conflict_for_who_polls() {
    let api = server(|mut stream| {
        let (head, _) = request(&mut stream);
        let result = if head.contains("getWebhookInfo") {
            json!({"url": "https://x.example/hook"})
        } else {
            json!({})
        };
        let body = json!({"ok": true, "result": result}).to_string();
        let _ = write!(stream, "HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    });
    let bot = |more: Value| {
        let mut telegram = json!({"botToken": "1:a", "apiRoot": format!("http://{api}")});
        telegram.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Bot::find(&json!({"channels": {"telegram": telegram}}), "default", &none).unwrap().ask(LONG)
    };
    assert_eq!(bot(json!({})), Provider::Refuses { status: 409, retry_after_s: None });
    assert_eq!(bot(json!({"webhookUrl": "https://x.example/hook"})), Provider::Answers { pending: None });
}

fn none(_: &str) -> Option<String> {
    None
}

#[test]
fn a_bot_is_asked_by_its_own_way_and_never_for_updates() {
    let (sender, asked) = std::sync::mpsc::channel();
    let api = server(move |mut stream| {
        let (head, _) = request(&mut stream);
        let path = head.split_whitespace().nth(1).unwrap().to_owned();
        let body = match path.rsplit('/').next().unwrap() {
            "getMe" if path.contains("botright:1") => json!({"ok": true, "result": {}}),
            "getWebhookInfo" => json!({"ok": true, "result": {"url": "", "pending_update_count": 7}}),
            _ => json!({"ok": false, "parameters": {"retry_after": 9}}),
        };
        let status = if body["ok"] == true { 200 } else { 429 };
        let body = body.to_string();
        sender.send(path).unwrap();
        let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    });
    let (proxy, through) = socks_proxy(None);
    let config = |token: &str| {
        json!({"channels": {"telegram": {"botToken": token, "apiRoot": format!("http://{api}/"),
            "accounts": {"two": {"proxy": format!("socks5://{proxy}"), "botToken": "right:1"}}}}})
    };
    let bot = Bot::find(&config("right:1"), "default", &none).unwrap();
    assert_eq!(bot.ask(LONG), Provider::Answers { pending: Some(7) });
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), ["/botright:1/getMe", "/botright:1/getWebhookInfo"]);
    assert!(!format!("{bot:?}").contains("right"));
    let wrong = Bot::find(&config("wrong:1"), "default", &none).unwrap().ask(LONG);
    assert_eq!(wrong, Provider::Refuses { status: 429, retry_after_s: Some(9) });
    assert!(through.try_recv().is_err());
    let two = Bot::find(&config("wrong:1"), "two", &none).unwrap();
    assert_eq!(two.ask(LONG), Provider::Answers { pending: Some(7) });
    assert_eq!(through.recv().unwrap(), api.to_string());
    let gone =
        json!({"channels": {"telegram": {"botToken": "right:1", "apiRoot": format!("http://{}", nobody())}}});
    let Provider::Unreached { error } = Bot::find(&gone, "", &none).unwrap().ask(LONG) else { panic!() };
    assert!(!error.contains("right"), "{error}");
}

#[test]
fn a_token_is_found_where_the_host_finds_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    std::fs::write(&file, "file:1\n").unwrap();
    let env = |n: &str| (n == "TELEGRAM_BOT_TOKEN").then(|| "env:1".to_owned());
    let of = |telegram: Value, account: &str| {
        Bot::find(&json!({"channels": {"telegram": telegram}}), account, &env).map(|b| b.token)
    };
    assert_eq!(of(json!({"botToken": "config:1", "tokenFile": file}), "default").as_deref(), Some("file:1"));
    assert_eq!(of(json!({"botToken": "config:1"}), "default").as_deref(), Some("config:1"));
    assert_eq!(of(json!({}), "default").as_deref(), Some("env:1"));
    assert_eq!(of(json!({}), "two"), None);
    assert_eq!(of(json!({"botToken": {"source": "env"}}), "two"), None);
    assert_eq!(of(json!({"botToken": "a/b:1"}), "two"), None, "a token that would change the path");
}

#[test]
fn a_channel_is_cured_by_stop_and_start_and_never_left_stopped() {
    use crate::watchdog::rpc::{Access, stand_in::answering};
    let (sender, asked) = std::sync::mpsc::channel();
    let token = Access::Token("secret".to_owned());
    let with = |refused: &'static str| {
        let sender = sender.clone();
        answering(move |method, params| {
            assert_eq!(params["channel"], "telegram");
            sender
                .send((method.to_owned(), params["accountId"].as_str().unwrap_or_default().to_owned()))
                .unwrap();
            if method == refused { Err("no") } else { Ok(json!({"started": true, "stopped": true})) }
        })
    };
    let both =
        |account: &str| ["channels.stop", "channels.start"].map(|m| (m.to_owned(), account.to_owned()));
    assert_eq!(cure(with(""), &token, "telegram", "two", LONG), Ok(()));
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), both("two"));
    assert_eq!(
        cure(with("channels.stop"), &token, "telegram", "", LONG),
        Err("channels.stop: no".to_owned())
    );
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), both(""), "started all the same");
    assert_eq!(
        cure(with("channels.start"), &token, "telegram", "", LONG),
        Err("channels.start: no".to_owned())
    );
    assert_eq!(asked.try_iter().count(), 3, "asked once more on a connection of its own");
}
