//! From flags, environment and `openclaw.json` to what the watchdog works with.

use super::deliver::{self, Found, Retry};
use super::given;
use super::look::Pace;
use super::observation::Observation;
use super::owner::Keeper;
use super::place::Place;
use super::policy::Policy;
use super::texts::Text;
use crate::shared::config::{self, Notify, Speak, Watchdog, keys};
use crate::shared::language::Language;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Where the plugin's section is in `openclaw.json`.
pub const SECTION: &str = "/plugins/entries/auto-session-manager/config";
/// Test only: multiplies every duration, so that rehearsals need no other code path.
pub const SCALE_ENV: &str = "ASM_WATCHDOG_TIME_SCALE";

/// What the command line gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flags {
    pub port: Option<u16>,
    /// What the gateway's own unit says, where nothing else does.
    pub unit_port: Option<u16>,
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
    /// Whether anything says that port: a flag, the environment, a file that could be read or its last good copy. Else it
    /// is only the host's default, and nothing is done by a guess.
    pub port_known: bool,
    /// The content that was taken up, by its digest; none where neither the file nor a copy of it could be read.
    pub config_digest: Option<String>,
    /// What the command line gave: it goes on outranking the file when that changes.
    pub flags: Flags,
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
    /// What they were found by.
    pub notify: Notify,
    pub retry: Retry,
    /// How long the evidence of an act may take before the act goes on without more of it, milliseconds.
    pub evidence_ms: u64,
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
            && let Some(own) = std::env::current_exe().ok().and_then(there)
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

/// Our own program as it can be run. After an upgrade the kernel calls the one that runs deleted; the new one lies where
/// it lay.
fn there(own: PathBuf) -> Option<PathBuf> {
    let bare = || own.to_str()?.strip_suffix(" (deleted)").map(PathBuf::from);
    if own.is_file() { Some(own) } else { bare().filter(|path| path.is_file()) }
}

/// Judges everything. `seed` feeds the jitter.
///
/// # Errors
/// A sentence for the person who gave a flag that is not accepted.
pub fn settle(flags: Flags, env: &dyn Fn(&str) -> Option<String>, seed: u64) -> Result<Settings, String> {
    let early = language(flags.language.as_deref().map(speak), env);
    let place = match flags.state_dir.clone() {
        Some(state_dir) => Place { state_dir },
        None => Place::find(env).ok_or_else(|| Text::NoStateDir.say(early, &[]))?,
    };
    let named = || env("OPENCLAW_CONFIG_PATH").filter(|p| !p.is_empty()).map(PathBuf::from);
    let path = flags.config.clone().or_else(named);
    let file = given::config(&place, path, early);
    settle_by(flags, env, seed, place, file)
}

/// The same where the configuration has been read.
///
/// # Errors
/// As [`settle`].
pub(super) fn settle_by(
    flags: Flags,
    env: &dyn Fn(&str) -> Option<String>,
    seed: u64,
    place: Place,
    file: given::File,
) -> Result<Settings, String> {
    let given::File { path: config_path, whole, digest: config_digest, told, mut warnings } = file;
    let (config, language) = section(&flags, env, &whole, &mut warnings)?;
    let scale = scale(env).ok_or_else(|| Text::ScaleRefused.say(language, &[SCALE_ENV]))?;
    let port = given::port(&flags, env, &whole, language, &mut warnings).or(flags.unit_port);
    let (watchdog, by_owner) = with_command(config.watchdog, language, &mut warnings);
    let ip = flags.host.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    Ok(Settings {
        ways: deliver::find(&config.notify, &whole, env),
        notify: config.notify,
        retry: Retry::of(scale),
        evidence_ms: evidence_ms(watchdog.capture_stack, scale),
        gateway_log: whole.pointer("/logging/file").and_then(Value::as_str).map(str::to_owned),
        profile: profile(&place, env),
        addr: SocketAddr::new(ip, port.unwrap_or(given::PORT)),
        // Where the file that would say it cannot be read, its silence says nothing.
        port_known: told || port.is_some(),
        policy: Policy::of(&watchdog, scale, seed),
        pace: Pace::of(&watchdog, scale),
        json: flags.json,
        dry_run: flags.dry_run,
        place,
        config_path,
        config_digest,
        by_owner,
        watchdog,
        language,
        warnings,
        flags,
    })
}

/// The watchdog's own settings with a command that restarts, and whether none was given.
fn with_command(mut watchdog: Watchdog, language: Language, warnings: &mut Vec<String>) -> (Watchdog, bool) {
    given::judge_texts(&mut watchdog, language, warnings);
    let by_owner = watchdog.restart_command.is_empty();
    if by_owner {
        watchdog.restart_command = ["openclaw", "gateway", "restart"].map(str::to_owned).to_vec();
    }
    (watchdog, by_owner)
}

/// Our own section, judged, with what outranks it, and the language it asks for.
fn section(
    flags: &Flags,
    env: &dyn Fn(&str) -> Option<String>,
    whole: &Value,
    warnings: &mut Vec<String>,
) -> Result<(config::Config, Language), String> {
    let spoken = flags.language.as_deref();
    let mut section = whole.pointer(SECTION).cloned().unwrap_or(Value::Null);
    given::put_flags(&mut section, flags, language(spoken.map(speak), env))?;
    let given = |name: &str| keys::all().any(|k| k.env == Some(name) && given::is_flag(flags, k.path));
    let (config, rejected) = config::read(&section, &|name| if given(name) { None } else { env(name) });
    let language = language(spoken.map_or(Some(config.language), |w| Some(speak(w))), env);
    warnings.extend(rejected.iter().map(|r| given::complaint(r, language)));
    Ok((config, language))
}

/// 10 s; 25 s where Node's inspector is asked, which parses thousands of scripts of a large program first.
fn evidence_ms(stack: bool, scale: f64) -> u64 {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ms = (if stack { 25_000.0 } else { 10_000.0 } * scale) as u64;
    // A loaded test machine sets the floor.
    ms.max(5_000)
}

/// By how much all times are shortened; 1 but in rehearsals. None for what is no such number.
fn scale(env: &dyn Fn(&str) -> Option<String>) -> Option<f64> {
    match env(SCALE_ENV) {
        None => Some(1.0),
        Some(text) => text.trim().parse::<f64>().ok().filter(|s| s.is_finite() && *s > 0.0),
    }
}

/// By `OPENCLAW_PROFILE`, else by a state directory that ends with `.openclaw-<profile>`.
fn profile(place: &Place, env: &dyn Fn(&str) -> Option<String>) -> String {
    let named = env("OPENCLAW_PROFILE").filter(|p| !p.is_empty() && p != "default");
    let dir = place.state_dir.file_name().and_then(|n| n.to_str());
    named.or_else(|| Some(dir?.strip_prefix(".openclaw-")?.to_owned())).unwrap_or_default()
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
    fn a_program_that_was_replaced_is_the_one_that_lies_there() {
        let dir = tempfile::tempdir().unwrap();
        let (own, deleted) = (dir.path().join("asm"), dir.path().join("asm (deleted)"));
        assert_eq!(there(deleted.clone()), None);
        std::fs::write(&own, "").unwrap();
        assert_eq!((there(own.clone()), there(deleted)), (Some(own.clone()), Some(own)));
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
        let config = Some(dir.path().join("openclaw.json"));
        let flags = Flags { state_dir: Some(dir.path().to_owned()), config, ..Flags::default() };
        let named = settle(flags, &|_| None, 1).unwrap();
        assert_eq!(named.addr.port(), 18_801, "the copy serves a file that is named, too");
        let e = settle_in(FILE, &[("timeoutSeconds", "9")], &[]).unwrap_err();
        assert!(e.contains("--timeout-seconds") && e.contains("10 to 86400"), "{e}");
        assert!(settle_in("{}", &[("maxRestarts", "many")], &[]).unwrap_err().contains("--max-restarts"));
    }
}
