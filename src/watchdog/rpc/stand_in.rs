//! A gateway's WebSocket for tests.

use super::frame;
use crate::watchdog::net::stand_in::{request, server};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// What a server sends: unmasked, in as many frames as there are parts.
pub fn say(stream: &mut TcpStream, parts: &[&str]) {
    for (n, part) in parts.iter().enumerate() {
        let last = if n + 1 == parts.len() { 0x80 } else { 0 };
        let mut bytes = vec![last | u8::from(n == 0)];
        match part.len() {
            n @ 0..=125 => bytes.push(n as u8),
            n => {
                bytes.push(126);
                bytes.extend((n as u16).to_be_bytes());
            }
        }
        bytes.extend(part.as_bytes());
        stream.write_all(&bytes).unwrap();
    }
}

/// The next message of the client, unmasked.
pub fn hear(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[1] & 0x80, 0x80, "a client masks");
    let mut more = vec![0; frame::more_bytes(head)];
    stream.read_exact(&mut more).unwrap();
    let length = match more.is_empty() {
        true => u64::from(head[1] & 0x7f),
        false => more.iter().fold(0, |n, b| n << 8 | u64::from(*b)),
    };
    let mut mask = [0; 4];
    stream.read_exact(&mut mask).unwrap();
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).unwrap();
    payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    (head[0] & 0x0f, payload)
}

pub fn heard(stream: &mut TcpStream) -> Value {
    serde_json::from_slice(&hear(stream).1).unwrap()
}

/// A gateway that lets `secret` in and then does `serve`.
pub fn gateway(serve: impl Fn(&mut TcpStream) + Clone + Send + 'static) -> SocketAddr {
    server(move |mut stream| {
        let (head, _) = request(&mut stream);
        assert!(head.contains("Upgrade: websocket\r\n") && head.contains("Sec-WebSocket-Version: 13\r\n"));
        stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n").unwrap();
        say(&mut stream, &[r#"{"type":"event","event":"connect.challenge","payload":{}}"#]);
        let connect = heard(&mut stream);
        assert_eq!(
            (connect["method"].as_str(), connect["params"]["minProtocol"].as_u64()),
            (Some("connect"), Some(4))
        );
        let ok = connect["params"]["auth"]["token"] == "secret";
        let error = json!({"message": "unauthorized: Authorization: Bearer abcdefghijklmnop0123456789"});
        say(
            &mut stream,
            &[&json!({"type": "res", "id": connect["id"], "ok": ok, "error": error}).to_string()],
        );
        if ok {
            serve(&mut stream);
        }
    })
}

/// A gateway that answers each call by its method, until the connection ends; what it gives is the payload, or the
/// words of a refusal.
pub fn answering(
    answer: impl Fn(&str, &Value) -> Result<Value, &'static str> + Clone + Send + 'static,
) -> SocketAddr {
    gateway(move |stream| {
        loop {
            let mut byte = [0];
            if !stream.peek(&mut byte).is_ok_and(|n| n > 0) {
                return;
            }
            let call = heard(stream);
            let told = match answer(call["method"].as_str().unwrap(), &call["params"]) {
                Ok(payload) => json!({"type": "res", "id": call["id"], "ok": true, "payload": payload}),
                Err(words) => {
                    json!({"type": "res", "id": call["id"], "ok": false, "error": {"message": words}})
                }
            };
            say(stream, &[&told.to_string()]);
        }
    })
}
