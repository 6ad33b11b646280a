//! Whether anything is reachable, directly and by a proxy.

use super::dial::dial;
use super::proxy::{Proxy, tunnel};
use super::url::host_and_port;
use crate::watchdog::observation::Reach;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Public resolvers, by address so that a broken name lookup is not taken for a broken network: two that answer in
/// China, two that answer elsewhere; all listen on 443 for DNS over HTTPS.
pub const TARGETS: [&str; 4] = ["223.5.5.5:443", "119.29.29.29:443", "1.1.1.1:443", "9.9.9.9:443"];

/// Whether any of `targets` (`host:port`) takes a connection within `deadline`; all are tried at once.
#[must_use]
pub fn directly(targets: &[String], deadline: Duration) -> Reach {
    first(targets, deadline, |host, port, until| dial(host, port, until).map(drop))
}

/// Whether any of `targets` takes a connection through the proxy.
#[must_use]
pub fn through(proxy: &Proxy, targets: &[String], deadline: Duration) -> Reach {
    let proxy = proxy.clone();
    first(targets, deadline, move |host, port, until| tunnel(&proxy, host, port, until).map(drop))
}

fn first(
    targets: &[String],
    deadline: Duration,
    reach: impl Fn(&str, u16, Instant) -> Result<(), String> + Clone + Send + 'static,
) -> Reach {
    let until = Instant::now() + deadline;
    let (sender, answers) = channel();
    let mut error = String::new();
    let mut asked = 0;
    for (host, port) in targets.iter().filter_map(|t| host_and_port(t, 443)) {
        match ask(host, port, until, reach.clone(), sender.clone()) {
            Ok(()) => asked += 1,
            Err(e) => error = e.to_string(),
        }
    }
    drop(sender);
    if asked == 0 && error.is_empty() {
        return Reach::NotAsked;
    }
    // Each gives up by itself at the deadline; a little more is for the last to say so.
    let last = until + Duration::from_millis(500);
    while let Ok(answer) = answers.recv_timeout(last.saturating_duration_since(Instant::now())) {
        match answer {
            Ok(()) => return Reach::Reached,
            Err(e) => error = e,
        }
    }
    Reach::Failed { error }
}

fn ask(
    host: String,
    port: u16,
    until: Instant,
    reach: impl Fn(&str, u16, Instant) -> Result<(), String> + Send + 'static,
    sender: Sender<Result<(), String>>,
) -> std::io::Result<()> {
    let work = move || {
        // Somebody else was quicker.
        let _ = sender.send(reach(&host, port, until));
    };
    thread::Builder::new().name("reach".to_owned()).stack_size(256 * 1024).spawn(work).map(drop)
}
