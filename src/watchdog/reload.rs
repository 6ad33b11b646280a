//! `openclaw.json` changed while we run: what it says now is taken up whole, or what stands stays whole.

use super::given;
use super::journal::Level;
use super::last_incident;
use super::run::check_program;
use super::settings::{Settings, settle_by};
use super::texts::Text;
use super::watch::Watch;
use crate::shared::config::Watchdog;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// What the port is called in the file.
pub(super) const PORT_KEY: &str = "gateway.port";

/// What became of a changed file.
#[derive(Debug)]
pub enum Reload {
    /// It is taken up; the names of what changed by it.
    Taken { settings: Box<Settings>, changed: Vec<String> },
    /// A value of it is not accepted: what stands stays. Sentences for a person.
    Kept(Vec<String>),
}

/// What the settings are by the new content of the file, with the same flags and the same environment. None where it is
/// what stands already.
pub(super) fn reload(
    now: &Settings,
    whole: &Value,
    digest: &str,
    env: &dyn Fn(&str) -> Option<String>,
) -> Option<Reload> {
    if now.config_digest.as_deref() == Some(digest) {
        return None;
    }
    let file = given::File {
        path: now.config_path.clone(),
        whole: whole.clone(),
        digest: Some(digest.to_owned()),
        told: true,
        warnings: Vec::new(),
    };
    let settings = match settle_by(now.flags.clone(), env, now.policy.seed, now.place.clone(), file) {
        Ok(settings) => settings,
        Err(why) => return Some(Reload::Kept(vec![why])),
    };
    // A value of the same key was not accepted before: another one of it keeps nothing else back.
    let key = |warning: &str| warning.split(' ').next().unwrap_or_default().to_owned();
    let known = |w: &String| now.warnings.iter().any(|old| key(old) == key(w));
    let new = settings.warnings.iter().filter(|w| !known(w));
    let why: Vec<String> = new.cloned().collect();
    // Where no content stands, the defaults do, and whatever the file says is better than they are.
    if now.config_digest.is_some() && !why.is_empty() {
        return Some(Reload::Kept(why));
    }
    let changed = changed(now, &settings);
    Some(Reload::Taken { settings: Box::new(settings), changed })
}

/// Where the gateway is by the new content, whatever else of it is not accepted.
pub(super) fn addr(now: &Settings, whole: &Value, env: &dyn Fn(&str) -> Option<String>) -> SocketAddr {
    let port = given::port(&now.flags, env, whole, now.language, &mut Vec::new());
    SocketAddr::new(now.addr.ip(), port.unwrap_or(given::PORT))
}

/// The names of what differs: values may be secrets.
fn changed(old: &Settings, new: &Settings) -> Vec<String> {
    let parts = [
        (PORT_KEY, old.addr != new.addr || old.port_known != new.port_known),
        ("language", old.language != new.language),
        ("notify", old.notify != new.notify),
        ("logging.file", old.gateway_log != new.gateway_log),
    ];
    let parts = parts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned());
    parts.chain(keys(&old.watchdog, &new.watchdog)).collect()
}

/// `watchdog.timeoutSeconds`, as it is called in the file.
fn keys(old: &Watchdog, new: &Watchdog) -> Vec<String> {
    let of = |w: &Watchdog| serde_json::to_value(w).unwrap_or_default();
    let (old, new) = (of(old), of(new));
    let new = new.as_object().into_iter().flatten();
    let differ = new.filter(|(key, value)| old.get(key.as_str()) != Some(value));
    let mut names: Vec<String> = differ.map(|(key, _)| format!("watchdog.{}", camel(key))).collect();
    names.sort_unstable();
    names
}

fn camel(name: &str) -> String {
    let mut upper = false;
    let one = |c: char| {
        let said = (c != '_').then(|| if upper { c.to_ascii_uppercase() } else { c });
        upper = c == '_';
        said
    };
    name.chars().filter_map(one).collect()
}

impl Watch {
    /// Goes on by what the file says now, or says why not.
    pub(super) fn reloaded(&mut self, reload: Reload) {
        let (settings, changed) = match reload {
            Reload::Taken { settings, changed } => (settings, changed),
            Reload::Kept(why) => {
                let why = why.join("; ");
                return self.tell(Level::Warn, "settings-kept", Text::SettingsKept, &[&why], json!({}));
            }
        };
        let target = settings.addr.to_string();
        if target != self.stored.target {
            self.move_to(&target);
        }
        let before = std::mem::replace(&mut self.settings, *settings);
        let ways: Vec<&str> = self.way_names();
        let letters = &mut self.stored.outbox.letters;
        letters.iter_mut().for_each(|l| l.errands.retain(|e| e.under_way || ways.contains(&e.way.as_str())));
        letters.retain(|l| !l.errands.is_empty());
        if !changed.is_empty() {
            let (names, facts) = (changed.join(", "), json!({"changed": changed, "target": target}));
            self.tell(Level::Info, "settings-reloaded", Text::SettingsReloaded, &[&names], facts);
        }
        let new = self.settings.warnings.iter().filter(|w| !before.warnings.contains(w));
        for text in new.cloned().collect::<Vec<_>>() {
            self.journal.say(Level::Warn, "settings", &text, json!({}));
        }
        if before.watchdog.restart_command != self.settings.watchdog.restart_command {
            check_program(self);
        }
        if before.notify != self.settings.notify {
            self.say_unusable_ways();
        }
        self.save();
    }

    /// The gateway listens elsewhere now. What was seen at the old place says nothing about it; what was done counts.
    fn move_to(&mut self, target: &str) {
        self.leave();
        let stored = std::mem::take(&mut self.stored);
        let before = stored.history.incident.clone();
        self.stored = stored.moved_to(target);
        if let Some(before) = before {
            self.note_stage(&before, last_incident::Phase::Closed);
            self.stored.folder = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::settings::{Flags, settle};
    use std::path::Path;

    fn began(dir: &Path, text: Option<&str>) -> Settings {
        let file = dir.join("openclaw.json");
        match text {
            Some(text) => std::fs::write(file, text).unwrap_or_default(),
            None => std::fs::remove_file(file).unwrap_or_default(),
        }
        let watchdog = vec![("graceSeconds", "77".to_owned())];
        let flags = Flags { state_dir: Some(dir.to_owned()), watchdog, ..Flags::default() };
        settle(flags, &|_| None, 1).unwrap_or_else(|e| panic!("{e}"))
    }

    fn section(watchdog: &Value, more: &Value) -> Value {
        let mut config = json!({"watchdog": watchdog, "language": "en"});
        config
            .as_object_mut()
            .into_iter()
            .for_each(|c| c.extend(more.as_object().cloned().unwrap_or_default()));
        json!({"gateway": {"port": 18_801}, "plugins": {"entries": {"auto-session-manager": {"config": config}}}})
    }

    #[test]
    fn what_the_file_says_now_is_taken_up_by_name_and_flags_go_on_outranking_it() {
        let dir = tempfile::tempdir().unwrap();
        let now = began(dir.path(), Some(&section(&json!({}), &json!({})).to_string()));
        let env = |_: &str| None;
        assert!(
            reload(&now, &json!({}), now.config_digest.as_deref().unwrap(), &env).is_none(),
            "it stands already"
        );
        let mut whole = section(
            &json!({"timeoutSeconds": 90, "graceSeconds": 50, "restartCommand": ["x", "s3cret"]}),
            &json!({"language": "zh", "notify": {"webhook": "http://127.0.0.1:1/s3cret"}}),
        );
        whole["gateway"]["port"] = json!(18_802);
        let Some(Reload::Taken { settings, changed }) = reload(&now, &whole, "new", &env) else { panic!() };
        assert_eq!(
            changed,
            ["gateway.port", "language", "notify", "watchdog.restartCommand", "watchdog.timeoutSeconds"]
        );
        assert_eq!((settings.addr.port(), settings.policy.timeout_ms), (18_802, 90_000));
        assert_eq!((settings.watchdog.grace_seconds, settings.ways.ways.len()), (77, 1));
        assert_eq!(settings.config_digest.as_deref(), Some("new"));
    }

    #[test]
    fn a_value_that_is_not_accepted_keeps_all_that_stands() {
        let dir = tempfile::tempdir().unwrap();
        let env = |_: &str| None;
        let bad = section(&json!({"timeoutSeconds": 1, "intervalSeconds": 7}), &json!({}));
        let now = began(dir.path(), Some("{}"));
        let Some(Reload::Kept(why)) = reload(&now, &bad, "new", &env) else { panic!() };
        assert!(why.len() == 1 && why[0].contains("watchdog.timeoutSeconds"), "{why:?}");
        // One that was there from the beginning keeps nothing from being taken up.
        let now = began(dir.path(), Some(&section(&json!({"timeoutSeconds": 1}), &json!({})).to_string()));
        let Some(Reload::Taken { changed, .. }) = reload(&now, &bad, "new", &env) else { panic!() };
        assert_eq!(changed, ["watchdog.intervalSeconds"]);
        let worse = section(&json!({"timeoutSeconds": 2, "intervalSeconds": 7}), &json!({}));
        assert!(matches!(reload(&now, &worse, "new", &env), Some(Reload::Taken { .. })), "by its key");
        // Where nothing could be read, there is nothing to be kept.
        let now = began(dir.path(), Some("{ nope"));
        assert!(!now.port_known);
        let Some(Reload::Taken { settings, .. }) = reload(&now, &bad, "new", &env) else { panic!() };
        assert!(settings.port_known && settings.addr.port() == 18_801);
    }

    #[test]
    fn only_a_file_that_cannot_be_read_leaves_the_port_a_guess() {
        let dir = tempfile::tempdir().unwrap();
        assert!(began(dir.path(), None).port_known, "the host's own default holds");
        assert!(began(dir.path(), Some("{}")).port_known);
        let now = began(dir.path(), Some("{ nope"));
        assert_eq!((now.port_known, now.addr.port()), (false, given::PORT));
        let settle = |flags: Flags, env: Option<&str>| {
            let flags = Flags { state_dir: Some(dir.path().to_owned()), ..flags };
            let env = |n: &str| env.filter(|_| n == "OPENCLAW_GATEWAY_PORT").map(str::to_owned);
            settle(flags, &env, 1).unwrap().port_known
        };
        assert!(
            settle(Flags { port: Some(1), ..Flags::default() }, None) && settle(Flags::default(), Some("7"))
        );
        assert!(!settle(Flags::default(), Some("none")));
        let good = dir.path().join(".asm_watchdog/last_good");
        std::fs::create_dir_all(&good).unwrap();
        std::fs::write(good.join("openclaw.json"), "{}").unwrap();
        assert!(settle(Flags::default(), None), "its last good copy names none, so it is the default");
    }
}
