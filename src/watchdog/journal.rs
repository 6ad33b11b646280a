//! The log: JSON lines, five files of 5 MB, and what `run` prints.

use super::clock;
use super::place::make_dir;
use super::printer::{self, Printer, To};
use super::texts::Text;
use crate::shared::language::Language;
use serde_json::{Map, Value};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Size and number of the files.
const MOST_BYTES: u64 = 5_000_000;
const FILES: u32 = 5;

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Info,
    Warn,
    Error,
}

/// Where lines go.
#[derive(Debug)]
pub struct Journal {
    file: PathBuf,
    json: bool,
    most_bytes: u64,
    complained: bool,
    printer: Printer,
}

impl Journal {
    /// Logs to `file`; prints JSON lines if `json`, else one readable line each.
    #[must_use]
    pub fn new(file: PathBuf, json: bool, language: Language) -> Self {
        let told = move |missing: u64| {
            let text = Text::LinesDropped.say(language, &[&missing.to_string()]);
            let facts = Value::Object(Map::from_iter([("lines".to_owned(), missing.into())]));
            let (at, line) = line(Level::Warn, "not-printed", &text, facts);
            if json { line } else { format!("{at} {text}") }
        };
        let printer = Printer::new(printer::to_process, told);
        Self { file, json, most_bytes: MOST_BYTES, complained: false, printer }
    }

    /// Logs and prints one event. `facts` is an object.
    pub fn say(&mut self, level: Level, event: &str, text: &str, facts: Value) {
        let (at, json) = line(level, event, text, facts);
        let shown = if self.json { json.clone() } else { format!("{at} {text}") };
        self.printer.print(To::Out, shown);
        if let Err(e) = append(&self.file, &json, self.most_bytes)
            && !self.complained
        {
            self.complained = true;
            self.printer.print(To::Err, format!("asm-watchdog: {}: {e}", self.file.display()));
        }
    }
}

/// The moment, and the line as it stands in the file.
fn line(level: Level, event: &str, text: &str, facts: Value) -> (String, String) {
    let at = clock::utc();
    let mut line = Map::new();
    let name = match level {
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    for (key, value) in [("at", at.as_str()), ("level", name), ("event", event), ("text", text)] {
        line.insert(key.to_owned(), value.into());
    }
    if let Value::Object(facts) = facts {
        line.extend(facts);
    }
    (at, Value::Object(line).to_string())
}

fn append(path: &Path, line: &str, most_bytes: u64) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        make_dir(dir)?;
    }
    let size = fs::metadata(path).map_or(0, |m| m.len());
    if size > 0 && size + line.len() as u64 + 1 > most_bytes {
        rotate(path)?;
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let end = file.metadata()?.len();
    file.write_all(format!("{line}\n").as_bytes()).inspect_err(|_| {
        // Half a line, on a full disk, would spoil the next one.
        let _ = file.set_len(end);
    })
}

fn rotate(path: &Path) -> io::Result<()> {
    let numbered = |n: u32| match n {
        0 => path.to_owned(),
        n => PathBuf::from(format!("{}.{n}", path.display())),
    };
    for n in (0..FILES - 1).rev() {
        match fs::rename(numbered(n), numbered(n + 1)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_lines_in_five_bounded_files() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("logs/asm_watchdog.log");
        for n in 0..200 {
            append(&log, &format!("line {n:03}"), 90).unwrap();
        }
        let mut files: Vec<_> = fs::read_dir(dir.path().join("logs")).unwrap().flatten().collect();
        files.sort_by_key(fs::DirEntry::file_name);
        assert_eq!(files.len(), 5);
        assert!(files.iter().all(|f| f.metadata().unwrap().len() <= 90));
        assert!(fs::read_to_string(&log).unwrap().ends_with("line 199\n"));
        let oldest = fs::read_to_string(dir.path().join("logs/asm_watchdog.log.4")).unwrap();
        assert!(oldest.ends_with("line 166\n") || oldest.contains("line 15"), "{oldest}");
    }
}
