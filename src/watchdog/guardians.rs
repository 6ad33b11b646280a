//! Other programs that restart the gateway, by what is seen of them. They are named, never ended.

use super::observation::Guardian;
use super::os;
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

/// Everybody found; `gateway` is its process. All tools of the system's together have until then.
#[must_use]
pub fn find(gateway: Option<u32>, until: Instant) -> Vec<Guardian> {
    let mut found = processes(gateway);
    found.extend(timers(until));
    let left = until.saturating_duration_since(Instant::now());
    let crontab = os::output(&["crontab", "-l"], left).unwrap_or_default();
    found.extend(in_crontab(&crontab, false));
    for path in CRONTABS {
        found.extend(in_crontab(&texts(Path::new(path)), true));
    }
    found.extend(launch_agents());
    found.dedup_by(|a, b| (&a.name, &a.found) == (&b.name, &b.found));
    found.truncate(MOST);
    found
}

/// `sure`: it is ours or the machine's, and active. Whoever is called as one that is published is one then.
fn guardian(path: &str, pid: Option<u32>, found: &str, sure: bool) -> Guardian {
    let name = redact(path.rsplit('/').next().unwrap_or(path)).chars().take(80).collect();
    Guardian { name, pid, found: found.to_owned(), may_be: !(sure && is_certain(path)) }
}

fn is_certain(path: &str) -> bool {
    is_published(path) || ORIGINAL.iter().any(|o| path.ends_with(o))
}

/// Whether a process is this user's or root's; another one may not restart our gateway.
fn may_act(pid: u32) -> bool {
    let ours = rustix::process::getuid().as_raw();
    fs::metadata(format!("/proc/{pid}")).map_or(true, |m| m.uid() == 0 || m.uid() == ours)
}

fn processes(gateway: Option<u32>) -> Vec<Guardian> {
    let parent = gateway.and_then(os::parent);
    let pids = os::pids().into_iter().filter(|pid| *pid != std::process::id() && Some(*pid) != gateway);
    let known = pids.filter_map(|pid| {
        let name = what_runs(&os::arguments(pid))?;
        let found = if Some(pid) == parent { "parent" } else { "process" };
        Some(guardian(&name, Some(pid), found, may_act(pid)))
    });
    known.collect()
}

/// The program or script of a command line, if it guards a gateway.
fn what_runs(arguments: &[String]) -> Option<String> {
    let program = arguments.first()?;
    let file = program
        .rsplit('/')
        .next()
        .unwrap_or(program)
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let script =
        arguments.iter().skip(1).find(|a| !a.starts_with('-')).filter(|_| INTERPRETERS.contains(&file));
    [Some(program), script].into_iter().flatten().find(|name| is_guardian(name)).cloned()
}

fn is_guardian(name: &str) -> bool {
    (guards_gateway(name) && !is_ours(name)) || ORIGINAL.iter().any(|o| name.ends_with(o))
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
    let mut found: Vec<Guardian> = known.map(|(name, on)| guardian(name, None, "timer", on)).collect();
    // A timer and what it starts are one.
    found.dedup_by(|a, b| a.name.split('.').next() == b.name.split('.').next());
    found
}

/// Lines whose program or script guards a gateway, and lines that speak of OpenClaw and of a restart or a kill.
fn in_crontab(text: &str, system: bool) -> Vec<Guardian> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let found = lines.filter_map(|line| {
        let schedule = if line.starts_with('@') { 1 } else { 5 };
        // In the system's own tables a user's name comes before the program; settings may come before it everywhere, and
        // may be secrets.
        let words = line.split_whitespace().skip(schedule + usize::from(system));
        let words: Vec<&str> = words.skip_while(|w| is_setting(w)).collect();
        let first = words.first()?;
        let lower = line.to_lowercase();
        let mut said = lower.split(|c: char| !c.is_ascii_alphanumeric());
        let speaks = lower.contains("openclaw") && said.any(|word| ENDS.contains(&word));
        let named = words.iter().find(|w| is_guardian(w));
        let ours = words.iter().any(|w| is_ours(w.rsplit('/').next().unwrap_or_default()));
        let name = named.or(Some(first).filter(|_| speaks && !ours))?;
        let user = line.split_whitespace().nth(schedule).filter(|_| system).unwrap_or("root");
        let sure = user == "root" || std::env::var("USER").is_ok_and(|ours| ours == user);
        let found = guardian(name, None, "crontab", sure);
        // It says itself that it restarts or ends what is the host's.
        Some(Guardian { may_be: found.may_be && !(sure && speaks), ..found })
    });
    found.collect()
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
    names.filter(|n| is_guardian(n)).map(|n| guardian(&n, None, "launchd", true)).collect()
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
        let runs = |line: &str| what_runs(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
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
        assert_eq!(names(in_crontab(crontab, false)), ["curl", "openclaw-guardian.sh"]);
        let harmless = "0 3 * * * openclaw skills update\n0 4 * * * cp -r ~/.openclaw/skills /backup\n";
        assert!(in_crontab(harmless, false).is_empty());
        let secret = "* * * * * OPENCLAW_GATEWAY_TOKEN=s3cret openclaw gateway restart\n";
        assert_eq!(names(in_crontab(secret, false)), ["openclaw"]);
        assert_eq!(names(in_crontab("* * * * * root pkill -f openclaw-gateway", true)), ["pkill"]);
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
        assert_eq!(sure(in_crontab(crontab, true)), [false, true, true, false]);
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
            processes(None).into_iter().find(|g| g.pid == Some(child.id()))
        });
        assert_eq!(found, Some(guardian("openclaw-watchdog.sh", Some(child.id()), "process", true)));
        assert!(child.try_wait().unwrap().is_none());
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
