use super::stand_in::{gateway, hear, heard, say};
use super::*;
use crate::watchdog::net::stand_in::{nobody, server};
use frame::Kind;
use std::io::Write;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);

fn ask(addr: SocketAddr, deadline: Duration) -> Result<Value, String> {
    call(addr, &Access::Token("secret".to_owned()), "channels.status", &json!({"a": "b"}), deadline)
}

#[test]
fn a_call_is_answered_among_events_pings_and_parts() {
    let addr = gateway(|stream| {
        let call = heard(stream);
        assert_eq!((call["method"].as_str(), &call["params"]["a"]), (Some("channels.status"), &json!("b")));
        say(stream, &[r#"{"type":"event","event":"tick"}"#]);
        stream.write_all(&[0x89, 2, b'h', b'i']).unwrap();
        assert_eq!(hear(stream), (10, b"hi".to_vec()));
        let long = "é".repeat(200);
        let text =
            json!({"type": "res", "id": call["id"], "ok": true, "payload": {"long": long}}).to_string();
        let (a, b) = text.split_at(150);
        say(stream, &[a, b]);
    });
    assert_eq!(ask(addr, LONG).unwrap()["long"].as_str().unwrap().chars().count(), 200);
}

#[test]
fn refusals_are_told_in_the_gateways_words_without_a_secret() {
    let addr = gateway(|stream| {
        let id = heard(stream)["id"].clone();
        say(
            stream,
            &[&json!({"type": "res", "id": id, "ok": false, "error": {"message": "unknown method"}})
                .to_string()],
        );
    });
    assert_eq!(ask(addr, LONG), Err("channels.status: unknown method".to_owned()));
    let wrong = call(addr, &Access::Token("wrong".to_owned()), "health", &json!({}), LONG).unwrap_err();
    assert!(wrong.starts_with("connect: unauthorized") && !wrong.contains("abcdefghij"), "{wrong}");
}

#[test]
fn whatever_else_is_there_gives_an_error_in_time() {
    let silent = server(|s| drop((std::thread::sleep(LONG), s)));
    let half = gateway(|s| drop((heard(s), std::thread::sleep(LONG))));
    let web = server(|mut s| drop(s.write_all(b"HTTP/1.1 404 Not Found\r\n\r\n")));
    let garbage = server(|mut s| drop(s.write_all(b"SSH-2.0-x\r\n")));
    let gone = gateway(|s| drop(heard(s)));
    let large = gateway(|s| s.write_all(&[0x81, 127, 0, 0, 0, 9, 0, 0, 0, 0]).unwrap());
    let closed = gateway(|s| s.write_all(&[0x88, 5, 3, 240, b'b', b'y', b'e']).unwrap());
    let masked = gateway(|s| s.write_all(&[0x81, 0x81, 0, 0, 0, 0, b'x']).unwrap());
    let not_json = gateway(|s| say(s, &["hello"]));
    for (addr, deadline, word) in [
        (nobody(), LONG, "refused"),
        (silent, SHORT, "timed out"),
        (half, SHORT, "timed out"),
        (web, LONG, "404"),
        (garbage, LONG, "not a gateway"),
        (gone, LONG, "closed"),
        (large, LONG, "too large"),
        (closed, LONG, "1008 bye"),
        (masked, LONG, "not a WebSocket frame"),
        (not_json, LONG, "not JSON"),
    ] {
        let error = ask(addr, deadline).unwrap_err();
        assert!(error.contains(word), "{word}: {error}");
    }
}

#[test]
fn frames_of_every_length_come_apart_again() {
    for n in [0, 1, 125, 126, 65_535, 65_536] {
        let bytes = frame::encode(Kind::Text, &vec![b'x'; n], [1, 2, 3, 4]);
        let first = [bytes[0], bytes[1] & 0x7f];
        let more = frame::more_bytes(first);
        let head = frame::decode(first, &bytes[2..2 + more]).unwrap();
        assert_eq!((head.kind, head.last, head.length), (Kind::Text, true, n as u64));
        assert_eq!(bytes.len(), 2 + more + 4 + n);
    }
}

#[test]
fn the_environment_outranks_the_file_and_references_are_not_secrets() {
    let env = |pairs: &'static [(&str, &str)]| {
        move |n: &str| pairs.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned())
    };
    let config = json!({"gateway": {"auth": {"mode": "token", "token": "t", "password": "p"}}});
    assert_eq!(Access::find(&config, &env(&[])), Some(Access::Token("t".to_owned())));
    let set = env(&[("OPENCLAW_GATEWAY_TOKEN", "e"), ("NAME", "n")]);
    assert_eq!(Access::find(&config, &set), Some(Access::Token("e".to_owned())));
    let password = json!({"gateway": {"auth": {"mode": "password", "password": "${NAME}"}}});
    assert_eq!(Access::find(&password, &set), Some(Access::Password("n".to_owned())));
    assert_eq!(Access::find(&json!({"gateway": {"auth": {"token": {"source": "file"}}}}), &env(&[])), None);
    assert_eq!(Access::find(&json!({"gateway": {"auth": {"mode": "none"}}}), &env(&[])), Some(Access::Open));
    assert_eq!(format!("{:?}", Access::Token("t".to_owned())), "token");
}
