//! Alerts on their way, with a real watchdog, a webhook on the loopback, and no gateway to lean on.

use super::watchdog_lab::{Lab, dog, until};
use auto_session_manager::watchdog::store::Stored;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// A webhook whose answer can be changed: a status, or 0 for none at all. Tells the bodies it got.
struct Hook {
    status: Arc<Mutex<u16>>,
    got: Receiver<Value>,
    port: u16,
}

impl Hook {
    fn start(status: u16) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let (sender, got) = channel();
        let shared = Arc::new(Mutex::new(status));
        let status = Arc::clone(&shared);
        thread::spawn(move || {
            let mut held = Vec::new();
            for mut stream in socket.incoming().flatten() {
                let body = body(&stream);
                let answer = *status.lock().unwrap();
                if sender.send(serde_json::from_str(&body).unwrap_or_default()).is_err() {
                    return;
                }
                match answer {
                    0 => held.push(stream),
                    n => {
                        let _ = write!(
                            stream,
                            "HTTP/1.1 {n} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
                        );
                    }
                }
            }
        });
        Self { status: shared, got, port }
    }

    fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    fn next(&self) -> Value {
        self.got.recv_timeout(super::watchdog_lab::PATIENCE).unwrap()
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/services/s3cret-path", self.port)
    }
}

fn body(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = n.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn configure(lab: &Lab, notify: &Value) {
    let config = json!({"notify": notify, "watchdog": {"reachabilityTargets": ""}});
    let whole = json!({"plugins": {"entries": {"auto-session-manager": {"config": config}}}});
    fs::write(lab.path("openclaw.json"), whole.to_string()).unwrap();
}

const GIVES_UP: [&str; 6] = ["--timeout-seconds", "100", "--restart-command", "false", "--max-restarts", "1"];

/// Nothing that is written down or printed may hold the webhook's path.
fn no_secret(lab: &Lab, seen: &[Value]) {
    let log = fs::read_to_string(lab.path("logs/asm_watchdog.log")).unwrap();
    let state = fs::read_to_string(lab.path(".asm_watchdog/state.json")).unwrap();
    for text in [log, state, json!(seen).to_string()] {
        assert!(!text.contains("s3cret-path"), "{text}");
    }
}

#[test]
fn an_alert_arrives_once_although_gateway_and_endpoint_are_down_at_first() {
    let lab = Lab::new();
    let hook = Hook::start(503);
    configure(&lab, &json!({"webhook": hook.url()}));
    lab.start_gateway();
    let mut dog_ = lab.watch(&GIVES_UP);
    dog_.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    dog_.wait(&json!({"event": "alert", "code": "restart-useless"}));
    dog_.wait(&json!({"event": "alert-undelivered", "way": "webhook"}));
    let first = hook.next();
    // Another letter may have come meanwhile.
    until("it is tried again", || Some(hook.next()).filter(|v| v["id"] == first["id"]));
    hook.answer(200);
    let useless = |v: &Value| v["code"] == "restart-useless";
    let told = until("it is told", || Some(hook.next()).filter(useless));
    assert!(told["text"].as_str().unwrap().contains("a person is needed"), "{told}");
    assert_eq!(told["severity"], "critical");
    until("nothing waits", || {
        let waits = lab.state()["outbox"]["letters"].as_array().is_some_and(|l| !l.is_empty());
        (!waits).then_some(())
    });
    let id = told["id"].clone();
    let looked = || lab.state()["history"]["last_look_ms"].as_u64().unwrap();
    let then = looked();
    until("it goes on watching", || (looked() > then + 1_000).then_some(()));
    let (code, seen) = dog_.stop();
    assert_eq!(code, Some(0));
    let delivered = |e: &&Value| e["event"] == "alert-delivered" && e["id"] == id;
    assert_eq!(seen.iter().filter(delivered).count(), 1);
    no_secret(&lab, &seen);
}

#[test]
fn killed_between_sending_and_noting_it_sends_again_with_the_same_mark_and_says_so() {
    let lab = Lab::new();
    let hook = Hook::start(0);
    configure(&lab, &json!({"webhook": hook.url()}));
    lab.start_gateway();
    let mut first = lab.watch(&GIVES_UP);
    first.wait(&json!({"event": "verdict", "verdict": "healthy"}));
    lab.signal_gateway(Signal::KILL);
    let sent = hook.next();
    assert_eq!(sent["may_be_repeated"], false);
    first.kill();
    hook.answer(200);
    let second = lab.watch(&GIVES_UP);
    let again = hook.next();
    assert_eq!((&again["id"], &again["may_be_repeated"]), (&sent["id"], &json!(true)));
    assert!(again["text"].as_str().unwrap().contains("may be a repetition"), "{again}");
    until("it is noted", || {
        let text = fs::read_to_string(lab.path(".asm_watchdog/state.json")).unwrap();
        (!text.contains(sent["id"].as_str().unwrap())).then_some(())
    });
    let (code, seen) = second.stop();
    assert_eq!(code, Some(0));
    no_secret(&lab, &seen);
}

#[test]
fn a_test_alert_says_of_each_way_what_came_of_it() {
    let lab = Lab::new();
    let run = |extra: &[&str]| {
        let out = dog(lab.dir.path(), lab.port, "test-alert", "1").args(extra).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.code(), text)
    };
    assert_eq!(run(&[]).0, Some(3), "no way is set");
    let hook = Hook::start(200);
    let told = lab.path("told").display().to_string();
    let command = ["sh", "-c", &format!("cat > '{told}'")];
    configure(&lab, &json!({"webhook": hook.url(), "command": command}));
    let (code, text) = run(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("webhook: delivered") && text.contains("command: delivered"), "{text}");
    assert_eq!(hook.next()["code"], "test");
    assert!(fs::read_to_string(lab.path("told")).unwrap().contains("A test"));
    let (_, text) = run(&["--language", "zh"]);
    assert!(text.contains("已送达") && hook.next()["text"].as_str().unwrap().contains("测试"), "{text}");
    hook.answer(404);
    let (code, text) = run(&["--json"]);
    assert_eq!(code, Some(1));
    let said: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&said["way"], &said["delivered"]), (&json!("webhook"), &json!(false)));
    assert!(!text.contains("s3cret"), "{text}");
    configure(&lab, &json!({"telegramChat": "42", "mailTo": "-x@y"}));
    let (code, text) = run(&[]);
    assert_eq!(code, Some(1), "set, and of no use");
    assert!(!text.contains("no way is set"), "{text}");
    assert!(text.contains("notify.telegramChat") && text.contains("notify.mailTo"), "{text}");
}

/// With letters in it, the state is read and written the same, for ever.
#[test]
fn a_state_with_letters_is_read_in_full_and_written_the_same() {
    const GOLDEN: &str = include_str!("../golden/watchdog-state-v2-outbox.json");
    let stored: Stored = serde_json::from_str(GOLDEN).unwrap();
    let written = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    assert_eq!(written, GOLDEN, "the shape of version 2 has changed: that needs version 3");
    assert_eq!((stored.outbox.last, stored.outbox.letters.len()), (7, 2));
    assert!(stored.outbox.letters[0].errands[0].under_way);
    assert_eq!(stored.gateway.unwrap().version, "2026.9.6");
}
