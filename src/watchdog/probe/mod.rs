//! One HTTP/1.1 GET over a plain socket, with one deadline for all of it and a bounded answer.

use super::net::{Read, read_message};
use super::observation::{Answer, Fields};
use serde_json::Value;
use std::io::{ErrorKind, Read as _, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The probes' answers are a few hundred bytes.
const MOST_BYTES: usize = 65_536;
/// Longest text kept of a field.
const MOST_TEXT: usize = 120;
const MOST_FAILING: usize = 20;

/// Asks `path` of the server at `addr`; everything must be done within `deadline`.
#[must_use]
pub fn get(addr: SocketAddr, path: &str, deadline: Duration) -> Answer {
    let until = Instant::now() + deadline;
    let mut stream = match TcpStream::connect_timeout(&addr, deadline) {
        Ok(stream) => stream,
        Err(e) => return failed(&e, 0),
    };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    );
    let sent = stream.set_write_timeout(Some(deadline)).and_then(|()| stream.write_all(request.as_bytes()));
    match sent {
        Ok(()) => receive(&mut stream, until),
        Err(e) => failed(&e, 0),
    }
}

fn receive(stream: &mut TcpStream, until: Instant) -> Answer {
    let mut bytes = Vec::new();
    let mut part = [0u8; 4096];
    loop {
        let received_bytes = bytes.len() as u64;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Answer::TimedOut { received_bytes };
        }
        let read = stream.set_read_timeout(Some(left)).and_then(|()| stream.read(&mut part));
        match read {
            Ok(0) => return parse(&bytes, true).unwrap_or(Answer::Closed { received_bytes }),
            Ok(n) => bytes.extend_from_slice(part.get(..n).unwrap_or_default()),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return failed(&e, received_bytes),
        }
        if let Some(answer) = parse(&bytes, bytes.len() >= MOST_BYTES) {
            return answer;
        }
    }
}

fn failed(e: &std::io::Error, received_bytes: u64) -> Answer {
    match e.kind() {
        ErrorKind::ConnectionRefused => Answer::Refused,
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Answer::TimedOut { received_bytes },
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
            Answer::Closed { received_bytes }
        }
        _ => Answer::Failed { error: e.to_string() },
    }
}

/// The answer in `bytes`, once it is complete (`last`: nothing more will come).
fn parse(bytes: &[u8], last: bool) -> Option<Answer> {
    match read_message(bytes, last, MOST_BYTES) {
        Read::Partial => None,
        Read::Garbage => Some(Answer::Garbage { received_bytes: bytes.len() as u64 }),
        Read::Whole(message) => {
            let fields = serde_json::from_slice(&message.body).ok().and_then(|v| fields(&v));
            Some(Answer::Http { status: message.status, fields })
        }
    }
}

fn fields(value: &Value) -> Option<Fields> {
    let object = value.as_object()?;
    let text = |v: &Value| v.as_str().map(|s| s.chars().take(MOST_TEXT).collect::<String>());
    let list = |name: &str| -> Vec<String> {
        let values = object.get(name).and_then(Value::as_array);
        values.map(|list| list.iter().filter_map(text).take(MOST_FAILING).collect()).unwrap_or_default()
    };
    Some(Fields {
        ok: object.get("ok").and_then(Value::as_bool),
        status: object.get("status").and_then(text),
        ready: object.get("ready").and_then(Value::as_bool),
        failing: list("failing"),
        suppressed: list("suppressed"),
        version: object.get("version").and_then(text),
        uptime_ms: object.get("uptimeMs").and_then(uptime),
    })
}

/// Milliseconds; the host gives whole numbers, but a fraction is no reason to doubt a boot.
fn uptime(value: &Value) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rounded = |f: f64| f as u64;
    value.as_u64().or_else(|| value.as_f64().filter(|f| *f >= 0.0).map(rounded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(status: u16, fields: Option<Fields>) -> Option<Answer> {
        Some(Answer::Http { status, fields })
    }

    #[test]
    fn an_answer_counts_only_when_it_is_whole() {
        let ok = Fields { ok: Some(true), ..Fields::default() };
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";
        assert_eq!(parse(whole, false), http(200, Some(ok.clone())));
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut], false), None, "{cut}");
        }
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok\"\r\n6;x\r\n:true}\r\n0\r\n\r\n";
        assert_eq!(parse(chunked, false), http(200, Some(ok.clone())));
        assert_eq!(parse(&chunked[..chunked.len() - 6], false), None);
        let until_end = b"HTTP/1.0 503 no\r\n\r\n{\"ok\":true}";
        assert_eq!(parse(until_end, false), None);
        assert_eq!(parse(until_end, true), http(503, Some(ok)));
        assert_eq!(parse(b"HTTP/1.1 404 x\r\ncontent-length: 4\r\n\r\nnope", false), http(404, None));
    }

    #[test]
    fn garbage_is_told_from_a_late_answer() {
        assert_eq!(parse(b"SSH-2.0", false), Some(Answer::Garbage { received_bytes: 7 }));
        assert_eq!(parse(b"HTT", false), None);
        assert_eq!(parse(b"HTT", true), Some(Answer::Garbage { received_bytes: 3 }));
        assert_eq!(parse(b"", true), None);
        assert_eq!(parse(b"HTTP/1.1 abc\r\n\r\n", false), Some(Answer::Garbage { received_bytes: 16 }));
    }
}
