//! One look: fills an [`Observation`]. What runs at every look is cheap; the rest is asked in doubt or now and then.
//!
//! | Fact | When |
//! | --- | --- |
//! | HTTP probes, heartbeat, process, pressure, room on the disk, configuration file, hold | every look |
//! | `channels.status` | while it answers, once per [`Pace::often_ms`] |
//! | owner, port, a trial write | in doubt, and once per [`Pace::rarely_ms`] |
//! | network, proxy, the provider of a channel in doubt | in doubt, or where the judge wants it, once per [`Pace::often_ms`]; where a proxy is in use, once per [`Pace::proxy_ms`] |
//! | other guardians | when the watchdog comes, when the gateway is in doubt, and once per [`Pace::rarely_ms`] |

mod ask;
mod channels;
mod follow;
mod gateway;
mod machine;
mod pace;
mod step;

pub use ask::Ask;
pub use pace::Pace;

use super::config_file::{ConfigFile, LastGood};
use super::observation::{Account, Answer, Guardian, Observation};
use super::os::Kills;
use super::settings::Settings;
use super::{clock, hold, process};
use follow::Followed;
use gateway::Gateway;
use pace::Due;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use step::Steps;

/// No part of a look has less: a loaded machine sets the floor.
const LEAST_STEP_MS: u64 = 2_000;

/// Looks, and remembers between looks what was asked when.
#[derive(Debug)]
pub struct Eyes {
    settings: Arc<Settings>,
    env: fn(&str) -> Option<String>,
    /// Whether copies of the configuration may be kept and room on the disk tried.
    writes: bool,
    config: ConfigFile,
    last_good: LastGood,
    gateway: Gateway,
    kills: Kills,
    disk_full: bool,
    guardians: Vec<Guardian>,
    /// They are being looked for beside the look, since then.
    seeking: Option<(Instant, Receiver<Vec<Guardian>>)>,
    /// What was told of the channels last: whoever is asked for later is found there.
    accounts: Vec<Account>,
    due: Due,
    /// Until when acting is held off, monotonic milliseconds.
    held_until_ms: Option<u64>,
    steps: Steps,
    followed: Followed,
}

impl Eyes {
    /// `writes`: whether it may write into the watchdog's own directory.
    #[must_use]
    pub fn new(settings: &Settings, writes: bool) -> Self {
        let settings = Arc::new(settings.clone());
        let env: fn(&str) -> Option<String> = |name| std::env::var(name).ok();
        Self {
            env,
            writes,
            config: ConfigFile::new(settings.config_path.clone()),
            last_good: LastGood::new(&settings.place),
            gateway: Gateway::new(&settings, env),
            kills: Kills::default(),
            disk_full: false,
            guardians: Vec::new(),
            seeking: None,
            accounts: Vec::new(),
            due: Due::default(),
            held_until_ms: None,
            steps: Steps::default(),
            followed: Followed::new(settings.config_digest.clone()),
            settings,
        }
    }

    /// By what is looked.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// One look.
    #[must_use]
    pub fn look(&mut self, ask: &Ask) -> Observation {
        let mut seen = Observation { began_ms: clock::monotonic_ms(), ..Observation::default() };
        seen.slept_ms = clock::slept_ms();
        self.see_config(&mut seen);
        self.follow(&seen.config);
        seen.port_guessed = Some(self.settings.addr.port()).filter(|_| !self.settings.port_known);
        self.ask_for_guardians(ask.doubt);
        self.probe(ask, &mut seen);
        seen.wall_ms = Some(clock::epoch_ms());
        self.read_heartbeat(&mut seen);
        let doubt = ask.doubt || !well(&seen);
        self.see_owner_and_process(ask, doubt, &mut seen);
        self.see_machine(&mut seen);
        self.see_disk(doubt, &mut seen);
        self.see_channels(ask, doubt, &mut seen);
        self.see_guardians(&mut seen);
        self.followed.answered = seen.live();
        self.followed.gone = !seen.live() && seen.process.is_none() && self.gateway.is_gone();
        self.see_hold(&mut seen);
        if self.writes && well(&seen) {
            self.keep_copy(&seen);
        }
        seen
    }

    /// A part of the look that reads files.
    fn files_deadline(&self) -> Duration {
        Duration::from_millis(self.settings.pace.answer_ms.max(LEAST_STEP_MS))
    }

    /// One that asks tools of the system's, each with a deadline of its own: there are four of them at most.
    fn tools_deadline(&self) -> Duration {
        self.files_deadline() * 4
    }

    fn see_config(&mut self, seen: &mut Observation) {
        let mut file = self.config.clone();
        let told = self.steps.config.ask(self.files_deadline(), move || {
            let state = file.look();
            (file, state)
        });
        if let Some((file, state)) = told {
            (self.config, seen.config) = (file, state);
        }
    }

    fn read_heartbeat(&mut self, seen: &mut Observation) {
        let place = self.settings.place.clone();
        let told = self.steps.heartbeat.ask(self.files_deadline(), move || {
            let beat = process::heartbeat(&place)?;
            Some((process::verified(&beat), beat))
        });
        let Some((process, beat)) = told.flatten() else { return };
        seen.process = process;
        seen.loop_lag_ms = Some(beat.loop_lag_ms_max);
        seen.in_flight = u32::try_from(beat.in_flight.len()).unwrap_or(u32::MAX);
        seen.heartbeat_ms = u64::try_from(beat.at_ms).ok();
    }

    fn see_hold(&mut self, seen: &mut Observation) {
        let place = self.settings.place.clone();
        let told = self.steps.hold.ask(self.files_deadline(), move || hold::held_ms(&place));
        let now = clock::monotonic_ms();
        // One that cannot be looked at holds on.
        let known = || self.held_until_ms.map(|until| until.saturating_sub(now)).filter(|ms| *ms > 0);
        seen.held_ms = told.unwrap_or_else(known);
        self.held_until_ms = seen.held_ms.map(|ms| now.saturating_add(ms));
    }

    fn keep_copy(&mut self, seen: &Observation) {
        let (mut copies, path, now) =
            (self.last_good.clone(), self.config.path().to_owned(), seen.config.clone());
        // The host counts its uptime by the same clock.
        let age = seen.uptime_ms().and_then(|ms| i64::try_from(ms).ok());
        let born_ms = seen.wall_ms.zip(age).map(|(now, age)| now.saturating_sub(age));
        let told = self.steps.copy.ask(self.files_deadline(), move || {
            // A copy that cannot be kept is no reason not to look; the next look tries again.
            let _ = copies.healthy(&path, &now, born_ms);
            copies
        });
        if let Some(copies) = told {
            self.last_good = copies;
        }
    }
}

/// It answers, is started and ready.
fn well(seen: &Observation) -> bool {
    let ready = matches!(seen.readyz, Answer::Http { status: 200 | 404, .. });
    seen.live() && ready && !seen.starting() && !seen.draining()
}

#[cfg(test)]
mod tests;
