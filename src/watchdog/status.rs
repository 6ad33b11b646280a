//! `status`: what the state file and the process table say. Asks nobody, changes nothing.

use super::config_file;
use super::last_incident::{self, LastIncident};
use super::lock::{self, Holder};
use super::observation::Config;
use super::printer::{complain, out};
use super::settings::Settings;
use super::standing::{self, Standing};
use super::store::{self, Stored};
use super::texts::{Text, duration, grounds_line, of_judgement, of_outcome, of_stage, of_verdict};
use super::verdict::{Reason, Verdict};
use super::{clock, evidence, hold, os, place::Place};
use crate::shared::time::rfc3339;
use serde_json::json;
use std::io::{self, ErrorKind};

/// No watchdog runs, or none has yet.
const NOT_RUNNING: u8 = 3;
/// Its files may not be read, so nothing is known.
const UNREADABLE: u8 = 4;

/// What there is of the state, where it is none that can be shown.
enum Trouble {
    /// There is no file.
    Absent,
    /// Nothing is in it: a disk that was full.
    Empty,
    Garbage,
    Newer(u64),
    Unreadable(io::Error),
}

/// Everything it tells.
struct Told {
    running: Option<Holder>,
    /// That of the dry run, where one runs.
    stored: Result<Box<Stored>, Trouble>,
    standing: Standing,
    folders: Vec<String>,
    /// For how long acting is still held off, and until when.
    held: Option<(u64, String)>,
    config: Config,
    last: Option<LastIncident>,
}

/// Prints it and gives the exit code.
#[must_use]
pub fn status(settings: &Settings) -> u8 {
    let place = &settings.place;
    let running = match lock::look(place) {
        Ok(running) => running,
        Err(e) => return denied(settings, &e),
    };
    let dry_run = running.is_some_and(|h| h.dry_run);
    let stored = found(place, dry_run);
    if let Err(Trouble::Unreadable(e)) = &stored
        && e.kind() == ErrorKind::PermissionDenied
    {
        return denied(settings, e);
    }
    let now = clock::monotonic_ms();
    let fresh = stored.as_ref().ok().filter(|s| os::boot_id().as_ref() == Some(&s.machine_boot));
    let told = Told {
        standing: fresh.map_or_else(Standing::default, |s| standing::of(&s.history, &settings.policy, now)),
        running,
        stored,
        folders: evidence::folders(place),
        held: hold::held_ms(place).map(|ms| (ms, until(ms))),
        config: config_file::read(&settings.config_path).0,
        last: last_incident::read(place).filter(|_| !dry_run),
    };
    if settings.json {
        out(facts(settings, &told, dry_run));
    } else {
        print(settings, &told, dry_run);
    }
    match (running, told.stored.map(|s| s.history.judgement.verdict)) {
        (Some(_), Ok(Verdict::Healthy)) => 0,
        (Some(_), _) => 1,
        (None, _) => NOT_RUNNING,
    }
}

/// A moment so far from now, by the wall clock.
#[must_use]
pub fn until(ms: u64) -> String {
    rfc3339(clock::epoch_ms().saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)))
}

fn found(place: &Place, dry_run: bool) -> Result<Box<Stored>, Trouble> {
    let stored = if dry_run { store::peek_dry_run(place) } else { store::peek(place) };
    let absent = || if dry_run { Trouble::Absent } else { trouble(place) };
    stored.map(Box::new).ok_or_else(absent)
}

fn trouble(place: &Place) -> Trouble {
    match std::fs::read(place.state_file()) {
        Err(e) if e.kind() == ErrorKind::NotFound => Trouble::Absent,
        Err(e) => Trouble::Unreadable(e),
        Ok(bytes) if bytes.is_empty() => Trouble::Empty,
        Ok(bytes) => match store::parse(&bytes) {
            Err(Some(version)) => Trouble::Newer(version),
            _ => Trouble::Garbage,
        },
    }
}

/// Says that nothing can be seen from here, and as whom it can.
fn denied(settings: &Settings, e: &io::Error) -> u8 {
    let dir = settings.place.own_dir().display().to_string();
    if settings.json {
        out(json!({"running": null, "state": null, "state_problem": "unreadable",
            "state_dir": settings.place.state_dir, "error": e.to_string()}));
    } else if e.kind() == ErrorKind::PermissionDenied {
        complain(super::reach::denied(&settings.place, settings.language, "status"));
    } else {
        complain(Text::CannotRead.say(settings.language, &[&dir, &e.to_string()]));
    }
    UNREADABLE
}

fn facts(settings: &Settings, told: &Told, dry_run: bool) -> serde_json::Value {
    let problem = match &told.stored {
        Ok(_) | Err(Trouble::Absent) => None,
        Err(Trouble::Empty) => Some("empty"),
        Err(Trouble::Garbage) => Some("not-understood"),
        Err(Trouble::Newer(_)) => Some("newer"),
        Err(Trouble::Unreadable(_)) => Some("unreadable"),
    };
    json!({
        "running": told.running.is_some(),
        "pid": told.running.map(|h| h.pid),
        "dry_run": dry_run,
        "gateway": settings.addr.to_string(),
        "state_dir": settings.place.state_dir,
        "held_ms": told.held.as_ref().map(|h| h.0),
        "held_until": told.held.as_ref().map(|h| &h.1),
        "silent_ms": told.standing.silent_ms,
        "timeout_ms": settings.policy.timeout_ms,
        "next": told.standing.next,
        "acting_off": told.standing.off,
        "outcome": told.standing.outcome,
        "config": told.config,
        "state": told.stored.as_ref().ok(),
        "state_problem": problem,
        "last_incident": told.last,
        "incidents": told.folders,
    })
}

fn print(settings: &Settings, told: &Told, dry_run: bool) {
    let t = |text: Text, values: &[&str]| out(text.say(settings.language, values));
    match told.running {
        Some(h) if dry_run => t(Text::RunsDry, &[&h.pid.to_string()]),
        Some(h) => t(Text::RunsAs, &[&h.pid.to_string()]),
        None => t(Text::RunsNot, &[]),
    }
    let dir = settings.place.state_dir.display().to_string();
    t(Text::StatusOf, &[&settings.addr.to_string(), &dir]);
    if let Some((ms, until)) = &told.held {
        let file = settings.place.hold_file().display().to_string();
        match *ms {
            hold::UNTOLD_MS => t(Text::HoldUntold, &[&file]),
            ms => t(Text::HeldUntil, &[&duration(ms, settings.language), until]),
        }
    }
    match &told.stored {
        Ok(stored) => print_stored(settings, told, stored, dry_run),
        Err(trouble) => print_trouble(settings, told, trouble),
    }
    let refused = told.stored.as_ref().is_ok_and(|s| s.history.judgement.reason == Reason::ConfigRefused);
    if refused || matches!(told.config, Config::Broken { .. }) {
        t(Text::HintRestore, &[&settings.config_path.display().to_string()]);
    }
}

fn print_trouble(settings: &Settings, told: &Told, trouble: &Trouble) {
    let file = settings.place.state_file().display().to_string();
    let dir = settings.place.state_dir.display().to_string();
    let (text, values) = match trouble {
        Trouble::Absent if told.running.is_some() => (Text::NotYetSeen, vec![]),
        Trouble::Absent => (Text::NoState, vec![dir]),
        Trouble::Empty => (Text::StateEmpty, vec![file]),
        Trouble::Garbage => (Text::StateGarbage, vec![file]),
        Trouble::Newer(version) => (Text::StateIsNewer, vec![file, version.to_string()]),
        Trouble::Unreadable(e) => (Text::CannotRead, vec![file, e.to_string()]),
    };
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    out(text.say(settings.language, &values));
}

fn print_stored(settings: &Settings, told: &Told, stored: &Stored, dry_run: bool) {
    let language = settings.language;
    let t = |text: Text, values: &[&str]| out(text.say(language, values));
    let last = stored.history.judgement;
    let words = [of_verdict(last.verdict), of_judgement(&last)].map(|w| w.say(language, &[]));
    let verdict = Text::VerdictLine.say(language, &[&words[0], &words[1]]);
    t(Text::LastVerdict, &[&stored.saved_at, &verdict]);
    t(Text::RestsOn, &[&grounds_line(&stored.history.grounds, language)]);
    if told.running.is_some() && told.standing.silent_ms > 0 {
        let limit = duration(settings.policy.timeout_ms, language);
        t(Text::SilentNow, &[&duration(told.standing.silent_ms, language), &limit]);
    }
    let due = told.standing.silent_ms >= settings.policy.timeout_ms;
    if let (Some((_, until)), true) = (&told.held, due && told.running.is_some()) {
        t(Text::HeldOff, &[&duration(told.standing.silent_ms, language), until]);
    }
    let n = &stored.totals;
    let totals = [n.incidents, n.restarts, n.escalations].map(|n| n.to_string());
    let totals = totals.each_ref().map(String::as_str);
    t(if dry_run { Text::WouldTotals } else { Text::TotalsLine }, &totals);
    print_incident(settings, told, stored, dry_run);
    print_next(settings, told);
    if let Some(folder) = told.folders.last() {
        t(Text::LastFolder, &[&settings.place.incidents_dir().join(folder).display().to_string()]);
    }
}

fn print_incident(settings: &Settings, told: &Told, stored: &Stored, dry_run: bool) {
    let language = settings.language;
    let t = |text: Text, values: &[&str]| out(text.say(language, values));
    match (&stored.history.incident, &told.last) {
        (Some(open), _) => {
            let cause = of_verdict(open.cause.verdict).say(language, &[]);
            let (number, restarts) = (open.number.to_string(), open.attempts.len().to_string());
            let text = if dry_run { Text::WouldIncident } else { Text::OpenIncident };
            t(text, &[&number, &cause, &restarts]);
            if let Some(why) = told.standing.outcome.and_then(|o| of_outcome(o, "", language)) {
                t(Text::LastFailed, &[&restarts, &why]);
            }
        }
        (None, Some(l)) => {
            let words = [of_verdict(l.verdict).say(language, &[]), of_stage(l.state).say(language, &[])];
            let (number, restarts) = (l.incident.to_string(), l.restarts.to_string());
            t(Text::PastIncident, &[&number, &words[0], &restarts, &words[1], &rfc3339(l.state_at_ms)]);
        }
        (None, None) => {}
    }
}

fn print_next(settings: &Settings, told: &Told) {
    let language = settings.language;
    if let Some(next) = told.standing.next.filter(|_| told.running.is_some() && told.held.is_none()) {
        out(next.text().say(language, &[&duration(next.ms(), language)]));
    }
    if told.standing.off {
        let stable = duration(settings.policy.stable_ms, language);
        out(Text::ActingOff.say(language, &[&stable]));
    }
}
