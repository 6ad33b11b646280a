//! A TCP connection whose every step ends by one moment, name lookup included.

use super::url::authority;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// A stream that ends its reads and writes by a moment, however slowly the bytes come.
#[derive(Debug)]
pub struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Timed {
    #[must_use]
    pub fn new(stream: TcpStream, until: Instant) -> Self {
        Self { stream, until }
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(buffer).map_err(late)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(buffer).map_err(late)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// A socket's timeout comes as "would block".
fn late(e: io::Error) -> io::Error {
    if e.kind() == ErrorKind::WouldBlock { ErrorKind::TimedOut.into() } else { e }
}

/// Connects to the first address of `host` that takes it; the time left is shared among those not yet tried.
///
/// # Errors
/// What went wrong, with host and port and nothing else.
pub fn dial(host: &str, port: u16, until: Instant) -> Result<Timed, String> {
    let named = |e: &dyn std::fmt::Display| format!("{}: {e}", authority(host, port));
    let addresses = resolve(host, port, until).map_err(|e| named(&e))?;
    let mut last = io::Error::from(ErrorKind::NotFound);
    for (n, address) in addresses.iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(addresses.len() - n).unwrap_or(1).max(1);
        if share.is_zero() {
            last = ErrorKind::TimedOut.into();
            break;
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(stream) => {
                // Small requests must not wait for one another.
                let _ = stream.set_nodelay(true);
                return Ok(Timed::new(stream, until));
            }
            Err(e) => last = late(e),
        }
    }
    Err(named(&last))
}

/// The system's lookup has no deadline of its own, so it runs in a thread that is left behind when it is late.
fn resolve(host: &str, port: u16, until: Instant) -> io::Result<Vec<SocketAddr>> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let (sender, found) = channel();
    let name = host.to_owned();
    thread::Builder::new().name("lookup".to_owned()).stack_size(256 * 1024).spawn(move || {
        let addresses = (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody waits any more.
        let _ = sender.send(addresses);
    })?;
    let left = until.saturating_duration_since(Instant::now());
    found
        .recv_timeout(left)
        .unwrap_or_else(|_| Err(io::Error::new(ErrorKind::TimedOut, "name lookup timed out")))
}
