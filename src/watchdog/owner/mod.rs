//! The gateway's owner: who it is, what it tells, and how it is asked for a restart. It does the stopping and the
//! starting; nothing here starts a second gateway.

mod container;
mod gateway;
mod launchd;
mod systemd;

pub use gateway::{Answer, request, request_restart};
pub use systemd::{Unit, unit_port};

use super::observation::Owner;
use super::os;
use super::settings::Settings;
use std::time::Duration;

/// Who looks after the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keeper {
    /// Nobody was found: the host's own command knows best.
    #[default]
    Unknown,
    Systemd(Unit),
    /// A launch agent of this user, by its label.
    Launchd {
        label: String,
    },
    /// A container, by `docker` or `podman`.
    Container {
        runtime: String,
        name: String,
    },
}

/// What tells our gateway's owner from another gateway's.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    /// The gateway's verified process.
    pub pid: Option<u32>,
    pub state_dir: String,
    /// Where the host keeps its state when nothing is said: `~/.openclaw`, or with `-<profile>`.
    pub usual_state_dir: String,
    /// Empty for the default profile.
    pub profile: String,
    pub port: u16,
    /// As whom we run.
    pub user: String,
}

impl Ours {
    /// As settings and environment say; `pid`: its verified process.
    #[must_use]
    pub fn of(settings: &Settings, env: &dyn Fn(&str) -> Option<String>, pid: Option<u32>) -> Self {
        let env = |name: &str| env(name).filter(|v| !v.trim().is_empty());
        let state_dir = settings.place.state_dir.display().to_string();
        let base = format!("{}/.openclaw", env("HOME").unwrap_or_default());
        let by_name = state_dir.strip_prefix(&format!("{base}-")).map(|p| p.trim_end_matches('/').to_owned());
        let profile = env("OPENCLAW_PROFILE").filter(|p| p != "default").or(by_name).unwrap_or_default();
        let ending = if profile.is_empty() { String::new() } else { format!("-{profile}") };
        Self {
            pid,
            usual_state_dir: base + &ending,
            profile,
            state_dir,
            port: settings.addr.port(),
            user: env("USER").or_else(|| env("LOGNAME")).unwrap_or_default(),
        }
    }
}

impl Keeper {
    /// The keeper a setting names: `systemd-user:UNIT`, `systemd:UNIT`, `launchd:LABEL`, `docker:NAME`, `podman:NAME`.
    /// None for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.trim().split_once(':')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "@._:-\\".contains(c);
        let sound = !name.is_empty() && !name.starts_with('-') && name.chars().all(plain);
        let unit = |user| Self::Systemd(Unit { user, name: systemd::with_ending(name) });
        let name = name.to_owned();
        sound.then_some(match kind {
            "systemd-user" => unit(true),
            "systemd" => unit(false),
            "launchd" => Self::Launchd { label: name },
            "docker" | "podman" => Self::Container { runtime: kind.to_owned(), name },
            _ => return None,
        })
    }

    /// Looks for the owner of this gateway and of no other.
    #[must_use]
    pub fn find(ours: &Ours, deadline: Duration) -> Self {
        if cfg!(target_os = "macos") {
            return launchd::find(ours, deadline).map_or(Self::Unknown, |label| Self::Launchd { label });
        }
        systemd::find(ours, deadline).map_or(Self::Unknown, Self::Systemd)
    }

    /// What it tells now.
    #[must_use]
    pub fn ask(&self, deadline: Duration) -> Owner {
        let told = match self {
            Self::Unknown => return Owner::default(),
            Self::Systemd(unit) => systemd::ask(unit, deadline),
            Self::Launchd { label } => launchd::ask(label, deadline),
            Self::Container { runtime, name } => container::ask(runtime, name, deadline),
        };
        Owner { name: self.name(), ..told.unwrap_or_default() }
    }

    /// `systemd-user openclaw-gateway.service`; empty where nobody is known.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Systemd(Unit { user: true, name }) => format!("systemd-user {name}"),
            Self::Systemd(Unit { name, .. }) => format!("systemd {name}"),
            Self::Launchd { label } => format!("launchd {label}"),
            Self::Container { runtime, name } => format!("{runtime} {name}"),
        }
    }

    /// The command by which it restarts the gateway; none where nobody is known.
    #[must_use]
    pub fn restart_command(&self) -> Option<Vec<String>> {
        let words: Vec<String> = match self {
            Self::Unknown => return None,
            Self::Systemd(unit) => unit.command(&["restart", &unit.name]),
            Self::Launchd { label } => {
                let target = format!("gui/{}/{label}", rustix::process::getuid().as_raw());
                ["launchctl", "kickstart", "-k", &target].map(str::to_owned).to_vec()
            }
            // The host's own stop budget, so that a drain is not cut short.
            Self::Container { runtime, name } => {
                [runtime, "restart", "--time", "330", name].map(str::to_owned).to_vec()
            }
        };
        Some(words)
    }
}

/// Wrappers between an owner's main process and the gateway: `npm`, its `sh`, a launcher of one's own, and one to spare.
const MOST_WRAPPERS: usize = 4;

/// Whether an owner whose main process is `main` runs this one: itself, or below a few wrappers.
#[must_use]
pub fn runs(main: u32, pid: u32) -> bool {
    let line = std::iter::successors(Some(pid), |at| elder(*at));
    line.take(MOST_WRAPPERS + 2).any(|at| at == main)
}

/// The parent, if it has been there for longer than its child and is the child's parent still once that was read: a pid
/// that was given anew on the way is nobody's parent.
fn elder(pid: u32) -> Option<u32> {
    let child = os::process(pid)?;
    let parent = os::process(os::parent(pid)?)?;
    // On macOS a start is a digest, which tells one from another and not what was first.
    let older = cfg!(target_os = "macos") || parent.start_ticks <= child.start_ticks;
    let still = os::parent(pid) == Some(parent.pid) && os::start_ticks(pid) == child.start_ticks;
    (older && still && parent.state != 'Z').then_some(parent.pid)
}

/// What a status command prints: the JSON of an [`Owner`].
#[must_use]
pub fn by_command(command: &[String], deadline: Duration) -> Owner {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let told = os::output(&words, deadline).and_then(|text| serde_json::from_str::<Owner>(&text).ok());
    let mut owner = told.unwrap_or_default();
    if owner.name.is_empty() {
        "command".clone_into(&mut owner.name);
    }
    owner
}

#[cfg(test)]
mod tests;
