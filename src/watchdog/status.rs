//! `status`: what the state file and the process table say. Asks nobody, changes nothing.

use super::settings::Settings;
use super::store::{self, Stored};
use super::texts::{Text, grounds_line, of_reason, of_verdict};
use super::verdict::Verdict;
use super::{evidence, lock};
use serde_json::json;

/// No watchdog runs, or none has yet.
const NOT_RUNNING: u8 = 3;

/// Prints it and gives the exit code.
#[must_use]
pub fn status(settings: &Settings) -> u8 {
    let running = lock::running(&settings.place);
    let stored = store::peek(&settings.place);
    let folders = evidence::folders(&settings.place);
    if settings.json {
        let facts = json!({
            "running": running.is_some(),
            "pid": running,
            "state": stored,
            "incidents": folders,
        });
        println!("{facts}");
    } else {
        print(settings, running, stored.as_ref(), folders.last());
    }
    match (running, stored.map(|s| s.history.judgement.verdict)) {
        (Some(_), Some(Verdict::Healthy)) => 0,
        (Some(_), _) => 1,
        (None, _) => NOT_RUNNING,
    }
}

fn print(settings: &Settings, running: Option<u32>, stored: Option<&Stored>, folder: Option<&String>) {
    let t = |text: Text, values: &[&str]| println!("{}", text.say(settings.language, values));
    match running {
        Some(pid) => t(Text::RunsAs, &[&pid.to_string()]),
        None => t(Text::RunsNot, &[]),
    }
    let Some(stored) = stored else {
        t(Text::NoState, &[&settings.place.state_dir.display().to_string()]);
        return;
    };
    let last = stored.history.judgement;
    let words = [of_verdict(last.verdict), of_reason(last.reason)].map(|w| w.say(settings.language, &[]));
    let verdict = Text::VerdictLine.say(settings.language, &[&words[0], &words[1]]);
    t(Text::LastVerdict, &[&stored.saved_at, &verdict]);
    t(Text::RestsOn, &[&grounds_line(&stored.history.grounds)]);
    let n = &stored.totals;
    t(
        Text::TotalsLine,
        &[&n.incidents, &n.restarts, &n.escalations].map(u64::to_string).each_ref().map(String::as_str),
    );
    if let Some(open) = &stored.history.incident {
        let cause = of_verdict(open.cause.verdict).say(settings.language, &[]);
        let (number, restarts) = (open.number.to_string(), open.attempts.len().to_string());
        t(Text::OpenIncident, &[&number, &cause, &restarts]);
    }
    if let Some(folder) = folder {
        t(Text::LastFolder, &[&settings.place.incidents_dir().join(folder).display().to_string()]);
    }
}
