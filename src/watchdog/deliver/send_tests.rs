//! Each way, over real sockets and processes.

use super::{Format, Letter, Outbox, Outcome, Sender, Way, send};
use crate::shared::language::Language;
use crate::watchdog::alert::{Alert, Code, Severity};
use crate::watchdog::channel::Bot;
use crate::watchdog::net::{Proxy, stand_in};
use serde_json::{Value, json};
use std::time::Duration;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

fn letter() -> Letter {
    let mut outbox = Outbox::default();
    let values = vec!["telegram".to_owned()];
    let alert = Alert { code: Code::Breaker, about: "b".to_owned(), severity: Severity::Critical, values };
    outbox.put(alert, &["x"], "2026-11-20T08:00:00Z", "s", 0);
    outbox.letters.remove(0)
}

fn go(way: &Way) -> Outcome {
    let sender = Sender { host: "box".to_owned(), target: "127.0.0.1:18789".to_owned(), dropped: 0 };
    send(way, &letter(), &sender, Language::En, Duration::from_secs(20))
}

fn telegram(root: &str, proxy: Option<&str>) -> Way {
    let channel = json!({"botToken": "77:sekret", "apiRoot": root, "proxy": proxy});
    let bot = Bot::find(&json!({"channels": {"telegram": channel}}), "", &|_| None).unwrap();
    Way::Telegram { bot: Box::new(bot), chat: "-100".to_owned() }
}

fn webhook(url: String, format: Format, proxy: Option<Proxy>) -> Way {
    Way::Webhook { url, format, proxy }
}

#[test]
fn telegram_is_asked_to_send_one_message() {
    let (api, asked) = stand_in::web(OK);
    assert_eq!(go(&telegram(&format!("http://{api}"), None)), Outcome::Delivered);
    let (head, body) = asked.recv().unwrap();
    assert!(head.starts_with("POST /bot77:sekret/sendMessage HTTP/1.1\r\n"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["chat_id"], "-100");
    assert!(body["text"].as_str().unwrap().ends_with("asm-1-s"), "{body}");
}

#[test]
fn what_telegram_refuses_is_told_apart_from_what_may_work_later() {
    for (status, text, outcome) in [
        (
            403,
            r#"{"ok":false,"description":"Forbidden: bot was blocked"}"#,
            "refused 403 Forbidden: bot was blocked",
        ),
        (429, r#"{"ok":false,"parameters":{"retry_after":7}}"#, "later 429 7000"),
        (502, "bad", "later 502"),
    ] {
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{text}", text.len());
        let (api, _asked) = stand_in::web(Box::leak(answer.into_boxed_str()));
        let said = match go(&telegram(&format!("http://{api}"), None)) {
            Outcome::Delivered => "delivered".to_owned(),
            Outcome::Refused { why } => format!("refused {why}"),
            Outcome::Later { why, after_ms: None } => format!("later {why}"),
            Outcome::Later { why, after_ms: Some(ms) } => format!("later {why} {ms}"),
        };
        assert_eq!(said, outcome);
    }
    let down = go(&telegram(&format!("http://{}", stand_in::nobody()), None));
    assert!(matches!(&down, Outcome::Later { why, .. } if !why.contains("sekret")), "{down:?}");
}

#[test]
fn a_proxy_that_is_down_or_says_no_is_gone_around() {
    let (api, asked) = stand_in::web(OK);
    let (refusing, _heads) = stand_in::web_proxy(503);
    for proxy in [format!("socks5://{}", stand_in::nobody()), format!("http://{}", stand_in::nobody())] {
        assert_eq!(go(&telegram(&format!("http://{api}"), Some(&proxy))), Outcome::Delivered);
        asked.recv().unwrap();
    }
    let socks = stand_in::socks_proxy(None);
    let by = Proxy::parse(&format!("socks5://{}", socks.0)).unwrap();
    assert_eq!(go(&webhook(format!("http://{api}/h"), Format::Json, Some(by))), Outcome::Delivered);
    assert_eq!(socks.1.recv().unwrap(), api.to_string(), "a proxy that works is used");
    let _ = refusing;
}

#[test]
fn each_service_gets_the_body_it_takes() {
    let fields = |format| {
        let own = r#"{"code":0,"errcode":0}"#;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{own}", own.len());
        let (api, asked) = stand_in::web(Box::leak(answer.into_boxed_str()));
        assert_eq!(go(&webhook(format!("http://{api}/hook?k=1"), format, None)), Outcome::Delivered);
        let (head, body) = asked.recv().unwrap();
        assert!(head.contains("Idempotency-Key: asm-1-s"), "{head}");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    let plain = fields(Format::Json);
    assert_eq!(
        (&plain["id"], &plain["code"], &plain["severity"]),
        (&json!("asm-1-s"), &json!("breaker"), &json!("critical"))
    );
    assert!(fields(Format::Slack)["text"].is_string());
    assert!(fields(Format::Discord)["content"].is_string());
    assert!(fields(Format::Feishu)["content"]["text"].is_string());
    assert_eq!(fields(Format::DingTalk)["msgtype"], "text");
    assert!(fields(Format::WeCom)["text"]["content"].is_string());
}

#[test]
fn a_yes_that_is_a_no_inside_is_a_refusal() {
    let body = r#"{"errcode":310000,"errmsg":"keywords not in content"}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (api, _asked) = stand_in::web(Box::leak(answer.into_boxed_str()));
    let outcome = go(&webhook(format!("http://{api}/"), Format::DingTalk, None));
    assert_eq!(outcome, Outcome::Refused { why: "310000 keywords not in content".to_owned() });
}

#[test]
fn a_page_of_something_in_between_is_no_yes() {
    for format in [Format::Feishu, Format::DingTalk, Format::WeCom] {
        let (api, _asked) =
            stand_in::web("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<html>log in</html>\n");
        let outcome = go(&webhook(format!("http://{api}/"), format, None));
        assert!(matches!(&outcome, Outcome::Later { why, .. } if why.contains("code 0")), "{outcome:?}");
    }
}

#[test]
fn a_command_gets_the_text_and_the_facts_and_is_ended_when_late() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let script = format!("(cat; echo \" $ASM_ALERT_CODE $ASM_ALERT_ID\") > '{}'", out.display());
    let words = |script: &str| Way::Command { words: ["sh", "-c", script].map(str::to_owned).to_vec() };
    assert_eq!(go(&words(&script)), Outcome::Delivered);
    let said = std::fs::read_to_string(&out).unwrap();
    assert!(said.contains("127.0.0.1:18789") && said.ends_with("breaker asm-1-s\n"), "{said}");
    assert!(matches!(go(&words("exit 3")), Outcome::Later { why, .. } if why == "sh: exit code 3"));
    let none = Way::Command { words: vec!["/nonexistent/tell".to_owned()] };
    assert!(matches!(go(&none), Outcome::Refused { .. }));
    let late =
        send(&words("sleep 1000"), &letter(), &Sender::default(), Language::En, Duration::from_millis(50));
    assert!(matches!(late, Outcome::Later { why, .. } if why == "sh: timed out"));
}
