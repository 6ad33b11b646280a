//! `run`: looks, judges, acts, until told to stop.

use super::channel::Became;
use super::curing::Cure;
use super::journal::{Journal, Level};
use super::look::{Ask, Eyes};
use super::observation::Observation;
use super::post::Sent;
use super::reload::Reload;
use super::saves::Saving;
use super::service::{Life, Notifier};
use super::settings::Settings;
use super::store::{Loaded, Stored, What};
use super::texts::{Text, duration, of_judgement, of_verdict};
use super::verdict::{Action, Judgement};
use super::watch::Watch;
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
    Reloaded(Reload),
    Seen(Box<Observation>),
    Sent(Sent),
    Cured(Box<Cure>, Became),
    Gathered(Action, std::io::Result<std::path::PathBuf>),
}

/// Watches in the foreground and gives the exit code.
#[must_use]
pub fn run(settings: Settings) -> u8 {
    let _lock = match take_lock(&settings) {
        Ok(lock) => lock,
        Err(code) => return code,
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

/// The lock of the state directory, or the exit code of who cannot have it.
fn take_lock(settings: &Settings) -> Result<lock::Lock, u8> {
    let language = settings.language;
    match lock::take(&settings.place, settings.dry_run) {
        Ok(lock::Tried::Held(lock)) => Ok(lock),
        Ok(lock::Tried::Taken { pid }) => {
            let pid = pid.map_or_else(|| "?".to_owned(), |p| p.to_string());
            eprintln!("asm-watchdog: {}", Text::AlreadyRunning.say(language, &[&pid]));
            Err(TAKEN)
        }
        Err(e) => {
            let file = settings.place.lock_file();
            Err(reach::fail(false, &reach::failure(&settings.place, &file, &e, language, "run")))
        }
    }
}

/// Looks when it is time and takes in what happens, until it is told to stop.
fn go_round(
    watch: &mut Watch,
    life: &mut Life,
    asks: &Sender<Ask>,
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
            asks.send(ask).map_err(gone)?;
        }
        watch.tend_command(now);
        watch.tend_evidence(sender, now);
        watch.tend_cures(sender, now);
        watch.tend_outbox(sender, now);
        let until_look = if looking { u64::MAX } else { next_look_ms.saturating_sub(now) };
        let wait = until_look.min(until_sign).min(until_due(watch, now));
        match events.recv_timeout(Duration::from_millis(wait)) {
            Ok(Event::Seen(seen)) => {
                looking = false;
                next_look_ms = saw(watch, life, &seen);
            }
            Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Ok(event) => hear(watch, event),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Takes a look in and gives when the next one is due.
fn saw(watch: &mut Watch, life: &mut Life, seen: &Observation) -> u64 {
    let now = clock::monotonic_ms();
    let next_look_ms = now.saturating_add(watch.take_in(seen, now));
    life.look_ended(&describe(watch.stored.history.judgement, seen, watch.settings.language));
    next_look_ms
}

/// Takes in what else was waited for.
fn hear(watch: &mut Watch, event: Event) {
    match event {
        Event::Reloaded(reload) => watch.reloaded(reload),
        Event::Sent(report) => watch.sent(&report, clock::monotonic_ms()),
        Event::Cured(cure, became) => watch.cured(&cure, &became),
        Event::Gathered(action, kept) => watch.gathered(&action, kept),
        Event::Seen(_) | Event::Stop => {}
    }
}

/// How long until a letter or the command that runs wants something of us.
fn until_due(watch: &Watch, now: u64) -> u64 {
    let post = watch.next_post_ms().map_or(u64::MAX, |at| at.saturating_sub(now).max(1));
    let act = watch
        .next_act_ms()
        .into_iter()
        .chain(watch.next_cure_ms())
        .min()
        .map_or(u64::MAX, |at| at.saturating_sub(now));
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

/// Looks in a thread of its own, so that a stop is never kept waiting by a silent gateway.
fn open_eyes(settings: &Settings, sender: Sender<Event>) -> std::io::Result<Sender<Ask>> {
    let mut eyes = Eyes::new(settings, !settings.dry_run);
    let (work, given) = channel::<Ask>();
    thread::Builder::new().name("look".to_owned()).spawn(move || {
        for ask in given {
            let seen = eyes.look(&ask);
            // Taken in before what was seen by it.
            let reload = eyes.take_reload().map(Event::Reloaded);
            let mut events = reload.into_iter().chain([Event::Seen(Box::new(seen))]);
            if events.any(|event| sender.send(event).is_err()) {
                break;
            }
        }
    })?;
    Ok(work)
}

/// What was found of a watchdog before.
#[derive(Default)]
struct Before {
    stored: Option<Stored>,
    newer: Option<u64>,
    aside: Option<String>,
    /// Why the state file cannot be read: nothing is written over it.
    unreadable: Option<String>,
}

impl Before {
    fn of(loaded: std::io::Result<Loaded>) -> Self {
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(e) => return Self { unreadable: Some(e.to_string()), ..Self::default() },
        };
        let (stored, aside) = match loaded.what {
            What::Fresh => (None, None),
            What::Kept(stored) => (Some(*stored), None),
            What::SetAside(path) => (None, Some(path.display().to_string())),
        };
        Self { stored, newer: loaded.newer, aside, unreadable: None }
    }
}

fn begin(settings: Settings, loaded: std::io::Result<Loaded>) -> Watch {
    let target = settings.addr.to_string();
    let mut before = Before::of(loaded);
    let boot = process::boot_id().unwrap_or_default();
    let same_boot = before.stored.as_ref().is_some_and(|s| s.machine_boot == boot);
    let stored = before.stored.take().map_or_else(|| Stored::fresh(&target), |s| s.still_valid(&target));
    let stored = if settings.dry_run {
        // What it would do is counted by itself, beside what was done.
        Stored { totals: store::Totals::default(), ..stored }
    } else {
        stored
    };
    let journal = Journal::new(settings.place.log_file(), settings.json, settings.language);
    let saving = match (settings.dry_run, before.newer) {
        (true, _) => Saving::DryRun,
        (false, Some(_)) => Saving::Beside,
        (false, None) => Saving::Usual,
    };
    let mut watch = Watch::new(settings, stored, saving, journal);
    greet(&mut watch);
    let now = clock::monotonic_ms();
    let history = std::mem::take(&mut watch.stored.history);
    watch.stored.history = judge::resume(history, clock::slept_ms(), now);
    watch.open_outbox(same_boot, now);
    say_before(&mut watch, &before);
    watch.resume_command(now);
    watch.tell_off();
    watch.save();
    watch
}

/// Says what is the matter with the state that was found; where it cannot be read, nothing is done until it can.
fn say_before(watch: &mut Watch, before: &Before) {
    if let Some(path) = &before.aside {
        watch.tell(Level::Warn, "state-set-aside", Text::StateAside, &[path], json!({}));
    }
    watch.tell_newer(before.newer);
    let Some(why) = &before.unreadable else { return };
    let values = [why, &watch.settings.place.state_file().display().to_string()].map(String::clone);
    let values = values.each_ref().map(String::as_str);
    watch.tell(Level::Warn, "state-unreadable", Text::StateUnreadable, &values, json!({}));
    if watch.saving == Saving::Usual {
        watch.bar(Text::StateUnreadable.say(watch.settings.language, &values));
    }
}

fn greet(watch: &mut Watch) {
    let s = &watch.settings;
    let every = duration(s.policy.interval_ms, s.language);
    let timeout = duration(s.policy.timeout_ms, s.language);
    let target = s.addr.to_string();
    let program = s.watchdog.restart_command.first().cloned().unwrap_or_default();
    let facts = json!({"target": target, "pid": std::process::id(), "dry_run": s.dry_run});
    let (dry_run, warnings) = (s.dry_run, s.warnings.clone());
    let values = [target.as_str(), &every, &timeout, &program];
    watch.tell(Level::Info, "started", Text::Watching, &values, facts);
    if dry_run {
        watch.tell(Level::Info, "dry-run", Text::DryRunOn, &[], json!({}));
    }
    for text in warnings {
        watch.journal.say(Level::Warn, "settings", &text, json!({}));
    }
    check_program(watch);
}

/// Says that the restart command cannot run where its program is not there.
pub(super) fn check_program(watch: &mut Watch) {
    let program = watch.settings.watchdog.restart_command.first().cloned().unwrap_or_default();
    if !watch.settings.by_owner && !is_there(&program, std::env::var_os("PATH")) {
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
