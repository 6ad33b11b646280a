//! What a person is told: when, once, and that it is over. How it reaches them is not decided here.

mod condition;
mod words;

use super::judge::Finding;
use super::observation::{Channels, Config, Observation};
use super::policy::Policy;
use super::state::{ChannelSeen, History, NetworkSeen, Trouble};
use condition::Condition;
use serde::{Deserialize, Serialize};

/// Conditions remembered.
const MOST_RAISED: usize = 64;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The gateway was restarted. Values: verdict, restarts so far; then, where they are known, how long it was silent
    /// (milliseconds), by what it was asked, and the folder of the evidence.
    Restarted,
    /// A restart is verified. About: incident and restart. Values: the restart, how long the gateway was away, milliseconds.
    Verified,
    /// Restarting does not help. Values: verdict, restarts so far.
    RestartUseless,
    /// Something else is the matter, which would be acted on had restarting helped before. About: the incident's number.
    /// Values: verdict.
    ActingOff,
    /// It is dead of its configuration. Values: exit code, what is wrong with the file.
    ConfigRefused,
    /// The file is broken while the gateway runs. Values: what is wrong with it.
    ConfigBroken,
    /// Another program holds the port. Values: its name.
    PortTaken,
    /// Something answers on the port that is not a gateway.
    Stranger,
    /// The heartbeat goes on, but the port has no answer: the wrong port is watched, or the server alone is dead.
    NoAnswerBeating,
    /// It is gone or hung and nothing is done about it. Values: verdict, how long it has been silent (milliseconds), why:
    /// `one-signal`, or the name of the other guardian.
    NotActedOn,
    /// It was killed for want of memory, and again soon.
    OutOfMemory,
    /// The gateway's breaker holds its channels down. Values: the channels.
    Breaker,
    /// A channel does not come back. About: the channel. Values: the channel, its state.
    ChannelDown,
    /// Its provider refuses the channel. About: the channel. Values: the channel, the status.
    ChannelRefused,
    /// Another part fails. Values: the parts.
    PartFails,
    DiskFull,
    /// The watchdog cannot save its state, so it acts no more. Values: why.
    StateUnsaved,
    /// Nothing says which port is the gateway's, so nothing is done. Values: the port looked at, why the file is not read.
    PortGuessed,
    NetworkDown,
    ProxyDown,
    /// Another program restarts the gateway, too. About: its name. Values: its name, where it was found,
    /// and `may-be` where only its name sounds like it.
    Guardian,
    /// What was told is over. About: the code and what it was about. Values: the same, and for how long, milliseconds; of
    /// an incident also the verdict of its last act.
    Recovered,
    /// Asked for by a person who tries the ways out.
    Test,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

/// Something to tell a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub code: Code,
    /// What exactly: a channel, a program, an incident's number. With the code it is the alert's identity.
    pub about: String,
    pub severity: Severity,
    /// What the text is filled with.
    pub values: Vec<String>,
}

/// A condition that holds, or held not long ago. Times are monotonic milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    pub code: Code,
    pub about: String,
    pub since_ms: u64,
    pub last_ms: u64,
    /// When it was told; none: not yet.
    #[serde(default)]
    pub told_ms: Option<u64>,
    /// When its end was told: it is not told again too soon.
    #[serde(default)]
    pub over_ms: Option<u64>,
}

/// What is to be told now.
pub(super) fn due(
    h: &mut History,
    seen: &Observation,
    finding: &Finding,
    policy: &Policy,
    now: u64,
) -> Vec<Alert> {
    if seen.held_ms.is_some() {
        return Vec::new();
    }
    let conditions = condition::holding(h, seen, finding, policy, now);
    let mut alerts = Vec::new();
    for condition in &conditions {
        alerts.extend(raise(&mut h.raised, condition, policy, now));
    }
    let (network, channels) = (&h.network, &h.channels);
    let incident = h.incident.as_ref().map(|open| open.number.to_string());
    let still = |r: &Raised| r.code == Code::ActingOff && incident.as_ref() == Some(&r.about);
    let silent = h.silence.is_some();
    let open = |r: &Raised| {
        let silence = silent && r.code == Code::NotActedOn;
        r.told_ms.is_some() && (silence || still(r) || is_open(r, network, channels.get(&r.about)))
    };
    h.raised.iter_mut().filter(|r| open(r)).for_each(|r| r.last_ms = now);
    let holds = |r: &Raised| open(r) || conditions.iter().any(|c| c.code == r.code && c.about == r.about);
    let ended = |r: &Raised| !holds(r) && told_of(r.code, seen, h.network.told_ms == Some(now));
    for r in h.raised.iter_mut().filter(|r| ended(r)) {
        // An incident has been calm for long when it is closed.
        let closed = matches!(r.code, Code::Restarted | Code::RestartUseless | Code::ActingOff);
        let limit = if closed { 0 } else { policy.timeout_ms };
        // That restarting is of use again says that acting is on again.
        alerts.extend(end(r, limit, now).filter(|_| r.code != Code::ActingOff));
    }
    let network = h.network.told_ms == Some(now);
    h.raised.retain(|r| is_kept(r, told_of(r.code, seen, network), policy, now));
    alerts
}

/// Whether it is remembered: until it is over, and for a while after that. `shown`: this look would have shown it.
fn is_kept(r: &Raised, shown: bool, policy: &Policy, now: u64) -> bool {
    match (r.told_ms, r.over_ms) {
        (_, Some(over)) => now.saturating_sub(over) < policy.window_ms,
        (Some(_), None) => true,
        (None, None) => {
            // What a look cannot show has not ended, for a while.
            let limit = if shown { policy.interval_ms } else { policy.window_ms };
            r.last_ms == now || now.saturating_sub(r.last_ms) < limit
        }
    }
}

/// Whether what was told is not over although it does not hold: a network that fails again, if for too short to be told
/// anew; a channel that may be cured again, or in whose new boot nothing has moved yet.
fn is_open(r: &Raised, network: &NetworkSeen, channel: Option<&ChannelSeen>) -> bool {
    match r.code {
        Code::NetworkDown => network.down_looks > 0,
        // Without a network nothing is seen of the proxy.
        Code::ProxyDown => network.proxy_down_looks > 0 || network.down_looks > 0,
        Code::ChannelDown => channel.is_some_and(|c| {
            let unproven = !c.stopped && c.transport_at_ms.is_some() && c.moves == 0;
            unproven || matches!(c.trouble, Trouble::Stale | Trouble::Failing)
        }),
        _ => false,
    }
}

/// Whether a network or a proxy was told to be down and nobody has told its end: it is looked at until it is over.
pub(super) fn awaits_network(h: &History) -> bool {
    let of = |code| matches!(code, Code::NetworkDown | Code::ProxyDown);
    h.raised.iter().any(|r| of(r.code) && r.told_ms.is_some() && r.over_ms.is_none())
}

/// Counts a condition that holds, and tells of it once it has held long enough.
fn raise(raised: &mut Vec<Raised>, c: &Condition, policy: &Policy, now: u64) -> Option<Alert> {
    let at = raised.iter().position(|r| r.code == c.code && r.about == c.about);
    if at.is_none() && raised.len() >= MOST_RAISED {
        make_room(raised, c.severity)?;
    }
    let index = at.unwrap_or(raised.len());
    if at.is_none() {
        let about = c.about.clone();
        raised.push(Raised {
            code: c.code,
            about,
            since_ms: now,
            last_ms: now,
            told_ms: None,
            over_ms: None,
        });
    }
    let r = raised.get_mut(index)?;
    if let Some(over) = r.over_ms {
        r.last_ms = now;
        if now.saturating_sub(over) < policy.window_ms {
            return None;
        }
        (r.since_ms, r.told_ms, r.over_ms) = (now, None, None);
    }
    r.last_ms = now;
    if r.told_ms.is_some() || now.saturating_sub(r.since_ms) < c.patience_ms {
        return None;
    }
    r.told_ms = Some(now);
    Some(Alert { code: c.code, about: c.about.clone(), severity: c.severity, values: c.values.clone() })
}

/// Forgets the oldest that is over. Where none is, what is critical comes on top, up to twice as many; what was told and
/// goes on is never forgotten, or it would be told anew. None: there is no room.
fn make_room(raised: &mut Vec<Raised>, severity: Severity) -> Option<()> {
    let over = raised.iter().enumerate().filter_map(|(at, r)| Some((r.over_ms?, at)));
    match over.min() {
        Some((_, at)) => drop(raised.remove(at)),
        None if severity == Severity::Critical && raised.len() < 2 * MOST_RAISED => {}
        None => return None,
    }
    Some(())
}

/// Tells that something is over, once it has been for long enough.
fn end(r: &mut Raised, limit: u64, now: u64) -> Option<Alert> {
    if r.told_ms.is_none() || r.over_ms.is_some() || now.saturating_sub(r.last_ms) < limit {
        return None;
    }
    r.over_ms = Some(now);
    let lasted = now.saturating_sub(r.told_ms.unwrap_or(now));
    let about = format!("{} {}", r.code.name(), r.about).trim_end().to_owned();
    let values = vec![r.code.name().to_owned(), r.about.clone(), lasted.to_string()];
    Some(Alert { code: Code::Recovered, about, severity: Severity::Info, values })
}

/// Whether this look would have shown the condition: what is not looked at has not ended.
fn told_of(code: Code, seen: &Observation, network: bool) -> bool {
    match code {
        // What starts or drains does not tell, nor what has no time for its readiness.
        Code::Breaker | Code::PartFails => {
            seen.live() && !seen.starting() && !seen.draining() && !seen.unsaid()
        }
        Code::ConfigBroken => !matches!(seen.config, Config::Broken { .. } | Config::NotRead),
        // Nor does a channel that a boot has only just begun.
        Code::ChannelDown | Code::ChannelRefused => {
            matches!(seen.channels, Channels::Told { .. }) && !seen.starting() && !seen.draining()
        }
        Code::NetworkDown | Code::ProxyDown => network,
        _ => true,
    }
}

/// Gives what is counted the time that passed unseen.
pub(super) fn postpone(h: &mut History, now: u64) {
    for r in &mut h.raised {
        if r.told_ms.is_none() {
            r.since_ms = now;
        }
        r.last_ms = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::config::Config;

    /// A full list drops nothing that is critical, and nothing new where something is over.
    #[test]
    fn what_is_over_makes_room_and_what_is_critical_finds_it() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let told = |n: usize, over_ms| Raised {
            code: Code::Guardian,
            about: n.to_string(),
            since_ms: 1,
            last_ms: 1,
            told_ms: Some(1),
            over_ms,
        };
        let raised = |over: bool, severity| {
            let mut all: Vec<Raised> =
                (0..MOST_RAISED).map(|n| told(n, (over && n == 9).then_some(2))).collect();
            let (about, values) = (String::new(), Vec::new());
            let new = Condition { code: Code::DiskFull, about, severity, values, patience_ms: 0 };
            let alert = raise(&mut all, &new, &policy, 5);
            (alert.is_some(), all.len(), all.iter().any(|r| r.about == "9"))
        };
        assert_eq!(raised(true, Severity::Warning), (true, MOST_RAISED, false));
        assert_eq!(raised(false, Severity::Warning), (false, MOST_RAISED, true));
        assert_eq!(raised(false, Severity::Critical), (true, MOST_RAISED + 1, true));
    }
}
