//! `run`: looks, judges, acts, until told to stop.

use super::channel::cure_by;
use super::evidence::Case;
use super::journal::{Journal, Level};
use super::look::{Ask, Eyes};
use super::observation::Observation;
use super::post::Sent;
use super::saves::Saving;
use super::service::{Life, Notifier};
use super::settings::Settings;
use super::store::{Loaded, Stored};
use super::texts::{Text, duration, of_judgement, of_verdict};
use super::verdict::{Action, Judgement};
use super::watch::{Cure, Watch};
use super::{clock, judge, lock, process, reach, store};
use crate::shared::language::Language;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Another watchdog already runs (EX_TEMPFAIL).
const TAKEN: u8 = 75;
/// How often a running command is looked after, at most.
const COMMAND_POLL_MS: u64 = 50;

/// What the loop waits for.
pub(super) enum Event {
    Stop,
    Seen(Box<Observation>),
    Sent(Sent),
    Cured(Cure, Result<(), String>),
    Gathered(Action, std::io::Result<std::path::PathBuf>),
}

/// What the eyes' thread is given to do.
enum Work {
    Look(Ask),
    Cure(Cure, Box<Case>),
}

/// Watches in the foreground and gives the exit code.
#[must_use]
pub fn run(settings: Settings) -> u8 {
    let language = settings.language;
    let _lock = match lock::take(&settings.place, settings.dry_run) {
        Ok(lock::Tried::Held(lock)) => lock,
        Ok(lock::Tried::Taken { pid }) => {
            let pid = pid.map_or_else(|| "?".to_owned(), |p| p.to_string());
            eprintln!("asm-watchdog: {}", Text::AlreadyRunning.say(language, &[&pid]));
            return TAKEN;
        }
        Err(e) => {
            let file = settings.place.lock_file();
            return reach::fail(false, &reach::failure(&settings.place, &file, &e, language, "run"));
        }
    };
    let loaded = store::load(&settings.place);
    let (sender, events) = channel();
    if let Err(e) = forward_signals(sender.clone()) {
        return fail("signals", &e);
    }
    let asks = match open_eyes(&settings, sender.clone()) {
        Ok(asks) => asks,
        Err(e) => return fail("look", &e),
    };
    let mut watch = begin(settings, loaded);
    let mut life = Life::begin(Notifier::of_env(&|name| std::env::var(name).ok()));
    let ended = go_round(&mut watch, &mut life, &asks, &sender, &events);
    life.end();
    watch.leave();
    watch.tell(Level::Info, "stopped", Text::Stopping, &[], json!({}));
    watch.save();
    if watch.settings.dry_run {
        // It showed what was going on, which nothing is any more.
        let _ = std::fs::remove_file(watch.settings.place.dry_run_file());
    }
    match ended {
        Ok(()) => 0,
        // Whoever looks after us starts us again.
        Err(e) => fail("look", &e),
    }
}

/// Looks when it is time and takes in what happens, until it is told to stop.
fn go_round(
    watch: &mut Watch,
    life: &mut Life,
    asks: &Sender<Work>,
    sender: &Sender<Event>,
    events: &Receiver<Event>,
) -> std::io::Result<()> {
    let gone = |_| std::io::Error::from(std::io::ErrorKind::BrokenPipe);
    let mut next_look_ms = clock::monotonic_ms();
    let mut looking = false;
    loop {
        let now = clock::monotonic_ms();
        let until_sign = life.turn(now);
        if !looking && now >= next_look_ms {
            looking = true;
            life.look_began(now);
            let ask = Ask::after(&watch.stored.history, &watch.settings.policy, now);
            asks.send(Work::Look(ask)).map_err(gone)?;
        }
        watch.tend_command(now);
        watch.tend_evidence(sender, now);
        watch.tend_outbox(sender, now);
        let until_look = if looking { u64::MAX } else { next_look_ms.saturating_sub(now) };
        let wait = until_look.min(until_sign).min(until_due(watch, now));
        match events.recv_timeout(Duration::from_millis(wait)) {
            Ok(Event::Seen(seen)) => {
                looking = false;
                let now = clock::monotonic_ms();
                next_look_ms = now.saturating_add(watch.take_in(&seen, now));
                life.look_ended(&describe(watch.stored.history.judgement, &seen, watch.settings.language));
                if let Some((cure, case)) = watch.cure.take() {
                    // A thread that is gone is found out at the next look.
                    let _ = asks.send(Work::Cure(cure, case));
                }
            }
            Ok(Event::Sent(report)) => watch.sent(&report, clock::monotonic_ms()),
            Ok(Event::Cured(cure, became)) => watch.cured(&cure, became),
            Ok(Event::Gathered(action, kept)) => watch.gathered(&action, kept),
            Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// How long until a letter or the command that runs wants something of us.
fn until_due(watch: &Watch, now: u64) -> u64 {
    let post = watch.next_post_ms().map_or(u64::MAX, |at| at.saturating_sub(now).max(1));
    let act = watch.next_act_ms().map_or(u64::MAX, |at| at.saturating_sub(now));
    let poll = if watch.running.is_some() { COMMAND_POLL_MS } else { 60_000 };
    post.min(act).min(poll)
}

fn fail(what: &str, e: &std::io::Error) -> u8 {
    eprintln!("asm-watchdog: {what}: {e}");
    1
}

fn forward_signals(sender: Sender<Event>) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            if sender.send(Event::Stop).is_err() {
                break;
            }
        }
    })?;
    Ok(())
}

/// Looks and cures in a thread of its own, so that a stop is never kept waiting by a silent gateway.
fn open_eyes(settings: &Settings, sender: Sender<Event>) -> std::io::Result<Sender<Work>> {
    let mut eyes = Eyes::new(settings, !settings.dry_run);
    let settings = settings.clone();
    let (work, given) = channel::<Work>();
    thread::Builder::new().name("look".to_owned()).spawn(move || {
        for work in given {
            let event = match work {
                Work::Look(ask) => Event::Seen(Box::new(eyes.look(&ask))),
                Work::Cure(cure, case) => {
                    // What was true before it, as before any act.
                    let kept = case.keep(Duration::from_millis(settings.evidence_ms / 5 * 4));
                    let _ = sender.send(Event::Gathered(case.action, kept));
                    let deadline = Duration::from_millis(settings.pace.cure_ms);
                    let became = cure_by(&settings, &cure.channel, &cure.account, deadline);
                    Event::Cured(cure, became)
                }
            };
            if sender.send(event).is_err() {
                break;
            }
        }
    })?;
    Ok(work)
}

fn begin(settings: Settings, loaded: std::io::Result<Loaded>) -> Watch {
    let target = settings.addr.to_string();
    let mut barred = None;
    let mut aside = None;
    let boot = process::boot_id().unwrap_or_default();
    let same_boot = matches!(&loaded, Ok(Loaded::Kept(stored)) if stored.machine_boot == boot);
    let stored = match loaded {
        Ok(Loaded::Kept(stored)) => stored.still_valid(&target),
        Ok(Loaded::Fresh) => Stored::fresh(&target),
        Ok(Loaded::SetAside(path)) => {
            aside = Some(path.display().to_string());
            Stored::fresh(&target)
        }
        Ok(Loaded::Newer(version)) => {
            barred = Some(("state-newer", Text::StateNewer, version.to_string()));
            Stored::fresh(&target)
        }
        Err(e) => {
            barred = Some(("state-unreadable", Text::StateUnreadable, e.to_string()));
            Stored::fresh(&target)
        }
    };
    let stored = if settings.dry_run {
        // What it would do is counted by itself, beside what was done.
        Stored { totals: store::Totals::default(), ..stored }
    } else {
        stored
    };
    let journal = Journal::new(settings.place.log_file(), settings.json);
    let saving = if settings.dry_run { Saving::DryRun } else { Saving::Usual };
    let mut watch = Watch::new(settings, stored, saving, journal);
    greet(&mut watch);
    if let Some(path) = aside {
        watch.tell(Level::Warn, "state-set-aside", Text::StateAside, &[&path], json!({}));
    }
    let now = clock::monotonic_ms();
    let history = std::mem::take(&mut watch.stored.history);
    watch.stored.history = judge::resume(history, clock::slept_ms(), now);
    watch.open_outbox(same_boot, now);
    if let Some((event, text, why)) = barred {
        let file = watch.settings.place.state_file().display().to_string();
        watch.tell(Level::Warn, event, text, &[&why, &file], json!({}));
        if saving == Saving::Usual {
            watch.bar(text.say(watch.settings.language, &[&why, &file]));
        }
    }
    watch.resume_command(now);
    watch.tell_off();
    watch.save();
    watch
}

fn greet(watch: &mut Watch) {
    let s = &watch.settings;
    let every = duration(s.policy.interval_ms, s.language);
    let timeout = duration(s.policy.timeout_ms, s.language);
    let target = s.addr.to_string();
    let program = s.watchdog.restart_command.first().cloned().unwrap_or_default();
    let facts = json!({"target": target, "pid": std::process::id(), "dry_run": s.dry_run});
    let (dry_run, warnings) = (s.dry_run, s.warnings.clone());
    let missing = !s.by_owner && !is_there(&program, std::env::var_os("PATH"));
    let values = [target.as_str(), &every, &timeout, &program];
    watch.tell(Level::Info, "started", Text::Watching, &values, facts);
    if dry_run {
        watch.tell(Level::Info, "dry-run", Text::DryRunOn, &[], json!({}));
    }
    for text in warnings {
        watch.journal.say(Level::Warn, "settings", &text, json!({}));
    }
    if missing {
        watch.tell(Level::Error, "settings", Text::NoProgram, &[&program], json!({}));
    }
}

/// Whether a program of a command is a file: where it is said to be, else in one of the folders of `path`.
fn is_there(program: &str, path: Option<std::ffi::OsString>) -> bool {
    if program.contains('/') {
        return std::path::Path::new(program).is_file();
    }
    let path = path.unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A judgement in one line.
#[must_use]
pub fn describe(judgement: Judgement, seen: &Observation, language: Language) -> String {
    let [verdict, reason] =
        [of_verdict(judgement.verdict), of_judgement(&judgement)].map(|text| text.say(language, &[]));
    let mut line = Text::VerdictLine.say(language, &[&verdict, &reason]);
    if judgement.failed_probes > 0 {
        let (silent, failed) = (duration(judgement.silent_ms, language), judgement.failed_probes.to_string());
        line.push_str(&Text::SilentFor.say(language, &[&silent, &failed]));
    }
    if !seen.failing().is_empty() {
        line.push_str(&Text::Failing.say(language, &[&seen.failing().join(", ")]));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::is_there;

    #[test]
    fn a_program_is_looked_for_as_it_would_be_to_run_it() {
        let path = || Some("/nowhere:/bin".into());
        assert!(is_there("/bin/sh", None) && is_there("sh", path()));
        assert!(!is_there("[sh", path()) && !is_there("/no/such/prog", path()) && !is_there("sh", None));
    }
}
