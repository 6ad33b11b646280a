//! What an act rests on, and whether the last look still calls for it: evidence takes seconds, in which a gateway may come
//! back by itself.

use super::judge::Call;
use super::observation::{Active, Observation};
use super::state::{History, Trouble};
use super::verdict::{Action, Judgement, Verdict};

/// What was seen when the act was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Basis {
    escalates: bool,
    silent: bool,
    stopped: bool,
    process: Option<(u32, u64)>,
    /// It is for the sake of this channel alone.
    channel: Option<String>,
}

impl Basis {
    pub(super) fn of(action: &Action, call: &Call, judgement: &Judgement, seen: &Observation) -> Self {
        Self {
            escalates: matches!(action, Action::Escalate { .. }),
            silent: judgement.failed_probes > 0,
            stopped: seen.owner.active == Active::Stopped,
            process: process(seen),
            channel: match call {
                Call::RestartFor(key) => Some(key.clone()),
                Call::Nothing | Call::Restart | Call::Cure(_) => None,
            },
        }
    }

    /// Whether a later look, which called for `call`, still bears it.
    pub(super) fn holds(&self, call: &Call, h: &History, seen: &Observation) -> bool {
        let other = matches!((self.process, process(seen)), (Some(then), Some(now)) if then != now);
        // Whatever of the gateway's own it answers, be it that a part fails or that it starts.
        let answers = [&seen.healthz, &seen.startupz, &seen.readyz].iter().any(|a| a.fields().is_some());
        let on_purpose = seen.owner.active == Active::Stopped && !self.stopped;
        if seen.held_ms.is_some() || other || on_purpose || (self.silent && answers) {
            return false;
        }
        let flaps = h.judgement.verdict == Verdict::Flapping;
        match (&self.channel, self.escalates) {
            (_, true) => flaps || matches!(call, Call::Restart | Call::RestartFor(_)),
            (None, false) => *call == Call::Restart,
            (Some(key), false) => *call == Call::Restart || still_down(h, seen, key),
        }
    }
}

fn process(seen: &Observation) -> Option<(u32, u64)> {
    seen.process.as_ref().map(|p| (p.pid, p.start_ticks))
}

/// The judge calls for a restart for a channel's sake once only: whether the channel is still what it was called for.
fn still_down(h: &History, seen: &Observation, key: &str) -> bool {
    let down = h.channels.get(key).is_some_and(|c| matches!(c.trouble, Trouble::Stale | Trouble::Failing));
    let serves = seen.live() && !seen.starting() && !seen.draining();
    down && serves && h.network.up && h.judgement.verdict == Verdict::Degraded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::observation::{Answer, Fields, Process};
    use crate::watchdog::state::ChannelSeen;

    const RESTART: Action = Action::Restart { incident: 1, attempt: 1 };

    fn said(status: u16, fields: Fields) -> Answer {
        Answer::Http { status, fields: Some(fields) }
    }

    #[test]
    fn a_restart_for_silence_is_dropped_by_anything_of_the_gateways_own() {
        let silent = Observation {
            healthz: Answer::TimedOut { received_bytes: 0 },
            process: Some(Process { pid: 7, start_ticks: 9, ..Process::default() }),
            ..Observation::default()
        };
        let judgement = Judgement { verdict: Verdict::Hung, failed_probes: 3, ..Judgement::default() };
        let h = History { judgement, ..History::default() };
        let basis = Basis::of(&RESTART, &Call::Restart, &judgement, &silent);
        assert!(basis.holds(&Call::Restart, &h, &silent));
        assert!(!basis.holds(&Call::Nothing, &h, &silent), "a drain that ended");
        assert!(!basis.holds(&Call::Cure("t/a".to_owned()), &h, &silent));
        let part = said(503, Fields { failing: vec!["x".to_owned()], ..Fields::default() });
        let starting = said(200, Fields { status: Some("starting".to_owned()), ..Fields::default() });
        let mut other = silent.clone();
        other.process = Some(Process { pid: 8, start_ticks: 99, ..Process::default() });
        let mut stopped = silent.clone();
        stopped.owner.active = Active::Stopped;
        for seen in [
            Observation { readyz: part, ..silent.clone() },
            Observation { startupz: starting, ..silent.clone() },
            Observation { held_ms: Some(1), ..silent.clone() },
            other,
            stopped,
        ] {
            assert!(!basis.holds(&Call::Restart, &h, &seen), "{seen:?}");
        }
    }

    #[test]
    fn a_restart_for_a_channel_is_dropped_once_it_moves() {
        let live = said(200, Fields { ok: Some(true), ..Fields::default() });
        let seen = Observation { healthz: live, ..Observation::default() };
        let judgement = Judgement { verdict: Verdict::Degraded, ..Judgement::default() };
        let mut h = History { judgement, ..History::default() };
        h.network.up = true;
        let c = ChannelSeen { trouble: Trouble::Stale, ..ChannelSeen::default() };
        h.channels.insert("t/a".to_owned(), c);
        let basis = Basis::of(&RESTART, &Call::RestartFor("t/a".to_owned()), &judgement, &seen);
        assert!(basis.holds(&Call::Nothing, &h, &seen));
        h.channels.values_mut().for_each(|c| c.trouble = Trouble::None);
        assert!(!basis.holds(&Call::Nothing, &h, &seen));
    }

    #[test]
    fn an_escalation_waits_for_trouble_to_go_on() {
        let seen = Observation::default();
        let judgement = Judgement { verdict: Verdict::Flapping, ..Judgement::default() };
        let mut h = History { judgement, ..History::default() };
        let basis = Basis::of(&Action::Escalate { incident: 1 }, &Call::Nothing, &judgement, &seen);
        assert!(basis.holds(&Call::Nothing, &h, &seen));
        h.judgement.verdict = Verdict::Healthy;
        assert!(!basis.holds(&Call::Nothing, &h, &seen) && basis.holds(&Call::Restart, &h, &seen));
    }
}
