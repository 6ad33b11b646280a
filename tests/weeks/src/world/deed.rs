//! What a watchdog did, and what was wrong with it.

use auto_session_manager::watchdog::alert::Code;
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
