//! Our own copies of configurations with which the gateway was healthy: the newest and the two before.

use super::digest;
use crate::watchdog::observation::Config;
use crate::watchdog::place::{Place, read_bounded, write_whole};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// So long after its beginning a boot writes into the file itself: a token that it made, a migration.
const BOOT_WRITES_MS: i64 = 10_000;

/// When the file became what it is, epoch milliseconds: by its content or by its place, whichever is later.
fn changed_ms(path: &Path) -> io::Result<i64> {
    let m = fs::metadata(path)?;
    let of = |s: i64, ns: i64| s.saturating_mul(1_000).saturating_add(ns / 1_000_000);
    Ok(of(m.mtime(), m.mtime_nsec()).max(of(m.ctime(), m.ctime_nsec())))
}

/// Copies kept.
pub const GENERATIONS: usize = 3;

/// The copies.
#[derive(Clone, Debug)]
pub struct LastGood {
    dir: PathBuf,
    /// The content seen at the healthy look before.
    seen: String,
    kept: String,
}

impl LastGood {
    #[must_use]
    pub fn new(place: &Place) -> Self {
        Self { dir: place.own_dir().join("last_good"), seen: String::new(), kept: String::new() }
    }

    /// The file of a generation; 0 is the newest.
    #[must_use]
    pub fn file(&self, generation: usize) -> PathBuf {
        match generation {
            0 => self.dir.join("openclaw.json"),
            n => self.dir.join(format!("openclaw.json.{n}")),
        }
    }

    /// Takes note of a configuration at a healthy look. Kept is what two such looks in a row saw, if this boot of the gateway
    /// has begun with it: a file that was changed under a running gateway has proven nothing yet. `born_ms`: when the boot
    /// began, epoch milliseconds.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn healthy(&mut self, path: &Path, now: &Config, born_ms: Option<i64>) -> io::Result<()> {
        let Config::Sound { digest: found } = now else {
            self.seen.clear();
            return Ok(());
        };
        let again = self.seen == *found;
        self.seen.clone_from(found);
        let old = || born_ms.is_some_and(|born| changed_ms(path).is_ok_and(|at| at <= born + BOOT_WRITES_MS));
        if again && self.kept != *found && old() {
            self.keep(path, found)?;
        }
        Ok(())
    }

    fn keep(&mut self, path: &Path, found: &str) -> io::Result<()> {
        let bytes = read_bounded(path, super::MOST_CONFIG)?;
        if digest(&bytes) != found {
            // Changed since it was looked at: the next look sees it.
            return Ok(());
        }
        let newest = read_bounded(&self.file(0), super::MOST_CONFIG);
        if newest.is_ok_and(|old| digest(&old) == found) {
            found.clone_into(&mut self.kept);
            return Ok(());
        }
        for n in (1..GENERATIONS).rev() {
            match fs::rename(self.file(n - 1), self.file(n)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        write_whole(&self.file(0), &bytes)?;
        found.clone_into(&mut self.kept);
        Ok(())
    }
}
