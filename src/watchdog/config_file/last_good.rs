//! Our own copies of configurations with which the gateway was healthy: the newest and the two before.

use super::digest;
use crate::watchdog::observation::Config;
use crate::watchdog::place::{Place, read_bounded, write_whole};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

    /// Takes note of a configuration at a healthy look. Kept is what two such looks in a row saw: a file that has just
    /// been changed under a running gateway has proven nothing yet.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn healthy(&mut self, path: &Path, now: &Config) -> io::Result<()> {
        let Config::Sound { digest: found } = now else {
            self.seen.clear();
            return Ok(());
        };
        let again = self.seen == *found;
        self.seen.clone_from(found);
        if again && self.kept != *found {
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
