//! Acts held against the truth at their moment.

use super::gateway::Mute;
use super::truth::Owed;
use super::{Deed, Kind, World};
use auto_session_manager::watchdog::verdict::Action;

/// So long a stop has to be heard on a full machine.
const FULL_MS: u64 = 20_000;

impl World {
    /// Holds an act against the truth.
    pub(super) fn weigh(&mut self, action: &Action) {
        let rests = |s: &mut Self| {
            s.acts.act_before = s.acts.last_act;
            (s.acts.last_act, s.acts.free_ms, s.acts.stood) = (Some(s.now), 0, false);
            // It settles what a restart was owed for, and nothing that a person or a channel waits for.
            s.debts.owing.retain(|key, _| !matches!(key, Owed::Restart(_)));
        };
        match action {
            Action::Restart { attempt, .. } => {
                self.acts.last_attempt = *attempt;
                if let Some(why) = self.restart_wrong().filter(|_| !self.acts.right_then) {
                    self.mistake(Kind::WrongRestart, why.to_owned());
                }
                self.restarts_in_bounds();
                rests(self);
            }
            Action::Escalate { .. } => {
                if let Some(why) = self.escalate_wrong() {
                    self.mistake(Kind::WrongEscalation, why.to_owned());
                }
                rests(self);
            }
            Action::Kill { pid, .. } => self.weigh_kill(*pid),
            Action::Channel { account, .. } => {
                let n = account.trim_start_matches('a').parse().unwrap_or(usize::MAX);
                if let Some(why) = self.cure_wrong(n) {
                    self.mistake(Kind::WrongCure, why.to_owned());
                }
                self.debts.owing.remove(&Owed::Channel(n));
            }
        }
    }

    fn weigh_kill(&mut self, pid: u32) {
        let deaf = matches!(self.gateway.muted(self.now), Some(Mute::Frozen | Mute::Blocked | Mute::Silent));
        // Row 34: what is slow has its time to hear.
        let full = self.around.overload.max(self.around.swap) > self.now;
        let early = self.acts.last_act.is_none_or(|at| self.now - at < FULL_MS);
        let wrong = [
            (!deaf || pid != self.gateway.pid, "what was killed would have stopped"),
            (full && early, "killed before a full machine let it hear"),
            (self.now < self.acts.asked_at + self.policy.force_ms, "killed before it could hear"),
            (!self.stopping(), "killed before its owner was at it"),
        ];
        for (_, why) in wrong.into_iter().filter(|(is, _)| *is) {
            self.mistake(Kind::WrongRestart, why.to_owned());
        }
    }

    /// No more restarts than the windows allow, this one included.
    fn restarts_in_bounds(&mut self) {
        let restarts = self.deeds.iter().filter(|(_, d)| matches!(d, Deed::Act(Action::Restart { .. })));
        let ages: Vec<u64> = restarts.map(|(at, _)| self.now - at).collect();
        let within = |ms: u64| ages.iter().filter(|age| **age < ms).count() + 1;
        if within(self.policy.window_ms) > 3
            || within(self.policy.day_ms) > 6
            || within(self.policy.breaker_ms) > 2
            // The host's breaker trips at the third bad boot, which must not be ours.
            // A boot that came and went between two looks is seen by nobody.
            || self.around.unclean.iter().filter(|(at, seen)| *seen && self.now - *at < self.policy.breaker_ms).count() == 2
        {
            self.mistake(Kind::Discipline, "more restarts than the windows allow".to_owned());
        }
    }
}
