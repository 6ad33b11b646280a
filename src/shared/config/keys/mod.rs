//! Every configuration key, once: type, range, default, environment variable, and what a person is told about it.
//! The manifest's `configSchema` and `uiHints` are made from this table.

mod alerts;
mod session;
mod watchdog;

/// What values a key takes, and its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    Bool {
        default: bool,
    },
    /// A whole number in `min..=max`. `None`: off until set.
    Whole {
        min: u64,
        max: u64,
        default: Option<u64>,
    },
    /// One of a list of words; the first is the default.
    Word {
        of: &'static [&'static str],
    },
    /// Free text; empty is "not set".
    Text {
        default: &'static str,
    },
    /// A command as a list of words, run without a shell; empty is "not set".
    Command,
}

/// One configuration key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Dotted path below the plugin's `config`, e.g. `context.thresholdPercent`.
    pub path: &'static str,
    pub takes: Takes,
    /// Environment variable that outranks the file.
    pub env: Option<&'static str>,
    /// Short label and one sentence of help, English then Chinese.
    pub label: [&'static str; 2],
    pub help: [&'static str; 2],
}

const fn key(path: &'static str, takes: Takes, label: [&'static str; 2], help: [&'static str; 2]) -> Key {
    Key { path, takes, env: None, label, help }
}

const fn env(name: &'static str, key: Key) -> Key {
    Key { env: Some(name), ..key }
}

const fn whole(min: u64, max: u64, default: u64) -> Takes {
    Takes::Whole { min, max, default: Some(default) }
}

const fn off_or(min: u64, max: u64) -> Takes {
    Takes::Whole { min, max, default: None }
}

const fn switch(default: bool) -> Takes {
    Takes::Bool { default }
}

/// All keys, grouped by section, in the order in which a person meets them.
pub fn all() -> impl Iterator<Item = &'static Key> {
    [session::KEYS, alerts::KEYS, watchdog::KEYS].into_iter().flatten()
}
