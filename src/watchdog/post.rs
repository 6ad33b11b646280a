//! What `run` does with alerts: into the outbox, out by one way at a time, and a note of what came of it.

use super::alert::{Alert, Severity};
use super::deliver::{self, Outcome, Sender};
use super::journal::Level;
use super::run::Event;
use super::settings::Settings;
use super::texts::Text;
use super::watch::Watch;
use super::{clock, os};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::mpsc::Sender as Events;
use std::thread;
use std::time::Duration;

/// TLS needs some room on the stack.
const STACK_BYTES: usize = 512 * 1024;

/// A delivery that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub number: u64,
    pub mark: String,
    pub way: String,
    pub outcome: Outcome,
}

impl Watch {
    /// Says an alert and puts it on its way to a person.
    pub(super) fn raise(&mut self, alert: &Alert, now: u64) {
        self.post(alert, now);
        self.say_alert(alert);
    }

    /// In the log; a dry run says that it tells nobody.
    pub(super) fn say_alert(&mut self, alert: &Alert) {
        let level = match alert.severity {
            Severity::Info => Level::Info,
            Severity::Warning => Level::Warn,
            Severity::Critical => Level::Error,
        };
        let (language, dry_run) = (self.settings.language, self.settings.dry_run);
        let said = alert.say(language);
        let text = if dry_run { Text::WouldAlert.say(language, &[&said]) } else { said };
        let facts = json!({"code": alert.code, "about": alert.about, "dry_run": dry_run});
        self.journal.say(level, "alert", &text, facts);
    }

    /// Puts an alert on its way to a person; a dry run sends nothing.
    pub(super) fn post(&mut self, alert: &Alert, now: u64) {
        if self.settings.dry_run {
            return;
        }
        let ways = self.way_names();
        let stamp = stamp(&self.settings);
        self.stored.outbox.put(alert.clone(), &ways, &clock::utc(), &stamp, now);
    }

    /// Says what is set and cannot be used, and takes up what the watchdog before left unsent. `same_boot`: whether the
    /// machine has not been started since.
    pub(super) fn open_outbox(&mut self, same_boot: bool, now: u64) {
        self.say_unusable_ways();
        let ways = self.way_names();
        self.stored.outbox.resume(&ways, same_boot, now);
    }

    pub(super) fn say_unusable_ways(&mut self) {
        for (name, why) in self.settings.ways.unusable.clone() {
            let why = why.say(self.settings.language, &[]);
            self.tell(Level::Warn, "settings", Text::WayUnusable, &[name, &why], json!({}));
        }
    }

    /// When there is something to send next; a dry run sends nothing.
    pub(super) fn next_post_ms(&self) -> Option<u64> {
        self.stored.outbox.next_ms().filter(|_| !self.settings.dry_run)
    }

    /// Sends what is due, if nothing is being sent. On disk before it goes out.
    pub(super) fn tend_outbox(&mut self, events: &Events<Event>, now: u64) {
        if self.next_post_ms().is_none_or(|at| at > now) {
            return;
        }
        let dropped = self.stored.outbox.dropped;
        let Some((letter, name)) = self.stored.outbox.take(now, self.settings.retry.give_up_ms) else {
            return;
        };
        self.save();
        let way = self.settings.ways.ways.iter().find(|w| w.name() == name).cloned();
        let sender = sender(&self.settings, dropped);
        let (language, deadline) =
            (self.settings.language, Duration::from_millis(self.settings.retry.send_ms));
        let (number, mark, events) = (letter.number, letter.mark.clone(), events.clone());
        let report = Sent { number, mark, way: name, outcome: Outcome::Delivered };
        let job = report.clone();
        let begun =
            thread::Builder::new().name("alert".to_owned()).stack_size(STACK_BYTES).spawn(move || {
                let outcome = match way {
                    Some(way) => deliver::send(&way, &letter, &sender, language, deadline),
                    None => Outcome::Refused { why: String::new() },
                };
                // A loop that has ended needs no report: the letter is on disk as under way.
                let _ = events.send(Event::Sent(Sent { outcome, ..job }));
            });
        if let Err(e) = begun {
            self.sent(
                &Sent { outcome: Outcome::Later { why: e.to_string(), after_ms: None }, ..report },
                now,
            );
        }
    }

    /// Notes what came of a delivery.
    pub(super) fn sent(&mut self, report: &Sent, now: u64) {
        let (retry, seed) = (self.settings.retry, self.settings.policy.seed);
        let outcome = &report.outcome;
        let given_up = self.stored.outbox.note(report.number, &report.way, outcome, &retry, seed, now);
        self.save();
        let facts = json!({"id": report.mark, "way": report.way, "why": outcome.why()});
        let values = [report.mark.as_str(), &report.way, outcome.why()];
        match (outcome, given_up) {
            (Outcome::Delivered, _) => {
                self.tell(Level::Info, "alert-delivered", Text::AlertSent, &values, facts);
            }
            (_, true) => self.tell(Level::Error, "alert-given-up", Text::AlertGivenUp, &values, facts),
            _ => self.tell(Level::Warn, "alert-undelivered", Text::AlertUnsent, &values, facts),
        }
    }

    /// The network is back: what waits goes soon.
    pub(super) fn hurry_outbox(&mut self, now: u64) {
        let (retry, seed) = (self.settings.retry, self.settings.policy.seed);
        self.stored.outbox.hurry(&retry, seed, now);
    }

    pub(super) fn way_names(&self) -> Vec<&'static str> {
        self.settings.ways.ways.iter().map(deliver::Way::name).collect()
    }
}

/// Who writes: this machine, about this gateway.
#[must_use]
pub fn sender(settings: &Settings, dropped: u64) -> Sender {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Sender { host, target: settings.addr.to_string(), dropped }
}

/// What tells a letter from one of the same number elsewhere or earlier: machine, state directory, moment.
#[must_use]
pub fn stamp(settings: &Settings) -> String {
    let place = settings.place.state_dir.display();
    let seed = format!("{} {place} {}", os::boot_id().unwrap_or_default(), clock::epoch_ms());
    Sha256::digest(seed.as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect()
}
