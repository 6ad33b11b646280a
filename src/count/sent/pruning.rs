//! The host's trims of old tool results (`agents.defaults.contextPruning`, mode `cache-ttl`).

use crate::transcript::message::{Message, Part, Role};
use serde_json::Value;
use std::borrow::Cow;

/// Built into the host: results longer than this many characters keep so many at each end.
const SOFT_FROM: usize = 4_000;
const SOFT_END: usize = 1_500;
/// Shares of the window, percent, from which results are trimmed and cleared; and how much must be left to clear.
const SOFT_PERCENT: usize = 30;
const HARD_PERCENT: usize = 50;
const HARD_FROM: usize = 50_000;
/// Characters the host takes for a token.
const CHARS_PER_TOKEN: usize = 4;
/// Turns of the model whose results stay as they are.
const RECENT_TURNS: usize = 3;
const PLACEHOLDER: &str = "[Old tool result content cleared]";
/// Where the configuration names none.
const TTL_MS: i64 = 5 * 60_000;

/// Providers, or families of models, whose routes the host trims where the protocol alone does not tell; all others it
/// leaves alone. From its own providers: Anthropic by Vertex, OpenAI's platform, and these by `OpenRouter`.
const ELIGIBLE: [&str; 9] = [
    "anthropic-vertex/",
    "openai/",
    "openrouter/anthropic/",
    "openrouter/deepseek/",
    "openrouter/moonshot/",
    "openrouter/moonshotai/",
    "openrouter/z-ai/",
    "openrouter/zai/",
    "kilocode/anthropic/",
];

/// Whether the host trims for `provider/model` at all, asked by the protocol `api` (`None`: not known). Whoever speaks
/// Anthropic's is trimmed for, whatever it is called: `MiniMax` and others do. Anthropic itself, asked `directly`, clears
/// old results on its side by other rules: what is not foreseen is seen in its next report.
#[must_use]
pub fn is_eligible(model: &str, api: Option<&str>, directly: bool) -> bool {
    let model = model.to_ascii_lowercase();
    let name = model.split_once('/').map_or(&*model, |(_, name)| name);
    let gemini = name.starts_with("gemini-2.5") || name.starts_with("gemini-3");
    match api {
        _ if directly && model.starts_with("anthropic/") => false,
        Some("anthropic-messages") => true,
        Some("google-generative-ai") => gemini,
        _ if model.starts_with("amazon-bedrock/") => name.contains("claude") || name.contains("anthropic"),
        None if gemini => true,
        _ => ELIGIBLE.iter().any(|known| model.starts_with(known)),
    }
}

/// How the host is configured to trim.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Pruning {
    /// How long a provider's cache is taken to live, milliseconds: only behind that is anything trimmed anew.
    pub ttl_ms: i64,
    pub hard_clear: bool,
    pub placeholder: String,
    /// Tools whose results may be trimmed (all where there are none), and may not.
    pub allow: Vec<String>,
    pub deny: Vec<String>,
}

impl Pruning {
    /// The host's `contextPruning` section; `None` where it is off.
    #[must_use]
    pub fn of(section: &Value) -> Option<Self> {
        if section.get("mode").and_then(Value::as_str) != Some("cache-ttl") {
            return None;
        }
        let hard = section.get("hardClear");
        let names = |key: &str| {
            let list = section.get("tools").and_then(|t| t.get(key)).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Some(Self {
            ttl_ms: section.get("ttl").and_then(duration_ms).unwrap_or(TTL_MS),
            hard_clear: hard.and_then(|h| h.get("enabled")).and_then(Value::as_bool).unwrap_or(true),
            placeholder: hard
                .and_then(|h| h.get("placeholder"))
                .and_then(Value::as_str)
                .unwrap_or(PLACEHOLDER)
                .to_owned(),
            allow: names("allow"),
            deny: names("deny"),
        })
    }

    /// Whether the provider's cache has gone cold since its last call, so that the next request may begin a new round.
    #[must_use]
    pub fn due(&self, called_ms: i64, now_ms: i64) -> bool {
        now_ms.saturating_sub(called_ms) >= self.ttl_ms
    }

    /// Trims the view of a history as the next request would, and says what is trimmed from now on: what one round has
    /// cut stays cut in every later request.
    pub fn apply(&self, view: &mut [Cow<'_, Message>], window: u64, now_ms: i64, before: Trims) -> Trims {
        let first = view.iter().position(|m| m.role == Role::User).unwrap_or(view.len());
        for message in view.iter_mut().skip(first).filter(|m| self.may_trim(m)) {
            before.replay(message, &self.placeholder);
        }
        let called = view.iter().rev().find(|m| m.role == Role::Assistant).and_then(|m| m.timestamp_ms);
        if called.is_none_or(|at| !self.due(at, now_ms)) {
            return before;
        }
        self.round(view, window, before)
    }

    fn round(&self, view: &mut [Cow<'_, Message>], window: u64, before: Trims) -> Trims {
        let window = usize::try_from(window).unwrap_or(usize::MAX).saturating_mul(CHARS_PER_TOKEN);
        let over = |view: &[Cow<'_, Message>], percent: usize| {
            let chars = view.iter().map(|m| chars(m)).fold(0, usize::saturating_add);
            chars.saturating_mul(100) / percent >= window
        };
        if !over(view, SOFT_PERCENT) {
            return before;
        }
        let prunable = self.prunable(view);
        let newest = prunable.iter().filter_map(|at| view.get(*at)?.timestamp_ms).max();
        let soft = Trims { soft_until_ms: newest.max(before.soft_until_ms), ..before };
        for at in &prunable {
            if let Some(message) = view.get_mut(*at) {
                soften(message);
            }
        }
        let left: usize = prunable.iter().filter_map(|at| view.get(*at)).map(|m| chars(m)).sum();
        if !self.hard_clear || left < HARD_FROM || !over(view, HARD_PERCENT) {
            return soft;
        }
        for at in prunable {
            if let Some(message) = view.get_mut(at) {
                clear(message, &self.placeholder);
            }
        }
        Trims { hard_until_ms: newest.max(before.hard_until_ms), ..soft }
    }

    /// Places of the results that may be trimmed: behind the first word of a person, before the last turns.
    fn prunable(&self, view: &[Cow<'_, Message>]) -> Vec<usize> {
        let first = view.iter().position(|m| m.role == Role::User).unwrap_or(view.len());
        let replies = view.iter().enumerate().rev().filter(|(_, m)| m.role == Role::Assistant);
        let last = replies.map(|(at, _)| at).nth(RECENT_TURNS.saturating_sub(1)).unwrap_or(0);
        let between = view.iter().enumerate().take(last).skip(first);
        between.filter(|(_, m)| self.may_trim(m)).map(|(at, _)| at).collect()
    }

    fn may_trim(&self, m: &Message) -> bool {
        let named = |list: &[String]| m.tool_name.as_ref().is_some_and(|name| list.contains(name));
        m.role == Role::ToolResult
            && (self.allow.is_empty() || named(&self.allow))
            && !named(&self.deny)
            && !m.parts.iter().any(|p| matches!(p, Part::Image { .. }))
    }
}

/// What earlier rounds have trimmed for good: results up to these times, epoch milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Trims {
    pub soft_until_ms: Option<i64>,
    pub hard_until_ms: Option<i64>,
}

impl Trims {
    /// Whether nothing was trimmed yet.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn replay(self, message: &mut Cow<'_, Message>, placeholder: &str) {
        let within =
            |until: Option<i64>| until.zip(message.timestamp_ms).is_some_and(|(until, at)| at <= until);
        if within(self.hard_until_ms) {
            clear(message, placeholder);
        } else if within(self.soft_until_ms) {
            soften(message);
        }
    }
}

fn clear(message: &mut Cow<'_, Message>, placeholder: &str) {
    let kept = message.parts.iter().filter(|p| !matches!(p, Part::Text(_))).cloned();
    let parts = std::iter::once(Part::Text(placeholder.to_owned())).chain(kept).collect();
    message.to_mut().parts = parts;
}

fn chars(message: &Message) -> usize {
    message.texts().map(|text| text.chars().count()).fold(0, usize::saturating_add)
}

/// Both ends of a long text, and what stands between them.
fn soften(message: &mut Cow<'_, Message>) {
    if chars(message) <= SOFT_FROM {
        return;
    }
    let text: Vec<char> = message.texts().collect::<Vec<_>>().join("\n").chars().collect();
    let (start, end) = (text.iter().take(SOFT_END), text.iter().skip(text.len().saturating_sub(SOFT_END)));
    let mut trimmed: String = start.chain(&['\n', '.', '.', '.', '\n']).chain(end).collect();
    let said = format!(
        "\n\n[Tool result trimmed: kept first {SOFT_END} chars and last {SOFT_END} chars of {} chars.]",
        text.len()
    );
    trimmed.push_str(&said);
    message.to_mut().parts = vec![Part::Text(trimmed)];
}

/// A duration as the host writes it: `90s`, `5m`, `1h`, `1d`; a bare number is minutes.
fn duration_ms(value: &Value) -> Option<i64> {
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|n| n.to_string()))?;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..)? {
        "ms" => 1,
        "s" => 1_000,
        "" | "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    digits.parse::<i64>().ok().filter(|n| *n >= 0)?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pruning(section: Value) -> Pruning {
        Pruning::of(&section).unwrap()
    }

    fn row(role: Role, chars: usize) -> Message {
        let parts = vec![Part::Text("x".repeat(chars))];
        Message { role, parts, timestamp_ms: Some(0), tool_name: Some("read".into()), ..Message::default() }
    }

    #[test]
    fn what_the_host_trims_for() {
        for (model, api, trimmed) in [
            ("minimax/MiniMax-M2", Some("anthropic-messages"), true),
            ("minimax/MiniMax-M2", Some("openai-completions"), false),
            ("anthropic/claude-opus-4-5", Some("anthropic-messages"), false),
            ("google/gemini-2.5-pro", Some("google-generative-ai"), true),
            ("google/gemini-1.5-pro", Some("google-generative-ai"), false),
            ("amazon-bedrock/eu.anthropic.claude-sonnet-4", Some("bedrock-converse-stream"), true),
            ("amazon-bedrock/nova-pro", Some("bedrock-converse-stream"), false),
            ("openrouter/deepseek/deepseek-chat", Some("openai-completions"), true),
            ("openrouter/qwen/qwen3", Some("openai-completions"), false),
            ("deepseek/deepseek-chat", Some("openai-completions"), false),
        ] {
            assert_eq!(is_eligible(model, api, true), trimmed, "{model} {api:?}");
        }
        assert!(is_eligible("anthropic/claude-opus-4-5", Some("anthropic-messages"), false));
        assert!(!is_eligible("deepseek/deepseek-chat", Some("openai-completions"), false));
    }

    /// A bootstrap read, then ten turns with a result of `chars` each.
    fn history(result: usize) -> Vec<Message> {
        let mut rows = vec![row(Role::ToolResult, 9_000), row(Role::User, 10)];
        for _ in 0..10 {
            rows.extend([row(Role::Assistant, 10), row(Role::ToolResult, result)]);
        }
        rows
    }

    fn sizes(p: &Pruning, rows: &[Message], window: u64, now_ms: i64) -> Vec<usize> {
        let mut view: Vec<Cow<Message>> = rows.iter().map(Cow::Borrowed).collect();
        p.apply(&mut view, window, now_ms, Trims::default());
        view.iter().filter(|m| m.role == Role::ToolResult).map(|m| chars(m)).collect()
    }

    #[test]
    fn nothing_before_the_cache_is_cold_or_the_window_a_third_full() {
        let p = pruning(json!({"mode": "cache-ttl", "ttl": "5m"}));
        let rows = history(10_000);
        let untouched = [vec![9_000], vec![10_000; 10]].concat();
        assert_eq!(sizes(&p, &rows, 30_000, 299_999), untouched);
        assert_eq!(sizes(&p, &rows, 1_000_000, 300_000), untouched);
    }

    #[test]
    fn long_results_are_cut_then_cleared_but_for_the_last_turns_and_bootstrap() {
        let p = pruning(json!({"mode": "cache-ttl"}));
        let soft = sizes(&p, &history(10_000), 80_000, 300_000);
        assert_eq!(soft, [vec![9_000], vec![3_087; 7], vec![10_000; 3]].concat());
        // Short results are not cut; where half the window is full of them they go.
        let hard = sizes(&p, &history(3_900 + 4_000), 12_000, 300_000);
        assert_eq!(hard.first(), Some(&9_000));
        let many: Vec<Message> =
            history(3_990).into_iter().chain(history(3_990)).chain(history(3_990)).collect();
        let hard = sizes(&p, &many, 50_000, 300_000);
        assert_eq!(hard.iter().filter(|n| **n == PLACEHOLDER.len()).count(), 29, "{hard:?}");
        let kept = pruning(json!({"mode": "cache-ttl", "hardClear": {"enabled": false}}));
        assert!(sizes(&kept, &many, 50_000, 300_000).iter().all(|n| *n >= 3_005));
    }

    #[test]
    fn what_one_round_has_cut_stays_cut_while_the_cache_is_warm() {
        let p = pruning(json!({"mode": "cache-ttl"}));
        let mut rows = history(10_000);
        (0..).zip(&mut rows).for_each(|(at, row)| row.timestamp_ms = Some(at));
        let sizes = |rows: &[Message], now_ms: i64, before: Trims| {
            let mut view: Vec<Cow<Message>> = rows.iter().map(Cow::Borrowed).collect();
            let trims = p.apply(&mut view, 80_000, now_ms, before);
            let results = view.iter().filter(|m| m.role == Role::ToolResult);
            (trims, results.map(|m| chars(m)).filter(|n| *n == 3_087).count())
        };
        let (trims, cut) = sizes(&rows, 300_030, Trims::default());
        assert_eq!((cut, trims.hard_until_ms), (7, None));
        rows.push(Message { timestamp_ms: Some(300_030), ..row(Role::Assistant, 10) });
        assert_eq!(sizes(&rows, 300_040, trims), (trims, 7));
        assert_eq!(sizes(&rows, 300_040, Trims::default()).1, 0);
    }

    #[test]
    fn tools_may_be_excluded() {
        for (tools, trimmed) in
            [(json!({"deny": ["read"]}), 0), (json!({"allow": ["exec"]}), 0), (json!({"allow": ["read"]}), 7)]
        {
            let p = pruning(json!({"mode": "cache-ttl", "tools": tools}));
            let cut = sizes(&p, &history(10_000), 80_000, 300_000).into_iter().filter(|n| *n == 3_087);
            assert_eq!(cut.count(), trimmed);
        }
    }

    #[test]
    fn durations() {
        for (text, ms) in [
            (json!("90s"), Some(90_000)),
            (json!("1h"), Some(3_600_000)),
            (json!(5), Some(300_000)),
            (json!("7"), Some(420_000)),
            (json!("soon"), None),
            (json!(null), None),
        ] {
            assert_eq!(duration_ms(&text), ms, "{text}");
        }
        assert_eq!(Pruning::of(&json!({"mode": "off"})), None);
    }
}
