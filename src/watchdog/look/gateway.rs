//! The gateway itself: its probes, its process, its owner, its port.

use super::pace::due;
use super::{Ask, Eyes};
use crate::watchdog::observation::{Active, Answer, Observation, Owner, Port};
use crate::watchdog::owner::{Keeper, Ours, by_command, runs};
use crate::watchdog::settings::Settings;
use crate::watchdog::{clock, os, probe, process};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// What is known of the gateway from look to look besides its answers.
#[derive(Clone, Debug)]
pub(super) struct Gateway {
    pub settings: Arc<Settings>,
    pub env: fn(&str) -> Option<String>,
    pub keeper: Option<Keeper>,
    pub stop_ms: Option<u64>,
    /// Its process as it was verified last: pid and start.
    pub process: Option<(u32, u64)>,
    /// Another gateway held the port.
    foreign: bool,
    /// When what was asked last, by the monotonic clock.
    owner_due: Option<u64>,
    keeper_due: Option<u64>,
    port_due: Option<u64>,
}

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

    /// What is known of its process, owner and port, as far as it is told in time.
    pub(super) fn see_owner_and_process(&mut self, ask: &Ask, doubt: bool, seen: &mut Observation) {
        let (mut gateway, mut part) = (self.gateway.clone(), seen.clone());
        let second_signal = ask.wants.second_signal;
        let told = self.steps.process.ask(self.tools_deadline(), move || {
            gateway.see(second_signal, doubt, &mut part);
            (gateway, part)
        });
        match told {
            Some((gateway, part)) => {
                self.gateway = gateway;
                (seen.process, seen.owner, seen.port) = (part.process, part.owner, part.port);
                seen.foreign_holder = part.foreign_holder;
                if seen.foreign_holder {
                    (seen.startupz, seen.readyz) = (Answer::NotAsked, Answer::NotAsked);
                }
            }
            None => {
                seen.owner = self.gateway.owner_unasked();
                seen.process_untold = seen.process.is_none();
            }
        }
    }
}

impl Gateway {
    pub(super) fn new(settings: &Arc<Settings>, env: fn(&str) -> Option<String>) -> Self {
        Self {
            settings: settings.clone(),
            env,
            keeper: Keeper::parse(&settings.watchdog.owner),
            stop_ms: None,
            process: None,
            foreign: false,
            owner_due: None,
            keeper_due: None,
            port_due: None,
        }
    }

    /// Goes by other settings: what was found by the old ones is kept where it still holds.
    pub(super) fn go_by(&mut self, settings: &Arc<Settings>) {
        let (old, new) = (&self.settings, settings);
        if old.addr != new.addr || old.watchdog.owner != new.watchdog.owner {
            *self = Self::new(settings, self.env);
        }
        self.settings = settings.clone();
    }

    /// Whether the process that was its is no more.
    pub(super) fn is_gone(&self) -> bool {
        self.process.is_some_and(|(pid, start)| process::same(pid, start).is_none())
    }

    /// The process: by its heartbeat, else as it was known, else by its owner, else by its port.
    fn see(&mut self, second_signal: bool, doubt: bool, seen: &mut Observation) {
        let (now, rarely_ms) = (clock::monotonic_ms(), self.settings.pace.rarely_ms);
        if seen.process.is_none() {
            seen.process = self.process.and_then(|(pid, start)| process::same(pid, start));
        }
        if due(&mut self.owner_due, rarely_ms, now) || doubt || self.foreign {
            self.owner_due = Some(now);
            self.see_owner(seen, now);
        } else {
            seen.owner = self.owner_unasked();
        }
        if seen.process.is_none() {
            seen.process = seen.owner.pid.and_then(process::named);
        }
        // Who holds it while it answers is known when it does not any more.
        let known = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
        let fresh = known.is_some() && known != self.process;
        if !seen.live() || second_signal || due(&mut self.port_due, rarely_ms, now) || fresh || self.foreign {
            let likely = seen.process.iter().map(|p| p.pid).chain(seen.owner.pid);
            let likely: Vec<u32> = likely.chain(self.process.map(|p| p.0)).collect();
            seen.port = os::port(self.settings.addr, &likely);
            note_owned(seen);
            seen.foreign_holder = self.is_foreign(seen);
            self.foreign = seen.foreign_holder;
        }
        if let (None, false, Port::HeldBy { pid, .. }) = (&seen.process, self.foreign, &seen.port) {
            seen.process = process::named(*pid);
        }
        self.know(seen.process.as_ref().map(|p| (p.pid, p.start_ticks)));
    }

    /// Keeps which process it is. An owner that was looked for without knowing this one is looked for again.
    fn know(&mut self, process: Option<(u32, u64)>) {
        let found = matches!(self.keeper, Some(ref k) if *k != Keeper::Unknown);
        if process.is_some() && process != self.process && !found {
            (self.owner_due, self.keeper_due) = (None, None);
        }
        self.process = process.or(self.process);
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
        if !found && due(&mut self.keeper_due, self.settings.pace.rarely_ms, now) {
            self.keeper = Some(Keeper::find(&self.ours(seen), deadline));
        }
        if let Some(keeper) = &self.keeper {
            seen.owner = keeper.ask(deadline);
            self.stop_ms = seen.owner.stop_ms.or(self.stop_ms);
        }
        if self.settings.watchdog.owner.is_empty() && disowned(seen) {
            // Found once, and meanwhile another runs it: asked for a restart, this one would start a second gateway.
            self.keeper = None;
            self.keeper_due = None;
            seen.owner = Owner::default();
        }
    }

    /// What is known of its owner without asking.
    fn owner_unasked(&self) -> Owner {
        let by_command = !self.settings.watchdog.status_command.is_empty();
        let found = || self.keeper.as_ref().map(Keeper::name).unwrap_or_default();
        let name = if by_command { "command".to_owned() } else { found() };
        Owner { name, stop_ms: self.stop_ms, ..Owner::default() }
    }

    fn ours(&self, seen: &Observation) -> Ours {
        Ours::of(&self.settings, &self.env, seen.process.as_ref().map(|p| p.pid))
    }

    /// Whether who holds the port is a gateway, and certainly not ours: another than the one that our heartbeat names or
    /// our owner runs, or one that was told another state directory. In doubt it is not.
    fn is_foreign(&self, seen: &Observation) -> bool {
        let Port::HeldBy { pid, start_ticks, owned: false, .. } = seen.port else { return false };
        // Of a container neither numbers nor directories are ours.
        if process::named(pid).is_none() || !shares("pid", pid) {
            return false;
        }
        let place = &self.settings.place;
        let beat = process::heartbeat(place).filter(|b| Some(&b.boot_id) == os::boot_id().as_ref());
        let alive = beat.as_ref().and_then(process::verified).map(|p| p.pid);
        // A wrapper of any kind proves nothing of what it does not run.
        let main = seen.owner.pid.filter(|main| process::named(*main).is_some());
        let known = [alive, main].into_iter().flatten();
        if known.clone().any(|ours| runs(ours, pid) || runs(pid, ours)) {
            return false;
        }
        // One state directory has one gateway at a time: who came before the last one of ours and is still there is no
        // other boot of it.
        let earlier = beat.is_some_and(|b| b.pid != pid && start_ticks < b.start_ticks);
        known.count() > 0 || earlier || serves_another(pid, &place.state_dir)
    }
}

/// Whether a process has this namespace in common with us.
fn shares(kind: &str, pid: u32) -> bool {
    let of = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok();
    of("self").is_some_and(|own| of(&pid.to_string()) == Some(own))
}

/// Whether a process that sees the same files was told another state directory.
fn serves_another(pid: u32, ours: &Path) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let told = environment.split(|b| *b == 0).find_map(|v| v.strip_prefix(b"OPENCLAW_STATE_DIR="));
    let told = told.and_then(|dir| fs::canonicalize(String::from_utf8_lossy(dir).as_ref()).ok());
    let ours = fs::canonicalize(ours).ok();
    shares("mnt", pid) && told.is_some() && ours.is_some() && told != ours
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::settings::{Flags, settle};

    #[test]
    fn an_owner_that_was_not_found_is_looked_for_again_with_another_process() {
        let dir = tempfile::tempdir().unwrap();
        let flags = Flags { state_dir: Some(dir.path().to_owned()), ..Flags::default() };
        let settings = Arc::new(settle(flags, &|_| None, 1).unwrap());
        let mut gateway = Gateway::new(&settings, |_| None);
        let asked = |g: &mut Gateway, process| {
            (g.owner_due, g.keeper_due) = (Some(1), Some(1));
            g.know(process);
            g.keeper_due.is_none() && g.owner_due.is_none()
        };
        gateway.keeper = Some(Keeper::Unknown);
        assert!(!asked(&mut gateway, None) && asked(&mut gateway, Some((7, 9))), "its process was found");
        assert!(!asked(&mut gateway, Some((7, 9))) && asked(&mut gateway, Some((8, 9))));
        gateway.keeper = Keeper::parse("systemd-user:openclaw-gateway");
        assert!(!asked(&mut gateway, Some((9, 9))), "one that was found is known");
    }
}
