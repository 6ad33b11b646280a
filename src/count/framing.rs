//! What a message is made of besides its text, and what of it a provider is sent.

use super::bpe::{self, Classes, Encoding};
use super::family::Family;
use super::image;
use super::load::Load;
use crate::transcript::message::{Message, Part, Role};

/// Tokens of a file, sound or film whose length nobody tells: a page of a document is documented with 1,500 to 3,000.
const USUAL_FILE: u64 = 1_500;
/// Parts of other kinds that are sent, by the beginning of their type.
const FILES: [&str; 6] = ["audio", "document", "file", "input_audio", "input_file", "video"];

/// One message as it stands in a request, by what it is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anatomy {
    /// Text, and what stands around a message.
    pub spoken: Load,
    /// Tool calls, their arguments included.
    pub calls: Load,
    /// Images and files.
    pub pictures: Load,
    /// Thinking; whether it is sent is another question.
    pub thought: Load,
}

impl Anatomy {
    /// All but the thinking.
    #[must_use]
    pub fn said(&self) -> Load {
        self.spoken.plus(self.calls).plus(self.pictures)
    }
}

/// What a text of the system prompt is made of.
#[must_use]
pub fn text(text: &str) -> Load {
    Load::text(classes(text))
}

/// What `message` is made of in a request to a model of `family`.
#[must_use]
pub fn anatomy(message: &Message, family: Family) -> Anatomy {
    let mut of = Anatomy { spoken: around(message.role), ..Anatomy::default() };
    for part in &message.parts {
        match part {
            Part::Text(text) => of.spoken = of.spoken.plus(Load::text(classes(text))),
            Part::Thinking(text) => of.thought = of.thought.plus(Load::text(classes(text))),
            Part::ToolCall { name, arguments, .. } => {
                let call = Load { calls: 1, ..Load::text(classes(name)) };
                of.calls = of.calls.plus(call).plus(Load::text(classes(arguments)));
            }
            Part::Image { size, .. } => of.pictures = of.pictures.plus(image_load(*size, family)),
            Part::Other(kind) if FILES.iter().any(|f| kind.starts_with(f)) => {
                of.pictures.guessed = of.pictures.guessed.saturating_add(USUAL_FILE);
            }
            Part::Other(_) => {}
        }
    }
    of
}

/// Whether thinking of finished turns is still sent to the model. Chat-completions servers and OpenAI get none of it,
/// Google returns none; Anthropic's API drops it up to Claude Opus 4.1 and Sonnet 4.5 and keeps it from Opus 4.5 on;
/// MiniMax asks for it back. Within a turn, while tools run, everyone gets it.
#[must_use]
pub fn keeps_thinking(model: &str) -> bool {
    let name = model.to_ascii_lowercase();
    match Family::of(model) {
        Family::ClaudeWide | Family::MiniMax => true,
        Family::Claude => ["opus-4-5", "opus-4.5", "-4-6", "-4.6"].iter().any(|v| name.contains(v)),
        _ => false,
    }
}

fn around(role: Role) -> Load {
    let mut load = Load::default();
    match role {
        Role::Assistant => load.replies = 1,
        Role::ToolResult => load.results = 1,
        _ => load.spoken = 1,
    }
    load
}

fn image_load(size: Option<(u32, u32)>, family: Family) -> Load {
    match size.and_then(|(width, height)| image::ruled(family, width, height)) {
        Some(ruled) => Load { ruled, ..Load::default() },
        None => Load { guessed: image::usual(family), ..Load::default() },
    }
}

fn classes(text: &str) -> Classes {
    bpe::count_classes(text, Encoding::O200kBase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(parts: Vec<Part>, role: Role) -> (Load, Load) {
        let of = anatomy(&Message { role, parts, ..Message::default() }, Family::Claude);
        (of.said(), of.thought)
    }

    #[test]
    fn each_part_goes_where_it_belongs() {
        let text = || Part::Text("hello 你好 123!".into());
        let (said, thought) = load(vec![text()], Role::User);
        assert_eq!(
            (said.spoken, said.text_tokens() > 3, said.digits, thought),
            (1, true, 1, Load::default())
        );
        let (result, _) = load(vec![text()], Role::ToolResult);
        assert_eq!((result.results, result.spoken), (1, 0));
        let call = Part::ToolCall { id: "1".into(), name: "read".into(), arguments: "{\"p\":1}".into() };
        let (reply, thought) = load(vec![Part::Thinking("let me see".into()), call], Role::Assistant);
        assert_eq!((reply.replies, reply.calls, thought.words), (1, 1, 3));
        assert!(reply.words >= 2 && reply.words < 5, "thinking is apart: {reply:?}");
    }

    #[test]
    fn what_is_no_text_has_its_rule_or_a_usual_amount() {
        let of = |part| load(vec![part], Role::User).0;
        let seen = of(Part::Image { bytes: 9, size: Some((1_000, 1_000)) });
        assert_eq!((seen.ruled, seen.guessed), (1_334, 0));
        let unseen = of(Part::Image { bytes: 9, size: None });
        assert_eq!((unseen.ruled, unseen.guessed), (0, 1_440));
        assert_eq!(of(Part::Other("document".into())).guessed, USUAL_FILE);
        assert_eq!(of(Part::Other("step-start".into())).guessed, 0);
    }

    #[test]
    fn who_is_sent_old_thinking() {
        for (model, kept) in [
            ("anthropic/claude-sonnet-4-5", false),
            ("anthropic/claude-opus-4-5", true),
            ("anthropic/claude-opus-4-7", true),
            ("minimax/MiniMax-M2", true),
            ("deepseek/deepseek-reasoner", false),
            ("openai/gpt-5", false),
            ("google/gemini-3-pro", false),
        ] {
            assert_eq!(keeps_thinking(model), kept, "{model}");
        }
    }
}
