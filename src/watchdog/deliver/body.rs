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

/// What a service says of its own within an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnWord {
    Yes,
    No(String),
    /// It says nothing as it does: it is not that service.
    Absent,
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

    /// What the service says although it answers 200: Feishu by `code`, DingTalk and WeCom by `errcode`. Only its own 0 is a
    /// yes: a page that something in between shows is none.
    #[must_use]
    pub fn own_word(self, answer: &Value) -> OwnWord {
        let (number, words) = match self {
            Self::Feishu => ("code", "msg"),
            Self::DingTalk | Self::WeCom => ("errcode", "errmsg"),
            Self::Json | Self::Slack | Self::Discord => return OwnWord::Yes,
        };
        let code = match answer.get(number).and_then(Value::as_i64) {
            Some(0) => return OwnWord::Yes,
            None => return OwnWord::Absent,
            Some(code) => code,
        };
        let why = answer.get(words).and_then(Value::as_str).unwrap_or_default();
        OwnWord::No(format!("{code} {}", why.chars().take(120).collect::<String>()).trim_end().to_owned())
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
