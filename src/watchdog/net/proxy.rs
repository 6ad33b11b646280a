//! Proxies: which one a call takes, and a tunnel through it.

use super::dial::{Timed, dial};
use super::url::{authority, host_and_port};
use std::io::{Read, Write};
use std::net::IpAddr;
use std::time::Instant;

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `CONNECT` of HTTP.
    Http,
    /// SOCKS version 5; names are looked up by the proxy.
    Socks5,
}

/// A proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub kind: Kind,
    pub host: String,
    pub port: u16,
    login: Option<(String, String)>,
}

/// Never with the login.
impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Proxy {
    /// `http://[user:password@]host:port`, `socks5://…`, `socks5h://…`, `socks://…`, or `host:port` as curl takes it.
    /// None where it is of another kind: `https` and `socks4` proxies are not spoken.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (kind, usual) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Kind::Http, 8080),
            "socks5" | "socks5h" | "socks" => (Kind::Socks5, 1080),
            _ => return None,
        };
        let rest = rest.split('/').next()?;
        let (login, rest) = match rest.rsplit_once('@') {
            Some((login, rest)) => (Some(login), rest),
            None => (None, rest),
        };
        let login = login.map(|l| l.split_once(':').unwrap_or((l, "")));
        let login = login.map(|(user, password)| (unescaped(user), unescaped(password)));
        let (host, port) = host_and_port(rest, usual)?;
        Some(Self { kind, host, port, login })
    }

    /// The one that the environment asks for on the way to `host`: `HTTPS_PROXY` (plain: `HTTP_PROXY`), else
    /// `ALL_PROXY`, in either case, unless `NO_PROXY` names the host. The loopback never takes a proxy.
    #[must_use]
    pub fn of_env(host: &str, secure: bool, env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| {
            let value = env(name).or_else(|| env(&name.to_ascii_lowercase()));
            value.filter(|v| !v.trim().is_empty())
        };
        if is_loopback(host) || set("NO_PROXY").is_some_and(|list| excepted(host, &list)) {
            return None;
        }
        let first = set(if secure { "HTTPS_PROXY" } else { "HTTP_PROXY" });
        Self::parse(&first.or_else(|| set("ALL_PROXY"))?)
    }

    /// Kind, host and port.
    #[must_use]
    pub fn shown(&self) -> String {
        let kind = if self.kind == Kind::Http { "http" } else { "socks5" };
        format!("{kind}://{}", authority(&self.host, self.port))
    }

    /// The header line of its login.
    pub(super) fn authorization(&self) -> Option<String> {
        let (user, password) = self.login.as_ref()?;
        Some(format!("Proxy-Authorization: Basic {}", base64(format!("{user}:{password}").as_bytes())))
    }
}

/// Whether `host` is this machine itself.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `NO_PROXY`: names and their subdomains, addresses, `*`; a port in an entry is not looked at, nor are networks.
fn excepted(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split([',', ' ']).map(|e| e.trim().to_ascii_lowercase()).filter(|e| !e.is_empty()).any(|entry| {
        let entry = entry.trim_start_matches('*').trim_start_matches('.');
        let name = host_and_port(entry, 1).map_or(entry.to_owned(), |(name, _)| name);
        name.is_empty() || host == name || host.strip_suffix(&name).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// A connection to `host:port` through the proxy.
///
/// # Errors
/// Whether the proxy itself or what lies beyond it failed, with hosts and ports and nothing else.
pub fn tunnel(proxy: &Proxy, host: &str, port: u16, until: Instant) -> Result<Timed, String> {
    let mut stream = dial(&proxy.host, proxy.port, until).map_err(|e| format!("proxy {e}"))?;
    let done = match proxy.kind {
        Kind::Http => web(&mut stream, proxy, host, port),
        Kind::Socks5 => socks(&mut stream, proxy, host, port),
    };
    done.map_err(|e| format!("proxy {}: {e}", authority(&proxy.host, proxy.port)))?;
    Ok(stream)
}

fn web(stream: &mut Timed, proxy: &Proxy, host: &str, port: u16) -> Result<(), String> {
    let to = authority(host, port);
    let login = proxy.authorization().map(|line| format!("{line}\r\n")).unwrap_or_default();
    let head = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{login}\r\n");
    // Nothing follows a proxy's yes before we speak, so reading in large parts takes nothing of the tunnel's.
    stream.write_all(head.as_bytes()).map_err(|e| e.to_string())?;
    let status = connect_status(stream).map_err(|e| e.to_string())?;
    if (200..300).contains(&status) { Ok(()) } else { Err(format!("answers {status} to CONNECT {to}")) }
}

/// The status of the answer to `CONNECT`, which has no body when it is a yes.
fn connect_status(stream: &mut Timed) -> std::io::Result<u16> {
    let mut head = Vec::new();
    let mut byte = [0u8; 1];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
        let strange =
            head.len() > 16_384 || !b"HTTP/".starts_with(head.get(..head.len().min(5)).unwrap_or_default());
        if strange {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "not an HTTP answer"));
        }
    }
    let text = String::from_utf8_lossy(&head);
    let status = text.split_whitespace().nth(1).and_then(|s| s.parse().ok());
    status.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidData, "not an HTTP answer"))
}

/// RFC 1928.
fn socks(stream: &mut Timed, proxy: &Proxy, host: &str, port: u16) -> Result<(), String> {
    let io = |e: std::io::Error| e.to_string();
    let methods: &[u8] = if proxy.login.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    stream.write_all(methods).map_err(io)?;
    match (answer::<2>(stream)?, &proxy.login) {
        ([5, 0], _) => {}
        ([5, 2], Some((user, password))) => log_in(stream, user, password)?,
        ([5, _], _) => return Err("wants a login".to_owned()),
        _ => return Err("does not speak SOCKS 5".to_owned()),
    }
    let mut ask = vec![5, 1, 0];
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ask.extend([1].iter().chain(&ip.octets())),
        Ok(IpAddr::V6(ip)) => ask.extend([4].iter().chain(&ip.octets())),
        Err(_) => {
            ask.extend([3, u8::try_from(host.len()).map_err(|_| "name too long".to_owned())?]);
            ask.extend_from_slice(host.as_bytes());
        }
    }
    ask.extend(port.to_be_bytes());
    stream.write_all(&ask).map_err(io)?;
    let [version, reply, _, kind] = answer::<4>(stream)?;
    if version != 5 || reply != 0 {
        return Err(format!("refuses {} (SOCKS reply {reply})", authority(host, port)));
    }
    let rest = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(answer::<1>(stream)?[0]),
        _ => return Err("does not speak SOCKS 5".to_owned()),
    };
    let mut bound = vec![0u8; rest + 2];
    stream.read_exact(&mut bound).map_err(io)
}

/// RFC 1929.
fn log_in(stream: &mut Timed, user: &str, password: &str) -> Result<(), String> {
    let short = |text: &str| u8::try_from(text.len()).map_err(|_| "login too long".to_owned());
    let mut login = vec![1, short(user)?];
    login.extend_from_slice(user.as_bytes());
    login.push(short(password)?);
    login.extend_from_slice(password.as_bytes());
    stream.write_all(&login).map_err(|e| e.to_string())?;
    match answer::<2>(stream)? {
        [_, 0] => Ok(()),
        _ => Err("refuses the login".to_owned()),
    }
}

fn answer<const N: usize>(stream: &mut Timed) -> Result<[u8; N], String> {
    let mut bytes = [0u8; N];
    stream.read_exact(&mut bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// `%41` as `A`; anything else as it is.
fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match hex.filter(|_| *first == b'%').and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// RFC 4648, with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let byte = |n: usize| u32::from(part.get(n).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4usize {
            let letter = LETTERS.get((bits >> (18 - 6 * n) & 63) as usize).copied().unwrap_or_default();
            out.push(if n <= part.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
