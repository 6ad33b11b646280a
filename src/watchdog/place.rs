//! Where things are, and how files of ours are written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The gateway's state directory and the watchdog's files in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub state_dir: PathBuf,
}

impl Place {
    /// `OPENCLAW_STATE_DIR`, else `$OPENCLAW_HOME/.openclaw`, else `~/.openclaw`. None without any of them.
    #[must_use]
    pub fn find(env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| env(name).filter(|v| !v.trim().is_empty());
        let state_dir = match set("OPENCLAW_STATE_DIR") {
            Some(dir) => match (dir.strip_prefix("~/"), set("HOME")) {
                (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
                _ => PathBuf::from(dir),
            },
            None => PathBuf::from(set("OPENCLAW_HOME").or_else(|| set("HOME"))?).join(".openclaw"),
        };
        Some(Self { state_dir })
    }

    #[must_use]
    pub fn own_dir(&self) -> PathBuf {
        self.state_dir.join(".asm_watchdog")
    }

    #[must_use]
    pub fn state_file(&self) -> PathBuf {
        self.own_dir().join("state.json")
    }

    /// Ours in the shape of `version`, where the state file is a newer version's.
    #[must_use]
    pub fn state_file_beside(&self, version: u32) -> PathBuf {
        self.own_dir().join(format!("state.v{version}.json"))
    }

    /// What a dry run shows of itself.
    #[must_use]
    pub fn dry_run_file(&self) -> PathBuf {
        self.own_dir().join("dry-run.json")
    }

    #[must_use]
    pub fn lock_file(&self) -> PathBuf {
        self.own_dir().join("lock")
    }

    #[must_use]
    pub fn incidents_dir(&self) -> PathBuf {
        self.own_dir().join("incidents")
    }

    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.state_dir.join("logs").join("asm_watchdog.log")
    }

    /// For Prometheus' textfile collector.
    #[must_use]
    pub fn metrics_file(&self) -> PathBuf {
        self.own_dir().join("metrics.prom")
    }

    /// For the plugin: what was interrupted last.
    #[must_use]
    pub fn last_incident_file(&self) -> PathBuf {
        self.own_dir().join("last_incident.json")
    }

    /// Maintenance: until when acting is held off.
    #[must_use]
    pub fn hold_file(&self) -> PathBuf {
        self.own_dir().join("hold.json")
    }

    /// A person wants acting again after an escalation.
    #[must_use]
    pub fn go_file(&self) -> PathBuf {
        self.own_dir().join("resume")
    }

    #[must_use]
    pub fn heartbeat_file(&self) -> PathBuf {
        self.state_dir.join(".asm_heartbeat.json")
    }
}

/// Makes a directory that only its owner may enter.
///
/// # Errors
/// As the file system gives them.
pub fn make_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Writes a whole file or nothing: temporary file, fsync, rename, fsync of the directory; mode 0600.
///
/// # Errors
/// As the file system gives them; the old file is then still there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    make_dir(dir)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temp = dir.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temp)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temp, path)
    })();
    if written.is_err() {
        // The name is ours alone; what cannot be removed is overwritten by the next write.
        let _ = fs::remove_file(&temp);
    }
    written?;
    File::open(dir)?.sync_all()
}

/// Reads at most `most` bytes of a file.
///
/// # Errors
/// As the file system gives them.
pub fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(File::open(path)?, most), &mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_directory_follows_the_host() {
        let with = |pairs: &'static [(&str, &str)]| {
            let env = move |n: &str| pairs.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned());
            Place::find(&env).map(|p| p.state_dir)
        };
        assert_eq!(with(&[("OPENCLAW_STATE_DIR", "/s"), ("HOME", "/h")]), Some("/s".into()));
        assert_eq!(with(&[("OPENCLAW_STATE_DIR", "~/s"), ("HOME", "/h")]), Some("/h/s".into()));
        assert_eq!(with(&[("OPENCLAW_HOME", "/o"), ("HOME", "/h")]), Some("/o/.openclaw".into()));
        assert_eq!(with(&[("OPENCLAW_STATE_DIR", " "), ("HOME", "/h")]), Some("/h/.openclaw".into()));
        assert_eq!(with(&[]), None);
    }
}
