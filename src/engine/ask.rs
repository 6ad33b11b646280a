//! Questions from the command line.

use super::{Engine, Now};
use crate::doctor;
use crate::effect::Effect;
use crate::event::Context;
use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde_json::{Value, json};

impl Engine {
    /// Answers with one JSON text; a question nobody knows gets `{"error": …}`.
    pub(super) fn ask(&mut self, now: &Now, method: &str, ctx: &Context, payload: &Value) {
        let language = doctor::language(payload, &self.config);
        // A terminal has a language of its own; without one the conversation's is spoken.
        let spoken = payload.get("lang").and_then(Value::as_str).map(|_| language);
        let answer = match method {
            "sessions" => self.sessions_answer(language),
            "status" | "save" => {
                let Some(answer) = self.session_answer(now, method, ctx, spoken) else {
                    return;
                };
                answer
            }
            "doctor" => doctor::examine(payload, &self.state, &self.config, now.ms),
            _ => json!({"error": Notice::NoSuchQuestion.say(language, &[method])}),
        };
        self.out.push(Effect::Reply { text: answer.to_string() });
    }

    /// All conversations ASM remembers, the last used first.
    fn sessions_answer(&self, language: Language) -> Value {
        let mut rows: Vec<_> = self.state.sessions.iter().collect();
        rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.used_at_ms));
        let list: Vec<Value> = rows
            .into_iter()
            .map(|(key, row)| {
                let mut value = serde_json::to_value(row).unwrap_or_default();
                if let Some(map) = value.as_object_mut() {
                    map.insert("session_key".to_owned(), key.clone().into());
                }
                value
            })
            .collect();
        json!({ "sessions": list, "text": doctor::sessions_text(&self.state, language) })
    }

    /// Status or save of one conversation; `None` while its record is being read.
    fn session_answer(
        &mut self,
        now: &Now,
        method: &str,
        ctx: &Context,
        language: Option<Language>,
    ) -> Option<Value> {
        let known = ctx.session_key.as_ref().is_some_and(|k| self.state.sessions.contains_key(k));
        if !known {
            return Some(
                json!({"error": Notice::SessionUnknown.say(language.unwrap_or(self.config.operator_language), &[])}),
            );
        }
        let key = self.find(now, ctx)?;
        let own = || self.sessions.get(&key).map(|s| s.language(&self.config)).unwrap_or_default();
        let language = language.unwrap_or_else(own);
        let text = if method == "save" {
            self.save_asked(now, &key, language)
        } else {
            self.status_text(&key, language)
        };
        let row = self.state.sessions.get(&key).and_then(|row| serde_json::to_value(row).ok());
        Some(json!({"session_key": key, "text": text, "row": row}))
    }
}
