//! Where things stand: what comes next, and when. Pure, from what is remembered.

use super::policy::Policy;
use super::state::{History, Outcome, Phase};
use super::texts::Text;
use serde::Serialize;

/// For a person who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How long there has been no answer by now, milliseconds.
    pub silent_ms: u64,
    pub next: Option<Next>,
    /// Nothing is done since an escalation.
    pub off: bool,
    /// Of the last restart of the open incident.
    pub outcome: Option<Outcome>,
}

/// What comes next, or goes on; times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Next {
    /// Not sooner than that, if the silence goes on.
    Restart { in_ms: u64 },
    /// The restart command runs.
    Command { for_ms: u64 },
    /// A new boot is awaited.
    NewBoot { left_ms: u64 },
    /// The escalation command runs.
    Escalation { for_ms: u64 },
    /// The incident closes if nothing happens.
    Close { in_ms: u64 },
}

impl Next {
    /// It in words, with the time as its value.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Restart { .. } => Text::NextRestart,
            Self::Command { .. } => Text::NextCommand,
            Self::NewBoot { .. } => Text::NextBoot,
            Self::Escalation { .. } => Text::NextEscalation,
            Self::Close { .. } => Text::NextClose,
        }
    }

    /// Its time.
    #[must_use]
    pub fn ms(self) -> u64 {
        match self {
            Self::Restart { in_ms: ms }
            | Self::Command { for_ms: ms }
            | Self::NewBoot { left_ms: ms }
            | Self::Escalation { for_ms: ms }
            | Self::Close { in_ms: ms } => ms,
        }
    }
}

/// As of `now`, of the same boot of the machine.
#[must_use]
pub fn of(h: &History, policy: &Policy, now: u64) -> Standing {
    let (left, passed) = (|at: u64| at.saturating_sub(now), |at: u64| now.saturating_sub(at));
    let due = h.silence.as_ref().map(|s| s.since_ms.saturating_add(policy.timeout_ms));
    let restart = |not_before: u64| due.map(|at| Next::Restart { in_ms: left(at.max(not_before)) });
    let open = h.incident.as_ref();
    let next = match open.map(|i| (&i.phase, i)) {
        None => restart(0),
        Some((Phase::Commanding { began_ms, .. }, _)) => Some(Next::Command { for_ms: passed(*began_ms) }),
        Some((Phase::Verifying { until_ms, .. }, _)) => Some(Next::NewBoot { left_ms: left(*until_ms) }),
        Some((Phase::Escalating { began_ms }, _)) => Some(Next::Escalation { for_ms: passed(*began_ms) }),
        Some((Phase::Watching, i)) => match i.answering_since_ms {
            Some(since) => Some(Next::Close { in_ms: left(since.saturating_add(policy.stable_ms)) }),
            None => restart(i.not_before_ms).filter(|_| !i.escalated),
        },
    };
    Standing {
        silent_ms: h.silence.as_ref().map_or(0, |s| passed(s.first_ms.unwrap_or(s.since_ms))),
        next,
        off: open.is_some_and(|i| i.escalated),
        outcome: open.and_then(|i| i.attempts.last()).map(|a| a.outcome),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::config::Config;
    use crate::watchdog::state::{Incident, Silence};

    #[test]
    fn what_comes_next_follows_the_incident() {
        let policy = Policy::of(&Config::default().watchdog, 1.0, 1);
        let mut h = History::default();
        assert_eq!(of(&h, &policy, 9), Standing::default());
        h.silence = Some(Silence { since_ms: 10_000, first_ms: Some(1_000), ..Silence::default() });
        let seen = of(&h, &policy, 70_000);
        assert_eq!((seen.silent_ms, seen.next), (69_000, Some(Next::Restart { in_ms: 120_000 })));
        let mut open = Incident { not_before_ms: 200_000, ..Incident::default() };
        h.incident = Some(open.clone());
        assert_eq!(of(&h, &policy, 70_000).next, Some(Next::Restart { in_ms: 130_000 }));
        open.escalated = true;
        h.incident = Some(open.clone());
        let seen = of(&h, &policy, 70_000);
        assert!(seen.off && seen.next.is_none());
        open.answering_since_ms = Some(70_000);
        h.incident = Some(open);
        assert_eq!(of(&h, &policy, 70_000).next, Some(Next::Close { in_ms: policy.stable_ms }));
    }
}
