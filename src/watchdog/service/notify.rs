//! sd_notify(3): ready, alive, stopping, in one datagram each. Nothing is sent where nobody asked.

use std::os::unix::net::UnixDatagram;

/// Who wants to hear from us.
#[derive(Debug, Default)]
pub struct Notifier {
    address: Option<String>,
    /// The supervisor ends us after so long without a sign of life.
    pub patience_ms: Option<u64>,
    status: String,
}

impl Notifier {
    /// As `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` say.
    #[must_use]
    pub fn of_env(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let address = env("NOTIFY_SOCKET").filter(|a| a.starts_with('/') || a.starts_with('@'));
        let ours = env("WATCHDOG_PID").is_none_or(|pid| pid.trim() == std::process::id().to_string());
        let micros = env("WATCHDOG_USEC").filter(|_| ours).and_then(|n| n.trim().parse::<u64>().ok());
        let patience_ms = micros.map(|n| n / 1_000).filter(|n| *n > 0);
        Self { address, patience_ms, status: String::new() }
    }

    /// How often a sign of life is due: half of the supervisor's patience, as sd_watchdog_enabled(3) advises.
    #[must_use]
    pub fn every_ms(&self) -> Option<u64> {
        self.address.as_ref().and(self.patience_ms).map(|ms| (ms / 2).max(1))
    }

    /// Watching has begun.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// The loop goes round. Only the loop says so.
    pub fn alive(&self) {
        if self.patience_ms.is_some() {
            self.say("WATCHDOG=1");
        }
    }

    /// What `systemctl status` shows.
    pub fn status(&mut self, text: &str) {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if line != self.status {
            self.say(&format!("STATUS={line}"));
            self.status = line;
        }
    }

    /// The loop has ended.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// A supervisor that does not listen is not our trouble.
    fn say(&self, text: &str) {
        if let Some(address) = &self.address {
            let _ = send(address, text.as_bytes());
        }
    }
}

fn send(address: &str, bytes: &[u8]) -> std::io::Result<usize> {
    let socket = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = address.strip_prefix('@') {
        use std::os::linux::net::SocketAddrExt;
        let to = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return socket.send_to_addr(bytes, &to);
    }
    socket.send_to(bytes, address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_a_datagram_and_a_status_is_said_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let path = path.display().to_string();
        let env = |name: &str| match name {
            "NOTIFY_SOCKET" => Some(path.clone()),
            "WATCHDOG_USEC" => Some("180000000".to_owned()),
            _ => None,
        };
        let mut notifier = Notifier::of_env(&env);
        assert_eq!(notifier.every_ms(), Some(90_000));
        notifier.ready();
        notifier.alive();
        notifier.status("a\nb");
        notifier.status("a\nb");
        notifier.stopping();
        let mut said = Vec::new();
        let mut bytes = [0; 100];
        for _ in 0..4 {
            let n = socket.recv(&mut bytes).unwrap();
            said.push(String::from_utf8_lossy(&bytes[..n]).into_owned());
        }
        assert_eq!(said, ["READY=1", "WATCHDOG=1", "STATUS=a b", "STOPPING=1"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_socket_is_reached_too() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("asm-notify-{}", std::process::id());
        let to = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&to).unwrap();
        let notifier = Notifier { address: Some(format!("@{name}")), ..Notifier::default() };
        notifier.ready();
        let mut bytes = [0; 20];
        assert_eq!(socket.recv(&mut bytes).unwrap(), 7);
    }

    #[test]
    fn where_nobody_asked_nothing_is_due() {
        let other = |name: &str| (name == "WATCHDOG_USEC").then(|| "1000000".to_owned());
        assert_eq!(Notifier::of_env(&other).every_ms(), None);
        let foreign = |name: &str| match name {
            "NOTIFY_SOCKET" => Some("/run/x".to_owned()),
            "WATCHDOG_USEC" => Some("1000000".to_owned()),
            _ => Some("1".to_owned()),
        };
        assert_eq!(Notifier::of_env(&foreign).every_ms(), None, "meant for another process");
    }
}
