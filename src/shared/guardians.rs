//! Names under which others publish what guards an OpenClaw gateway, for the doctor and for the watchdog.

/// Words of the names of programs that restart the gateway, or heal it by other means.
const GUARDIANS: &[&str] =
    &["claw-seatbelt", "fix-my-claw", "openclaw-guardian", "openclaw-safe-restart", "openclaw-watchdog"];
/// The same, under names that any other program may have.
const GENERIC: &[&str] =
    &["gateway-guard", "gateway-keeper", "gateway-resilience-guard", "gateway-watchdog", "self-heal"];

/// Words of the names of what resets or rotates sessions.
const ROTATORS: &[&str] =
    &["context-guardian", "openclaw-context-manager", "session-guard", "session-rotate", "session-watchdog"];

/// Words that make a guardian of a name of the host's that ends with one.
const GUARDING: &[&str] =
    &["guard", "guardian", "heal", "healer", "keepalive", "keeper", "monitor", "restart", "watchdog"];
/// Endings of files and units, which are no part of what a name says.
const ENDINGS: &[&str] = &["exe", "js", "mjs", "pl", "plist", "py", "rb", "service", "sh", "timer"];
/// Endings of what no program is.
const DATA: &[&str] = &[".conf", ".err", ".json", ".lock", ".log", ".out", ".pid", ".txt"];

/// Whether a program, script or unit of this name guards the gateway, or may. One part of a path at a time: a program of
/// the host's own lies in a folder with `claw` in its name.
#[must_use]
pub fn guards_gateway(name: &str) -> bool {
    let called = |part: &str| GUARDIANS.iter().chain(GENERIC).any(|g| has(part, g));
    let data = DATA.iter().any(|ending| folded(name).ends_with(ending));
    !data && parts(name).any(|part| called(&part) || sounds_like_one(&words(&part)))
}

/// Whether it is the name under which one is published: what only sounds like one may be something else, and so may a
/// name that says nothing of OpenClaw, unless its command line (`said`) does.
#[must_use]
pub fn is_published(name: &str, said: &str) -> bool {
    let of_host = [name, said].iter().any(|text| text.to_lowercase().contains("openclaw"));
    let generic = GENERIC.iter().filter(|_| of_host);
    guards_gateway(name)
        && parts(name).any(|part| GUARDIANS.iter().chain(generic.clone()).any(|g| has(&part, g)))
}

/// `openclaw-watchdog.sh`, and neither `openclaw-healthcheck.sh` nor `openclaw-restart-notifier`.
fn sounds_like_one(words: &[&str]) -> bool {
    let said = words.iter().rposition(|w| !ENDINGS.contains(w) && !w.chars().all(|c| c.is_ascii_digit()));
    let last = said.and_then(|at| words.get(at));
    words.iter().any(|w| matches!(*w, "claw" | "openclaw")) && last.is_some_and(|w| GUARDING.contains(w))
}

/// Whether it resets or rotates sessions.
#[must_use]
pub fn rotates_sessions(name: &str) -> bool {
    parts(name).any(|part| ROTATORS.iter().any(|r| has(&part, r)))
}

/// Whether the words of `name` stand in `part`, one after another.
fn has(part: &str, name: &str) -> bool {
    let (part, name) = (words(part), words(name));
    part.windows(name.len()).any(|some| some == name)
}

fn words(part: &str) -> Vec<&str> {
    part.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect()
}

/// Whether it is the host's own unit, or this plugin's watchdog.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    let name = folded(name);
    name.contains("asm-watchdog")
        || name.starts_with("openclaw-gateway.")
        || name == "ai.openclaw.gateway.plist"
}

fn parts(name: &str) -> impl Iterator<Item = String> {
    folded(name).split(['/', '\\']).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_make_a_guardian() {
        for other in [
            "openclaw-healthcheck.sh",
            "openclaw-health.timer",
            "clawhub-monitor-dashboard.py",
            "openclaw-restart-notifier",
            "clawguard-scan.timer",
            "openclaw-gateway.service",
            "/var/log/openclaw-watchdog.log",
        ] {
            assert!(!guards_gateway(other), "{other}");
        }
        for one in ["fix-my-claw", "/opt/openclaw_watchdog/main.py", "openclaw-self-heal.timer"] {
            assert!(is_published(one, ""), "{one}");
        }
        assert!(guards_gateway("openclaw-monitor.py") && !is_published("openclaw-monitor.py", ""));
        for any in ["/opt/net/self-heal.sh", "gateway-watchdog", "gateway-keeper"] {
            assert!(guards_gateway(any) && !is_published(any, any), "{any}");
            assert!(is_published(any, "gateway-keeper --home ~/.OpenClaw"), "{any}");
        }
        assert!(rotates_sessions("my-session-guard.sh") && !rotates_sessions("session-guards"));
    }
}
