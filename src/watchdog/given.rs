//! What was given by flags, environment and files: read, judged, and complained of where it is not what it should be.
//! Nothing that is wrong is passed over in silence.

use super::config_file::{self, LastGood};
use super::observation::Config;
use super::owner::Keeper;
use super::place::{Place, read_bounded};
use super::settings::Flags;
use super::texts::Text;
use crate::shared::config::{self, Rejected, Watchdog, keys};
use crate::shared::language::Language;
use crate::shared::redact::redact;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The gateway's own default port.
pub(super) const PORT: u16 = 18_789;
const MOST_CONFIG: u64 = 16_000_000;

/// `openclaw.json` as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub path: PathBuf,
    /// Null where there is none or nothing of it can be read.
    pub whole: Value,
    /// Of the content that is here, be it the file's or its copy's.
    pub digest: Option<String>,
    /// What it leaves out is left to the defaults: it was read, is not there, or its last good copy was read.
    pub told: bool,
    /// Sentences for a person.
    pub warnings: Vec<String>,
}

/// Our own copy of the last configuration with which the gateway was healthy.
fn last_good(place: &Place) -> (Option<Value>, Option<String>) {
    let read = read_bounded(&LastGood::new(place).file(0), MOST_CONFIG);
    let (state, copy) = read.map_or((Config::Missing, None), |bytes| config_file::parse(&bytes));
    (copy, state.digest())
}

/// The port: by flag, environment, configuration; none where nothing of it is one.
#[must_use]
pub fn port(
    flags: &Flags,
    env: &dyn Fn(&str) -> Option<String>,
    whole: &Value,
    language: Language,
    warnings: &mut Vec<String>,
) -> Option<u16> {
    const ENV: &str = "OPENCLAW_GATEWAY_PORT";
    if let Some(port) = flags.port {
        return Some(port);
    }
    let sound = |n: u64| u16::try_from(n).ok().filter(|p| *p != 0);
    let file = whole.pointer("/gateway/port");
    let of_file = file.and_then(Value::as_u64).and_then(sound);
    let mut refuse = |key: &str, value: &str, used: u16| {
        let accepted = config::accepts_whole(1, u64::from(u16::MAX), language);
        let values = [key, value, &accepted, &used.to_string()];
        warnings.push(Text::SettingRefused.say(language, &values));
    };
    if let Some(text) = env(ENV).filter(|text| !text.trim().is_empty()) {
        match text.trim().parse().ok().and_then(sound) {
            Some(port) => return Some(port),
            None => refuse(ENV, &redact(&text), of_file.unwrap_or(PORT)),
        }
    }
    if let (Some(value), None) = (file.filter(|v| !v.is_null()), of_file) {
        refuse("gateway.port", &redact(&value.to_string()), PORT);
    }
    of_file
}

/// Texts that have a form of their own: the owner, and the targets. What is none is left out and said.
pub fn judge_texts(watchdog: &mut Watchdog, language: Language, warnings: &mut Vec<String>) {
    let mut refuse = |key: &str, value: &str, accepted: &str, used: &str| {
        warnings.push(Text::SettingRefused.say(language, &[key, &redact(value), accepted, used]));
    };
    if !watchdog.owner.trim().is_empty() && Keeper::parse(&watchdog.owner).is_none() {
        let accepted = "systemd-user:UNIT, systemd:UNIT, launchd:LABEL, docker:NAME, podman:NAME";
        refuse("watchdog.owner", &watchdog.owner, accepted, "\"\"");
        watchdog.owner.clear();
    }
    let words = watchdog.reachability_targets.split([',', ' ']).map(str::trim).filter(|w| !w.is_empty());
    let (sound, wrong): (Vec<&str>, Vec<&str>) = words.partition(|w| is_target(w));
    if !wrong.is_empty() {
        // Empty would mean that nothing is ever asked, which nobody has said.
        let usual = config::Config::default().watchdog.reachability_targets;
        let used = if sound.is_empty() { usual } else { sound.join(", ") };
        refuse("watchdog.reachabilityTargets", &wrong.join(", "), "host:port, 1-65535", &used);
        watchdog.reachability_targets = used;
    }
}

fn is_target(word: &str) -> bool {
    let Some((host, port)) = word.rsplit_once(':') else { return false };
    !host.is_empty() && port.parse::<u16>().is_ok_and(|p| p != 0)
}

/// The whole `openclaw.json`, or what stands for it. `given`: somebody named the file.
pub(super) fn config(place: &Place, given: Option<PathBuf>, language: Language) -> File {
    let asked_for = given.is_some();
    let path = given.unwrap_or_else(|| place.state_dir.join("openclaw.json"));
    let missing = |path| File { path, told: true, ..File::default() };
    let (state, whole) = config_file::read(&path);
    if let Some(whole) = whole {
        return File { whole, digest: state.digest(), ..missing(path) };
    }
    let absent = state == Config::Missing;
    let (error, permitted) = match state {
        Config::Broken { error } => (error, true),
        Config::Unreadable { error } => (error, false),
        Config::Missing if asked_for => {
            (std::io::Error::from(std::io::ErrorKind::NotFound).to_string(), true)
        }
        _ => return missing(path),
    };
    let (copy, digest) = last_good(place);
    let used = LastGood::new(place).file(0).display().to_string();
    // What worked last still says which port to watch and whom to tell that the file is broken.
    let text = match (permitted, &copy) {
        (true, Some(_)) => Text::ConfigBrokenCopy,
        (true, None) => Text::ConfigBroken,
        (false, Some(_)) => Text::ConfigUnreadableCopy,
        (false, None) => Text::ConfigUnreadable,
    };
    let warnings = vec![text.say(language, &[&path.display().to_string(), &error, &used])];
    let told = copy.is_some() || absent;
    File { path, whole: copy.unwrap_or(Value::Null), digest, told, warnings }
}

/// Puts the flags over the section, after judging each by the table of keys.
///
/// # Errors
/// A sentence that names the flag, its value and what is accepted.
pub fn put_flags(section: &mut Value, flags: &Flags, language: Language) -> Result<(), String> {
    let mut over = serde_json::Map::new();
    for (name, text) in &flags.watchdog {
        over.insert((*name).to_owned(), flag_value(name, text));
    }
    let (_, rejected) = config::read(&json!({"language": language, "watchdog": over}), &|_| None);
    if let Some(r) = rejected.first() {
        let accepted = with_unit(&r.key, &r.accepted, language);
        return Err(
            Text::FlagRefused.say(language, &[&flag_name(&r.key), &shown(&r.key, &r.value), &accepted])
        );
    }
    if !section.is_object() {
        *section = json!({});
    }
    if let Some(top) = section.as_object_mut() {
        // What is accepted is said in the language asked for.
        top.extend(flags.language.as_ref().map(|word| ("language".to_owned(), json!(word))));
        let watchdog = top.entry("watchdog").or_insert_with(|| json!({}));
        if !watchdog.is_object() {
            *watchdog = json!({});
        }
        watchdog.as_object_mut().into_iter().for_each(|w| w.extend(over.clone()));
    }
    Ok(())
}

/// Whether a flag was given for the key at this path.
#[must_use]
pub fn is_flag(flags: &Flags, path: &str) -> bool {
    let name = path.strip_prefix("watchdog.");
    flags.watchdog.iter().any(|(given, _)| Some(*given) == name)
}

/// A number stays a number, a command becomes a list of words, anything else is left for the judge of values to refuse.
fn flag_value(name: &str, text: &str) -> Value {
    if let Ok(value) = serde_json::from_str::<Value>(text)
        && (value.is_array() || value.is_u64())
    {
        return value;
    }
    // A list that is none is not taken for words, nor nothing for a command.
    let words = !text.trim().is_empty() && !text.trim_start().starts_with('[');
    if name.ends_with("Command") && words {
        return text.split_whitespace().collect();
    }
    Value::String(text.to_owned())
}

/// `watchdog.maxRestarts` as the flag `--max-restarts`.
fn flag_name(key: &str) -> String {
    let name = key.strip_prefix("watchdog.").unwrap_or(key);
    let kebab = name.chars().flat_map(|c| {
        let dash = c.is_ascii_uppercase().then_some('-');
        dash.into_iter().chain([c.to_ascii_lowercase()])
    });
    format!("--{}", kebab.collect::<String>())
}

/// A setting that was not taken, in words.
#[must_use]
pub fn complaint(r: &Rejected, language: Language) -> String {
    if r.accepted.is_empty() {
        return Text::SettingUnknown.say(language, &[&r.key]);
    }
    let (value, accepted) = (shown(&r.key, &r.value), with_unit(&r.key, &r.accepted, language));
    Text::SettingRefused.say(language, &[&r.key, &value, &accepted, &r.used])
}

/// A value that may be shown: what alerts go by, and commands, may hold a secret that looks like none.
fn shown(key: &str, value: &str) -> String {
    let may_hide = key.starts_with("notify.") || key.ends_with("Command");
    if may_hide { "***".to_owned() } else { redact(value).into_owned() }
}

/// What is accepted, with the unit that the key is counted in.
fn with_unit(key: &str, accepted: &str, language: Language) -> String {
    let path = keys::all().find(|k| k.path == key || k.env == Some(key)).map_or(key, |k| k.path);
    if path.ends_with("Seconds") {
        return Text::InSeconds.say(language, &[accepted]);
    }
    accepted.to_owned()
}
