//! One delivery by one way.

use super::body::{Format, OwnWord};
use super::letter::{Sender, Text};
use super::outbox::Letter;
use super::program;
use super::ways::Way;
use crate::shared::language::Language;
use crate::watchdog::net::{Proxy, Request, Response, call};
use crate::watchdog::texts::Text as Words;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What came of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// It was understood and refused: trying again soon is of little use.
    Refused {
        why: String,
    },
    /// It may work another time; `after_ms` where the other end says when.
    Later {
        why: String,
        after_ms: Option<u64>,
    },
}

impl Outcome {
    fn later(why: impl Into<String>) -> Self {
        Self::Later { why: why.into(), after_ms: None }
    }

    /// Why not.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Delivered => "",
            Self::Refused { why } | Self::Later { why, .. } => why,
        }
    }
}

/// Delivers a letter. Whatever goes wrong is told without a URL or a token.
#[must_use]
pub fn send(way: &Way, letter: &Letter, sender: &Sender, language: Language, deadline: Duration) -> Outcome {
    let text = letter.text(sender, language);
    match way {
        Way::Telegram { bot, chat } => {
            let body = json!({"chat_id": chat, "text": text.whole, "disable_web_page_preview": true});
            telegram(post(&bot.method_url("sendMessage"), &body, letter, bot.proxy.as_ref(), deadline))
        }
        Way::Webhook { url, format, proxy } => {
            let body = format.body(letter, sender, &text);
            webhook(*format, post(url, &body, letter, proxy.as_ref(), deadline), language)
        }
        Way::Command { words } => command(words, letter, &text, deadline),
        Way::Mail { to } => program::mail(to, letter, sender, &text, deadline),
    }
}

/// By the proxy where one is set, and directly when that fails; each gets half of the time. An answer that was lost on
/// the first way is sent twice, with the same mark.
fn post(
    url: &str,
    body: &Value,
    letter: &Letter,
    proxy: Option<&Proxy>,
    deadline: Duration,
) -> Result<Response, String> {
    let until = Instant::now() + deadline;
    let headers = [("Content-Type", "application/json; charset=utf-8"), ("Idempotency-Key", &letter.mark)];
    let request = Request {
        url: url.to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: body.to_string().into_bytes(),
        proxy: proxy.cloned(),
        ..Request::default()
    };
    let Some(_) = proxy else { return call(&request, deadline) };
    let first = call(&request, deadline / 2);
    first.or_else(|by_proxy| {
        let left = until.saturating_duration_since(Instant::now());
        call(&Request { proxy: None, ..request }, left).map_err(|direct| format!("{by_proxy}; {direct}"))
    })
}

fn telegram(answer: Result<Response, String>) -> Outcome {
    let response = match answer {
        Ok(response) => response,
        Err(why) => return Outcome::later(why),
    };
    let said: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    if response.status == 200 && said.get("ok") == Some(&Value::Bool(true)) {
        return Outcome::Delivered;
    }
    let words = said.get("description").and_then(Value::as_str).unwrap_or_default();
    let why = format!("{} {}", response.status, words.chars().take(120).collect::<String>());
    let after = said.pointer("/parameters/retry_after").and_then(Value::as_u64);
    refused(&response, why.trim_end().to_owned(), after)
}

fn webhook(format: Format, answer: Result<Response, String>, language: Language) -> Outcome {
    let response = match answer {
        Ok(response) => response,
        Err(why) => return Outcome::later(why),
    };
    if !(200..300).contains(&response.status) {
        let after = response.header("retry-after").and_then(|s| s.parse().ok());
        return refused(&response, response.status.to_string(), after);
    }
    let said = serde_json::from_slice(&response.body).unwrap_or_default();
    match format.own_word(&said) {
        OwnWord::Yes => Outcome::Delivered,
        OwnWord::No(why) => Outcome::Refused { why },
        OwnWord::Absent => Outcome::later(Words::NoOwnCode.say(language, &[])),
    }
}

/// What a status that is no yes means.
fn refused(response: &Response, why: String, after_s: Option<u64>) -> Outcome {
    match response.status {
        200..=399 | 408 | 425 | 429 | 500.. => {
            Outcome::Later { why, after_ms: after_s.map(|s| s.min(3_600).saturating_mul(1_000)) }
        }
        _ => Outcome::Refused { why },
    }
}

fn command(words: &[String], letter: &Letter, text: &Text, deadline: Duration) -> Outcome {
    let severity = serde_json::to_value(letter.severity()).unwrap_or_default();
    let env = [
        ("ASM_ALERT_CODE", letter.alert.code.name()),
        ("ASM_ALERT_ABOUT", &letter.alert.about),
        ("ASM_ALERT_SEVERITY", severity.as_str().unwrap_or_default()),
        ("ASM_ALERT_OVER", if letter.over.is_some() { "1" } else { "" }),
        ("ASM_ALERT_ID", &letter.mark),
        ("ASM_ALERT_AT", &letter.at),
        ("ASM_ALERT_TITLE", &text.title),
    ];
    program::run(words, &env, &text.whole, deadline)
}
