//! What is protected, and when the next save comes.

use super::facts::Facts;
use super::finding::{Findings, Level};
use crate::decide::line::Bound;
use crate::record::state::{Row, State};
use crate::shared::config::Config;
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use crate::shared::time::rfc3339;

/// Conversations the doctor names; the rest is in `openclaw asm sessions`.
const MOST_NAMED: usize = 5;

/// Says what is protected, where nothing stands in the way of it.
pub fn examine(facts: &Facts, state: &State, config: &Config, out: &mut Findings) {
    if out.problems() > 0 {
        return;
    }
    let notes = if config.memory.notes { Notice::NotesOn } else { Notice::NotesOff };
    let notes = out.say(notes, &[]);
    let folder = format!("{}/.session_memory", facts.text("/stateDir").unwrap_or("<state>"));
    if state.sessions.is_empty() {
        out.add(Level::Ok, "protected", Notice::DoctorProtectsNone, &[&folder, &notes]);
        return;
    }
    let seen = state.sessions.len().to_string();
    let records = facts.list("/files/records").len().to_string();
    let text = sessions_lines(state, out.language, MOST_NAMED).join("\n  ");
    let found = out.add(Level::Ok, "protected", Notice::DoctorProtects, &[&seen, &records, &folder, &notes]);
    found.text = format!("{}\n  {text}", found.text);
}

/// The conversations ASM knows, one a line, the last used first.
#[must_use]
pub fn sessions_text(state: &State, language: Language) -> String {
    if state.sessions.is_empty() {
        return Notice::SessionsNone.say(language, &[]);
    }
    sessions_lines(state, language, usize::MAX).join("\n")
}

fn sessions_lines(state: &State, language: Language, most: usize) -> Vec<String> {
    let mut rows: Vec<_> = state.sessions.iter().collect();
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.used_at_ms));
    let more = rows.len().saturating_sub(most);
    let mut lines: Vec<String> =
        rows.into_iter().take(most).map(|(key, row)| line(key, row, language)).collect();
    if more > 0 {
        lines.push(Notice::SessionsMore.say(language, &[&more.to_string()]));
    }
    lines
}

fn line(key: &str, row: &Row, language: Language) -> String {
    let used = match (row.context.tokens(), row.window_tokens) {
        (Some(tokens), Some(window)) if tokens <= window => {
            Notice::SessionUseOf.say(language, &[&tokens.to_string(), &window.to_string()])
        }
        (Some(tokens), None) => Notice::SessionUse.say(language, &[&tokens.to_string()]),
        _ => Notice::SessionUseUnknown.say(language, &[]),
    };
    let saved = match row.saved_at_ms {
        Some(at) => Notice::SessionSaved.say(language, &[&rfc3339(at)]),
        None => Notice::SessionUnsaved.say(language, &[]),
    };
    let next = match row.next_save {
        None if row.saved_in_cycle => Notice::NextSaveDone.say(language, &[]),
        Some(line) => {
            let bound = match line.bound {
                Bound::Percent => Notice::BoundPercent,
                Bound::Cap => Notice::BoundCap,
                Bound::Host => Notice::BoundHost,
            };
            Notice::NextSave.say(language, &[&line.tokens.to_string(), &bound.say(language, &[])])
        }
        None => Notice::NextSaveUnknown.say(language, &[]),
    };
    Notice::SessionLine.say(language, &[key, &used, &row.active_facts.to_string(), &saved, &next])
}
