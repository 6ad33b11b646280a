//! From flags, environment and `openclaw.json` to what the watchdog works with.

use super::config_file::{self, LastGood};
use super::deliver::{self, Found, Retry};
use super::look::Pace;
use super::observation::{Config, Observation};
use super::owner::Keeper;
use super::place::{Place, read_bounded};
use super::policy::Policy;
use super::texts::Text;
use crate::shared::config::{self, Rejected, Speak, Watchdog, keys};
use crate::shared::language::Language;
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where the plugin's section is in `openclaw.json`.
const SECTION: &str = "/plugins/entries/auto-session-manager/config";
/// The gateway's own default port.
const PORT: u16 = 18_789;
/// Test only: multiplies every duration, so that rehearsals need no other code path.
pub const SCALE_ENV: &str = "ASM_WATCHDOG_TIME_SCALE";
const MOST_CONFIG: u64 = 16_000_000;

/// What the command line gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flags {
    pub port: Option<u16>,
    pub host: Option<IpAddr>,
    pub state_dir: Option<PathBuf>,
    pub config: Option<PathBuf>,
    pub language: Option<String>,
    pub json: bool,
    pub dry_run: bool,
    /// Configuration path below `watchdog.` and the value given for it.
    pub watchdog: Vec<(&'static str, String)>,
}

/// Everything judged.
#[derive(Clone, Debug)]
pub struct Settings {
    pub place: Place,
    /// `openclaw.json`, wherever it is.
    pub config_path: PathBuf,
    /// No restart command was given: the owner that is found restarts, and only where there is none the host's command.
    pub by_owner: bool,
    pub addr: SocketAddr,
    pub watchdog: Watchdog,
    pub policy: Policy,
    pub pace: Pace,
    pub language: Language,
    pub json: bool,
    pub dry_run: bool,
    /// Sentences for a person.
    pub warnings: Vec<String>,
    /// How alerts reach a person, and how patiently.
    pub ways: Found,
    pub retry: Retry,
    /// The gateway's log, where its configuration names one.
    pub gateway_log: Option<String>,
    /// Empty for the default profile.
    pub profile: String,
}

impl Settings {
    /// The command that restarts the gateway: the one given; else, at the first attempt and while the gateway answers,
    /// our own that asks it to restart itself; else that of the owner whom the last look named; else the host's.
    #[must_use]
    pub fn restart_command(&self, seen: &Observation, attempt: u32) -> Vec<String> {
        if !self.by_owner {
            return self.watchdog.restart_command.clone();
        }
        let answers = seen.live() && !seen.draining() && !seen.starting();
        if attempt <= 1
            && answers
            && let Ok(own) = std::env::current_exe()
        {
            let (host, port) = (self.addr.ip().to_string(), self.addr.port().to_string());
            let place = ["--state-dir", &self.place.state_dir.to_string_lossy()].map(str::to_owned);
            let config = ["--config", &self.config_path.to_string_lossy()].map(str::to_owned);
            let config = self.config_path.exists().then_some(config).into_iter().flatten();
            let words = [&*own.to_string_lossy(), "request-restart", "--host", &host, "--port", &port];
            return words.map(str::to_owned).into_iter().chain(place).chain(config).collect();
        }
        let keeper = Keeper::parse(&seen.owner.name.replacen(' ', ":", 1));
        keeper.and_then(|k| k.restart_command()).unwrap_or_else(|| self.watchdog.restart_command.clone())
    }
}

/// Judges everything. `seed` feeds the jitter.
///
/// # Errors
/// A sentence for the person who gave a flag that is not accepted.
pub fn settle(flags: Flags, env: &dyn Fn(&str) -> Option<String>, seed: u64) -> Result<Settings, String> {
    let spoken = flags.language.as_deref();
    let early = language(spoken.map(speak), env);
    let place = match flags.state_dir.clone() {
        Some(state_dir) => Place { state_dir },
        None => Place::find(env).ok_or_else(|| Text::NoStateDir.say(early, &[]))?,
    };
    let mut warnings = Vec::new();
    let named = || env("OPENCLAW_CONFIG_PATH").filter(|p| !p.is_empty()).map(PathBuf::from);
    let path = flags.config.clone().or_else(named);
    let config_path = path.clone().unwrap_or_else(|| place.state_dir.join("openclaw.json"));
    let whole = read_config(&place, path, early, &mut warnings);
    let mut section = whole.pointer(SECTION).cloned().unwrap_or(Value::Null);
    put_flags(&mut section, &flags, early)?;
    let given = |name: &str| keys::all().any(|k| k.env == Some(name) && is_flag(&flags, k.path));
    let (config, rejected) = config::read(&section, &|name| if given(name) { None } else { env(name) });
    let language = language(spoken.map_or(Some(config.language), |w| Some(speak(w))), env);
    warnings.extend(rejected.iter().map(|r| complaint(r, language)));
    let scale = scale(env);
    let mut watchdog = config.watchdog;
    let by_owner = watchdog.restart_command.is_empty();
    if by_owner {
        watchdog.restart_command = ["openclaw", "gateway", "restart"].map(str::to_owned).to_vec();
    }
    Ok(Settings {
        ways: deliver::find(&config.notify, &whole, env),
        retry: Retry::of(scale),
        gateway_log: whole.pointer("/logging/file").and_then(Value::as_str).map(str::to_owned),
        profile: profile(&place, env),
        addr: SocketAddr::new(flags.host.unwrap_or(IpAddr::from([127, 0, 0, 1])), port(&flags, env, &whole)),
        policy: Policy::of(&watchdog, scale, seed),
        pace: Pace::of(&watchdog, scale),
        place,
        config_path,
        by_owner,
        watchdog,
        language,
        json: flags.json,
        dry_run: flags.dry_run,
        warnings,
    })
}

/// By how much all times are shortened; 1 but in rehearsals.
fn scale(env: &dyn Fn(&str) -> Option<String>) -> f64 {
    let scale = env(SCALE_ENV).and_then(|s| s.parse::<f64>().ok());
    scale.filter(|s| s.is_finite() && *s > 0.0).unwrap_or(1.0)
}

/// Our own copy of the last configuration with which the gateway was healthy.
fn last_good(place: &Place) -> Option<Value> {
    config_file::parse(&read_bounded(&LastGood::new(place).file(0), MOST_CONFIG).ok()?).1
}

/// By `OPENCLAW_PROFILE`, else by a state directory that ends with `.openclaw-<profile>`.
fn profile(place: &Place, env: &dyn Fn(&str) -> Option<String>) -> String {
    let named = env("OPENCLAW_PROFILE").filter(|p| !p.is_empty() && p != "default");
    let dir = place.state_dir.file_name().and_then(|n| n.to_str());
    named.or_else(|| Some(dir?.strip_prefix(".openclaw-")?.to_owned())).unwrap_or_default()
}

fn port(flags: &Flags, env: &dyn Fn(&str) -> Option<String>, whole: &Value) -> u16 {
    let from_env = || env("OPENCLAW_GATEWAY_PORT")?.trim().parse().ok();
    let from_file = || u16::try_from(whole.pointer("/gateway/port")?.as_u64()?).ok();
    let chosen = flags.port.or_else(from_env).or_else(from_file);
    chosen.filter(|p| *p != 0).unwrap_or(PORT)
}

fn read_config(
    place: &Place,
    given: Option<PathBuf>,
    language: Language,
    warnings: &mut Vec<String>,
) -> Value {
    let asked_for = given.is_some();
    let path = given.unwrap_or_else(|| place.state_dir.join("openclaw.json"));
    let mut complain = |path: &Path, why: String| {
        let path = path.display().to_string();
        warnings.push(Text::ConfigBroken.say(language, &[&path, &why]));
        Value::Null
    };
    match read_bounded(&path, MOST_CONFIG) {
        Ok(bytes) => match config_file::parse(&bytes) {
            (_, Some(value)) => value,
            // What worked last still says which port to watch and whom to tell that the file is broken.
            (Config::Broken { error }, None) if !asked_for && last_good(place).is_some() => {
                let (path, copy) = (path.display().to_string(), LastGood::new(place).file(0));
                let copy = copy.display().to_string();
                warnings.push(Text::ConfigBrokenCopy.say(language, &[&path, &error, &copy]));
                last_good(place).unwrap_or_default()
            }
            (Config::Broken { error }, None) => complain(&path, error),
            _ => Value::Null,
        },
        Err(e) if e.kind() == ErrorKind::NotFound && !asked_for => Value::Null,
        Err(e) => complain(&path, e.to_string()),
    }
}

/// Puts the flags over the section, after judging each by the table of keys.
fn put_flags(section: &mut Value, flags: &Flags, language: Language) -> Result<(), String> {
    let mut over = serde_json::Map::new();
    for (name, text) in &flags.watchdog {
        over.insert((*name).to_owned(), flag_value(name, text));
    }
    let (_, rejected) = config::read(&json!({"language": language, "watchdog": over}), &|_| None);
    if let Some(r) = rejected.first() {
        return Err(Text::FlagRefused.say(language, &[&flag_name(&r.key), &r.value, &r.accepted]));
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

fn is_flag(flags: &Flags, path: &str) -> bool {
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
    if name.ends_with("Command") {
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

fn complaint(r: &Rejected, language: Language) -> String {
    if r.accepted.is_empty() {
        return Text::SettingUnknown.say(language, &[&r.key]);
    }
    Text::SettingRefused.say(language, &[&r.key, &r.value, &r.accepted, &r.used])
}

fn speak(word: &str) -> Speak {
    match word {
        "zh" => Speak::Zh,
        "en" => Speak::En,
        _ => Speak::Auto,
    }
}

/// The language to speak: as set, else as the locale says.
#[must_use]
pub fn language(speak: Option<Speak>, env: &dyn Fn(&str) -> Option<String>) -> Language {
    config::operator_language(speak.unwrap_or(Speak::Auto), env)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle_in(
        config: &str,
        flags: &[(&'static str, &str)],
        env: &[(&str, &str)],
    ) -> Result<Settings, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("openclaw.json"), config).unwrap();
        let flags = Flags {
            state_dir: Some(dir.path().to_owned()),
            watchdog: flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(),
            ..Flags::default()
        };
        let env = |n: &str| env.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned());
        settle(flags, &env, 1)
    }

    const FILE: &str = "{ // JSON5\n gateway: {port: 18801}, plugins: {entries: {'auto-session-manager': {config: \
                        {language: 'zh', watchdog: {timeoutSeconds: 90, intervalSeconds: 5,}}}}}}";

    #[test]
    fn flag_over_environment_over_file_over_default() {
        let s = settle_in(FILE, &[], &[]).unwrap();
        assert_eq!((s.watchdog.timeout_seconds, s.watchdog.grace_seconds), (90, 300));
        assert_eq!((s.addr.port(), s.language), (18_801, Language::Zh));
        assert_eq!(s.watchdog.restart_command, ["openclaw", "gateway", "restart"]);
        let env = [("ASM_GATEWAY_TIMEOUT", "100"), ("OPENCLAW_GATEWAY_PORT", "18802")];
        let s = settle_in(FILE, &[], &env).unwrap();
        assert_eq!((s.watchdog.timeout_seconds, s.addr.port()), (100, 18_802));
        let s = settle_in(FILE, &[("timeoutSeconds", "110")], &env).unwrap();
        assert_eq!((s.watchdog.timeout_seconds, s.watchdog.interval_seconds), (110, 5));
        assert!(s.warnings.is_empty());
    }

    #[test]
    fn who_answers_is_asked_first_and_then_the_owner() {
        use crate::watchdog::observation::{Answer, Fields, Owner};
        let s = settle_in("{}", &[], &[]).unwrap();
        let mut seen = Observation {
            owner: Owner { name: "systemd-user openclaw-gateway.service".to_owned(), ..Owner::default() },
            ..Observation::default()
        };
        let by_owner = ["systemctl", "--user", "restart", "openclaw-gateway.service"];
        assert_eq!(s.restart_command(&seen, 1), by_owner);
        seen.healthz =
            Answer::Http { status: 200, fields: Some(Fields { ok: Some(true), ..Fields::default() }) };
        assert_eq!(s.restart_command(&seen, 1)[1], "request-restart");
        assert_eq!(s.restart_command(&seen, 2), by_owner);
        assert_eq!(s.restart_command(&Observation::default(), 1), ["openclaw", "gateway", "restart"]);
        let given = settle_in("{}", &[("restartCommand", "x y")], &[]).unwrap();
        assert_eq!(given.restart_command(&seen, 1), ["x", "y"]);
    }

    #[test]
    fn commands_are_words_or_a_json_list() {
        let s = settle_in("{}", &[("restartCommand", "a b  c")], &[]).unwrap();
        assert_eq!(s.watchdog.restart_command, ["a", "b", "c"]);
        let s = settle_in("{}", &[("escalateCommand", r#"["/x y/z","q r"]"#)], &[]).unwrap();
        assert_eq!(s.watchdog.escalate_command, ["/x y/z", "q r"]);
    }

    #[test]
    fn a_broken_file_warns_and_a_bad_flag_is_refused() {
        let s = settle_in("{ nope", &[], &[]).unwrap();
        assert_eq!((s.watchdog.timeout_seconds, s.warnings.len()), (180, 1));
        let s = settle_in(FILE, &[], &[("ASM_GATEWAY_TIMEOUT", "1")]).unwrap();
        assert_eq!((s.watchdog.timeout_seconds, s.warnings.len()), (90, 1));
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join(".asm_watchdog/last_good")).unwrap();
        std::fs::write(dir.path().join(".asm_watchdog/last_good/openclaw.json"), FILE).unwrap();
        std::fs::write(dir.path().join("openclaw.json"), "{ nope").unwrap();
        let flags = Flags { state_dir: Some(dir.path().to_owned()), ..Flags::default() };
        let s = settle(flags, &|_| None, 1).unwrap();
        assert_eq!((s.watchdog.timeout_seconds, s.addr.port(), s.warnings.len()), (90, 18_801, 1));
        let e = settle_in(FILE, &[("timeoutSeconds", "9")], &[]).unwrap_err();
        assert!(e.contains("--timeout-seconds") && e.contains("10 to 86400"), "{e}");
        assert!(settle_in("{}", &[("maxRestarts", "many")], &[]).unwrap_err().contains("--max-restarts"));
    }
}
