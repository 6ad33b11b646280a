//! A stored session read from bytes in pieces of any size, twice: which rows are its conversation, then what they say.

use super::Replay;
use crate::engine::Engine;
use crate::engine::offline::Offline;
use crate::shared::config::{self, Rejected};
use crate::shared::diagnostic::Diagnostic;
use crate::shared::language::Language;
use crate::transcript::follow::Follow;
use crate::transcript::line::Line;
use crate::transcript::scan::{Plan, Scan};
use crate::transcript::walk::ContextWalk;
use serde_json::{Value, json};

/// Window of a model nobody told the size of, tokens: what most hosted models sell in 2026. The summary says that it
/// was assumed.
pub const ASSUMED_WINDOW: u64 = 200_000;

/// A stored session being read.
pub struct Reader {
    scan: Option<Scan>,
    plan: Plan,
    walk: ContextWalk,
    follow: Option<Follow>,
    core: Replay,
    diagnostics: Vec<Diagnostic>,
    /// What the person at the terminal reads.
    language: Language,
}

impl Reader {
    /// `section`: as the plugin's `config`; its `context.windowTokens` is the model's window. What of it was refused
    /// is returned beside the reader.
    #[must_use]
    pub fn new(section: &Value, env: &dyn Fn(&str) -> Option<String>) -> (Self, Vec<Rejected>) {
        let (config, rejected) = config::read(section, env);
        let language = config.operator_language;
        let given = config.context.window_tokens;
        let window = given.unwrap_or(ASSUMED_WINDOW);
        let offline = Offline::new(Engine::new(config, Vec::new()), window);
        let reader = Self {
            scan: Some(Scan::default()),
            plan: Plan::default(),
            walk: ContextWalk::default(),
            follow: None,
            core: Replay::new(offline, window, given.is_none()),
            diagnostics: Vec::new(),
            language,
        };
        (reader, rejected)
    }

    /// First reading: the next bytes.
    pub fn scan(&mut self, bytes: &[u8]) {
        if let Some(scan) = &mut self.scan {
            scan.push(bytes);
        }
    }

    /// Ends the first reading; says what there is to follow: `{lines, rows}`.
    pub fn scanned(&mut self) -> Value {
        self.plan = self.scan.take().map(Scan::finish).unwrap_or_default();
        self.walk = ContextWalk::new(&self.plan);
        self.follow = Some(Follow::new(&self.plan));
        json!({"lines": self.plan.lines, "rows": self.plan.rows})
    }

    /// Second reading: the next bytes. Returns replay lines, each ended by a newline.
    pub fn follow(&mut self, bytes: &[u8]) -> String {
        let (walk, core) = (&self.walk, &mut self.core);
        let mut out = String::new();
        if let Some(follow) = &mut self.follow {
            follow.push(bytes, |line| say(walk, core, line, &mut out));
        }
        out
    }

    /// Ends the second reading. Returns the last replay lines, the diagnostics of both readings and the summary.
    pub fn finish(&mut self) -> String {
        let (walk, core) = (&self.walk, &mut self.core);
        let mut out = String::new();
        let late = self.follow.take().map(|f| f.finish(|line| say(walk, core, line, &mut out)));
        self.diagnostics = std::mem::take(&mut self.plan.diagnostics);
        self.diagnostics.extend(late.unwrap_or_default());
        for diagnostic in &self.diagnostics {
            let mut value = json!({"type": "diagnostic"});
            if let (Some(map), Value::Object(members)) =
                (value.as_object_mut(), diagnostic.json(self.language))
            {
                map.extend(members);
            }
            push(&mut out, &value);
        }
        push(&mut out, &self.core.summary(self.plan.lines, self.diagnostics.len() as u64));
        out
    }

    /// What was wrong with the file; complete once both readings have ended.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What the context is filled with at the end of the file, `{data, text}`; null where nothing is.
    pub fn breakdown(&mut self) -> Value {
        let told = self.core.breakdown(self.language);
        told.map_or(Value::Null, |(data, text)| json!({"data": data, "text": text}))
    }

    /// The engine, for what else is asked of the same file.
    pub fn offline(&mut self) -> &mut Offline {
        self.core.offline()
    }
}

fn say(walk: &ContextWalk, core: &mut Replay, line: Line, out: &mut String) {
    for value in walk.step(line).iter().flat_map(|event| core.take(event)) {
        push(out, &value);
    }
}

fn push(out: &mut String, value: &Value) {
    out.push_str(&value.to_string());
    out.push('\n');
}
