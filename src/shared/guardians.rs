//! Names under which others publish what guards an OpenClaw gateway, for the doctor and for the watchdog.

/// Parts of the names of programs that restart the gateway, or heal it by other means.
const GUARDIANS: &[&str] = &[
    "claw-seatbelt",
    "fix-my-claw",
    "gateway-guard",
    "gateway-keeper",
    "gateway-resilience-guard",
    "gateway-watchdog",
    "openclaw-guardian",
    "openclaw-safe-restart",
    "openclaw-watchdog",
    "self-heal",
];

/// Parts of the names of what resets or rotates sessions.
const ROTATORS: &[&str] =
    &["context-guardian", "openclaw-context-manager", "session-guard", "session-rotate", "session-watchdog"];

/// Words that make a guardian of a name that also has `claw` in it.
const GUARDING: &[&str] = &["guard", "heal", "keepalive", "keeper", "monitor", "restart", "watchdog"];

/// Whether a program, script or unit of this name guards the gateway. One part of a path at a time: a program of the
/// host's own lies in a folder with `claw` in its name.
#[must_use]
pub fn guards_gateway(name: &str) -> bool {
    parts(name).any(|part| {
        GUARDIANS.iter().any(|g| part.contains(g))
            || (part.contains("claw") && GUARDING.iter().any(|g| part.contains(g)))
    })
}

/// Whether it resets or rotates sessions.
#[must_use]
pub fn rotates_sessions(name: &str) -> bool {
    parts(name).any(|part| ROTATORS.iter().any(|r| part.contains(r)))
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
