//! `restore-config`: shows how the last good configuration differs from the one in place and puts it back when told to.

use super::last_good::{GENERATIONS, LastGood};
use super::{parse, read};
use crate::shared::redact::{contains_secret, names_secret};
use crate::watchdog::clock;
use crate::watchdog::observation::Config;
use crate::watchdog::place::{read_bounded, write_whole};
use crate::watchdog::said::Said;
use crate::watchdog::settings::Settings;
use crate::watchdog::texts::Text;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// Keys shown.
const MOST_SHOWN: usize = 60;
const MOST_VALUE: usize = 80;
const MASK: &str = "***";

/// Runs it and gives the exit code: 0 restored or nothing to do, 1 there is no copy, a no, or a failure.
#[must_use]
pub fn restore(settings: &Settings, yes: bool, generation: usize) -> u8 {
    let mut said = Said::new(settings, "restore-config");
    let copies = LastGood::new(&settings.place);
    let from = copies.file(generation.min(GENERATIONS - 1));
    // A link stays a link: the file it leads to is replaced.
    let to = fs::canonicalize(&settings.config_path).unwrap_or_else(|_| settings.config_path.clone());
    let shown = |path: &Path| path.display().to_string();
    let good = read_bounded(&from, super::MOST_CONFIG).ok();
    let Some((value, good)) = good.and_then(|bytes| Some((parse(&bytes).1?, bytes))) else {
        return said.failed(Text::RestoreNone, &[&shown(&from)]);
    };
    let now = read(&to);
    if now.1.as_ref() == Some(&value) {
        said.say(Text::RestoreSame, &[&shown(&to)]);
        return said.done(json!({"restored": false}));
    }
    compare(&mut said, now, &value, &[&shown(&to), &shown(&from)]);
    // A program that wants JSON answers no question.
    if !yes && (settings.json || !agreed(&Text::RestoreAsk.say(settings.language, &[]))) {
        return said.failed(Text::RestoreNo, &[]);
    }
    match replace(&to, &good) {
        Ok(aside) => {
            let aside = aside.map(|p| shown(&p));
            said.say(Text::RestoreDone, &[&shown(&to), aside.as_deref().unwrap_or("-")]);
            said.done(json!({"restored": true, "file": to, "set_aside": aside}))
        }
        Err(e) => said.broken(&to, &e),
    }
}

/// Says how what is in place differs from the copy; `files`: the two.
fn compare(said: &mut Said, now: (Config, Option<Value>), good: &Value, [to, from]: &[&str; 2]) {
    match now {
        (_, Some(now)) => {
            said.say(Text::RestoreDiffers, &[to, from]);
            let differ = differences(&now, good);
            differ.iter().take(MOST_SHOWN).for_each(|line| said.line(format!("  {line}")));
        }
        (Config::Broken { error }, None) => said.say(Text::RestoreBroken, &[to, &error, from]),
        _ => said.say(Text::RestoreMissing, &[to, from]),
    }
}

fn agreed(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    let mut answer = String::new();
    let asked = write!(io::stdout(), "{question} ").and_then(|()| io::stdout().flush());
    let read = asked.and_then(|()| io::stdin().lock().read_line(&mut answer));
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是")
}

/// Sets the file aside, never to be removed by us, and puts the other one there, with the owner and the mode of the one
/// before: the gateway has to read it, whoever we are. Gives where the old one is.
pub(super) fn replace(to: &Path, bytes: &[u8]) -> io::Result<Option<PathBuf>> {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let aside = to.with_file_name(format!("{name}.set-aside-{}", clock::utc_name()));
    let fresh = to.with_file_name(format!(".{name}.{}.tmp", clock::utc_name()));
    let had = to.exists();
    if had && aside.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let put = || {
        write_whole(&fresh, bytes)?;
        keep_access(to, &fresh)?;
        if had {
            fs::rename(to, &aside)?;
        }
        fs::rename(&fresh, to).inspect_err(|_| {
            // A gateway without any configuration is worse than one with a broken one.
            let _ = fs::rename(&aside, to);
        })
    };
    put().inspect_err(|_| {
        let _ = fs::remove_file(&fresh);
    })?;
    Ok(had.then_some(aside))
}

/// Gives `fresh` the owner and the mode of the file in place; where there is none, the owner of its folder.
fn keep_access(to: &Path, fresh: &Path) -> io::Result<()> {
    let there = fs::metadata(to).ok();
    let mode = there.as_ref().map_or(0o600, |m| m.mode() & 0o777);
    let like = there.map_or_else(|| fs::metadata(to.parent().unwrap_or(Path::new("."))), Ok)?;
    let now = fs::metadata(fresh)?;
    if (now.uid(), now.gid()) != (like.uid(), like.gid()) {
        let given = chown(fresh, Some(like.uid()), Some(like.gid()));
        // Its owner reads it whatever its group.
        given.or_else(|e| if now.uid() == like.uid() && mode & 0o070 == 0 { Ok(()) } else { Err(e) })?;
    }
    fs::set_permissions(fresh, fs::Permissions::from_mode(mode))
}

/// One line for each key that differs: what is in place, then what the last good one has.
pub(super) fn differences(now: &Value, good: &Value) -> Vec<String> {
    let (now, good) = (flat(now), flat(good));
    let keys: std::collections::BTreeSet<&String> = now.keys().chain(good.keys()).collect();
    let differ = keys.into_iter().filter(|k| now.get(*k) != good.get(*k));
    differ.map(|key| format!("{key}: {} → {}", shown(key, now.get(key)), shown(key, good.get(key)))).collect()
}

/// A value for a person; of a secret only that there is one.
fn shown(key: &str, value: Option<&&Value>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let secret = key.split('.').any(|part| names_secret(part) || matches!(part, "env" | "headers" | "auth"));
    let text = value.to_string();
    if (secret && !value.is_boolean() && !value.is_null()) || contains_secret(&text) || text.contains('@') {
        return MASK.to_owned();
    }
    text.chars().take(MOST_VALUE).collect()
}

/// The leaves of a value by their dotted path; an empty list or object is a leaf.
fn flat(value: &Value) -> BTreeMap<String, &Value> {
    fn walk<'a>(path: String, value: &'a Value, out: &mut BTreeMap<String, &'a Value>) {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match value {
            Value::Object(map) if !map.is_empty() => map.iter().for_each(|(k, v)| walk(below(k), v, out)),
            Value::Array(list) if !list.is_empty() => {
                list.iter().enumerate().for_each(|(n, v)| walk(below(&n.to_string()), v, out));
            }
            leaf => drop(out.insert(path, leaf)),
        }
    }
    let mut out = BTreeMap::new();
    walk(String::new(), value, &mut out);
    out
}
