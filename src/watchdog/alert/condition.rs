//! What is the matter now that a person should know of.

use super::{Code, Severity};
use crate::watchdog::incident::guardian;
use crate::watchdog::judge::{Call, Finding, exhausted, stranger};
use crate::watchdog::observation::{Config, Observation};
use crate::watchdog::policy::{FEWEST_FAILED, Policy};
use crate::watchdog::state::{ChannelSeen, History, Outcome, Trouble};
use crate::watchdog::verdict::{Reason, Verdict};

/// A condition that holds now.
pub(super) struct Condition {
    pub code: Code,
    pub about: String,
    pub severity: Severity,
    pub values: Vec<String>,
    /// It has to hold for so long before it is told, milliseconds.
    pub patience_ms: u64,
}

/// Everything that holds.
pub(super) fn holding(
    h: &History,
    seen: &Observation,
    finding: &Finding,
    policy: &Policy,
    now: u64,
) -> Vec<Condition> {
    let mut all = Vec::new();
    incident(h, finding, &mut all);
    process(h, seen, finding, policy, &mut all);
    all.extend(not_acted_on(h, seen, finding, policy, now));
    serving(h, seen, finding, policy, &mut all);
    for (key, c) in &h.channels {
        all.extend(channel(key, c, policy, now));
    }
    surroundings(h, seen, policy, &mut all);
    all
}

fn of(code: Code, severity: Severity, values: Vec<String>, patience_ms: u64) -> Condition {
    Condition { code, about: String::new(), severity, values, patience_ms }
}

/// Seen an interval late and told at a look, it is told within a timeout and an interval.
fn patience_ms(policy: &Policy) -> u64 {
    policy.timeout_ms.saturating_sub(policy.interval_ms).max(policy.interval_ms)
}

fn incident(h: &History, finding: &Finding, all: &mut Vec<Condition>) {
    let Some(open) = h.incident.as_ref().filter(|i| i.escalated || !i.attempts.is_empty()) else {
        return;
    };
    let mut add = |code, severity, count: usize| {
        let values = vec![open.cause.verdict.name().to_owned(), count.to_string()];
        all.push(Condition { about: open.number.to_string(), ..of(code, severity, values, 0) });
    };
    let count = open.attempts.len();
    if count > 0 {
        add(Code::Restarted, Severity::Info, count);
    }
    if open.escalated {
        // One that brought a new boot was not in vain, unless it is that none of them lasts.
        let failed = open.attempts.iter().filter(|a| a.outcome != Outcome::Verified).count();
        add(Code::RestartUseless, Severity::Critical, if failed > 0 { failed } else { count });
    }
    if open.escalated && open.served && finding.call != Call::Nothing {
        let values = vec![finding.verdict.name().to_owned()];
        let about = open.number.to_string();
        all.push(Condition { about, ..of(Code::ActingOff, Severity::Critical, values, 0) });
    }
}

fn process(h: &History, seen: &Observation, finding: &Finding, policy: &Policy, all: &mut Vec<Condition>) {
    // As patient as the judge: a full machine answers late.
    let pressed = h.silence.as_ref().is_some_and(|s| s.pressed_ms.is_some());
    let silent_long = policy.timeout_ms.saturating_mul(if pressed { 4 } else { 2 });
    let patience = patience_ms(policy);
    let one = |code, severity, values, patience| Some(of(code, severity, values, patience));
    all.extend(match finding.reason {
        Reason::ConfigRefused => {
            let code = seen.owner.last_exit.as_ref().and_then(|e| e.code).map(|c| c.to_string());
            let error = if let Config::Broken { error } = &seen.config { error.as_str() } else { "" };
            let values = vec![code.unwrap_or_default(), error.to_owned()];
            one(Code::ConfigRefused, Severity::Critical, values, patience)
        }
        Reason::PortTaken => {
            let name = stranger(h, seen).unwrap_or_default().to_owned();
            one(Code::PortTaken, Severity::Critical, vec![name], patience)
        }
        Reason::Stranger => one(Code::Stranger, Severity::Warning, Vec::new(), patience),
        Reason::OtherGateway => one(Code::Stranger, Severity::Warning, vec!["gateway".to_owned()], patience),
        Reason::PortGuessed => {
            let port = seen.port_guessed.unwrap_or_default().to_string();
            let why = match &seen.config {
                Config::Broken { error } | Config::Unreadable { error } => error.as_str(),
                _ => "",
            };
            one(Code::PortGuessed, Severity::Critical, vec![port, why.to_owned()], 0)
        }
        Reason::HeartbeatElsewhere => one(Code::NoAnswerBeating, Severity::Warning, Vec::new(), patience),
        Reason::ProgressWithoutAnswer if h.progress.as_ref().is_some_and(|p| p.beats) => {
            one(Code::NoAnswerBeating, Severity::Warning, Vec::new(), silent_long)
        }
        Reason::OutOfMemory if h.memory_deaths_ms.len() > 1 => {
            one(Code::OutOfMemory, Severity::Critical, Vec::new(), patience)
        }
        _ => None,
    });
}

/// Gone or hung for longer than the timeout, and nothing is done: one signal alone says so, or another one restarts it.
fn not_acted_on(
    h: &History,
    seen: &Observation,
    finding: &Finding,
    policy: &Policy,
    now: u64,
) -> Option<Condition> {
    let silence = h.silence.as_ref().filter(|s| s.failed >= FEWEST_FAILED)?;
    let since = silence.first_ms.unwrap_or(silence.since_ms);
    let silent_ms = now.saturating_sub(since);
    let unexplained = matches!(finding.reason, Reason::NoAnswer | Reason::Refused);
    let alone =
        finding.second.is_none() && unexplained && now.saturating_sub(silence.since_ms) >= policy.timeout_ms;
    let why = match guardian(seen, policy).filter(|_| finding.call == Call::Restart) {
        Some(name) => name.to_owned(),
        None if alone => "one-signal".to_owned(),
        None => return None,
    };
    let values = vec![finding.verdict.name().to_owned(), silent_ms.to_string(), why];
    Some(of(Code::NotActedOn, Severity::Critical, values, 0))
}

fn serving(h: &History, seen: &Observation, finding: &Finding, policy: &Policy, all: &mut Vec<Condition>) {
    // It says so itself, whatever else is the matter.
    let held = seen.readyz.fields().map(|f| f.suppressed.join(", ")).filter(|_| seen.live());
    if let Some(held) = held.filter(|held| !held.is_empty()) {
        all.push(of(Code::Breaker, Severity::Critical, vec![held], policy.interval_ms));
    }
    let fails = (finding.verdict, finding.reason) == (Verdict::Degraded, Reason::PartFails);
    if fails && (h.channels.is_empty() || !names_channels(h, seen)) {
        let parts = seen.failing().join(", ");
        all.push(of(Code::PartFails, Severity::Warning, vec![parts], patience_ms(policy)));
    }
}

/// Whether all that fails are channels, which are told of one by one.
fn names_channels(h: &History, seen: &Observation) -> bool {
    !seen.failing().is_empty()
        && seen.failing().iter().all(|part| h.channels.values().any(|c| c.channel == *part))
}

fn channel(key: &str, c: &ChannelSeen, policy: &Policy, now: u64) -> Option<Condition> {
    let named = |code, severity, word: String, patience| {
        let values = vec![key.to_owned(), word];
        Some(Condition { about: key.to_owned(), ..of(code, severity, values, patience) })
    };
    match c.trouble {
        Trouble::Refused { status } => {
            named(Code::ChannelRefused, Severity::Critical, status.to_string(), patience_ms(policy))
        }
        // Told once the cures have been tried.
        Trouble::Stale | Trouble::Failing if c.cure.is_none() && exhausted(c, policy, now) => {
            let word = if c.trouble == Trouble::Stale { "stale" } else { "failing" };
            named(Code::ChannelDown, Severity::Critical, word.to_owned(), 0)
        }
        _ => None,
    }
}

fn surroundings(h: &History, seen: &Observation, policy: &Policy, all: &mut Vec<Condition>) {
    let soon = policy.interval_ms;
    if let (Config::Broken { error }, true) = (&seen.config, seen.live()) {
        all.push(of(Code::ConfigBroken, Severity::Warning, vec![error.clone()], soon));
    }
    if seen.machine.disk_full {
        all.push(of(Code::DiskFull, Severity::Critical, Vec::new(), soon));
    }
    if h.network.down_looks > 1 {
        all.push(of(Code::NetworkDown, Severity::Warning, Vec::new(), policy.timeout_ms));
    }
    if h.network.proxy_down_looks > 1 {
        all.push(of(Code::ProxyDown, Severity::Warning, Vec::new(), 0));
    }
    for g in &seen.guardians {
        let sure = if g.may_be { "may-be" } else { "is" };
        let values = vec![g.name.clone(), g.found.clone(), sure.to_owned()];
        let guardian = of(Code::Guardian, Severity::Warning, values, 0);
        all.push(Condition { about: g.name.clone(), ..guardian });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::state::{Attempt, Incident};

    #[test]
    fn a_restart_that_was_verified_was_not_in_vain() {
        let said = |outcomes: &[Outcome]| {
            let one =
                |outcome: &Outcome| Attempt { began_ms: 1, outcome: *outcome, killed: false, stood: false };
            let attempts = outcomes.iter().map(one).collect();
            let open = Incident { attempts, escalated: true, ..Incident::default() };
            let mut all = Vec::new();
            let h = History { incident: Some(open), ..History::default() };
            incident(&h, &Finding::wait(Verdict::Dead, Reason::Refused), &mut all);
            all.into_iter().map(|c| c.values[1].clone()).collect::<Vec<_>>()
        };
        use Outcome::{NoNewBoot, Verified};
        assert_eq!(said(&[Verified, NoNewBoot, NoNewBoot]), ["3", "2"], "begun, and in vain");
        assert_eq!(said(&[Verified, Verified]), ["2", "2"], "none of them lasted");
    }
}
