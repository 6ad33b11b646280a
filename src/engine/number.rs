//! The number of tokens in use, as the engine keeps it: every way it can change, and why it did.

use super::Now;
use super::host::Host;
use super::session::Session;
use crate::count::calibration::Calibration;
use crate::count::contents::{Breakdown, Means};
use crate::count::meter::{Cause, Change, Fullness, Meter, Occupancy, Reported, model_name};
use crate::count::sent::{Rules, is_eligible, sent};
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use crate::shared::time::rfc3339;
use crate::transcript::message::{Message, Role};

/// Changes that `explain` shows.
const EXPLAINED: usize = 6;

/// A message joins the context. Returns what the provider reported with it.
pub(super) fn add(
    now: &Now,
    session: &mut Session,
    message: &Message,
    calibration: &mut Calibration,
    host: &Host,
) -> Option<Reported> {
    let meter = &mut session.live.meter;
    if let Some(usage) = message.usage.filter(|usage| usage.cost_micros == 0 && meter.believes(*usage)) {
        // Where the host did not work the cost out, its price list does.
        let cost = host.prices.get(&model_name(message)).and_then(|prices| prices.of_call(usage));
        meter.cost_micros = meter.cost_micros.saturating_add(cost.unwrap_or(0));
    }
    let reported = meter.add(message, calibration)?;
    let from = reported.expected.filter(|_| reported.interval.is_some());
    let from = from.map_or(Occupancy::Unknown, |tokens| Occupancy::Known { tokens });
    let to = Occupancy::Known { tokens: reported.reported };
    meter.changes.add(now.ms, reported.cause, from, to);
    Some(reported)
}

/// The host's own counter, taken where nothing else is known.
pub(super) fn from_host(
    session: &mut Session,
    prompt: u64,
    model: &str,
    calibration: &Calibration,
    now: &Now,
) {
    let meter = &mut session.live.meter;
    let before = meter.occupancy(calibration);
    if meter.anchor_from_host(prompt, model) {
        let after = meter.occupancy(calibration);
        meter.changes.add(now.ms, Cause::FromHost, before, after);
    }
}

/// The history was replaced by one that nobody has shown yet.
pub(super) fn rewritten(now: &Now, session: &mut Session, calibration: &Calibration) {
    let meter = &mut session.live.meter;
    let before = meter.occupancy(calibration);
    meter.rewritten();
    meter.changes.add(now.ms, Cause::Rewritten, before, Occupancy::Unknown);
}

/// The model that is to answer next, as the host names it.
pub(super) fn model(now: &Now, session: &mut Session, model: &str, calibration: &Calibration) {
    let meter = &mut session.live.meter;
    let before = meter.occupancy(calibration);
    if meter.switch(model) {
        let after = meter.occupancy(calibration);
        meter.changes.add(now.ms, Cause::ModelSwitch, before, after);
    }
}

/// Whether the host trims old tool results for the model that is asked.
pub(super) fn trims(session: &Session, host: &Host) -> bool {
    let (api, directly) = (session.api.as_deref(), host.anthropic.is_direct());
    session.live.meter.model().is_some_and(|model| is_eligible(model, api, directly))
}

/// What fills the context, with the means that the host has for the model that is asked.
pub(super) fn breakdown(session: &Session, calibration: &Calibration, host: &Host) -> Option<Breakdown> {
    let mut breakdown = session.live.meter.breakdown(calibration)?;
    if !trims(session, host) {
        breakdown.frees.retain(|(means, _)| *means == Means::Compaction);
    }
    Some(breakdown)
}

/// The whole history was shown: counted once. `waited`: rows that were shown before it.
pub(super) fn recount(
    now: &Now,
    session: &mut Session,
    history: &[Message],
    waited: &[Message],
    calibration: &Calibration,
    host: &Host,
) {
    let shown = |row: &Message| history.iter().any(|m| same_row(m, row));
    let late = waited.iter().filter(|row| !row.excluded && !shown(row));
    let all: Vec<&Message> = history.iter().filter(|m| !m.excluded).chain(late).collect();
    let spoken = history.iter().rev().filter(|m| m.role == Role::Assistant && !m.by_host());
    session.api = spoken.clone().find_map(|m| m.api.clone()).or_else(|| session.api.take());
    let pruning = host.pruning.as_ref().filter(|_| trims(session, host));
    let meter = &session.live.meter;
    let rules = Rules { pruning, window: meter.window, trims: meter.trims, now_ms: now.ms };
    let (view, trims) = sent(&all, rules);
    let messages: Vec<&Message> = view.iter().map(AsRef::as_ref).collect();
    let standing = last_report(&messages, meter);
    let summarised = messages.iter().any(|m| m.role == Role::CompactionSummary);
    let rewritten = session.rewritten || (summarised && standing.is_none());
    let meter = &mut session.live.meter;
    let before = meter.occupancy(calibration);
    meter.recounted(&messages, standing, rewritten, calibration);
    if let Some(at) = standing.filter(|_| trims != rules.trims) {
        // A round of pruning that began long ago finds the provider's cache warm: nothing but what it trimmed then.
        let (was, _) = sent(&all, Rules { now_ms: i64::MIN, ..rules });
        let was: Vec<&Message> = was.iter().map(AsRef::as_ref).take(at).collect();
        meter.trimmed(&was, messages.get(..at).unwrap_or_default(), trims, calibration);
    }
    let after = meter.occupancy(calibration);
    if before != after {
        meter.changes.add(now.ms, Cause::Recounted, before, after);
    }
}

fn same_row(a: &Message, b: &Message) -> bool {
    a.role == b.role && a.timestamp_ms == b.timestamp_ms && a.tool_call_id == b.tool_call_id
}

/// The row whose report still stands for this history: none from before a compaction does.
fn last_report(messages: &[&Message], meter: &Meter) -> Option<usize> {
    let summaries = messages.iter().filter(|m| m.role == Role::CompactionSummary);
    let compacted = summaries.map(|m| m.timestamp_ms).max();
    let stands = |m: &&Message| match compacted {
        None => true,
        Some(at) => at.is_some() && m.timestamp_ms > at,
    };
    let reports = |m: &&Message| {
        m.role == Role::Assistant && m.usage.is_some_and(|u| u.prompt() > 0 && meter.believes(u))
    };
    messages.iter().rposition(|m| stands(m) && reports(m) && !m.failed())
}

/// How full the context is, in a line.
pub(super) fn context_text(session: &Session, calibration: &Calibration, language: Language) -> String {
    let meter = &session.live.meter;
    let say = |notice: Notice, values: &[u64], share: &str| {
        let mut texts: Vec<String> = values.iter().map(u64::to_string).collect();
        if texts.len() >= 2 {
            texts.insert(2, share.to_owned());
        }
        notice.say(language, &texts.iter().map(String::as_str).collect::<Vec<_>>())
    };
    match Fullness::of(meter.occupancy(calibration), meter.window) {
        Fullness::Known { tokens, window, share } => {
            say(Notice::ContextKnown, &[tokens, window], &share.to_string())
        }
        Fullness::Estimated { tokens, window, share, low, high } => {
            say(Notice::ContextEstimated, &[tokens, window, low, high], &share.to_string())
        }
        Fullness::Over { window } => say(Notice::ContextOver, &[window], ""),
        Fullness::Unbounded { tokens } => say(Notice::ContextNoWindow, &[tokens], ""),
        Fullness::Unknown => Notice::ContextUnknown.say(language, &[]),
    }
}

/// Why the number changed lately, a heading and one change a line; nothing where it never did.
pub(super) fn changes_text(session: &Session, language: Language) -> Vec<String> {
    let changes: Vec<&Change> = session.live.meter.changes.iter().collect();
    if changes.is_empty() {
        return Vec::new();
    }
    let last = changes.iter().skip(changes.len().saturating_sub(EXPLAINED));
    let head = Notice::NumberHead.say(language, &[]);
    std::iter::once(head).chain(last.map(|change| change_text(change, language))).collect()
}

fn change_text(change: &Change, language: Language) -> String {
    let tokens =
        |n: Option<u64>| n.map_or_else(|| Notice::NumberUnknown.say(language, &[]), |n| n.to_string());
    let (at, why) = (rfc3339(change.at_ms), cause_notice(change.cause).say(language, &[]));
    let (from, to, times) = (tokens(change.from), tokens(change.to), change.times.to_string());
    if change.times > 1 {
        Notice::NumberChanges.say(language, &[&at, &why, &from, &to, &times])
    } else {
        Notice::NumberChange.say(language, &[&at, &why, &from, &to])
    }
}

fn cause_notice(cause: Cause) -> Notice {
    match cause {
        Cause::FirstReport => Notice::CauseFirstReport,
        Cause::Reported => Notice::CauseReported,
        Cause::Corrected => Notice::CauseCorrected,
        Cause::Pruned => Notice::CausePruned,
        Cause::Implausible => Notice::CauseImplausible,
        Cause::ModelSwitch => Notice::CauseModelSwitch,
        Cause::Rewritten => Notice::CauseRewritten,
        Cause::Recounted => Notice::CauseRecounted,
        Cause::FromHost => Notice::CauseFromHost,
    }
}
