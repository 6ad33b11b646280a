//! `check`, stopping, and settings, against scripted servers.

use super::watchdog_lab::{Lab, dog, until};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Serves one scripted answer per path until the test's process ends. None: holds the connection without a word.
fn serve(script: impl Fn(&str) -> Option<String> + Send + 'static) -> (u16, Arc<AtomicUsize>) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    thread::spawn(move || {
        let mut held: Vec<TcpStream> = Vec::new();
        for mut stream in socket.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            count.fetch_add(1, Ordering::SeqCst);
            match script(line.split_whitespace().nth(1).unwrap_or_default()) {
                Some(text) => drop(stream.write_all(text.as_bytes())),
                None => held.push(stream),
            }
        }
    });
    (port, asked)
}

fn http(status: u16, body: &Value) -> Option<String> {
    let body = body.to_string();
    Some(format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

fn gateway(startupz: (u16, Value), readyz: (u16, Value)) -> u16 {
    let answer = move |path: &str| match path {
        "/healthz" => http(200, &json!({"ok": true, "status": "live"})),
        "/startupz" => http(startupz.0, &startupz.1),
        _ => http(readyz.0, &readyz.1),
    };
    serve(answer).0
}

fn check(port: u16, language: &str) -> (Option<i32>, Value, String) {
    let lab = Lab::new();
    let run = |extra: &[&str]| {
        let mut command = dog(lab.dir.path(), port, "check", "0.05");
        command.args(extra).env("LANG", language).output().unwrap()
    };
    let json = run(&["--json"]);
    let text = run(&[]);
    assert_eq!(json.status.code(), text.status.code());
    let value = serde_json::from_slice(&json.stdout).unwrap();
    (json.status.code(), value, String::from_utf8(text.stdout).unwrap())
}

fn verdict(port: u16) -> (Option<i32>, String) {
    let (code, value, _) = check(port, "C");
    (code, value["verdict"].as_str().unwrap().to_owned())
}

#[test]
fn one_look_tells_the_states_apart() {
    let started = || (200, json!({"ok": true, "status": "started", "uptimeMs": 5000}));
    let ready = || (200, json!({"ready": true, "failing": []}));
    let not_ready = |why: &str| (503, json!({"ready": false, "failing": [why]}));
    let is = |code: i32, name: &str| (Some(code), name.to_owned());
    assert_eq!(verdict(gateway(started(), ready())), is(0, "healthy"));
    let older = (404, json!("Not Found"));
    assert_eq!(verdict(gateway(older.clone(), ready())), is(0, "healthy"));
    assert_eq!(verdict(gateway(older, not_ready("gateway-draining"))), is(3, "draining"));
    assert_eq!(verdict(gateway(started(), not_ready("telegram"))), is(1, "degraded"));
    let starting = (503, json!({"ok": false, "status": "starting"}));
    assert_eq!(verdict(gateway(starting, not_ready("startup"))), is(3, "starting"));
    let draining = (503, json!({"ok": false, "status": "draining"}));
    assert_eq!(verdict(gateway(draining, not_ready("gateway-draining"))), is(3, "draining"));
    // This test is seen to hold the port, and it is no gateway; where no holder can be seen nothing is concluded from it.
    let stranger = |else_code, else_name| {
        if cfg!(target_os = "linux") { is(1, "dead") } else { is(else_code, else_name) }
    };
    assert_eq!(verdict(serve(|_| Some("SSH-2.0-x\r\n".to_owned())).0), stranger(3, "unknown"));
    assert_eq!(verdict(serve(|_| http(500, &json!({"ok": false}))).0), stranger(3, "unknown"));
    assert_eq!(verdict(serve(|_| None).0), stranger(1, "hung"));
    assert_eq!(verdict(Lab::new().port), is(1, "dead"));
}

#[test]
fn people_are_told_in_their_language() {
    let port = Lab::new().port;
    assert!(check(port, "en_US.UTF-8").2.starts_with("gateway dead: nobody listens"));
    assert!(check(port, "zh_CN.UTF-8").2.starts_with("网关已停止：端口上没有程序在监听"));
}

#[test]
fn it_stops_at_once_even_while_a_probe_waits_for_a_silent_gateway() {
    let (port, asked) = serve(|_| None);
    let mut lab = Lab::new();
    lab.port = port;
    // A probe may take 5,000 s here: only a stop that does not wait for it ends in time.
    for signal in [Signal::TERM, Signal::INT] {
        let before = asked.load(Ordering::SeqCst);
        let mut dog = lab.watch_scaled("1000", &[]);
        until("the probe waits", || (asked.load(Ordering::SeqCst) > before).then_some(()));
        dog.signal(signal);
        let status = until("it stops", || dog.child.try_wait().unwrap());
        assert_eq!(status.code(), Some(0));
    }
}

#[test]
fn usage_errors_exit_2_and_a_broken_configuration_only_warns() {
    let lab = Lab::new();
    let run = |args: &[&str]| dog(lab.dir.path(), lab.port, "run", "1").args(args).output().unwrap();
    for args in [&["--nonsense"][..], &["--timeout-seconds", "9"], &["--max-restarts", "0"], &["--port", "0"]]
    {
        let out = run(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {out:?}");
        assert!(!out.stderr.is_empty());
    }
    std::fs::write(lab.path("openclaw.json"), "{ broken").unwrap();
    let out = dog(lab.dir.path(), lab.port, "check", "1").output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("openclaw.json"));
}
