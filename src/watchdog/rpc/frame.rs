//! Frames of RFC 6455, as far as a client on the loopback needs them.

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// The head of a frame that a server sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub kind: Kind,
    /// Whether the message ends with it.
    pub last: bool,
    pub length: u64,
}

/// One whole frame of a client: last of its message, masked as the protocol wants it. The mask hides nothing here; it
/// keeps caches between the two ends from mistaking a frame for a request.
#[must_use]
pub fn encode(kind: Kind, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut out = vec![0x80 | code(kind)];
    match payload.len() {
        n @ 0..=125 => out.push(0x80 | u8::try_from(n).unwrap_or_default()),
        n @ 126..=0xffff => {
            out.push(0x80 | 126);
            out.extend(u16::try_from(n).unwrap_or_default().to_be_bytes());
        }
        n => {
            out.push(0x80 | 127);
            out.extend((n as u64).to_be_bytes());
        }
    }
    out.extend(mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

/// How many more bytes belong to the head that begins with these two.
#[must_use]
pub fn more_bytes([_, second]: [u8; 2]) -> usize {
    match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    }
}

/// Reads a head. None where a server must not send such a frame: masked, with reserved bits, or of an unknown kind.
#[must_use]
pub fn decode([first, second]: [u8; 2], more: &[u8]) -> Option<Head> {
    let kind = kind(first & 0x0f)?;
    if first & 0x70 != 0 || second & 0x80 != 0 {
        return None;
    }
    let length = match more {
        [] => u64::from(second & 0x7f),
        bytes => bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)),
    };
    Some(Head { kind, last: first & 0x80 != 0, length })
}

fn code(kind: Kind) -> u8 {
    match kind {
        Kind::Continuation => 0,
        Kind::Text => 1,
        Kind::Binary => 2,
        Kind::Close => 8,
        Kind::Ping => 9,
        Kind::Pong => 10,
    }
}

fn kind(code: u8) -> Option<Kind> {
    let all = [Kind::Continuation, Kind::Text, Kind::Binary, Kind::Close, Kind::Ping, Kind::Pong];
    all.into_iter().find(|k| self::code(*k) == code)
}
