//! The gateway itself: its probes, its process, its owner, its port.

use super::pace::due;
use super::{Ask, Eyes};
use crate::watchdog::observation::{Active, Answer, Observation, Owner, Port};
use crate::watchdog::owner::{Keeper, Ours, by_command, runs};
use crate::watchdog::{clock, os, probe, process};
use std::thread;
use std::time::{Duration, Instant};

/// Whether the gateway's process lives and is not the owner's.
pub(super) fn disowned(seen: &Observation) -> bool {
    let Some(process) = &seen.process else { return false };
    let others = seen.owner.pid.is_none_or(|main| !runs(main, process.pid));
    seen.owner.active != Active::Untold && others && process::same(process.pid, process.start_ticks).is_some()
}

/// Notes whether its owner runs who holds the port.
fn note_owned(seen: &mut Observation) {
    // Below the first process of all is everything.
    let main = seen.owner.pid.filter(|main| *main > 1);
    if let Port::HeldBy { pid, owned, .. } = &mut seen.port {
        *owned = main.is_some_and(|main| runs(main, *pid));
    }
}

impl Eyes {
    /// `/startupz` is asked only where the first probe was answered. `/readyz` also where it was not, on a connection of
    /// its own, so that nothing rests on one probe alone: side by side where a silence is known, else after it and with
    /// half its patience.
    pub(super) fn probe(&self, ask: &Ask, seen: &mut Observation) {
        let deadline = Duration::from_millis(ask.probe_ms(&self.settings.policy));
        let addr = self.settings.addr;
        let get = |path, deadline| probe::get(addr, path, deadline);
        let began = Instant::now();
        let took = || u64::try_from(began.elapsed().as_millis()).ok();
        if ask.wants.second_signal {
            (seen.healthz, seen.readyz) = thread::scope(|scope| {
                let second = scope.spawn(|| get("/readyz", deadline));
                let first = get("/healthz", deadline);
                seen.probe_ms = took();
                (first, second.join().unwrap_or(Answer::NotAsked))
            });
        } else {
            seen.healthz = get("/healthz", deadline);
            seen.probe_ms = took();
            let answered = matches!(seen.healthz, Answer::Http { .. });
            seen.readyz = get("/readyz", if answered { deadline } else { deadline / 2 });
        }
        if matches!(seen.healthz, Answer::Http { .. }) {
            seen.startupz = get("/startupz", deadline);
        }
    }

    /// The process: by its heartbeat, else as it was known, else by its owner, else by its port.
    pub(super) fn see_owner_and_process(&mut self, ask: &Ask, doubt: bool, seen: &mut Observation) {
        let now = clock::monotonic_ms();
        let pace = self.settings.pace.clone();
        if seen.process.is_none() {
            seen.process = self.gateway.and_then(|(pid, start)| process::same(pid, start));
        }
        if due(&mut self.due.owner, pace.rarely_ms, now) || doubt {
            self.due.owner = Some(now);
            self.see_owner(seen, now);
        } else {
            seen.owner = Owner { name: self.owner_name(), stop_ms: self.stop_ms, ..Owner::default() };
        }
        if seen.process.is_none() {
            seen.process = seen.owner.pid.and_then(process::named);
        }
        // Who holds it while it answers is known when it does not any more.
        let known = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
        let fresh = known.is_some() && known != self.gateway;
        if !seen.live() || ask.wants.second_signal || due(&mut self.due.port, pace.rarely_ms, now) || fresh {
            let likely: Vec<u32> = seen
                .process
                .iter()
                .map(|p| p.pid)
                .chain(seen.owner.pid)
                .chain(self.gateway.map(|g| g.0))
                .collect();
            seen.port = os::port(self.settings.addr, &likely);
            note_owned(seen);
        }
        if let (None, Port::HeldBy { pid, .. }) = (&seen.process, &seen.port) {
            seen.process = process::named(*pid);
        }
        self.gateway = seen.process.as_ref().map(|p| (p.pid, p.start_ticks)).or(self.gateway);
    }

    fn see_owner(&mut self, seen: &mut Observation, now: u64) {
        let deadline = Duration::from_millis(self.settings.pace.answer_ms);
        let command = &self.settings.watchdog.status_command;
        if !command.is_empty() {
            seen.owner = by_command(command, deadline);
            self.stop_ms = seen.owner.stop_ms;
            return;
        }
        let found = matches!(self.keeper, Some(ref k) if *k != Keeper::Unknown);
        if !found && due(&mut self.due.keeper, self.settings.pace.rarely_ms, now) {
            self.keeper = Some(Keeper::find(&self.ours(seen), deadline));
        }
        if let Some(keeper) = &self.keeper {
            seen.owner = keeper.ask(deadline);
            self.stop_ms = seen.owner.stop_ms.or(self.stop_ms);
        }
        if self.settings.watchdog.owner.is_empty() && disowned(seen) {
            // Found once, and meanwhile another runs it: asked for a restart, this one would start a second gateway.
            self.keeper = None;
            self.due.keeper = None;
            seen.owner = Owner::default();
        }
    }

    fn owner_name(&self) -> String {
        if self.settings.watchdog.status_command.is_empty() {
            self.keeper.as_ref().map(Keeper::name).unwrap_or_default()
        } else {
            "command".to_owned()
        }
    }

    fn ours(&self, seen: &Observation) -> Ours {
        let env = |name: &str| (self.env)(name).filter(|v| !v.trim().is_empty());
        let state_dir = self.settings.place.state_dir.display().to_string();
        let base = format!("{}/.openclaw", env("HOME").unwrap_or_default());
        let by_name = state_dir.strip_prefix(&format!("{base}-")).map(|p| p.trim_end_matches('/').to_owned());
        let profile = env("OPENCLAW_PROFILE").filter(|p| p != "default").or(by_name).unwrap_or_default();
        let ending = if profile.is_empty() { String::new() } else { format!("-{profile}") };
        Ours {
            pid: seen.process.as_ref().map(|p| p.pid),
            usual_state_dir: base + &ending,
            profile,
            state_dir,
            port: self.settings.addr.port(),
            user: env("USER").or_else(|| env("LOGNAME")).unwrap_or_default(),
        }
    }
}
