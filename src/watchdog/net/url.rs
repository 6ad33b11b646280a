//! The few parts of a URL that a call needs.

/// `http://host:port/path` or `https://…`, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    /// Whether it is `https`.
    pub secure: bool,
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// Path and query, beginning with `/`. May hold a secret.
    pub path: String,
}

impl Url {
    /// None for anything else than an http(s) URL without a login.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end)?;
        let tail = tail.split('#').next().unwrap_or_default();
        let path = if tail.starts_with('/') { tail.to_owned() } else { format!("/{tail}") };
        let sound = path.bytes().all(|b| b > b' ' && b != 0x7f);
        let (host, port) = host_and_port(authority, if secure { 443 } else { 80 })?;
        sound.then_some(Self { secure, host, port, path })
    }

    /// Host and port as the `Host` header and a proxy want them.
    #[must_use]
    pub fn authority(&self) -> String {
        authority(&self.host, self.port)
    }
}

/// Never with the path: it may hold a token.
impl std::fmt::Debug for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}/…", if self.secure { "https" } else { "http" }, self.authority())
    }
}

/// `host:port`, with brackets where the host is an IPv6 address.
pub(super) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Takes `host`, `host:port`, `[v6]` or `[v6]:port` apart; none where it is neither.
pub(super) fn host_and_port(text: &str, usual: u16) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'%');
    let port = port.map_or(Some(usual), |p| p.parse().ok().filter(|p| *p != 0))?;
    (!host.is_empty() && host.bytes().all(plain)).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_apart_and_others_are_refused() {
        let u = Url::parse("https://api.telegram.org/bot1:x/getMe?a=b#c").unwrap();
        assert_eq!((u.secure, u.host.as_str(), u.port), (true, "api.telegram.org", 443));
        assert_eq!(u.path, "/bot1:x/getMe?a=b");
        assert!(!format!("{u:?}").contains("bot1"));
        let u = Url::parse("http://[::1]:8081?q").unwrap();
        assert_eq!((u.authority().as_str(), u.path.as_str()), ("[::1]:8081", "/?q"));
        for bad in
            ["ftp://x/", "https://", "https://a b/", "http://h:0/", "http://u:p@h/", "http://h/a b", "x"]
        {
            assert_eq!(Url::parse(bad), None, "{bad}");
        }
    }
}
