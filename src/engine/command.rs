//! What a person asks: `/asm …` in a chat, and questions from the command line.

use super::contents::ContextWindow;
use super::number;
use super::save::reason_notice;
use super::session::Session;
use super::turn::room;
use super::{Engine, Now};
use crate::decide::ladder::{Rung, rungs};
use crate::decide::line::{Bound, Line, host_line};
use crate::effect::Effect;
use crate::event::Context;
use crate::extract::fact::Kind;
use crate::record::conversation::Reason;
use crate::shared::config::Speak;
use crate::shared::language::{Language, is_han};
use crate::shared::notice::{Ledger, Notice};
use crate::shared::time::rfc3339;

/// Ledger lines that `explain` shows.
const EXPLAINED: usize = 12;

impl Engine {
    /// `/asm <words>` in a chat.
    pub(super) fn command(&mut self, now: &Now, ctx: &Context, words: &str) {
        let Some(key) = self.find(now, ctx) else {
            if self.out.is_empty() {
                let text = Notice::NoSession.say(self.asked_in_none(words), &[]);
                self.out.push(Effect::Reply { text });
            }
            return;
        };
        let word = words.split_whitespace().next().unwrap_or("status").to_ascii_lowercase();
        let word = word.as_str();
        let language = self.asked_in(&key, word);
        let text = match word {
            "status" | "状态" => self.status_text(&key, language),
            "save" | "保存" => self.save_asked(now, &key, language),
            "context" | "上下文" => self.contents_text(&key, language),
            "explain" | "解释" => self.explain_text(&key, language),
            "pause" | "暂停" => self.pause(now, &key, true, language),
            "resume" | "恢复" => self.pause(now, &key, false, language),
            _ => Notice::Usage.say(language, &[]),
        };
        self.out.push(Effect::Reply { text });
    }

    /// Language to answer a command in: that of its word where it is Chinese and no language is set, else the
    /// conversation's.
    fn asked_in(&self, key: &str, word: &str) -> Language {
        match self.config.language {
            Speak::Auto if word.chars().any(is_han) => Language::Zh,
            _ => self.sessions.get(key).map(|s| s.language(&self.config)).unwrap_or_default(),
        }
    }

    /// The same before there is a conversation.
    fn asked_in_none(&self, words: &str) -> Language {
        match self.config.language {
            Speak::Auto if words.chars().any(is_han) => Language::Zh,
            _ => self.config.operator_language,
        }
    }

    /// Where the host does not show conversations, what to do about it.
    fn with_access(&self, mut text: String, language: Language) -> String {
        if !self.access {
            text.push('\n');
            text.push_str(&Notice::NoAccess.say(language, &[]));
        }
        text
    }

    pub(super) fn save_asked(&mut self, now: &Now, key: &str, language: Language) -> String {
        self.save(now, key, Reason::Asked, None);
        let Some(session) = self.sessions.get(key) else {
            return String::new();
        };
        if let Some(why) = session.frozen {
            return why.say(language, &[]);
        }
        let facts = session.live.memory.active().count().to_string();
        let file = format!(".session_memory/{}.json", session.file);
        self.with_access(Notice::SavedNow.say(language, &[&facts, &file]), language)
    }

    fn pause(&mut self, now: &Now, key: &str, pause: bool, language: Language) -> String {
        let Some(row) = self.state.sessions.get_mut(key) else {
            return String::new();
        };
        let was = std::mem::replace(&mut row.paused, pause);
        let notice = match (pause, was) {
            (true, _) => Notice::Paused,
            (false, true) => Notice::Resumed,
            (false, false) => Notice::NotPaused,
        };
        if was != pause {
            let (code, what) =
                if pause { ("paused", Ledger::AskedPause) } else { ("resumed", Ledger::AskedResume) };
            self.note(now, key, code, what, &[]);
        }
        notice.say(language, &[])
    }

    /// What `/asm status` says, one fact a line.
    pub(super) fn status_text(&self, key: &str, language: Language) -> String {
        let Some(session) = self.sessions.get(key) else {
            return String::new();
        };
        let mut lines = vec![self.context_line(session, language), self.next_save_line(session, language)];
        lines.push(
            match session.live.checkpoints.last().or_else(|| session.past.last()?.checkpoints.last()) {
                Some(c) => {
                    Notice::LastSave.say(language, &[&c.at, &reason_notice(c.reason).say(language, &[])])
                }
                None => Notice::LastSaveNever.say(language, &[]),
            },
        );
        lines.extend(self.outlook_text(session, language));
        lines.push(kept_line(session, language));
        if let Some(armed) = self.state.armed.iter().find(|a| a.session_key == key) {
            let read =
                if armed.delivered_at_ms.is_some() { Notice::BlockDelivered } else { Notice::BlockPending };
            let values = [rfc3339(armed.at_ms), armed.tokens.to_string(), read.say(language, &[])];
            lines.push(Notice::BlockStands.say(language, &values.each_ref().map(String::as_str)));
        }
        if self.state.sessions.get(key).is_some_and(|row| row.paused) {
            lines.push(Notice::Paused.say(language, &[]));
        }
        self.with_access(lines.join("\n"), language)
    }

    fn contents_text(&self, key: &str, language: Language) -> String {
        let meter = self.sessions.get(key).map(|s| &s.live.meter);
        let window = meter.and_then(|m| m.window).map(|tokens| ContextWindow { tokens, assumed: false });
        let session = self.sessions.get(key);
        match session.and_then(|session| number::breakdown(session, &self.state.calibration, &self.host)) {
            Some(breakdown) => super::contents::text(&breakdown, window, language),
            None => Notice::FillUnknown.say(language, &[]),
        }
    }

    fn context_line(&self, session: &Session, language: Language) -> String {
        number::context_text(session, &self.state.calibration, language)
    }

    fn next_save_line(&self, session: &Session, language: Language) -> String {
        if session.live.cycle.has(Rung::Save) {
            return Notice::NextSaveDone.say(language, &[]);
        }
        let lines = room(session).map(|room| rungs(&self.config, room)).unwrap_or_default();
        match lines.into_iter().find(|(rung, _)| *rung == Rung::Save) {
            Some((_, line)) => Notice::NextSave
                .say(language, &[&line.tokens.to_string(), &bound_notice(line.bound).say(language, &[])]),
            None => Notice::NextSaveUnknown.say(language, &[]),
        }
    }

    fn explain_text(&self, key: &str, language: Language) -> String {
        let Some(session) = self.sessions.get(key) else {
            return String::new();
        };
        let mut lines = vec![self.context_line(session, language)];
        if let Some(room) = room(session) {
            let rungs: Vec<String> =
                rungs(&self.config, room).iter().map(|(r, l)| rung_text(*r, *l, language)).collect();
            let host = host_line(room.window, room.reserve).to_string();
            let values = [room.window.to_string(), host, rungs.join(", ")];
            lines.push(Notice::ExplainLines.say(language, &values.each_ref().map(String::as_str)));
        }
        lines.extend(number::changes_text(session, language));
        let entries: Vec<_> = self.state.ledger.iter().filter(|e| e.session_key == key).collect();
        if entries.is_empty() {
            lines.push(Notice::ExplainEmpty.say(language, &[]));
            return lines.join("\n");
        }
        lines.push(Notice::ExplainHead.say(language, &[]));
        for entry in entries.iter().skip(entries.len().saturating_sub(EXPLAINED)) {
            lines.push(format!("- {} {} [{}]", entry.at, entry.text, entry.code));
        }
        lines.join("\n")
    }
}

fn rung_text(rung: Rung, line: Line, language: Language) -> String {
    let notice = match rung {
        Rung::Warn => Notice::RungWarn,
        Rung::Save => Notice::RungSave,
        Rung::NewContext => Notice::RungNewContext,
    };
    notice.say(language, &[&line.tokens.to_string(), &bound_notice(line.bound).say(language, &[])])
}

pub(super) fn bound_notice(bound: Bound) -> Notice {
    match bound {
        Bound::Percent => Notice::BoundPercent,
        Bound::Cap => Notice::BoundCap,
        Bound::Host => Notice::BoundHost,
    }
}

fn kept_line(session: &Session, language: Language) -> String {
    let active: Vec<_> = session.live.memory.active().collect();
    if active.is_empty() {
        return Notice::KeepingNothing.say(language, &[]);
    }
    let mut kinds: Vec<Kind> = active.iter().map(|f| f.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|kind| {
            let of_kind = active.iter().filter(|f| f.kind == kind).count();
            format!("{} {of_kind}", kind_notice(kind).say(language, &[]))
        })
        .collect();
    Notice::Keeping.say(language, &[&active.len().to_string(), &parts.join(", ")])
}

/// The heading of a kind.
pub(super) fn kind_notice(kind: Kind) -> Notice {
    match kind {
        Kind::Goal => Notice::HeadGoal,
        Kind::Constraint => Notice::HeadConstraint,
        Kind::Correction => Notice::HeadCorrection,
        Kind::Decision => Notice::HeadDecision,
        Kind::Todo => Notice::HeadTodo,
        Kind::OpenQuestion => Notice::HeadOpenQuestion,
        Kind::Preference => Notice::HeadPreference,
        Kind::Artefact => Notice::HeadArtefact,
        Kind::Identifier => Notice::HeadIdentifier,
    }
}
