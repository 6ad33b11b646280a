//! `install` and `uninstall`: writes the unit or launch agent, or removes it, and says what a person has to run. Nothing
//! is enabled, started or stopped here.

use super::unit::{HEADER, Plan, instance, launch_agent, systemd_unit};
use crate::watchdog::place::read_bounded;
use crate::watchdog::settings::{Flags, Settings};
use crate::watchdog::texts::Text;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const MOST_UNIT: u64 = 65_536;

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Writes the service, or only shows it (`print`), and gives the exit code.
#[must_use]
pub fn install(settings: &Settings, flags: &Flags, print: bool, env: Env) -> u8 {
    let plan = plan(settings, flags, env);
    let text = if cfg!(target_os = "macos") { launch_agent(&plan) } else { systemd_unit(&plan) };
    if print {
        print!("{text}");
        return 0;
    }
    let say = |text: Text, values: &[&str]| println!("{}", text.say(settings.language, values));
    let Some(path) = file(&plan, env) else {
        eprintln!("asm-watchdog: {}", Text::InstallNoHome.say(settings.language, &[]));
        return 1;
    };
    let shown = path.display().to_string();
    match write(&path, &text) {
        Ok(true) => say(Text::InstallWritten, &[&shown]),
        Ok(false) => {
            eprintln!("asm-watchdog: {}", Text::InstallForeign.say(settings.language, &[&shown]));
            return 1;
        }
        Err(e) => {
            eprintln!("asm-watchdog: {shown}: {e}");
            return 1;
        }
    }
    let (start, _) = commands(&plan, &shown);
    say(Text::InstallNext, &[&start]);
    if !cfg!(target_os = "macos") {
        say(Text::InstallLinger, &["loginctl enable-linger"]);
    }
    0
}

/// Removes what [`install`] wrote, once it is no longer enabled, and gives the exit code.
#[must_use]
pub fn uninstall(settings: &Settings, flags: &Flags, env: Env) -> u8 {
    let plan = plan(settings, flags, env);
    let say = |text: Text, values: &[&str]| println!("{}", text.say(settings.language, values));
    let Some(path) = file(&plan, env) else {
        eprintln!("asm-watchdog: {}", Text::InstallNoHome.say(settings.language, &[]));
        return 1;
    };
    let shown = path.display().to_string();
    let (_, stop) = commands(&plan, &shown);
    if enabled(&path) {
        say(Text::UninstallEnabled, &[&stop]);
        return 1;
    }
    match (is_ours(&path), path.exists()) {
        (true, _) => match fs::remove_file(&path) {
            Ok(()) => {
                say(Text::UninstallDone, &[&shown]);
                if !cfg!(target_os = "macos") {
                    say(Text::InstallNext, &["systemctl --user daemon-reload"]);
                }
                0
            }
            Err(e) => {
                eprintln!("asm-watchdog: {shown}: {e}");
                1
            }
        },
        (false, true) => {
            eprintln!("asm-watchdog: {}", Text::InstallForeign.say(settings.language, &[&shown]));
            1
        }
        (false, false) => {
            say(Text::UninstallNone, &[&shown]);
            0
        }
    }
}

/// The very same command line that was given, as `run`; and what a service would not find: `PATH` and the profile.
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
    let kept = ["PATH", "LANG", "OPENCLAW_PROFILE", "OPENCLAW_HOME"];
    let env_kept = kept.iter().filter_map(|name| Some(((*name).to_owned(), env(name)?)));
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

/// Writes it, by a file beside it. False where there is one that is not ours.
fn write(path: &Path, text: &str) -> io::Result<bool> {
    if path.exists() && !is_ours(path) {
        return Ok(false);
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
    written.map(|()| true)
}
