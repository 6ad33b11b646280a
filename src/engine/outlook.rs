//! What is to come: turns left to each line, a turn that is likely to cross the host's, and what it all costs.

use super::session::Session;
use super::turn::room;
use super::{Engine, Now};
use crate::count::forecast::{Forecast, MOST_TURNS_TOLD, TurnsLeft, dollars};
use crate::decide::ladder::{Rung, rungs};
use crate::decide::line::host_line;
use crate::effect::Level;
use crate::shared::language::Language;
use crate::shared::notice::{Ledger, Notice};

impl Engine {
    /// Says once in a compaction cycle that the next turn is likely to cross the host's compaction line.
    pub(super) fn look_ahead(&mut self, now: &Now, key: &str) {
        let Some(session) = self.sessions.get_mut(key) else { return };
        let cycle = (session.live.number, session.live.compactions);
        let Some(line) = room(session).map(|room| host_line(room.window, room.reserve)) else { return };
        let occupancy = session.live.meter.occupancy(&self.state.calibration);
        let crosses =
            Forecast::of(&session.live.meter.growth).is_some_and(|f| f.crosses_next(occupancy, line));
        if !crosses || session.foreseen == Some(cycle) {
            return;
        }
        session.foreseen = Some(cycle);
        let tokens = occupancy.tokens().unwrap_or_default().to_string();
        let values = [tokens.as_str(), &line.to_string()];
        self.note(now, key, "crossing-ahead", Ledger::CrossingAhead, &values);
        let text = Ledger::CrossingAhead.say(self.config.operator_language, &values);
        self.log(Level::Warn, "crossing-ahead", key, &text);
    }

    /// The outlook of a conversation, one fact a line; empty while nothing can be said.
    pub(super) fn outlook_text(&self, session: &Session, language: Language) -> Vec<String> {
        let mut lines = self.turns_text(session, language);
        let meter = &session.live.meter;
        if meter.cost_micros > 0 {
            lines.push(Notice::OutlookCost.say(language, &[&dollars(meter.cost_micros)]));
        }
        let tokens = meter.occupancy(&self.state.calibration).tokens();
        let prices = meter.model().and_then(|model| self.host.prices.get(model));
        if let Some(waiting) = prices.zip(tokens).and_then(|(prices, tokens)| {
            let (cached, prompt) = meter.anchor.as_ref().map_or((0, 0), |a| (a.cached, a.prompt));
            prices.waiting(tokens, cached, prompt)
        }) {
            lines.push(Notice::OutlookWaiting.say(language, &[&dollars(waiting)]));
        }
        lines
    }

    fn turns_text(&self, session: &Session, language: Language) -> Vec<String> {
        let meter = &session.live.meter;
        let occupancy = meter.occupancy(&self.state.calibration);
        let (Some(forecast), Some(room)) = (Forecast::of(&meter.growth), room(session)) else {
            return Vec::new();
        };
        let mut lines = vec![Notice::OutlookTurn.say(language, &[&forecast.per_turn().to_string()])];
        let host = host_line(room.window, room.reserve);
        let save = rungs(&self.config, room).into_iter().find(|(rung, _)| *rung == Rung::Save);
        let save = save.filter(|_| !session.live.cycle.has(Rung::Save));
        let ahead =
            [(Notice::OutlookToSave, save.map(|(_, line)| line.tokens)), (Notice::OutlookToHost, Some(host))];
        for (notice, line) in ahead {
            let Some(line) = line else { continue };
            let Some(TurnsLeft { likely, low, high }) = forecast.turns_left(occupancy, line) else {
                continue;
            };
            let told = |turns: u64| {
                if turns < MOST_TURNS_TOLD { turns.to_string() } else { format!("{MOST_TURNS_TOLD}+") }
            };
            let values = [line.to_string(), told(likely), told(low), told(high)];
            lines.push(notice.say(language, &values.each_ref().map(String::as_str)));
        }
        if forecast.crosses_next(occupancy, host) {
            let values = [occupancy.tokens().unwrap_or_default(), host].map(|n| n.to_string());
            lines.push(Ledger::CrossingAhead.say(language, &values.each_ref().map(String::as_str)));
        }
        lines
    }
}
