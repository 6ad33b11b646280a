//! `openclaw.json`: whether it can be read, our copy of the last good one, and putting that back.

mod last_good;
mod restore;

pub use last_good::LastGood;
pub use restore::restore;

use super::observation::Config;
use super::place::read_bounded;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MOST_CONFIG: u64 = 16_000_000;

/// Size, inode, and when its content and its rights changed.
type Stamp = (u64, u64, [i64; 4]);

/// The file and what was read of it last. Read again when it changed, and at every look while it is not sound: what was in
/// the way may be over.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
    stamp: Option<Stamp>,
    state: Config,
    /// The last content that could be read; null before there was one.
    value: Arc<Value>,
}

impl ConfigFile {
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, stamp: None, state: Config::NotRead, value: Arc::default() }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last content that could be read.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The same, to be taken along.
    #[must_use]
    pub fn shared(&self) -> Arc<Value> {
        self.value.clone()
    }

    /// Looks at it, and reads it where it changed.
    pub fn look(&mut self) -> Config {
        let times = |m: &Metadata| [m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()];
        let stamp = std::fs::metadata(&self.path).ok().map(|m| (m.size(), m.ino(), times(&m)));
        let sound = matches!(self.state, Config::Sound { .. });
        if !sound || stamp.is_none() || stamp != self.stamp {
            let (state, value) = read(&self.path);
            self.state = state;
            if let Some(value) = value {
                self.value = Arc::new(value);
            }
            self.stamp = stamp;
        }
        self.state.clone()
    }
}

/// What is in a file, and its content where that can be read.
pub(in crate::watchdog) fn read(path: &Path) -> (Config, Option<Value>) {
    match read_bounded(path, MOST_CONFIG) {
        Ok(bytes) => parse(&bytes),
        Err(e) if e.kind() == ErrorKind::NotFound => (Config::Missing, None),
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            (Config::Unreadable { error: "permission".to_owned() }, None)
        }
        // Nothing of it was read, so nothing is known of its content.
        Err(e) => (Config::Unreadable { error: e.to_string() }, None),
    }
}

/// The error says where, and never what stands there: that may be a secret.
pub(in crate::watchdog) fn parse(bytes: &[u8]) -> (Config, Option<Value>) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return (Config::Broken { error: "not UTF-8".to_owned() }, None);
    };
    match json5::from_str::<Value>(text) {
        Ok(value) if value.is_object() => (Config::Sound { digest: digest(bytes) }, Some(value)),
        Ok(_) => (Config::Broken { error: "not an object".to_owned() }, None),
        Err(e) => {
            let what = e.code().map_or("not JSON5".to_owned(), |c| c.to_string());
            let at = e.position().map(|p| format!(" at {p}")).unwrap_or_default();
            (Config::Broken { error: what + &at }, None)
        }
    }
}

/// The first 16 hexadecimal digits of the SHA-256.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests;
