//! What the gateway's owner (systemd, launchd, a container runtime, a command) tells of it.

use serde::{Deserialize, Serialize};

/// What an owner's word for its state comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Active {
    /// No owner was found, or it does not tell.
    #[default]
    Untold,
    Running,
    Starting,
    Stopping,
    /// Stopped on purpose: it ended well and nobody asked for it again.
    Stopped,
    /// It ended badly, and the owner has given up or waits to start it again.
    Failed,
}

/// How the gateway's last process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exit {
    /// 78 is a configuration error, or another gateway holds the lock.
    pub code: Option<i32>,
    pub signal: Option<i32>,
    /// The owner says that it was killed for want of memory.
    pub out_of_memory: bool,
}

/// The owner's view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Owner {
    /// `systemd-user openclaw-gateway.service`, `launchd ai.openclaw.gateway`, `command`; empty where none is known.
    pub name: String,
    pub active: Active,
    pub pid: Option<u32>,
    pub last_exit: Option<Exit>,
    /// Starts by the owner so far. Only ever compared.
    pub restarts: Option<u64>,
    /// How long it lets the gateway stop before it kills it, milliseconds.
    pub stop_ms: Option<u64>,
}

/// Another program that restarts the gateway, or cures it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guardian {
    /// What it is known by: a program's name, a unit, a crontab's line without its arguments.
    pub name: String,
    pub pid: Option<u32>,
    /// Where it was found: `process`, `timer`, `crontab`, `parent` (it started the newest boot).
    pub found: String,
    /// It only sounds like one, is another user's, or is not active: it is named, and stops nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be: bool,
}

/// The gateway's configuration file as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "config", rename_all = "kebab-case")]
pub enum Config {
    #[default]
    NotRead,
    Missing,
    /// It parses; the digest tells one content from another.
    Sound {
        digest: String,
    },
    Broken {
        error: String,
    },
    /// It is there and we may not read it, which says nothing about it.
    Unreadable {
        error: String,
    },
}

impl Config {
    /// What tells its content from another.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        if let Self::Sound { digest } = self { Some(digest.clone()) } else { None }
    }
}
