//! What may not be read or written by whoever asks: said with what to do, and as whom.

use super::place::Place;
use super::printer::{complain, out};
use super::texts::Text;
use crate::shared::language::Language;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// That the watchdog's files are out of reach, and who may ask: whoever owns them.
#[must_use]
pub fn denied(place: &Place, language: Language, command: &str) -> String {
    denied_at(place, &place.own_dir(), language, command)
}

fn denied_at(place: &Place, file: &Path, language: Language, command: &str) -> String {
    let found = [file, file.parent().unwrap_or(file), &place.state_dir].into_iter().find_map(owner);
    let user = found.unwrap_or_else(|| "USER".to_owned());
    let again = format!("sudo -u {user} asm-watchdog {command} --state-dir {}", place.state_dir.display());
    Text::Denied.say(language, &[&file.display().to_string(), &user, &again])
}

/// What is wrong with a file, and what to do about it where that is known.
#[must_use]
pub fn failure(place: &Place, file: &Path, e: &io::Error, language: Language, command: &str) -> String {
    match e.kind() {
        io::ErrorKind::PermissionDenied => denied_at(place, file, language, command),
        io::ErrorKind::StorageFull => Text::DiskIsFull.say(language, &[&file.display().to_string()]),
        _ => format!("{}: {e}", file.display()),
    }
}

/// Says why a command failed, as JSON where that is asked for, and gives its exit code.
pub fn fail(json: bool, text: &str) -> u8 {
    if json {
        out(serde_json::json!({"error": text}));
    } else {
        complain(text);
    }
    1
}

/// The name of who owns it, as `sudo -u` takes it.
fn owner(path: &Path) -> Option<String> {
    let uid = std::fs::metadata(path).ok()?.uid().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number == uid).then(|| name.to_owned())
    });
    Some(named.unwrap_or_else(|| format!("'#{uid}'")))
}
