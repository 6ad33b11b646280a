//! How a channel is cured: evidence first, beside the loop; then, if the channel still calls for it, its stop and start on a
//! thread of their own. The looks go on meanwhile.

use super::channel::{Became, cure_by};
use super::evidence::Case;
use super::journal::Level;
use super::observation::{Account, Observation};
use super::run::Event;
use super::state::{History, Trouble};
use super::texts::Text;
use super::verdict::{Action, Judgement, Verdict};
use super::watch::Watch;
use super::{clock, hold, incident, judge};
use serde_json::json;
use std::io;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

/// One stop and start of an account of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    pub channel: String,
    pub account: String,
    pub attempt: u32,
    /// When it was decided.
    decided_ms: u64,
    /// A cure before it may have left it down.
    was_ours: bool,
    /// What it is for: its trouble, and its last movement as told.
    trouble: Trouble,
    transport_at_ms: Option<i64>,
}

/// A cure whose evidence is being gathered.
#[derive(Debug)]
pub(super) struct Curing {
    cure: Cure,
    action: Action,
    case: Option<Box<Case>>,
    /// When it goes on without more evidence; at once where it is there.
    until_ms: u64,
}

impl Cure {
    fn key(&self) -> String {
        judge::key(&self.channel, &self.account)
    }

    /// Whether the account, as the gateway tells it just before its stop, still is what the cure was decided for: meant to
    /// run, and not well again.
    fn still_needed(&self, accounts: &[Account]) -> bool {
        let named = |a: &&Account| a.channel == self.channel && a.account == self.account;
        accounts.iter().find(named).is_some_and(|told| {
            let meant = told.enabled && told.configured && (self.was_ours || told.lifecycle != "stopped");
            let well = told.connected != Some(false) && matches!(told.lifecycle.as_str(), "" | "ready");
            let moved = told.last_transport_at_ms != self.transport_at_ms;
            meant && if self.trouble == Trouble::Stale { !(well && moved) } else { !well }
        })
    }
}

impl Watch {
    /// Has the evidence of a cure gathered, which then has an account of a channel stopped and started. What comes of it is
    /// seen at the next looks.
    pub(super) fn cure_channel(
        &mut self,
        action: &Action,
        before: &History,
        judgement: Judgement,
        seen: &Observation,
        now: u64,
    ) {
        let Action::Channel { channel, account, attempt, .. } = action.clone() else { return };
        let name = judge::key(&channel, &account);
        let facts = json!({"channel": channel, "account": account, "attempt": attempt});
        let dry_run = self.settings.dry_run;
        let text = if dry_run { Text::WouldCure } else { Text::CureBegins };
        self.tell(Level::Warn, "channel", text, &[&name, &attempt.to_string()], facts);
        if dry_run {
            return;
        }
        let (case, _) = self.case(action, judgement, seen, String::new(), now);
        let is = self.stored.history.channels.get(&name);
        let cure = Cure {
            channel,
            account,
            attempt,
            decided_ms: now,
            was_ours: before.channels.get(&name).is_some_and(|c| c.stopped_by_us),
            trouble: is.map_or(Trouble::None, |c| c.trouble),
            transport_at_ms: is.and_then(|c| c.transport_at_ms),
        };
        let until_ms = clock::monotonic_ms().saturating_add(self.settings.evidence_ms);
        let action = action.clone();
        self.cures.push(Curing { cure, action, case: Some(Box::new(case)), until_ms });
    }

    /// Begins the evidence of what is to be cured, and cures where that is over.
    pub(super) fn tend_cures(&mut self, events: &Sender<Event>, now: u64) {
        let cases: Vec<Box<Case>> = self.cures.iter_mut().filter_map(|c| c.case.take()).collect();
        for case in cases {
            let action = case.action.clone();
            if let Err(e) = self.gather(case, events) {
                self.evidence_failed(&e);
                self.evidence_over(&action);
            }
        }
        while let Some(at) = self.cures.iter().position(|c| now >= c.until_ms) {
            let curing = self.cures.remove(at);
            if curing.until_ms > 0 {
                self.evidence_failed(&io::ErrorKind::TimedOut.into());
            }
            self.cure_now(&curing.cure, &curing.action, events, now);
        }
    }

    /// When the loop has to come back for the sake of a cure.
    pub(super) fn next_cure_ms(&self) -> Option<u64> {
        self.cures.iter().map(|c| if c.case.is_some() { 0 } else { c.until_ms }).min()
    }

    /// The evidence of a cure is there, or cannot be had.
    pub(super) fn evidence_over(&mut self, action: &Action) {
        self.cures.iter_mut().filter(|c| c.action == *action).for_each(|c| c.until_ms = 0);
    }

    fn cure_now(&mut self, cure: &Cure, action: &Action, events: &Sender<Event>, now: u64) {
        if !self.still_calls(cure) {
            return self.drop_cure(cure);
        }
        if let Some(c) = self.stored.history.channels.get_mut(&cure.key()) {
            // From here on it may be down by our doing, whatever a look saw meanwhile.
            c.stopped_by_us = true;
            let late = now.saturating_sub(cure.decided_ms);
            c.cure.iter_mut().for_each(|c| c.until_ms = c.until_ms.saturating_add(late));
        }
        if !self.save() {
            self.say_withheld(action);
            return self.take_back(cure);
        }
        let (settings, events, job) = (self.settings.clone(), events.clone(), cure.clone());
        let begun = thread::Builder::new().name("cure".to_owned()).spawn(move || {
            let deadline = Duration::from_millis(settings.pace.cure_ms);
            let needed = |accounts: &[Account]| job.still_needed(accounts);
            let became = cure_by(&settings, &job.channel, &job.account, &needed, deadline);
            let _ = events.send(Event::Cured(Box::new(job), became));
        });
        if let Err(e) = begun {
            self.cured(cure, &Became::Failed(e.to_string()));
        }
    }

    /// Whether the last look still calls for it, and nothing holds it off.
    fn still_calls(&self, cure: &Cure) -> bool {
        let h = &self.stored.history;
        let down = h.channels.get(&cure.key()).is_some_and(|c| {
            c.cure.is_some() && !c.stopped && matches!(c.trouble, Trouble::Stale | Trouble::Failing)
        });
        let free = !incident::restarting(h) && !h.command_running;
        down && free
            && h.judgement.verdict == Verdict::Degraded
            && hold::held_ms(&self.settings.place).is_none()
    }

    /// Says that a cure is not needed any more, and takes it back: it counts nowhere.
    fn drop_cure(&mut self, cure: &Cure) {
        let facts = json!({"channel": cure.channel, "account": cure.account, "attempt": cure.attempt});
        self.tell(Level::Info, "act-dropped", Text::ActDropped, &[], facts);
        self.take_back(cure);
        self.save();
    }

    fn take_back(&mut self, cure: &Cure) {
        let Some(c) = self.stored.history.channels.get_mut(&cure.key()) else { return };
        c.cure = None;
        c.stopped_by_us &= cure.was_ours;
        c.cures_ms.retain(|at| *at != cure.decided_ms);
    }

    /// Before a stop: a cure that has not begun is not begun any more.
    pub(super) fn leave_cures(&mut self) {
        for curing in std::mem::take(&mut self.cures) {
            self.drop_cure(&curing.cure);
        }
    }

    /// Says what became of a cure.
    pub(super) fn cured(&mut self, cure: &Cure, became: &Became) {
        let name = cure.key();
        let facts = json!({"channel": cure.channel, "account": cure.account, "attempt": cure.attempt});
        match became {
            Became::Done => self.tell(Level::Info, "channel", Text::CureDone, &[&name], facts),
            Became::Needless => self.drop_cure(cure),
            Became::Failed(why) => {
                self.tell(Level::Warn, "channel", Text::CureFailed, &[&name, why], facts);
                if let Some(c) = self.stored.history.channels.get_mut(&name) {
                    // Its start may be what failed.
                    c.stopped_by_us = true;
                    self.save();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::journal::Journal;
    use crate::watchdog::rpc::stand_in;
    use crate::watchdog::saves::Saving;
    use crate::watchdog::settings::{Flags, settle};
    use crate::watchdog::state::{self, ChannelSeen};
    use crate::watchdog::store::Stored;
    use std::sync::mpsc::{Receiver, channel};

    const LONG: Duration = Duration::from_secs(60);

    /// A watchdog that has just decided to cure an account that has stood still since 7.
    fn decided(dir: &std::path::Path, port: u16, dry_run: bool) -> Watch {
        std::fs::write(dir.join("openclaw.json"), r#"{"gateway": {"auth": {"token": "secret"}}}"#)
            .unwrap_or_default();
        let flags = Flags { state_dir: Some(dir.to_owned()), port: Some(port), dry_run, ..Flags::default() };
        let settings = settle(flags, &|_| None, 1).unwrap_or_else(|e| panic!("{e}"));
        let journal = Journal::new(settings.place.log_file(), true, settings.language);
        let mut watch = Watch::new(settings, Stored::fresh("x"), Saving::Usual, journal);
        let c = ChannelSeen { trouble: Trouble::Stale, transport_at_ms: Some(7), ..ChannelSeen::default() };
        let mut before = History::default();
        before.judgement.verdict = Verdict::Degraded;
        before.channels.insert("telegram/a".to_owned(), c.clone());
        watch.stored.history = before.clone();
        let cure = Some(state::Cure { until_ms: 1_000, transport_at_ms: Some(7) });
        let c = ChannelSeen { cure, stopped_by_us: true, cures_ms: vec![1], ..c };
        watch.stored.history.channels.insert("telegram/a".to_owned(), c);
        let (channel, account) = ("telegram".to_owned(), "a".to_owned());
        let action = Action::Channel { incident: 3, attempt: 1, channel, account };
        watch.cure_channel(&action, &before, Judgement::default(), &Observation::default(), 1);
        watch
    }

    /// Until its evidence is there and what comes of it.
    fn tend(watch: &mut Watch, events: (&Sender<Event>, &Receiver<Event>)) {
        watch.tend_cures(events.0, 1);
        match events.1.recv_timeout(LONG) {
            Ok(Event::Gathered(action, kept)) => watch.gathered(&action, kept),
            _ => panic!("no evidence"),
        }
        watch.tend_cures(events.0, 11);
    }

    fn account(watch: &Watch) -> (bool, bool, usize) {
        let c = &watch.stored.history.channels["telegram/a"];
        (c.cure.is_some(), c.stopped_by_us, c.cures_ms.len())
    }

    #[test]
    fn a_cure_waits_for_its_evidence_and_a_dry_run_has_neither() {
        for dry_run in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let watch = decided(dir.path(), 1, dry_run);
            assert_eq!(watch.cures.is_empty(), dry_run);
            let Some(curing) = watch.cures.first() else { continue };
            let case = curing.case.as_ref().unwrap();
            assert_eq!((curing.cure.attempt, &case.action, case.incident), (1, &curing.action, 3));
            assert_eq!(watch.stored.folder.as_deref(), Some(case.folder.as_str()));
            assert!(case.folder.ends_with("-3"), "{}", case.folder);
        }
    }

    #[test]
    fn a_pause_or_a_channel_that_is_well_meanwhile_ends_a_cure_that_counts_nowhere() {
        for n in 0..3 {
            let dir = tempfile::tempdir().unwrap();
            let mut watch = decided(dir.path(), 1, false);
            let c = watch.stored.history.channels.get_mut("telegram/a").unwrap();
            match n {
                0 => c.trouble = Trouble::None,
                1 => (c.stopped, c.trouble) = (true, Trouble::None),
                _ => hold::hold(&watch.settings.place, 60_000).unwrap(),
            }
            let (sender, events) = channel();
            tend(&mut watch, (&sender, &events));
            assert_eq!(account(&watch), (false, false, 0), "{n}");
            assert!(watch.cures.is_empty() && events.try_recv().is_err(), "nothing is asked of anybody");
        }
    }

    #[test]
    fn what_the_gateway_tells_just_before_decides() {
        for (lifecycle, at, needed) in [("ready", 7, true), ("ready", 8, false), ("stopped", 7, false)] {
            let addr = stand_in::answering(move |method, _| match method {
                "channels.status" => {
                    Ok(json!({"channelAccounts": {"telegram": [{"accountId": "a", "enabled": true,
                    "configured": true, "lifecycle": lifecycle, "lastTransportActivityAt": at}]}}))
                }
                _ if needed => Ok(json!({"started": true})),
                _ => Err("it must not be asked"),
            });
            let dir = tempfile::tempdir().unwrap();
            let mut watch = decided(dir.path(), addr.port(), false);
            let (sender, events) = channel();
            tend(&mut watch, (&sender, &events));
            let Ok(Event::Cured(cure, became)) = events.recv_timeout(LONG) else { panic!() };
            assert_eq!(became, if needed { Became::Done } else { Became::Needless });
            watch.cured(&cure, &became);
            assert_eq!(account(&watch), (needed, needed, usize::from(needed)), "{lifecycle} {at}");
        }
    }
}
