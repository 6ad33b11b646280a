//! A WebSocket to a gateway: opening handshake, messages, one deadline and a bound of size.

use super::frame::{self, Kind};
use crate::watchdog::net::Timed;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

/// Largest message taken; the status of a gateway with many channels is some 100 kB.
const MOST_MESSAGE: usize = 8_000_000;
const MOST_HEAD: usize = 16_384;
/// Messages passed over before we give up: a gateway under load sends many events.
const MOST_MESSAGES: u32 = 50_000;

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: Timed,
    addr: SocketAddr,
    sent: u64,
    received: u32,
}

impl Socket {
    /// Connects and shakes hands.
    ///
    /// # Errors
    /// What went wrong, in one line.
    pub fn open(addr: SocketAddr, until: Instant) -> Result<Self, String> {
        Self::open_at(addr, "/", until)
    }

    /// The same, at a path.
    ///
    /// # Errors
    /// What went wrong, in one line.
    pub fn open_at(addr: SocketAddr, path: &str, until: Instant) -> Result<Self, String> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(format!("{addr}: timed out"));
        }
        let stream = TcpStream::connect_timeout(&addr, left).map_err(|e| format!("{addr}: {e}"))?;
        // The request frame must not wait for the handshake's acknowledgement.
        let _ = stream.set_nodelay(true);
        let mut socket = Self { stream: Timed::new(stream, until), addr, sent: 0, received: 0 };
        socket.shake_hands(path)?;
        Ok(socket)
    }

    /// The server's proof that it speaks WebSocket is not recomputed: what it says next must be a gateway's greeting.
    fn shake_hands(&mut self, path: &str) -> Result<(), String> {
        let key = crate::watchdog::net::base64(&self.noise::<16>());
        let addr = self.addr;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        self.write(request.as_bytes())?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.take::<1>()?);
            let start = head.get(..head.len().min(5)).unwrap_or_default();
            if head.len() > MOST_HEAD || !b"HTTP/".starts_with(start) {
                return Err(format!("{addr}: not a gateway"));
            }
        }
        let text = String::from_utf8_lossy(&head);
        match text.split_whitespace().nth(1) {
            Some("101") => Ok(()),
            status => Err(format!("{addr}: answers {} to a WebSocket", status.unwrap_or("nothing"))),
        }
    }

    /// Sends a text message.
    ///
    /// # Errors
    /// What became of the connection.
    pub fn send(&mut self, text: &str) -> Result<(), String> {
        self.frame(Kind::Text, text.as_bytes())
    }

    /// The next message.
    ///
    /// # Errors
    /// What became of the connection, or that it is too much.
    pub fn receive(&mut self) -> Result<Vec<u8>, String> {
        self.received += 1;
        if self.received > MOST_MESSAGES {
            return Err(format!("{}: too many messages", self.addr));
        }
        let mut message = Vec::new();
        loop {
            let first = self.take::<2>()?;
            let mut more = vec![0; frame::more_bytes(first)];
            self.fill(&mut more)?;
            let strange = || format!("{}: not a WebSocket frame", self.addr);
            let head = frame::decode(first, &more).ok_or_else(strange)?;
            let length = usize::try_from(head.length).unwrap_or(usize::MAX);
            if length.saturating_add(message.len()) > MOST_MESSAGE {
                return Err(format!("{}: a message of {length} bytes is too large", self.addr));
            }
            let mut payload = vec![0; length];
            self.fill(&mut payload)?;
            match head.kind {
                Kind::Ping => self.frame(Kind::Pong, &payload)?,
                Kind::Pong => {}
                Kind::Close => return Err(format!("{}: {}", self.addr, farewell(&payload))),
                Kind::Continuation | Kind::Text | Kind::Binary => {
                    message.append(&mut payload);
                    if head.last {
                        return Ok(message);
                    }
                }
            }
        }
    }

    fn frame(&mut self, kind: Kind, payload: &[u8]) -> Result<(), String> {
        let mask = self.noise();
        self.write(&frame::encode(kind, payload, mask))
    }

    /// Bytes that nobody foresees who is not on this machine: all that masks and keys are for here.
    fn noise<const N: usize>(&mut self) -> [u8; N] {
        self.sent += 1;
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let seed = format!("{} {} {}", std::process::id(), nanos.as_nanos(), self.sent);
        let mut out = [0; N];
        out.iter_mut().zip(Sha256::digest(seed.as_bytes())).for_each(|(to, from)| *to = from);
        out
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.stream.write_all(bytes).map_err(|e| self.broken(&e))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        self.stream.read_exact(bytes).map_err(|e| self.broken(&e))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        self.fill(&mut bytes).map(|()| bytes)
    }

    fn broken(&self, e: &std::io::Error) -> String {
        match e.kind() {
            ErrorKind::UnexpectedEof => format!("{}: the connection was closed", self.addr),
            _ => format!("{}: {e}", self.addr),
        }
    }
}

/// Code and reason of a close.
fn farewell(payload: &[u8]) -> String {
    let (code, reason) = payload.split_at_checked(2).unwrap_or_default();
    let code = code.iter().fold(0, |n, b| n << 8 | u32::from(*b));
    let reason: String = String::from_utf8_lossy(reason).chars().take(100).collect();
    format!("closed by the gateway ({code} {})", crate::shared::redact::redact(&reason)).replace(" )", ")")
}
