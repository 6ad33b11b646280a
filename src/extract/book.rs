//! The facts of one conversation.

use super::artefacts::{reported, written};
use super::fact::{Fact, Kind, Source, Speaker, Status};
use super::fold::{content_of, fold};
use super::hear::{Heard, Hearing, fact, hear};
use super::presence::Haystack;
use super::reading::{Reading, coverage, print, words};
use super::shelf::Shelf;
use super::subject::{self, New};
use super::{phrases_en as en, phrases_zh as zh};
use crate::transcript::message::{Message, Part, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Ids remembered of: facts a person dismissed, questions and requests waiting for a reply, tool calls under way.
const MOST_DISMISSED: usize = 256;
const MOST_WAITING: usize = 24;
/// Share of a task's words that a report of its completion repeats.
const SAME_TASK: usize = 50;

/// What a conversation has said so far, kept up to date message by message.
///
/// Bounded (see [`Shelf::evict`] for limits and order). Facts stand in the order in which they were first said, and a
/// fact keeps its place and its first source when it is said again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FactBook {
    facts: Shelf,
    dismissed: Vec<String>,
    /// Questions of the user that the assistant has not replied to, and the other way round.
    asked_by_user: Vec<String>,
    asked_by_assistant: Vec<String>,
    /// What the last message with requests asked for.
    requested: Vec<String>,
    /// Tool calls under way and the artefact each would make.
    under_way: Vec<(String, String)>,
}

impl FactBook {
    /// All facts, in the order in which they were first said.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        self.facts.facts()
    }

    /// The facts that hold, the most important kind first, within a kind in the order said.
    pub fn active(&self) -> impl Iterator<Item = &Fact> {
        let mut out: Vec<&Fact> = self.facts().iter().filter(|f| f.status == Status::Active).collect();
        out.sort_by_key(|f| f.kind);
        out.into_iter()
    }

    /// Adds a fact that was read elsewhere than in a message, unless it is known or was dismissed.
    pub fn insert(&mut self, fact: Fact) {
        if !self.dismissed.contains(&fact.id) && self.facts().iter().all(|f| f.id != fact.id) {
            self.facts.push(fact, Reading::default());
            self.facts.evict();
        }
    }

    /// Forgets a fact for good: the same words will not bring it back. False where there is no such fact.
    pub fn dismiss(&mut self, id: &str) -> bool {
        let found = self.knows(id);
        self.facts.take_out(&[id.to_owned()]);
        if found {
            push_bounded(&mut self.dismissed, id.to_owned(), MOST_DISMISSED);
        }
        found
    }

    /// Of these facts, by id, those that hold a place in the book and are not stated in `said`.
    pub fn retain_unstated(&mut self, ids: &mut Vec<String>, said: &Haystack<'_>) {
        self.facts.level();
        let asked: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let unstated: BTreeSet<String> = self
            .facts
            .known()
            .filter(|(_, fact, _)| asked.contains(fact.id.as_str()))
            .filter(|(_, fact, reading)| !said.holds(fact, reading.needle(fact)))
            .map(|(_, fact, _)| fact.id.clone())
            .collect();
        ids.retain(|id| unstated.contains(id));
    }

    /// Takes in one message. Summaries, system and custom rows say nothing of their own; nor do failed model calls.
    pub fn observe(&mut self, message: &Message, source: &Source) {
        self.facts.level();
        match message.role {
            Role::User => self.user(message, source),
            Role::Assistant if !message.failed() => self.assistant(message, source),
            Role::ToolResult => self.tool_result(message, source),
            _ => {}
        }
        self.facts.evict();
    }

    fn user(&mut self, message: &Message, source: &Source) {
        let mut requested = Vec::new();
        for text in message.texts() {
            let goals: Vec<String> =
                self.facts().iter().filter(|f| f.kind == Kind::Goal).map(|f| f.id.clone()).collect();
            let hearing = hear(text, Speaker::User, source, false, &goals);
            self.answered_by_user(&hearing);
            self.report(&hearing, false);
            for heard in hearing.heard {
                let (kind, reply, id) = (heard.fact.kind, heard.reply, heard.fact.id.clone());
                if !self.add(heard) {
                    continue;
                }
                match kind {
                    Kind::Todo => requested.push(id),
                    Kind::OpenQuestion if reply => push_bounded(&mut self.asked_by_user, id, MOST_WAITING),
                    _ => {}
                }
            }
        }
        if !requested.is_empty() {
            requested.truncate(MOST_WAITING);
            self.requested = requested;
        }
    }

    fn assistant(&mut self, message: &Message, source: &Source) {
        let working = message.parts.iter().any(|p| matches!(p, Part::ToolCall { .. }));
        for text in message.texts() {
            let hearing = hear(text, Speaker::Assistant, source, working, &[]);
            self.report(&hearing, !working);
            if hearing.replies && !working {
                // "I do not know yet" leaves the question open: what is said next is about something else.
                let asked = std::mem::take(&mut self.asked_by_user);
                if !hearing.deferred {
                    self.close(&asked);
                }
            }
            for heard in hearing.heard {
                let (question, id) =
                    (heard.fact.kind == Kind::OpenQuestion && heard.reply, heard.fact.id.clone());
                if self.add(heard) && question {
                    push_bounded(&mut self.asked_by_assistant, id, MOST_WAITING);
                }
            }
        }
        for part in &message.parts {
            if let Part::ToolCall { id, name, arguments } = part {
                self.tool_call(id, name, arguments, source);
            }
        }
    }

    fn tool_call(&mut self, call: &str, name: &str, arguments: &str, source: &Source) {
        for path in written(name, arguments) {
            let fact = fact(Kind::Artefact, &path, Speaker::Tool, source, 90);
            let (id, known) = (fact.id.clone(), self.knows(&fact.id));
            if self.store(fact, Reading::default()) && !known {
                self.under_way.push((call.to_owned(), id));
            }
        }
        let surplus = self.under_way.len().saturating_sub(MOST_WAITING);
        self.under_way.drain(..surplus);
    }

    /// A failed call made nothing; a command reports commits and addresses.
    fn tool_result(&mut self, message: &Message, source: &Source) {
        let call = message.tool_call_id.as_deref().unwrap_or_default();
        if message.is_error {
            let void: Vec<String> =
                self.under_way.iter().filter(|(c, _)| c == call).map(|(_, id)| id.clone()).collect();
            self.facts.take_out(&void);
        }
        self.under_way.retain(|(c, _)| c != call);
        if message.is_error {
            return;
        }
        let tool = message.tool_name.as_deref().unwrap_or_default();
        for literal in message.texts().flat_map(|t| reported(tool, t)) {
            self.store(fact(Kind::Identifier, &literal, Speaker::Tool, source, 60), Reading::default());
        }
    }

    /// Adds what was heard and supersedes what it replaces. False for what was dismissed.
    fn add(&mut self, heard: Heard) -> bool {
        let Heard { mut fact, said, .. } = heard;
        if self.dismissed.contains(&fact.id) {
            return false;
        }
        self.facts.level();
        let reading = Reading::default();
        let new = |fact| New { fact, reading: &reading, said };
        for at in subject::superseded(new(&fact), &self.facts) {
            if let Some(old) = self.facts.get_mut(at) {
                old.status = Status::Superseded;
                old.superseded_by = Some(fact.id.clone());
            }
        }
        if let Some(user) = subject::outranked(new(&fact), &self.facts) {
            fact.status = Status::Superseded;
            fact.superseded_by = Some(user);
        } else if matches!(fact.kind, Kind::Decision | Kind::Correction) {
            self.settle(reading.words(&fact.text));
        }
        self.store(fact, reading)
    }

    fn knows(&self, id: &str) -> bool {
        self.facts().iter().any(|f| f.id == id)
    }

    /// Keeps the fact, once. Said again it holds again, with the better speaker and the greater confidence.
    fn store(&mut self, fact: Fact, reading: Reading) -> bool {
        if self.dismissed.contains(&fact.id) || fact.text.is_empty() {
            return false;
        }
        match self.facts.find_mut(&fact.id) {
            Some(known) => {
                known.confidence = known.confidence.max(fact.confidence);
                if fact.role == Speaker::User {
                    known.role = Speaker::User;
                }
                if fact.role == Speaker::User || known.role != Speaker::User {
                    known.status = fact.status;
                    known.superseded_by = fact.superseded_by;
                }
            }
            None => self.facts.push(fact, reading),
        }
        true
    }

    /// A decision of these words closes the standing questions it answers.
    fn settle(&mut self, words: &[u64]) {
        let open = |f: &Fact| f.kind == Kind::OpenQuestion && f.status == Status::Active;
        for (question, reading) in self.facts.read().filter(|(f, _)| open(f)) {
            let common = reading.words(&question.text).iter().filter(|w| words.contains(w)).count();
            if common >= 2 || common == 1 && words.len() <= 2 {
                question.status = Status::Done;
            }
        }
    }

    /// The user's next words answer the assistant's questions, unless they only ask back or speak of something else.
    fn answered_by_user(&mut self, hearing: &Hearing<'_>) {
        if !hearing.replies || self.asked_by_assistant.is_empty() {
            return;
        }
        let folded = fold(&hearing.words);
        let first = folded.trim_start().split(' ').next().unwrap_or_default();
        let answer = en::ANSWERS.contains(&first) || zh::ANSWERS.iter().any(|a| first.starts_with(a));
        let settles = |h: &Heard| !matches!(h.fact.kind, Kind::Todo | Kind::OpenQuestion);
        let direct = hearing.brief || answer || hearing.heard.iter().any(settles);
        let mut done = std::mem::take(&mut self.asked_by_assistant);
        if !direct {
            let words: BTreeSet<u64> = content_of(&folded).iter().map(|w| print(w)).collect();
            let related = |f: &Fact, r: &Reading| r.words(&f.text).iter().any(|w| words.contains(w));
            let (related, left) = done
                .into_iter()
                .partition(|id| self.facts.known().any(|(_, f, reading)| f.id == *id && related(f, reading)));
            (done, self.asked_by_assistant) = (related, left);
        }
        self.close(&done);
    }

    /// Closes the tasks that reports name. A bare "done" of the assistant (`at_rest`: after its work) speaks of what
    /// was asked last.
    fn report(&mut self, hearing: &Hearing<'_>, at_rest: bool) {
        let mut done: Vec<String> = Vec::new();
        for (at, report) in hearing.reports.iter().enumerate() {
            let words = words(&report.text);
            let named = |f: &Fact, reading: &Reading| {
                let task = reading.words(&f.text);
                let common = task.iter().filter(|w| words.contains(w)).count();
                coverage(task, &words) >= SAME_TASK && (common >= 2 || task.len() == 1)
            };
            let before = done.len();
            let todos =
                self.facts.known().filter(|(_, f, _)| f.kind == Kind::Todo && f.status == Status::Active);
            done.extend(todos.filter(|(_, f, reading)| named(f, reading)).map(|(_, f, _)| f.id.clone()));
            if at_rest && at == 0 && done.len() == before && (report.bare || self.requested.len() == 1) {
                done.append(&mut self.requested);
            }
        }
        self.close(&done);
    }

    fn close(&mut self, ids: &[String]) {
        for id in ids {
            if let Some(fact) = self.facts.find_mut(id).filter(|f| f.status == Status::Active) {
                fact.status = Status::Done;
            }
        }
    }
}

fn push_bounded(list: &mut Vec<String>, id: String, most: usize) {
    if !list.contains(&id) {
        list.push(id);
    }
    let surplus = list.len().saturating_sub(most);
    list.drain(..surplus);
}
