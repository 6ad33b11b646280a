//! How a boot ended: what tells a crash from a restart that somebody wanted. A boot that begins anew soon is no short life
//! by itself: an idle gateway drains in milliseconds, and nobody meets that.

use super::{remember, signals};
use crate::watchdog::observation::{Active, Answer, Exit, Observation};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{History, MOST_REMEMBERED, UntoldEnd};

/// What SIGINT and SIGTERM end with, where they do: a stop that was asked for.
const ASKED_SIGNALS: [i32; 2] = [2, 15];
const ASKED_CODES: [i32; 3] = [0, 130, 143];

/// A new boot that answers, and how the one before it was left.
pub(super) struct Birth {
    pub lived_ms: Option<u64>,
    /// A stop of it was met or told.
    pub drained: bool,
    /// It came behind a restart of ours, or what was before it was killed.
    pub certain: bool,
    /// Within the same process.
    pub within: bool,
    pub ours: bool,
}

/// Notes what this look, which meets no new boot, tells of the end of the one that answered last.
pub(super) fn note_bad(h: &mut History, seen: &Observation) {
    let over = !seen.live() || signals::gone(h, seen);
    h.ended_badly |= over && ends_badly(h, seen);
}

/// Whether it is down, and nobody is at it who wants that.
fn ends_badly(h: &History, seen: &Observation) -> bool {
    let owner = &seen.owner;
    match (owner.active, &owner.last_exit) {
        (Active::Stopping | Active::Stopped | Active::Starting, _) => false,
        (_, Some(exit)) => failed(exit),
        (Active::Failed, None) => true,
        // Nobody tells of it: that nobody is there was met.
        (Active::Untold, None) => seen.healthz == Answer::Refused && signals::gone(h, seen),
        (Active::Running, None) => false,
    }
}

fn failed(exit: &Exit) -> bool {
    let signal = exit.signal.is_some_and(|s| !ASKED_SIGNALS.contains(&s));
    let code = exit.code.is_some_and(|c| !ASKED_CODES.contains(&c));
    exit.out_of_memory || signal || code
}

/// Counts the end of the boot before this one: as a bad one, as one that nobody has told of, or not at all.
pub(super) fn note(h: &mut History, seen: &Observation, birth: &Birth, policy: &Policy, now: u64) {
    let met = std::mem::take(&mut h.ended_badly);
    if birth.drained || seen.held_ms.is_some() {
        return;
    }
    let short = birth.lived_ms.is_some_and(|ms| ms < policy.short_life_ms);
    if birth.lived_ms.is_some_and(|ms| ms >= policy.stable_ms) {
        // What died young before it is over.
        forget_short(h);
    }
    let told = seen.owner.last_exit.as_ref().is_some_and(failed);
    // The host counts bad boots itself.
    let suppressed = seen.readyz.fields().is_some_and(|f| !f.suppressed.is_empty());
    if met || told || suppressed || birth.certain || birth.ours {
        if let Some(starts) = h.owner_starts.as_mut().filter(|_| !birth.ours && !birth.within) {
            starts.bad = starts.bad.saturating_add(1);
        }
        count(h, short, now);
    } else if !birth.within {
        h.untold_ends.push(UntoldEnd { at_ms: now, short });
        let over = h.untold_ends.len().saturating_sub(MOST_REMEMBERED);
        h.untold_ends.drain(..over);
    }
}

fn count(h: &mut History, short: bool, at: u64) {
    remember(&mut h.unclean_ms, at);
    if short {
        remember(&mut h.short_lives_ms, at);
    }
}

/// Its owner tells how many it has started by itself since it last told: so many ends were bad, and the others were not.
pub(super) fn told(h: &mut History, bad: u64) {
    let bad = usize::try_from(bad).unwrap_or(usize::MAX);
    let ends = std::mem::take(&mut h.untold_ends);
    let clean = ends.len().saturating_sub(bad);
    for end in ends.into_iter().skip(clean) {
        count(h, end.short, end.at_ms);
    }
}

/// What died young is over.
pub(in crate::watchdog) fn forget_short(h: &mut History) {
    h.short_lives_ms.clear();
    h.untold_ends.iter_mut().for_each(|end| end.short = false);
}
