//! From the user's JSON and environment to a judged [`Config`].

use super::keys::{self, Key, Takes};
use super::{Config, Context, Continuation, Ladder, Memory, Notify, Quota, Secret, Speak, Watchdog};
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A setting that was not taken: the default stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Dotted path, or the environment variable's name.
    pub key: String,
    /// What was given, as JSON text.
    pub value: String,
    /// What is accepted, e.g. `a whole number from 1 to 99`; empty for a key nobody knows.
    pub accepted: String,
    /// What is used instead, as JSON text.
    pub used: String,
}

/// Judges the plugin's `config` section and the environment (environment outranks the section).
#[must_use]
pub fn read(section: &Value, env: &dyn Fn(&str) -> Option<String>) -> (Config, Vec<Rejected>) {
    let mut r = Reader { section, env, language: operator_language(Speak::Auto, env), rejected: Vec::new() };
    r.unknown_keys();
    let language = match r.word("language").as_str() {
        "zh" => Speak::Zh,
        "en" => Speak::En,
        _ => Speak::Auto,
    };
    r.language = operator_language(language, env);
    let config = Config {
        language,
        operator_language: r.language,
        user_timezone: r.word("userTimezone"),
        context: Context {
            threshold_percent: r.whole("context.thresholdPercent"),
            cap_tokens: r.optional("context.capTokens"),
            window_tokens: r.optional("context.windowTokens"),
        },
        continuation: Continuation {
            enabled: r.switch("continuation.enabled"),
            budget_tokens: r.whole("continuation.budgetTokens"),
        },
        ladder: Ladder {
            warn_percent: r.optional("ladder.warnPercent"),
            new_context: r.switch("ladder.newContext"),
            new_context_percent: r.whole("ladder.newContextPercent"),
        },
        memory: r.memory(),
        quota: Quota { minimax_calls_left: r.whole("quota.minimaxCallsLeft") },
        notify: r.notify(),
        watchdog: r.watchdog(),
    };
    (config, r.rejected)
}

/// The language set, else that of the first locale variable that is set.
#[must_use]
pub fn operator_language(language: Speak, env: &dyn Fn(&str) -> Option<String>) -> Language {
    match language {
        Speak::Zh => Language::Zh,
        Speak::En => Language::En,
        Speak::Auto => {
            let locale =
                ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(env).find(|l| !l.is_empty());
            Language::of_locale(&locale.unwrap_or_default())
        }
    }
}

struct Reader<'a> {
    section: &'a Value,
    env: &'a dyn Fn(&str) -> Option<String>,
    /// In which what is accepted is said.
    language: Language,
    rejected: Vec<Rejected>,
}

impl Reader<'_> {
    fn memory(&mut self) -> Memory {
        Memory {
            notes: self.switch("memory.notes"),
            notes_for_all_sessions: self.switch("memory.notesForAllSessions"),
            keep_days: self.whole("memory.keepDays"),
            max_total_megabytes: self.whole("memory.maxTotalMegabytes"),
            import_original_skill: self.switch("memory.importOriginalSkill"),
        }
    }

    fn notify(&mut self) -> Notify {
        Notify {
            session_texts: self.switch("notify.sessionTexts"),
            telegram_chat: self.word("notify.telegramChat"),
            telegram_token: Secret(self.word("notify.telegramToken")),
            webhook: Secret(self.word("notify.webhook")),
            webhook_format: self.word("notify.webhookFormat"),
            command: self.command("notify.command"),
            mail_to: self.word("notify.mailTo"),
        }
    }

    fn watchdog(&mut self) -> Watchdog {
        Watchdog {
            timeout_seconds: self.whole("watchdog.timeoutSeconds"),
            interval_seconds: self.whole("watchdog.intervalSeconds"),
            grace_seconds: self.whole("watchdog.graceSeconds"),
            drain_seconds: self.whole("watchdog.drainSeconds"),
            restart_command: self.command("watchdog.restartCommand"),
            restart_seconds: self.whole("watchdog.restartSeconds"),
            verify_seconds: self.whole("watchdog.verifySeconds"),
            max_restarts: self.whole("watchdog.maxRestarts"),
            escalate_command: self.command("watchdog.escalateCommand"),
            owner: self.word("watchdog.owner"),
            status_command: self.command("watchdog.statusCommand"),
            reachability_targets: self.word("watchdog.reachabilityTargets"),
            max_restarts_per_day: self.whole("watchdog.maxRestartsPerDay"),
            beside_others: self.switch("watchdog.besideOthers"),
            capture_stack: self.switch("watchdog.captureStack"),
        }
    }

    /// The value for a key: environment, then file, then default; each refused one is noted on the way.
    fn value(&mut self, path: &str) -> Value {
        let Some(key) = keys::all().find(|k| k.path == path) else {
            return Value::Null;
        };
        // Set to nothing is how many a shell unsets.
        let set = |name| (self.env)(name).filter(|text| !text.trim().is_empty()).map(|text| (name, text));
        if let Some((name, text)) = key.env.and_then(set) {
            match from_text(key, text.trim()) {
                Some(v) => return v,
                None => self.reject(key, name, &Value::String(text)),
            }
        }
        let pointer = format!("/{}", path.replace('.', "/"));
        match self.section.pointer(&pointer) {
            None | Some(Value::Null) => default(key),
            Some(v) if fits(key, v) => v.clone(),
            Some(v) => {
                self.reject(key, key.path, v);
                default(key)
            }
        }
    }

    fn whole(&mut self, path: &str) -> u64 {
        self.optional(path).unwrap_or_default()
    }

    fn optional(&mut self, path: &str) -> Option<u64> {
        self.value(path).as_u64()
    }

    fn switch(&mut self, path: &str) -> bool {
        self.value(path).as_bool().unwrap_or_default()
    }

    fn word(&mut self, path: &str) -> String {
        self.value(path).as_str().unwrap_or_default().to_owned()
    }

    fn command(&mut self, path: &str) -> Vec<String> {
        let value = self.value(path);
        let words = value.as_array().map(Vec::as_slice).unwrap_or_default();
        words.iter().filter_map(|w| w.as_str().map(str::to_owned)).collect()
    }

    fn reject(&mut self, key: &Key, name: &str, value: &Value) {
        self.rejected.push(Rejected {
            key: name.to_owned(),
            value: value.to_string(),
            accepted: accepted(key, self.language),
            used: default(key).to_string(),
        });
    }

    fn unknown_keys(&mut self) {
        let Some(top) = self.section.as_object() else {
            return;
        };
        for (name, value) in top {
            let within = format!("{name}.");
            let section = keys::all().any(|k| k.path.starts_with(&within));
            match value.as_object() {
                Some(inner) if section => {
                    for (key, value) in inner {
                        self.known(&format!("{within}{key}"), value);
                    }
                }
                _ => self.known(name, value),
            }
        }
    }

    fn known(&mut self, path: &str, value: &Value) {
        if keys::all().all(|k| k.path != path) {
            let (key, value) = (path.to_owned(), value.to_string());
            self.rejected.push(Rejected { key, value, accepted: String::new(), used: String::new() });
        }
    }
}

/// The default of a key, as JSON; null where it is off until set.
#[must_use]
pub fn default(key: &Key) -> Value {
    match key.takes {
        Takes::Bool { default } => default.into(),
        Takes::Whole { default, .. } => default.map_or(Value::Null, Into::into),
        Takes::Word { of } => of.first().copied().unwrap_or_default().into(),
        Takes::Text { default } => default.into(),
        Takes::Command => Value::Array(Vec::new()),
    }
}

/// What a key accepts, in words.
#[must_use]
pub fn accepted(key: &Key, language: Language) -> String {
    match key.takes {
        Takes::Bool { .. } => Notice::AcceptsSwitch.say(language, &[]),
        Takes::Whole { min, max, .. } => accepts_whole(min, max, language),
        Takes::Word { of } => Notice::AcceptsWord.say(language, &[&of.join(", ")]),
        Takes::Text { .. } => Notice::AcceptsText.say(language, &[]),
        Takes::Command => Notice::AcceptsCommand.say(language, &[]),
    }
}

/// That a whole number between these is accepted, in words.
#[must_use]
pub fn accepts_whole(min: u64, max: u64, language: Language) -> String {
    Notice::AcceptsWhole.say(language, &[&min.to_string(), &max.to_string()])
}

fn fits(key: &Key, value: &Value) -> bool {
    match key.takes {
        Takes::Bool { .. } => value.is_boolean(),
        Takes::Whole { min, max, .. } => value.as_u64().is_some_and(|n| (min..=max).contains(&n)),
        Takes::Word { of } => value.as_str().is_some_and(|w| of.contains(&w)),
        Takes::Text { .. } => value.is_string(),
        Takes::Command => value.as_array().is_some_and(|a| a.iter().all(Value::is_string)),
    }
}

fn from_text(key: &Key, text: &str) -> Option<Value> {
    let value = match key.takes {
        Takes::Word { .. } | Takes::Text { .. } => Value::String(text.to_owned()),
        _ => serde_json::from_str(text).ok()?,
    };
    fits(key, &value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn defaults_are_the_contract() {
        let (c, rejected) = read(&Value::Null, &none);
        assert!(rejected.is_empty());
        assert_eq!(c.context.threshold_percent, 80);
        assert_eq!((c.watchdog.timeout_seconds, c.watchdog.interval_seconds), (180, 60));
        assert_eq!(c.quota.minimax_calls_left, 100);
        assert!(!c.ladder.new_context && c.context.cap_tokens.is_none());
    }

    #[test]
    fn environment_outranks_the_file_and_a_bad_one_falls_through() {
        let file = json!({"context": {"thresholdPercent": 60}});
        let env = |n: &str| (n == "ASM_CONTEXT_THRESHOLD").then(|| "70".to_owned());
        assert_eq!(read(&file, &env).0.context.threshold_percent, 70);
        let (config, rejected) = read(&file, &|_| Some(" ".to_owned()));
        assert_eq!((config.watchdog.timeout_seconds, rejected.len()), (180, 0), "set to nothing is not set");
        let bad = |n: &str| (n == "ASM_CONTEXT_THRESHOLD").then(|| "0".to_owned());
        let (c, rejected) = read(&file, &bad);
        assert_eq!(c.context.threshold_percent, 60);
        assert_eq!(rejected[0].key, "ASM_CONTEXT_THRESHOLD");
        assert_eq!(rejected[0].accepted, "a whole number from 1 to 99");
    }

    #[test]
    fn out_of_range_and_unknown_keys_are_named_and_change_nothing() {
        let file = json!({"context": {"thresholdPercent": 149, "treshold": 1}, "extra": 1, "memory": 5});
        let (c, rejected) = read(&file, &none);
        assert_eq!(c, Config::default());
        let keys: Vec<_> = rejected.iter().map(|r| r.key.as_str()).collect();
        assert_eq!(keys, ["context.treshold", "extra", "memory", "context.thresholdPercent"]);
        assert_eq!(rejected[3].used, "80");
    }
}
