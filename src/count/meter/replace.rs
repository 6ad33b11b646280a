//! Changes of the whole context: another history, a history counted in whole, a report that stands for it.

use super::{Anchor, Meter, reported_usage};
use crate::count::calibration::Calibration;
use crate::count::contents::{Contents, Item, Kind};
use crate::count::family::Family;
use crate::count::framing;
use crate::count::load::Load;
use crate::count::sent::{TURNS_WITH_IMAGES, Trims};
use crate::transcript::message::{Message, Usage};

impl Meter {
    /// The host's own fresh counter of the last prompt, where no message brought a report. Never outranks one. Returns
    /// whether it was taken.
    pub fn anchor_from_host(&mut self, prompt: u64, model: &str) -> bool {
        let usage = Usage { input: prompt, ..Usage::default() };
        let taken = self.anchor.is_none() && self.next_model.is_none() && prompt > 0 && self.believes(usage);
        if taken {
            self.anchor = Some(Anchor { prompt, output: 0, model: model.to_owned(), cached: 0 });
        }
        taken
    }

    /// A whole history was counted. `standing`: the row whose report still stands for it; where there is none, a report
    /// that was followed stands on, unless the history is another one than it was made about (`rewritten`).
    pub fn recounted(
        &mut self,
        messages: &[&Message],
        standing: Option<usize>,
        rewritten: bool,
        calibration: &Calibration,
    ) {
        let report = standing.and_then(|at| Some((at, *messages.get(at)?)));
        let report =
            report.and_then(|(at, message)| Some((at, Anchor::of(message, reported_usage(message)?))));
        let model = report.as_ref().map(|(_, anchor)| anchor.model.clone());
        let model = model.or(self.model().map(str::to_owned)).unwrap_or_default();
        let (family, keeps) = (Family::of(&model), framing::keeps_thinking(&model));
        let items: Vec<Item> = messages.iter().map(|m| Item::of(m, family, keeps, None)).collect();
        let loads = |part: Option<&[Item]>| {
            part.unwrap_or_default().iter().map(Item::load).fold(Load::default(), Load::plus)
        };
        (self.left_out, self.left_out_spread, self.thinking) = (0, 0, 0);
        match report {
            Some((at, anchor)) => {
                let held = loads(items.get(..at)).plus(self.block);
                self.references.learn(calibration, &anchor.model, anchor.prompt, held);
                self.block_then = self.block;
                self.after = loads(items.get(at.saturating_add(1)..));
                self.anchor = Some(anchor);
            }
            None if rewritten => self.forget_anchor(),
            None => {}
        }
        self.since = self.after.text_tokens();
        self.fill(items.into_iter());
    }

    /// The next request holds less of what came before the anchored call: `from` as it was sent, `to` as it will be, and
    /// what is trimmed from then on.
    pub fn trimmed(&mut self, from: &[&Message], to: &[&Message], trims: Trims, calibration: &Calibration) {
        let model = self.model().unwrap_or_default().to_owned();
        let (family, keeps) = (Family::of(&model), framing::keeps_thinking(&model));
        let load = |rows: &[&Message]| {
            let loads = rows.iter().map(|m| Item::of(m, family, keeps, None).load());
            loads.fold(Load::default(), Load::plus)
        };
        let (from, to) = (load(from), load(to));
        let gone = calibration.estimate(&model, &from.without(to));
        let back = calibration.estimate(&model, &to.without(from));
        (self.left_out, self.left_out_spread) = (0, 0);
        self.leave_out(gone.tokens.saturating_sub(back.tokens), gone);
        self.trims_next = trims;
    }

    /// History was replaced by one that nobody has shown yet: what was reported no longer stands for it.
    pub fn rewritten(&mut self) {
        self.forget_anchor();
        self.contents = Contents::default();
        (self.held, self.counted, self.whole) = (Load::default(), 0, false);
        self.pictures.clear();
    }

    /// History was replaced by messages that come to `held`.
    pub fn refilled(&mut self, held: impl Iterator<Item = Item>) {
        self.rewritten();
        self.fill(held);
    }

    /// The same messages told again, with what was not known of them before (their lines in a file).
    pub fn retold(&mut self, held: impl Iterator<Item = Item>) {
        self.fill(held);
    }

    fn fill(&mut self, held: impl Iterator<Item = Item>) {
        (self.contents, self.pictures) = (Contents::default(), Vec::new());
        for item in held {
            if item.kind == Kind::User {
                self.pictures.push(Load::default());
                let old = self.pictures.len().saturating_sub(TURNS_WITH_IMAGES + 1);
                self.pictures.drain(..old);
            }
            self.show(&item);
            self.contents.add(item);
        }
        self.held = self.contents.total();
        (self.counted, self.whole) = (self.held.text_tokens(), true);
    }

    /// The context was emptied: nothing but the fixed part is in it.
    pub fn emptied(&mut self) {
        self.rewritten();
        (self.trims, self.trims_next) = (Trims::default(), Trims::default());
        self.whole = true;
    }

    fn forget_anchor(&mut self) {
        let anchor = self.anchor.take();
        self.next_model = self.next_model.take().or(anchor.map(|a| a.model));
        self.turn_start = None;
        (self.after, self.since, self.thinking) = (Load::default(), 0, 0);
        (self.left_out, self.left_out_spread) = (0, 0);
    }
}
