//! What a watchdog did, and what was wrong with it.

use auto_session_manager::watchdog::alert::Code;
use auto_session_manager::watchdog::state::Ended;
use auto_session_manager::watchdog::verdict::Action;

/// Something that went wrong in the watchdog's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub at: u64,
    pub what: String,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    WrongRestart,
    WrongEscalation,
    WrongCure,
    WrongAlert,
    Missed,
    Discipline,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Act(Action),
    /// A watcher without a judge restarts.
    Plain,
    Alert(Code),
}

/// What was done about the gateway, and what is under way.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    /// When the restart command ends, how, and whether it works.
    pub command: Option<(u64, Ended, bool)>,
    pub attempts: u32,
    /// When its owner is about to be asked for a restart, and was asked last.
    pub asked: Option<u64>,
    pub asked_at: u64,
    /// The restart whose evidence is being gathered, whether it is for silence, and when the gateway was heard last.
    pub gathering: Option<(Action, bool)>,
    pub heard_at: u64,
    /// A restart would have been right as the probes of the look under way heard what they heard.
    pub right_then: bool,
    pub last_act: Option<u64>,
    pub act_before: Option<u64>,
    /// For how long since then another one could have followed, and whether a look has met the process that was there
    /// before it after its command had ended.
    pub free_ms: u64,
    pub stood: bool,
    /// Which of its incident the last restart was, and when its command ended.
    pub last_attempt: u32,
    pub command_ended: u64,
    /// A person was called by an escalation and has not been there yet.
    pub called: bool,
    pub escalated_at: Option<u64>,
    /// For how long it has served without a break since it was escalated, and since when it has not.
    pub served_ms: u64,
}

/// Served for so long after an escalation, what comes next is another fault, and nobody acts on it yet.
const NEW_FAULT_MS: std::ops::Range<u64> = 300_000..540_000;

impl Acts {
    pub fn note_service(&mut self, served_since: Option<u64>, now: u64) {
        let Some(escalated) = self.escalated_at else { return };
        if let Some(since) = served_since {
            self.served_ms = now - since.max(escalated);
        }
    }

    /// Whether acting may still be off: a person was called not long ago.
    pub fn off(&self, now: u64) -> bool {
        self.escalated_at.is_some_and(|at| now - at < 604_800_000)
    }

    /// Whether what is the matter now began after the escalation, while acting was off.
    pub fn is_new_fault(&self) -> bool {
        self.called && NEW_FAULT_MS.contains(&self.served_ms)
    }
}
