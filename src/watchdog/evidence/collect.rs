//! All that is gathered before an act. Each source has a thread of its own and all of them one deadline: a read of
//! `/proc/<pid>` or of a disk that hangs may never end, and the act does not wait for it.

use super::gateway_log::{self, Wanted};
use super::shelf::{Item, Shelf};
use super::stack::{self, INSPECTOR_PORT, Target};
use super::{Act, add_files, gather, logs, process, record};
use crate::watchdog::config_file::ConfigFile;
use crate::watchdog::observation::Observation;
use crate::watchdog::rpc::{Access, Client};
use crate::watchdog::settings::Settings;
use crate::watchdog::verdict::{Action, Judgement};
use serde_json::{Value, json};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// Enough for a socket and a parser of JSON.
const STACK_BYTES: usize = 512 * 1024;
/// Why a source is missing from the index that is written before anything else is.
const LATE: &str = "not in time";

/// What is known beside the look.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The gateway's process and version while it was well.
    pub gateway: Target,
    /// Restarts, deaths and the like, from the history.
    pub past: Value,
}

/// An act and all that its evidence is gathered from.
#[derive(Clone, Debug)]
pub struct Case {
    pub settings: Settings,
    /// Name below `incidents/`.
    pub folder: String,
    pub incident: u64,
    pub action: Action,
    pub judgement: Judgement,
    pub seen: Observation,
    pub known: Known,
    /// The program only: its arguments may hold secrets.
    pub program: String,
}

/// Something that may take its time: what it is to give, and how.
struct Source {
    name: &'static str,
    ask: Box<dyn FnOnce() -> Vec<Item> + Send>,
}

impl Case {
    /// Gathers and keeps what comes within `deadline`, and names in the index what does not. Gives the folder.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn keep(&self, deadline: Duration) -> io::Result<PathBuf> {
        let until = Instant::now() + deadline;
        let (sender, items) = channel();
        let mut waiting = Vec::new();
        for Source { name, ask } in self.sources(until) {
            let sender = sender.clone();
            let begun =
                thread::Builder::new().name("source".to_owned()).stack_size(STACK_BYTES).spawn(move || {
                    // Whoever waited may have gone on without it.
                    let _ = sender.send((name, ask()));
                });
            waiting.push(name);
            drop(begun);
        }
        drop(sender);
        let place = &self.settings.place;
        let mut shelf = Shelf::new(&place.incidents_dir().join(&self.folder), &self.prefix());
        let late = |shelf: &mut Shelf, waiting: &[&str]| waiting.iter().for_each(|n| shelf.missing(n, LATE));
        // Should this thread itself come no further, the index says so.
        late(&mut shelf, &waiting);
        let files = std::mem::take(&mut shelf.kept);
        let dir = record(place, &self.folder, self.incident, Act { files, ..self.act() })?;
        while !waiting.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            let Ok((name, found)) = items.recv_timeout(left) else { break };
            waiting.retain(|w| *w != name);
            found.into_iter().for_each(|item| shelf.keep(item));
        }
        late(&mut shelf, &waiting);
        add_files(place, &self.folder, shelf.kept)?;
        Ok(dir)
    }

    /// The act, e.g. `restart-1`.
    fn prefix(&self) -> String {
        super::output_name(&self.action).trim_end_matches(".out").to_owned()
    }

    fn act(&self) -> Act {
        let (place, addr) = (&self.settings.place, self.settings.addr);
        let act = gather(place, addr, &self.action, self.judgement, &self.seen);
        Act { program: self.program.clone(), dry_run: self.settings.dry_run, ..act }
    }

    fn sources(&self, until: Instant) -> Vec<Source> {
        let (settings, seen) = (&self.settings, &self.seen);
        let gateway = self.known.gateway.clone();
        let pid = seen.process.as_ref().map(|p| p.pid).or(seen.owner.pid).unwrap_or(gateway.pid);
        let past = json!({"history": self.known.past, "owner": seen.owner, "guardians": seen.guardians});
        let wanted = Wanted::of(settings);
        let owner = seen.owner.name.clone();
        let state_dir = settings.place.state_dir.clone();
        let mut all = vec![
            source("past.json", move || vec![Item::json("past.json", past)]),
            source("process.json", move || vec![of_process("process.json", process::facts(pid))]),
            source("memory.json", move || vec![of_process("memory.json", process::memory(pid))]),
            source("machine.json", || vec![Item::json("machine.json", process::machine())]),
            source("gateway.log", move || vec![gateway_log::end(&wanted)]),
            source("stability", move || logs::stability(&state_dir)),
        ];
        if logs::has_journal(&owner) {
            let ask = move || logs::journal(&owner, until.saturating_duration_since(Instant::now()));
            all.push(source("journal.jsonl", move || ask().into_iter().collect()));
        }
        if seen.live() {
            let settings = settings.clone();
            all.push(source("status.json", move || of_gateway(&settings, until)));
        }
        if settings.watchdog.capture_stack && !seen.live() && !settings.dry_run {
            all.push(source("stack.json", move || {
                let left = until.saturating_duration_since(Instant::now());
                vec![match stack::capture(&gateway, INSPECTOR_PORT, left) {
                    Ok(stack) => Item::json("stack.json", stack),
                    Err(why) => Item::missing("stack.json", &why),
                }]
            }));
        }
        all
    }
}

fn source(name: &'static str, ask: impl FnOnce() -> Vec<Item> + Send + 'static) -> Source {
    Source { name, ask: Box::new(ask) }
}

/// What a gateway that answers says of itself and its channels, as JSON, by its own connection.
fn of_gateway(settings: &Settings, until: Instant) -> Vec<Item> {
    const ASKED: [(&str, &str); 2] = [("status", "status.json"), ("channels.status", "channels.json")];
    let mut config = ConfigFile::new(settings.config_path.clone());
    config.look();
    let access = Access::find(config.value(), &|name| std::env::var(name).ok());
    let left = until.saturating_duration_since(Instant::now());
    let client = access
        .ok_or_else(|| "no operator token".to_owned())
        .and_then(|access| Client::connect(settings.addr, &access, left));
    match client {
        Ok(mut client) => {
            let asked = ASKED.map(|(method, name)| match client.call(method, &json!({})) {
                Ok(told) => Item::json(name, told),
                Err(why) => Item::missing(name, &why),
            });
            asked.into()
        }
        Err(why) => vec![Item::missing("status.json", &why)],
    }
}

fn of_process(name: &str, facts: Value) -> Item {
    match facts {
        Value::Null => Item::missing(name, "the process is gone or not known"),
        facts => Item::json(name, facts),
    }
}

#[cfg(test)]
#[path = "collect_tests.rs"]
mod tests;
