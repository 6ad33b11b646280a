//! Other programs that restart the gateway, by what is seen of them. They are named, never ended.

use super::observation::Guardian;
use super::os;
use super::settings::Settings;
use crate::shared::guardians::{guards_gateway, is_ours, is_published};
use crate::shared::redact::redact;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

const MOST: usize = 20;
/// Programs of the original skill that restart the gateway; its other one only watches quota.
const ORIGINAL: &[&str] = &["gateway_monitor.py", "gateway-monitor.py"];
/// Programs whose first argument is what runs.
const INTERPRETERS: &[&str] = &["bash", "bun", "dash", "deno", "node", "perl", "python", "ruby", "sh", "zsh"];
/// Words of a command that ends or restarts something.
const ENDS: &[&str] = &["kill", "killall", "pkill", "restart"];
const CRONTABS: &[&str] = &["/etc/crontab", "/etc/cron.d"];

/// Which gateway is ours. Empty is what is not known.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    /// Its process.
    pub pid: Option<u32>,
    profile: String,
    state_dir: String,
    config: String,
}

impl Ours {
    #[must_use]
    pub fn of(settings: &Settings, pid: Option<u32>) -> Self {
        let path = |path: &Path| path.display().to_string();
        let (state_dir, config) = (path(&settings.place.state_dir), path(&settings.config_path));
        Self { pid, profile: settings.profile.clone(), state_dir, config }
    }

    /// Whether a command line names another gateway than ours: its profile, state directory or configuration. What it
    /// leaves to variables or to `~` is not known here.
    fn is_not(&self, words: &[&str]) -> bool {
        let named = |flag: &str, variable: &str| {
            let mut all = words.iter().zip(words.iter().skip(1).map(Some).chain([None]));
            all.find_map(|(word, next)| match word.split_once('=') {
                Some((name, value)) if name == flag || name == variable => Some(value),
                None if *word == flag => next.copied(),
                _ => None,
            })
        };
        let other = |said: Option<&str>, ours: &str| {
            let said = said.map(|text| text.trim_matches(['"', '\'']).trim_end_matches('/'));
            said.is_some_and(|text| !text.contains(['$', '~']) && text != ours.trim_end_matches('/'))
        };
        let profile = if self.profile.is_empty() { "default" } else { &self.profile };
        // The host's own units are called by their profiles.
        let mut units = words.iter().filter(|_| words.contains(&"systemctl")).filter_map(|word| {
            let unit = word.strip_suffix(".service").unwrap_or(word).strip_prefix("openclaw-gateway")?;
            Some(unit.strip_prefix('-').unwrap_or("default"))
        });
        units.any(|unit| unit != profile)
            || other(named("--profile", "OPENCLAW_PROFILE"), profile)
            || other(named("--state-dir", "OPENCLAW_STATE_DIR"), &self.state_dir)
            || other(
                named("--config", "OPENCLAW_CONFIG_PATH").filter(|c| c.contains("openclaw")),
                &self.config,
            )
    }
}

/// Everybody found. All tools of the system's together have until then.
#[must_use]
pub fn find(ours: &Ours, until: Instant) -> Vec<Guardian> {
    let mut found = processes(ours);
    found.extend(timers(until));
    let left = until.saturating_duration_since(Instant::now());
    let crontab = os::output(&["crontab", "-l"], left).unwrap_or_default();
    found.extend(in_crontab(&crontab, false, ours));
    for path in CRONTABS {
        found.extend(in_crontab(&texts(Path::new(path)), true, ours));
    }
    found.extend(launch_agents());
    found.dedup_by(|a, b| (&a.name, &a.found) == (&b.name, &b.found));
    found.truncate(MOST);
    found
}

/// `sure`: it is ours or the machine's, and active. Whoever is called as one that is published is one then; `said`: its
/// command line.
fn guardian(path: &str, said: &str, pid: Option<u32>, found: &str, sure: bool) -> Guardian {
    let name = redact(path.rsplit('/').next().unwrap_or(path)).chars().take(80).collect();
    let certain = is_published(path, said) || (is_original(path) && said.to_lowercase().contains("openclaw"));
    Guardian { name, pid, found: found.to_owned(), may_be: !(sure && certain) }
}

fn is_original(path: &str) -> bool {
    ORIGINAL.iter().any(|o| path.ends_with(o))
}

/// Whether a process is this user's or root's; another one may not restart our gateway.
fn may_act(pid: u32) -> bool {
    let ours = rustix::process::getuid().as_raw();
    fs::metadata(format!("/proc/{pid}")).map_or(true, |m| m.uid() == 0 || m.uid() == ours)
}

fn processes(ours: &Ours) -> Vec<Guardian> {
    let parent = ours.pid.and_then(os::parent);
    let pids = os::pids().into_iter().filter(|pid| *pid != std::process::id() && Some(*pid) != ours.pid);
    let known = pids.filter_map(|pid| {
        let arguments = os::arguments(pid);
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let name = what_runs(&words).filter(|_| !ours.is_not(&words))?;
        // A script of the host's folder is often called by its name alone.
        let folder = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
        let said = format!("{} {}", words.join(" "), folder.display());
        let found = if Some(pid) == parent { "parent" } else { "process" };
        Some(guardian(name, &said, Some(pid), found, may_act(pid)))
    });
    known.collect()
}

/// The program or script of a command line, if it guards a gateway.
fn what_runs<'a>(words: &[&'a str]) -> Option<&'a str> {
    let program = words.first()?;
    let file = program
        .rsplit('/')
        .next()
        .unwrap_or(program)
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let script = words.iter().skip(1).find(|a| !a.starts_with('-')).filter(|_| INTERPRETERS.contains(&file));
    [Some(program), script].into_iter().flatten().find(|name| is_guardian(name)).copied()
}

fn is_guardian(name: &str) -> bool {
    (guards_gateway(name) && !is_ours(name)) || is_original(name)
}

fn timers(until: Instant) -> Vec<Guardian> {
    let asked = [Some("--user"), None].map(|user| {
        let words = ["systemctl"].into_iter().chain(user).chain(["list-timers", "--all", "--output=json"]);
        os::output(&words.collect::<Vec<_>>(), until.saturating_duration_since(Instant::now()))
    });
    asked.into_iter().flatten().flat_map(|text| in_timers(&text)).collect()
}

fn in_timers(text: &str) -> Vec<Guardian> {
    let rows: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let named = rows.iter().flat_map(|row| {
        // One that is not active has no next time.
        let active = row.get("next").is_none_or(|next| next.as_u64().is_some_and(|at| at > 0));
        ["activates", "unit"].map(|n| Some((row.get(n)?.as_str()?, active)))
    });
    let known = named.flatten().filter(|(name, _)| is_guardian(name));
    let mut found: Vec<Guardian> = known.map(|(name, on)| guardian(name, "", None, "timer", on)).collect();
    // A timer and what it starts are one.
    found.dedup_by(|a, b| a.name.split('.').next() == b.name.split('.').next());
    found
}

/// Lines whose program or script guards a gateway, and lines that speak of OpenClaw and of a restart or a kill. Where only
/// another word does, or the two stand in different commands, it may be one.
fn in_crontab(text: &str, system: bool, ours: &Ours) -> Vec<Guardian> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.filter_map(|line| in_line(line, system, ours)).collect()
}

fn in_line(line: &str, system: bool, ours: &Ours) -> Option<Guardian> {
    let schedule = if line.starts_with('@') { 1 } else { 5 };
    // In the system's own tables a user's name comes before the program.
    let words: Vec<&str> = line.split_whitespace().skip(schedule + usize::from(system)).collect();
    let asm = words.iter().any(|w| is_ours(w.rsplit('/').next().unwrap_or_default()));
    let commands: Vec<&[&str]> = words.split(|w| ["&&", "||", ";", "|", "&"].contains(w)).map(bare).collect();
    let speaks = commands.iter().any(|c| speaks(c)) && !asm;
    let named = commands.iter().find_map(|c| what_runs(c));
    let maybe = || {
        // Where output goes is no program.
        let into =
            |at: usize| at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|w| w.ends_with('>'));
        let mut other = words.iter().enumerate().filter(|(at, w)| !w.contains('>') && !into(*at));
        other.find(|(_, w)| is_guardian(w)).map(|(_, w)| *w)
    };
    let first = || commands.first()?.first().copied();
    let known = named.or_else(maybe);
    let name = known.or_else(|| first().filter(|_| !asm && self::speaks(&words)))?;
    if ours.is_not(&words) {
        return None;
    }
    let user = line.split_whitespace().nth(schedule).filter(|_| system).unwrap_or("root");
    let sure = user == "root" || std::env::var("USER").is_ok_and(|ours| ours == user);
    let found = guardian(name, line, None, "crontab", sure && named.is_some());
    // It says itself that it restarts or ends what is the host's.
    Some(Guardian { may_be: found.may_be && !(sure && speaks), ..found })
}

/// A command without the settings before it, which may be secrets.
fn bare<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    let settings = words.iter().take_while(|w| is_setting(w)).count();
    words.get(settings..).unwrap_or_default()
}

/// Of OpenClaw, and of ending or restarting something.
fn speaks(words: &[&str]) -> bool {
    let line = words.join(" ").to_lowercase();
    line.contains("openclaw")
        && line.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| ENDS.contains(&word))
}

/// `NAME=value` before a command.
fn is_setting(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name).unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A file, or the files of a folder, one after another.
fn texts(path: &Path) -> String {
    let files = fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path());
    let all = std::iter::once(path.to_owned()).chain(files);
    let read = all.filter_map(|f| super::place::read_bounded(&f, 262_144).ok());
    read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned() + "\n").collect()
}

fn launch_agents() -> Vec<Guardian> {
    let Some(home) = std::env::var_os("HOME").filter(|_| cfg!(target_os = "macos")) else {
        return Vec::new();
    };
    let agents = fs::read_dir(Path::new(&home).join("Library/LaunchAgents")).into_iter().flatten().flatten();
    let names = agents.filter_map(|e| e.file_name().into_string().ok());
    names.filter(|n| is_guardian(n)).map(|n| guardian(&n, "", None, "launchd", true)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn names(found: Vec<Guardian>) -> Vec<String> {
        found.into_iter().map(|g| g.name).collect()
    }

    #[test]
    fn programs_are_known_by_their_names_and_not_by_their_arguments() {
        let runs = |line: &str| what_runs(&line.split(' ').collect::<Vec<_>>()).map(str::to_owned);
        assert_eq!(
            runs("python3.11 -u /opt/openclaw-watchdog/main.py --x").as_deref(),
            Some("/opt/openclaw-watchdog/main.py")
        );
        assert_eq!(runs("/usr/bin/gateway-keeper").as_deref(), Some("/usr/bin/gateway-keeper"));
        assert_eq!(runs("python3 gateway_monitor.py").as_deref(), Some("gateway_monitor.py"));
        for other in [
            "vim openclaw-watchdog.sh",
            "/usr/bin/asm-watchdog run --restart-command openclaw-watchdog",
            "openclaw-gateway",
            "node /usr/lib/node_modules/openclaw/dist/monitor.js",
            "systemctl --user restart openclaw-gateway.service",
        ] {
            assert_eq!(runs(other), None, "{other}");
        }
    }

    #[test]
    fn crontabs_and_timers_name_them_without_arguments() {
        let crontab = "# openclaw restart\nMAILTO=x\n*/5 * * * * curl -fsS http://x || openclaw gateway restart --token s3cret\n\
            @reboot /home/u/bin/openclaw-guardian.sh secret\n0 3 * * * /usr/bin/backup ~/.openclaw\n\
            * * * * * /usr/local/bin/asm-watchdog check --restart openclaw\n\n";
        assert_eq!(names(in_crontab(crontab, false, &Ours::default())), ["curl", "openclaw-guardian.sh"]);
        let harmless = "0 3 * * * openclaw skills update\n0 4 * * * cp -r ~/.openclaw/skills /backup\n";
        assert!(in_crontab(harmless, false, &Ours::default()).is_empty());
        let secret = "* * * * * OPENCLAW_GATEWAY_TOKEN=s3cret openclaw gateway restart\n";
        assert_eq!(names(in_crontab(secret, false, &Ours::default())), ["openclaw"]);
        assert_eq!(
            names(in_crontab("* * * * * root pkill -f openclaw-gateway", true, &Ours::default())),
            ["pkill"]
        );
        let timers = r#"[{"unit":"openclaw-watchdog.timer","activates":"openclaw-watchdog.service"},
            {"unit":"apt-daily.timer","activates":"apt-daily.service"}]"#;
        assert_eq!(names(in_timers(timers)), ["openclaw-watchdog.service"]);
        assert!(in_timers("nonsense").is_empty());
    }

    #[test]
    fn only_one_that_is_certain_stops_us() {
        let sure = |found: Vec<Guardian>| found.iter().map(|g| !g.may_be).collect::<Vec<_>>();
        let timers = r#"[{"next":0,"unit":"openclaw-watchdog.timer","activates":null},
            {"next":17,"unit":"openclaw-guardian.timer","activates":null},
            {"next":17,"unit":"openclaw-monitor.timer","activates":null}]"#;
        assert_eq!(sure(in_timers(timers)), [false, true, false]);
        let crontab = "* * * * * nobody /opt/openclaw-watchdog.sh\n* * * * * root /opt/openclaw-watchdog.sh\n\
            * * * * * root pkill openclaw\n* * * * * root /opt/openclaw-monitor.sh\n";
        assert_eq!(sure(in_crontab(crontab, true, &Ours::default())), [false, true, true, false]);
        let crontab = "* * * * * root /opt/net/self-heal.sh\n* * * * * root cp -r /x /opt/openclaw-watchdog\n\
            * * * * * root tar c ~/.openclaw && systemctl restart nginx\n* * * * * root cd /srv && ./gateway-watchdog\n\
            * * * * * root sh -e /srv/self-heal.sh openclaw\n* * * * * root OPENCLAW_HOME=/x /opt/self_heal.py\n";
        assert_eq!(
            sure(in_crontab(crontab, true, &Ours::default())),
            [false, false, false, false, true, true]
        );
        let output = "* * * * * root /usr/bin/backup >> /var/log/openclaw-watchdog.log 2>&1\n\
            * * * * * root /usr/bin/backup > /srv/openclaw-watchdog\n";
        assert!(in_crontab(output, true, &Ours::default()).is_empty());
    }

    #[test]
    fn who_guards_another_gateway_is_none_of_ours() {
        let of = |profile: &str| Ours {
            profile: profile.to_owned(),
            state_dir: "/home/u/.openclaw".to_owned(),
            config: "/home/u/.openclaw/openclaw.json".to_owned(),
            ..Ours::default()
        };
        let found =
            |said: &str, profile: &str| in_crontab(&format!("* * * * * {said}"), false, &of(profile)).len();
        for (said, ours, others) in [
            ("openclaw --profile b gateway restart", 0, 1),
            ("OPENCLAW_PROFILE=b /opt/openclaw-watchdog.sh", 0, 1),
            ("/opt/openclaw-watchdog.sh --profile=default", 1, 0),
            ("/opt/openclaw-guardian --state-dir /home/u/.openclaw/", 1, 1),
            ("/opt/openclaw-guardian --state-dir=/srv/other", 0, 0),
            ("/opt/openclaw-guardian --state-dir $HOME/.openclaw", 1, 1),
            ("OPENCLAW_CONFIG_PATH=/srv/openclaw.json /opt/openclaw-guardian", 0, 0),
            ("/opt/openclaw-guardian --config /etc/guardian.toml", 1, 1),
            ("systemctl --user restart openclaw-gateway-b.service", 0, 1),
        ] {
            assert_eq!((found(said, ""), found(said, "b")), (ours, others), "{said}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_running_one_is_found_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let script = dir.path().join("openclaw-watchdog.sh");
        fs::write(&script, "read x\n").unwrap();
        let mut child = std::process::Command::new("/bin/sh")
            .arg(&script)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Its command line is there a moment after its pid.
        let found = (0..1_000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            processes(&Ours::default()).into_iter().find(|g| g.pid == Some(child.id()))
        });
        assert_eq!(found, Some(guardian("openclaw-watchdog.sh", "", Some(child.id()), "process", true)));
        assert!(child.try_wait().unwrap().is_none());
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
