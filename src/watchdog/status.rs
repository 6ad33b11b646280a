//! `status`: what the state file and the process table say. Asks nobody, changes nothing.

use super::config_file;
use super::lock::Holder;
use super::observation::Config;
use super::settings::Settings;
use super::store::{self, Stored};
use super::texts::{Text, duration, grounds_line, of_reason, of_verdict};
use super::verdict::Verdict;
use super::{clock, evidence, hold, lock};
use crate::shared::time::rfc3339;
use serde_json::json;

/// No watchdog runs, or none has yet.
const NOT_RUNNING: u8 = 3;

/// Everything it tells.
struct Told {
    running: Option<Holder>,
    /// That of the dry run, where one runs.
    stored: Option<Stored>,
    folders: Vec<String>,
    /// For how long acting is still held off, and until when.
    held: Option<(u64, String)>,
    config: Config,
}

/// Prints it and gives the exit code.
#[must_use]
pub fn status(settings: &Settings) -> u8 {
    let place = &settings.place;
    let running = lock::running(place);
    let dry_run = running.is_some_and(|h| h.dry_run);
    let until = |ms: u64| rfc3339(clock::epoch_ms().saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)));
    let told = Told {
        running,
        stored: if dry_run { store::peek_dry_run(place) } else { store::peek(place) },
        folders: evidence::folders(place),
        held: hold::held_ms(place).map(|ms| (ms, until(ms))),
        config: config_file::read(&settings.config_path).0,
    };
    if settings.json {
        let facts = json!({
            "running": running.is_some(),
            "pid": running.map(|h| h.pid),
            "dry_run": dry_run,
            "held_ms": told.held.as_ref().map(|h| h.0),
            "held_until": told.held.as_ref().map(|h| &h.1),
            "config": told.config,
            "state": told.stored,
            "incidents": told.folders,
        });
        println!("{facts}");
    } else {
        print(settings, &told, dry_run);
    }
    match (running, told.stored.map(|s| s.history.judgement.verdict)) {
        (Some(_), Some(Verdict::Healthy)) => 0,
        (Some(_), _) => 1,
        (None, _) => NOT_RUNNING,
    }
}

fn print(settings: &Settings, told: &Told, dry_run: bool) {
    let t = |text: Text, values: &[&str]| println!("{}", text.say(settings.language, values));
    match told.running {
        Some(h) if dry_run => t(Text::RunsDry, &[&h.pid.to_string()]),
        Some(h) => t(Text::RunsAs, &[&h.pid.to_string()]),
        None => t(Text::RunsNot, &[]),
    }
    if let Some((ms, until)) = &told.held {
        t(Text::HeldUntil, &[&duration(*ms, settings.language), until]);
    }
    let Some(stored) = &told.stored else {
        t(
            if told.running.is_some() { Text::NotYetSeen } else { Text::NoState },
            &[&settings.place.state_dir.display().to_string()],
        );
        return;
    };
    let last = stored.history.judgement;
    let words = [of_verdict(last.verdict), of_reason(last.reason)].map(|w| w.say(settings.language, &[]));
    let verdict = Text::VerdictLine.say(settings.language, &[&words[0], &words[1]]);
    t(Text::LastVerdict, &[&stored.saved_at, &verdict]);
    t(Text::RestsOn, &[&grounds_line(&stored.history.grounds)]);
    let n = &stored.totals;
    let totals = [n.incidents, n.restarts, n.escalations].map(|n| n.to_string());
    let totals = totals.each_ref().map(String::as_str);
    t(if dry_run { Text::WouldTotals } else { Text::TotalsLine }, &totals);
    if let Some(open) = &stored.history.incident {
        let cause = of_verdict(open.cause.verdict).say(settings.language, &[]);
        let (number, restarts) = (open.number.to_string(), open.attempts.len().to_string());
        let text = if dry_run { Text::WouldIncident } else { Text::OpenIncident };
        t(text, &[&number, &cause, &restarts]);
    }
    if let Some(folder) = told.folders.last() {
        t(Text::LastFolder, &[&settings.place.incidents_dir().join(folder).display().to_string()]);
    }
}
