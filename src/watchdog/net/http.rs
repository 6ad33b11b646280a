//! Reading one HTTP/1.1 answer from bytes that may not be all there yet.

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    /// The first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// What the bytes so far are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The beginning of an answer.
    Partial,
    /// Not HTTP.
    Garbage,
    Whole(Message),
}

/// Reads `bytes`; `last`: nothing more will come, or no more is wanted; `most`: bound of what is taken as a body.
#[must_use]
pub fn read(bytes: &[u8], last: bool, most: usize) -> Read {
    let start = bytes.get(..5.min(bytes.len())).unwrap_or_default();
    if !b"HTTP/".starts_with(start) || (last && !start.is_empty() && start.len() < 5) {
        return Read::Garbage;
    }
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    let Some((head, body)) = end.and_then(|at| bytes.split_at_checked(at + 4)) else {
        return if last && bytes.len() >= most { Read::Garbage } else { Read::Partial };
    };
    let head = String::from_utf8_lossy(head);
    let Some(status) = head.split_whitespace().nth(1).and_then(|s| s.parse().ok()) else {
        return Read::Garbage;
    };
    let headers = headers(&head);
    match whole_body(status, &headers, body, last, most) {
        Some(body) => Read::Whole(Message { status, headers, body }),
        None => Read::Partial,
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

/// The body, if it is complete: by its length, by its last chunk, or by the end of the connection.
fn whole_body(
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    last: bool,
    most: usize,
) -> Option<Vec<u8>> {
    if matches!(status, 100..=199 | 204 | 304) {
        return Some(Vec::new());
    }
    if header(headers, "transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        return unchunked(body);
    }
    if let Some(length) = header(headers, "content-length").and_then(|v| v.parse::<usize>().ok()) {
        return body.get(..length.min(most)).map(<[u8]>::to_vec);
    }
    last.then(|| body.to_vec())
}

fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let at = body.windows(2).position(|w| w == b"\r\n")?;
        let (line, rest) = body.split_at_checked(at)?;
        let size = std::str::from_utf8(line).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        let rest = rest.get(2..)?;
        whole.extend_from_slice(rest.get(..size)?);
        body = rest.get(size.checked_add(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_end_by_length_by_chunk_by_status_or_with_the_connection() {
        let whole = |text: &[u8], last| match read(text, last, 100) {
            Read::Whole(m) => Some((m.status, String::from_utf8(m.body).unwrap())),
            _ => None,
        };
        let got = |status, body: &str| Some((status, body.to_owned()));
        assert_eq!(whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore", false), got(200, "ok"));
        assert_eq!(
            whole(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false),
            got(200, "ok")
        );
        assert_eq!(whole(b"HTTP/1.1 204 No\r\n\r\n", false), got(204, ""));
        assert_eq!(whole(b"HTTP/1.0 200 OK\r\n\r\nok", false), None);
        assert_eq!(whole(b"HTTP/1.0 200 OK\r\n\r\nok", true), got(200, "ok"));
        assert_eq!(read(b"SSH-2.0", false, 100), Read::Garbage);
        assert_eq!(read(b"HTTP/1.1 2", false, 100), Read::Partial);
    }
}
