//! A request and its answer.

use super::dial::{Timed, dial};
use super::http::{Message, Read as Got, read};
use super::proxy::{Kind, Proxy, tunnel};
use super::tls::{operators_roots, secure};
use super::url::Url;
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

/// Beyond this an answer is refused.
pub const MOST_RESPONSE: usize = 1_000_000;

/// What to ask.
#[derive(Clone, Default)]
pub struct Request {
    /// `GET`, `POST`, …; empty is `GET` without a body and `POST` with one.
    pub method: String,
    /// `http://` or `https://`. May hold a secret; never shown.
    pub url: String,
    /// Besides `Host`, `Content-Length`, `Connection` and `User-Agent`.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// None: directly.
    pub proxy: Option<Proxy>,
}

/// What was answered, whatever its status.
pub type Response = Message;

/// Asks and waits for the whole answer. Redirects are not followed.
///
/// # Errors
/// One line that names the host at most.
pub fn call(request: &Request, deadline: Duration) -> Result<Response, String> {
    call_trusting(request, deadline, &operators_roots())
}

/// Gets a JSON answer: its status and its value, null where it is none.
///
/// # Errors
/// As [`call`].
pub fn get_json(url: &str, proxy: Option<Proxy>, deadline: Duration) -> Result<(u16, Value), String> {
    let request = Request { url: url.to_owned(), proxy, ..Request::default() };
    call(&request, deadline).map(json)
}

/// Posts a JSON body: the answer's status and value, null where it is no JSON.
///
/// # Errors
/// As [`call`].
pub fn post_json(
    url: &str,
    body: &Value,
    proxy: Option<Proxy>,
    deadline: Duration,
) -> Result<(u16, Value), String> {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    let (url, body) = (url.to_owned(), body.to_string().into_bytes());
    call(&Request { url, headers, body, proxy, ..Request::default() }, deadline).map(json)
}

fn json(response: Response) -> (u16, Value) {
    (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
}

fn call_trusting(request: &Request, deadline: Duration, more_roots: &[u8]) -> Result<Response, String> {
    let until = Instant::now() + deadline;
    let url = Url::parse(&request.url).ok_or("not a URL that can be called")?;
    let named = |e: std::io::Error| format!("{}: {}", url.authority(), plain(&e));
    let text = head(request, &url)?;
    let stream = open(request.proxy.as_ref(), &url, until)?;
    if url.secure {
        let mut stream = secure(stream, &url.host, more_roots)?;
        exchange(&mut stream, &text, &request.body).map_err(named)
    } else {
        let mut stream = stream;
        exchange(&mut stream, &text, &request.body).map_err(named)
    }
}

/// A web proxy passes plain requests on itself; everything else goes through a tunnel.
fn open(proxy: Option<&Proxy>, url: &Url, until: Instant) -> Result<Timed, String> {
    match proxy {
        None => dial(&url.host, url.port, until),
        Some(p) if p.kind == Kind::Http && !url.secure => dial(&p.host, p.port, until),
        Some(p) => tunnel(p, &url.host, url.port, until),
    }
}

fn head(request: &Request, url: &Url) -> Result<String, String> {
    let method = match (request.method.as_str(), request.body.is_empty()) {
        ("", true) => "GET",
        ("", false) => "POST",
        (method, _) => method,
    };
    let web = request.proxy.as_ref().filter(|p| p.kind == Kind::Http && !url.secure);
    let path = match web {
        Some(_) => format!("http://{}{}", url.authority(), url.path),
        None => url.path.clone(),
    };
    let usual = url.port == if url.secure { 443 } else { 80 };
    let host = if usual && !url.host.contains(':') { url.host.clone() } else { url.authority() };
    let mut text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: asm-watchdog/{}\r\nAccept: */*\r\nConnection: close\r\n",
        env!("CARGO_PKG_VERSION")
    );
    if !request.body.is_empty() || method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", request.body.len()));
    }
    text.extend(web.and_then(Proxy::authorization).map(|line| format!("{line}\r\n")));
    for (name, value) in &request.headers {
        if name.bytes().chain(value.bytes()).any(|b| b == b'\r' || b == b'\n') {
            return Err(format!("a line break in the header {}", name.escape_default()));
        }
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    Ok(text + "\r\n")
}

/// Writes and reads until the answer is whole.
pub(super) fn exchange(
    stream: &mut (impl Read + Write),
    head: &str,
    body: &[u8],
) -> std::io::Result<Response> {
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()?;
    let mut bytes = Vec::new();
    let mut part = [0u8; 8192];
    loop {
        let ended = match stream.read(&mut part) {
            Ok(n) => {
                bytes.extend_from_slice(part.get(..n).unwrap_or_default());
                n == 0
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            // Many servers end TLS without saying so; a length or a last chunk tells whether anything is missing.
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => true,
            Err(e) => return Err(e),
        };
        match read(&bytes, ended, MOST_RESPONSE) {
            Got::Whole(message) => return Ok(message),
            Got::Garbage => return Err(std::io::Error::new(ErrorKind::InvalidData, "not an HTTP answer")),
            Got::Partial if ended => return Err(ErrorKind::UnexpectedEof.into()),
            Got::Partial if bytes.len() > MOST_RESPONSE => {
                return Err(std::io::Error::new(ErrorKind::InvalidData, "the answer is too large"));
            }
            Got::Partial => {}
        }
    }
}

/// An error in few words; one of TLS may be long.
fn plain(e: &std::io::Error) -> String {
    e.to_string().chars().take(200).collect()
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
