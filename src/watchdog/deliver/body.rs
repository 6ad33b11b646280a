//! What a webhook is sent, and whether its answer is a yes: pure.

use super::letter::{Sender, Text};
use super::outbox::Letter;
use crate::watchdog::alert::Code;
use serde_json::{Value, json};

/// The shape of a webhook's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// All fields, for a receiver of one's own.
    #[default]
    Json,
    Slack,
    Discord,
    Feishu,
    DingTalk,
    WeCom,
}

impl Format {
    /// By the word of the setting; plain JSON for any other.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "slack" => Self::Slack,
            "discord" => Self::Discord,
            "feishu" => Self::Feishu,
            "dingtalk" => Self::DingTalk,
            "wecom" => Self::WeCom,
            _ => Self::Json,
        }
    }

    /// The body.
    #[must_use]
    pub fn body(self, letter: &Letter, sender: &Sender, text: &Text) -> Value {
        let said = &text.whole;
        match self {
            Self::Json => plain(letter, sender, text),
            Self::Slack => json!({"text": said}),
            // Nobody is mentioned by what an alert happens to quote.
            Self::Discord => json!({"content": said, "allowed_mentions": {"parse": []}}),
            Self::Feishu => json!({"msg_type": "text", "content": {"text": said}}),
            Self::DingTalk => json!({"msgtype": "text", "text": {"content": said}}),
            Self::WeCom => json!({"msgtype": "text", "text": {"content": said}}),
        }
    }

    /// What the service says is wrong although it answers 200: Feishu by `code`, DingTalk and WeCom by `errcode`.
    #[must_use]
    pub fn complaint(self, answer: &Value) -> Option<String> {
        let (number, words) = match self {
            Self::Feishu => ("code", "msg"),
            Self::DingTalk | Self::WeCom => ("errcode", "errmsg"),
            Self::Json | Self::Slack | Self::Discord => return None,
        };
        let code = answer.get(number).and_then(Value::as_i64).filter(|code| *code != 0)?;
        let why = answer.get(words).and_then(Value::as_str).unwrap_or_default();
        Some(format!("{code} {}", why.chars().take(120).collect::<String>()).trim_end().to_owned())
    }
}

fn plain(letter: &Letter, sender: &Sender, text: &Text) -> Value {
    let repeated = letter.errands.iter().any(|e| e.repeated);
    json!({
        "version": 1,
        "id": letter.mark,
        "code": letter.alert.code,
        "about": letter.alert.about,
        "severity": letter.severity(),
        "values": letter.alert.values,
        "over": letter.over.is_some() || letter.alert.code == Code::Recovered,
        "text": text.whole,
        "at": letter.at,
        "host": sender.host,
        "gateway": sender.target,
        "may_be_repeated": repeated,
    })
}
