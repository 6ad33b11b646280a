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
mod gateway;
mod machine;
mod pace;

pub use ask::Ask;
pub use pace::Pace;

use super::config_file::{ConfigFile, LastGood};
use super::observation::{Account, Answer, Guardian, Observation};
use super::os::Kills;
use super::owner::Keeper;
use super::settings::Settings;
use super::{clock, hold, process};
use pace::Due;
use std::sync::mpsc::Receiver;
use std::time::Instant;

/// Looks, and remembers between looks what was asked when.
#[derive(Debug)]
pub struct Eyes {
    settings: Settings,
    env: fn(&str) -> Option<String>,
    /// Whether copies of the configuration may be kept and room on the disk tried.
    writes: bool,
    config: ConfigFile,
    last_good: LastGood,
    keeper: Option<Keeper>,
    stop_ms: Option<u64>,
    /// The gateway's process as it was verified last: pid and start.
    gateway: Option<(u32, u64)>,
    kills: Kills,
    disk_full: bool,
    guardians: Vec<Guardian>,
    /// They are being looked for beside the look, since then.
    seeking: Option<(Instant, Receiver<Vec<Guardian>>)>,
    /// What was told of the channels last: whoever is asked for later is found there.
    accounts: Vec<Account>,
    due: Due,
}

impl Eyes {
    /// `writes`: whether it may write into the watchdog's own directory.
    #[must_use]
    pub fn new(settings: &Settings, writes: bool) -> Self {
        Self {
            env: |name| std::env::var(name).ok(),
            writes,
            config: ConfigFile::new(settings.config_path.clone()),
            last_good: LastGood::new(&settings.place),
            keeper: Keeper::parse(&settings.watchdog.owner),
            stop_ms: None,
            gateway: None,
            kills: Kills::default(),
            disk_full: false,
            guardians: Vec::new(),
            seeking: None,
            accounts: Vec::new(),
            due: Due::default(),
            settings: settings.clone(),
        }
    }

    /// One look.
    #[must_use]
    pub fn look(&mut self, ask: &Ask) -> Observation {
        let mut seen = Observation { began_ms: clock::monotonic_ms(), ..Observation::default() };
        seen.slept_ms = clock::slept_ms();
        seen.config = self.config.look();
        self.ask_for_guardians(ask.doubt);
        self.probe(ask, &mut seen);
        seen.wall_ms = Some(clock::epoch_ms());
        self.read_heartbeat(&mut seen);
        let doubt = ask.doubt || !well(&seen);
        self.see_owner_and_process(ask, doubt, &mut seen);
        self.see_machine(doubt, &mut seen);
        self.see_channels(ask, doubt, &mut seen);
        self.see_guardians(&mut seen);
        seen.held_ms = hold::held_ms(&self.settings.place);
        if self.writes && well(&seen) {
            // A copy that cannot be kept is no reason not to look; the next look tries again.
            let _ = self.last_good.healthy(self.config.path(), &seen.config);
        }
        seen
    }

    fn read_heartbeat(&self, seen: &mut Observation) {
        let Some(beat) = process::heartbeat(&self.settings.place) else { return };
        seen.process = process::verified(&beat);
        seen.loop_lag_ms = Some(beat.loop_lag_ms_max);
        seen.in_flight = u32::try_from(beat.in_flight.len()).unwrap_or(u32::MAX);
        seen.heartbeat_ms = u64::try_from(beat.at_ms).ok();
    }
}

/// It answers, is started and ready.
fn well(seen: &Observation) -> bool {
    let ready = matches!(seen.readyz, Answer::Http { status: 200 | 404, .. });
    seen.live() && ready && !seen.starting() && !seen.draining()
}

#[cfg(test)]
mod tests;
