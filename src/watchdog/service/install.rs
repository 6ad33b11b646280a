//! `install` and `uninstall`: writes the unit or launch agent, or removes it, and says what a person has to run. Nothing
//! is enabled, started or stopped here.

use super::unit::{HEADER, Plan, instance, is_untouched, launch_agent, systemd_unit};
use crate::shared::config::keys;
use crate::watchdog::place::read_bounded;
use crate::watchdog::printer::out;
use crate::watchdog::said::Said;
use crate::watchdog::settings::{Flags, Settings};
use crate::watchdog::texts::Text;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const MOST_UNIT: u64 = 65_536;

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How it is installed.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// Only shown.
    pub print: bool,
    /// Over a file that a person has changed.
    pub force: bool,
}

/// Writes the service, or only shows it, and gives the exit code.
#[must_use]
pub fn install(settings: &Settings, flags: &Flags, how: How, env: Env) -> u8 {
    let plan = plan(settings, flags, env);
    let text = if cfg!(target_os = "macos") { launch_agent(&plan) } else { systemd_unit(&plan) };
    if how.print {
        out(text.trim_end());
        return 0;
    }
    let mut said = Said::new(settings, "install");
    let Some(path) = file(&plan, env) else {
        return said.failed(Text::InstallNoHome, &[]);
    };
    let shown = path.display().to_string();
    let edit = if cfg!(target_os = "macos") {
        "launchctl setenv NAME VALUE".to_owned()
    } else {
        format!("systemctl --user edit {}", plan.unit_name())
    };
    match write(&path, &text, how.force) {
        Ok(Written::Whole) => said.say(Text::InstallWritten, &[&shown]),
        Ok(Written::Foreign) => return said.failed(Text::InstallForeign, &[&shown]),
        Ok(Written::Edited) => return said.failed(Text::InstallEdited, &[&shown, &edit]),
        Err(e) => return said.broken(&path, &e),
    }
    let carried: Vec<&str> = plan.env.iter().map(|(name, _)| name.as_str()).collect();
    if !carried.is_empty() {
        said.say(Text::InstallCarried, &[&carried.join(", ")]);
    }
    let dropped = dropped(&plan);
    if !dropped.is_empty() {
        said.say(Text::InstallDropped, &[&dropped.join(", "), &edit]);
    }
    let (start, _) = commands(&plan, &shown);
    said.say(Text::InstallNext, &[&start]);
    if !cfg!(target_os = "macos") {
        said.say(Text::InstallLinger, &["loginctl enable-linger"]);
    }
    said.done(json!({"file": shown, "carried": carried, "not_carried": dropped, "next": start}))
}

/// Removes what [`install`] wrote, once it is no longer enabled, and gives the exit code.
#[must_use]
pub fn uninstall(settings: &Settings, flags: &Flags, env: Env) -> u8 {
    let plan = plan(settings, flags, env);
    let mut said = Said::new(settings, "uninstall");
    let Some(path) = file(&plan, env) else {
        return said.failed(Text::InstallNoHome, &[]);
    };
    let shown = path.display().to_string();
    let (_, stop) = commands(&plan, &shown);
    if enabled(&path) {
        return said.failed(Text::UninstallEnabled, &[&stop]);
    }
    let removed = match (is_ours(&path), path.exists()) {
        (true, _) => fs::remove_file(&path),
        (false, true) => return said.failed(Text::InstallForeign, &[&shown]),
        (false, false) => {
            said.say(Text::UninstallNone, &[&shown]);
            return said.done(json!({"file": shown, "removed": false}));
        }
    };
    if let Err(e) = removed {
        return said.broken(&path, &e);
    }
    said.say(Text::UninstallDone, &[&shown]);
    if !cfg!(target_os = "macos") {
        said.say(Text::InstallNext, &["systemctl --user daemon-reload"]);
    }
    said.done(json!({"file": shown, "removed": true}))
}

/// Names of what this shell has for the gateway and us, and the service does not get: neither as a flag nor by itself.
fn dropped(plan: &Plan) -> Vec<String> {
    const AS_FLAGS: [&str; 3] = ["OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH", "OPENCLAW_GATEWAY_PORT"];
    let ours = |n: &str| n.starts_with("ASM_") || n.starts_with("OPENCLAW_") || n.ends_with("_PROXY");
    let kept = |n: &str| AS_FLAGS.contains(&n) || plan.env.iter().any(|(name, _)| name == n);
    let names = std::env::vars_os().filter(|(_, value)| !value.is_empty());
    let mut all: Vec<String> = names.filter_map(|(name, _)| name.into_string().ok()).collect();
    all.retain(|n| ours(&n.to_uppercase()) && !kept(n));
    all.sort();
    all
}

/// The very same command line that was given, as `run`; and what a service would not find: `PATH`, the language, the profile
/// and the watchdog's own settings of the environment. Nothing that may be a secret.
fn plan(settings: &Settings, flags: &Flags, env: Env) -> Plan {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("asm-watchdog"));
    let mut words = vec![program.to_string_lossy().into_owned(), "run".to_owned()];
    let mut add = |name: &str, value: String| words.extend([format!("--{name}"), value]);
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let state_dir = absolute(&settings.place.state_dir).to_string_lossy().into_owned();
    add("state-dir", state_dir.clone());
    let config = flags.config.is_some() || env("OPENCLAW_CONFIG_PATH").is_some_and(|p| !p.is_empty());
    if config {
        add("config", absolute(&settings.config_path).to_string_lossy().into_owned());
    }
    if flags.port.is_some() || env("OPENCLAW_GATEWAY_PORT").is_some() {
        add("port", settings.addr.port().to_string());
    }
    if let Some(host) = flags.host.filter(|h| !h.is_loopback()) {
        add("host", host.to_string());
    }
    if let Some(language) = &flags.language {
        add("language", language.clone());
    }
    let profile = env("OPENCLAW_PROFILE").unwrap_or_default();
    let own = ["PATH", "LANG", "LC_ALL", "LC_MESSAGES", "OPENCLAW_PROFILE", "OPENCLAW_HOME"];
    let of_keys = keys::all().filter(|k| k.path.starts_with("watchdog.")).filter_map(|k| k.env);
    let kept = own.into_iter().chain(of_keys);
    let env_kept = kept.filter_map(|name| Some((name.to_owned(), env(name)?)));
    Plan {
        words,
        env: env_kept.filter(|(_, value)| !value.is_empty() && !value.contains('\n')).collect(),
        instance: instance(&state_dir, &env("HOME").unwrap_or_default(), &profile),
    }
}

fn file(plan: &Plan, env: Env) -> Option<PathBuf> {
    let home = env("HOME").filter(|h| !h.is_empty()).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        return Some(home?.join("Library/LaunchAgents").join(format!("{}.plist", plan.label())));
    }
    let config = env("XDG_CONFIG_HOME").filter(|d| d.starts_with('/')).map(PathBuf::from);
    let config = config.or_else(|| Some(home?.join(".config")))?;
    Some(config.join("systemd/user").join(plan.unit_name()))
}

/// How it is started, and how stopped.
fn commands(plan: &Plan, path: &str) -> (String, String) {
    if cfg!(target_os = "macos") {
        let uid = rustix::process::getuid().as_raw();
        let (label, path) = (plan.label(), path.replace(' ', "\\ "));
        return (
            format!("launchctl bootstrap gui/{uid} {path}"),
            format!("launchctl bootout gui/{uid}/{label}"),
        );
    }
    let unit = plan.unit_name();
    let start = format!("systemctl --user daemon-reload && systemctl --user enable --now {unit}");
    (start, format!("systemctl --user disable --now {unit}"))
}

fn enabled(path: &Path) -> bool {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return false };
    dir.join("default.target.wants").join(name).is_symlink()
}

fn is_ours(path: &Path) -> bool {
    let bytes = read_bounded(path, MOST_UNIT).unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().take(3).any(|line| line.contains(HEADER))
}

/// What came of writing.
enum Written {
    Whole,
    /// There is one that is not ours.
    Foreign,
    /// There is ours, and a person has changed it.
    Edited,
}

/// Writes it, by a file beside it.
fn write(path: &Path, text: &str, force: bool) -> io::Result<Written> {
    if path.exists() && !is_ours(path) {
        return Ok(Written::Foreign);
    }
    let there = read_bounded(path, MOST_UNIT).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if there.is_some_and(|there| there != text && !is_untouched(&there)) && !force {
        return Ok(Written::Edited);
    }
    let dir = path.parent().ok_or(ErrorKind::InvalidInput)?;
    fs::create_dir_all(dir)?;
    let temp = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&temp)?;
    let written =
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temp, path));
    if written.is_err() {
        let _ = fs::remove_file(&temp);
    }
    written.map(|()| Written::Whole)
}
