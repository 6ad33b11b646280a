//! One conversation in memory, and how it is found.

use super::{Engine, Now};
use crate::effect::Effect;
use crate::event::Context;
use crate::extract::fact::Speaker;
use crate::record::Read;
use crate::record::conversation::{self, Boundary, Checkpoint, Generation, Reason, Record};
use crate::record::state::Armed;
use crate::shared::config::{Config, Speak};
use crate::shared::language::Language;
use crate::shared::name;
use crate::shared::notice::{Ledger, Notice};
use crate::shared::time::rfc3339;
use crate::transcript::message::{Message, Role};

/// Part of a session key by which the host marks its own side sessions; they have no record.
const INTERNAL: &str = ":internal-session-effects:";

/// One conversation.
pub struct Session {
    pub agent_id: String,
    pub session_key: String,
    pub session_id: String,
    /// Generations that have ended, oldest first.
    pub past: Vec<Generation>,
    /// The generation that is running.
    pub live: Generation,
    /// Name of the record file, without extension.
    pub file: String,
    /// The record file was written by a newer version: it is never replaced.
    pub frozen: Option<Ledger>,
    pub workspace_dir: Option<String>,
    /// The whole history was taken in since the session was found or its history was rewritten.
    pub hydrated: bool,
    /// The history is another one since it was taken in: nothing in it is new, it is only to be counted.
    pub rewritten: bool,
    /// What was seen when the session was found: what its history holds beyond that is new.
    pub seen_before: Option<i64>,
    /// Rows shown before the history they follow was: taken in behind it, so that what is later stays later.
    pub pending: Vec<Message>,
    /// Rows taken in since the model last answered: a history shown before its answer does not hold them yet.
    pub unanswered: Vec<Message>,
    /// When the model last answered, while nothing was asked about pruning since.
    pub answered_ms: Option<i64>,
    /// The protocol by which the model was asked last.
    pub api: Option<String>,
    /// Something was said since the last boundary.
    pub spoken: bool,
    /// Facts or texts came in since the last save.
    pub unsaved: bool,
    /// The last assistant row was a failed call.
    pub failed: bool,
    /// The block was put into the request under way.
    pub offered: bool,
    /// ASM decided to open a new context at the end of this turn.
    pub wants_new_context: bool,
    /// The gateway was asked to open it.
    pub opening_new_context: bool,
    /// Facts of the note being written, by id: taken back from those noted if that fails.
    pub noting: Vec<String>,
    /// Generation and compactions in which a turn was seen coming that crosses the host's line.
    pub foreseen: Option<(u64, u64)>,
    /// The history as the host last showed its outline.
    pub outline: super::prompt::Outline,
    /// Size of the last record text.
    pub record_bytes: u64,
    /// Fingerprints of the newest rows: the host shows some rows twice.
    recent: Vec<Print>,
}

/// What tells a row from others.
#[derive(PartialEq)]
struct Print {
    at_ms: i64,
    role: Role,
    /// Of its texts: a number and the length.
    words: (u64, usize),
    tool_call: Option<String>,
}

/// Rows back in which a repetition is looked for: the host repeats the user's row after an overflow, behind the failed
/// answer.
const RECENT_ROWS: usize = 8;

impl Session {
    /// The record as it is stored.
    pub fn record(&self) -> Record {
        let mut generations = self.past.clone();
        generations.push(self.live.clone());
        Record {
            version: conversation::VERSION,
            agent_id: self.agent_id.clone(),
            session_key: self.session_key.clone(),
            session_id: self.session_id.clone(),
            generations,
        }
    }

    /// Whether this very row was shown before: same speaker, same time, same words.
    pub fn repeated(&mut self, message: &Message, now_ms: i64) -> bool {
        let words = message.texts().fold((0, 0), |(sum, length): (u64, usize), text| {
            (sum.rotate_left(7) ^ name::print(text), length.wrapping_add(text.len()).wrapping_add(1))
        });
        let at_ms = message.timestamp_ms.unwrap_or(now_ms);
        let print = Print { at_ms, role: message.role, words, tool_call: message.tool_call_id.clone() };
        if self.recent.contains(&print) {
            return true;
        }
        self.recent.push(print);
        let excess = self.recent.len().saturating_sub(RECENT_ROWS);
        self.recent.drain(..excess);
        false
    }

    /// The checkpoint made last, in whatever generation.
    pub fn last_checkpoint(&self) -> Option<&Checkpoint> {
        self.live.checkpoints.last().or_else(|| self.past.iter().rev().find_map(|g| g.checkpoints.last()))
    }

    /// Language to speak in this conversation: as configured, else what its people speak.
    pub fn language(&self, config: &Config) -> Language {
        match config.language {
            Speak::En => Language::En,
            Speak::Zh => Language::Zh,
            Speak::Auto => {
                let (mut zh, mut en) = (0usize, 0usize);
                for fact in self.live.memory.facts().iter().filter(|f| f.role == Speaker::User) {
                    if fact.language == Language::Zh { zh += 1 } else { en += 1 }
                }
                let request = self.live.last_request.as_deref().map(Language::of);
                match zh.cmp(&en) {
                    std::cmp::Ordering::Greater => Language::Zh,
                    std::cmp::Ordering::Less => Language::En,
                    std::cmp::Ordering::Equal => request.unwrap_or_default(),
                }
            }
        }
    }
}

/// A record file being read.
pub struct Loading {
    key: String,
    agent_id: String,
    session_id: String,
    /// Record of the id this conversation had before, read when the new one has none.
    parent: Option<String>,
    /// This is that older record, read on behalf of the file of this name.
    parent_of: Option<String>,
    /// The file of this id belongs to another conversation: ours has a name of agent, key and id.
    foreign: bool,
}

impl Engine {
    /// The session an event is about. `None`: not one of ours, or its record must be read first (a load effect was
    /// put out, and the same event will be told again).
    pub(super) fn find(&mut self, now: &Now, ctx: &Context) -> Option<String> {
        let key = ctx.session_key.clone().filter(|k| !k.is_empty() && !k.contains(INTERNAL))?;
        if ctx.trigger.as_deref() == Some("memory") {
            return None;
        }
        let given = ctx.session_id.clone().filter(|id| !id.is_empty());
        let Some(session) = self.sessions.get_mut(&key) else {
            self.load(&key, ctx, given);
            return None;
        };
        if ctx.workspace_dir.is_some() {
            session.workspace_dir.clone_from(&ctx.workspace_dir);
        }
        let moved = given.as_ref().is_some_and(|id| *id != session.session_id);
        if moved {
            // The host went on under a new id: what was said stays under the old one, and is carried over.
            self.save_if_new(now, &key, Reason::Reset);
            self.sessions.remove(&key);
            self.load(&key, ctx, given);
            return None;
        }
        Some(key)
    }

    fn agent(&self, key: &str, ctx: &Context) -> String {
        let known =
            ctx.agent_id.clone().or_else(|| self.state.sessions.get(key).map(|row| row.agent_id.clone()));
        known.unwrap_or_else(|| key.split(':').nth(1).unwrap_or("main").to_owned())
    }

    fn load(&mut self, key: &str, ctx: &Context, given: Option<String>) {
        let row = self.state.sessions.get(key);
        let known = row.map(|r| r.session_id.clone());
        let session_id = given.or_else(|| known.clone()).unwrap_or_else(|| key.to_owned());
        let parent = row.filter(|r| r.session_id != session_id).map(|r| r.record.clone());
        let file = match row.filter(|r| r.session_id == session_id) {
            Some(row) => row.record.clone(),
            None => name::name(&session_id),
        };
        let loading = Loading {
            key: key.to_owned(),
            agent_id: self.agent(key, ctx),
            session_id,
            parent,
            parent_of: None,
            foreign: false,
        };
        self.loading.insert(file.clone(), loading);
        self.out.push(Effect::Load { name: file });
    }

    /// A record file was read.
    pub(super) fn loaded(&mut self, now: &Now, file: &str, text: Option<&str>, unreadable: Option<&str>) {
        let Some(loading) = self.loading.remove(file) else { return };
        let operator = self.config.operator_language;
        if let Some(why) = unreadable {
            self.warn("unreadable-file", &Notice::LogUnreadable.say(operator, &[file, why]));
        }
        if let Some(own) = loading.parent_of.clone() {
            let parent = match conversation::read(text) {
                Read::Ours(record) => record.generations.into_iter().last(),
                _ => None,
            };
            return self.create(now, &own, &loading, parent);
        }
        if unreadable.is_some() {
            return self.create_frozen(now, file, &loading, Ledger::SaveUnreadableRecord);
        }
        match conversation::read(text) {
            Read::Ours(record)
                if record.agent_id == loading.agent_id && record.session_key == loading.key =>
            {
                self.insert(now, file, record);
            }
            Read::Ours(_) if loading.foreign => {
                self.create_frozen(now, file, &loading, Ledger::SaveForeignRecord);
            }
            // Another conversation has this id: ours gets a name of agent, key and id.
            Read::Ours(_) => {
                let all = format!("{}\u{0}{}\u{0}{}", loading.agent_id, loading.key, loading.session_id);
                let file = format!("h-{}", name::hex(all.as_bytes(), 32));
                self.ask_for(file, Loading { foreign: true, ..loading });
            }
            Read::Absent => match loading.parent.clone() {
                Some(parent) => {
                    let parent_of = Some(file.to_owned());
                    self.ask_for(parent, Loading { parent_of, ..loading });
                }
                None => self.create(now, file, &loading, None),
            },
            Read::Newer(version) => {
                self.warn("newer-file", &Notice::LogNewer.say(operator, &[file, &version.to_string()]));
                self.create_frozen(now, file, &loading, Ledger::SaveNewerRecord);
            }
            Read::Corrupt(why) => {
                self.out.push(Effect::SetAside { name: Some(file.to_owned()) });
                self.warn("set-aside", &Notice::LogSetAside.say(operator, &[file, &why]));
                self.create(now, file, &loading, None);
            }
        }
    }

    fn ask_for(&mut self, file: String, loading: Loading) {
        self.loading.insert(file.clone(), loading);
        self.out.push(Effect::Load { name: file });
    }

    /// A session whose file is not ours to write.
    fn create_frozen(&mut self, now: &Now, file: &str, loading: &Loading, why: Ledger) {
        self.create(now, file, loading, None);
        if let Some(session) = self.sessions.get_mut(&loading.key) {
            session.frozen = Some(why);
        }
        self.touch(now, &loading.key);
    }

    fn create(&mut self, now: &Now, file: &str, loading: &Loading, parent: Option<Generation>) {
        let carried = parent.is_some();
        let first = || Generation { number: 1, started_at: rfc3339(now.ms), ..Generation::default() };
        let mut live = parent.unwrap_or_else(first);
        if !carried {
            self.inherit_original(&loading.key, &loading.agent_id, &mut live);
        }
        let record = Record {
            version: conversation::VERSION,
            agent_id: loading.agent_id.clone(),
            session_key: loading.key.clone(),
            session_id: loading.session_id.clone(),
            generations: vec![live],
        };
        self.insert(now, file, record);
        if carried {
            self.next_generation(now, &loading.key, Boundary::Reset);
            if let Some(session) = self.sessions.get_mut(&loading.key) {
                // It stands in the record of the id it had.
                session.past.clear();
            }
        }
    }

    fn insert(&mut self, now: &Now, file: &str, record: Record) {
        let key = record.session_key;
        let mut past = record.generations;
        let live = past.pop().unwrap_or_default();
        let seen_before = live.seen_ms;
        let session = Session {
            agent_id: record.agent_id,
            session_key: key.clone(),
            session_id: record.session_id,
            past,
            live,
            file: file.to_owned(),
            frozen: None,
            workspace_dir: None,
            hydrated: false,
            rewritten: false,
            seen_before,
            pending: Vec::new(),
            unanswered: Vec::new(),
            answered_ms: None,
            api: None,
            // What an earlier process was told is in the history still, if anywhere.
            spoken: seen_before.is_some(),
            unsaved: false,
            failed: false,
            offered: false,
            wants_new_context: false,
            opening_new_context: false,
            noting: Vec::new(),
            foreseen: None,
            outline: super::prompt::Outline::default(),
            recent: Vec::new(),
            record_bytes: self.state.sessions.get(&key).map_or(0, |row| row.record_bytes),
        };
        self.sessions.insert(key.clone(), session);
        self.touch(now, &key);
    }

    /// The block that stands in this session, if any.
    pub(super) fn armed(&mut self, key: &str) -> Option<&mut Armed> {
        self.state.armed.iter_mut().find(|a| a.session_key == key)
    }
}
