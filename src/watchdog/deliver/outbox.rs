//! Alerts on their way: pure. Times are monotonic milliseconds of this boot of the machine.

use super::send::Outcome;
use crate::watchdog::alert::{Alert, Code, Severity};
use serde::{Deserialize, Serialize};

/// Letters kept; beyond it the oldest of the least severe goes.
pub const MOST_LETTERS: usize = 64;
/// A way that refuses a letter so often will not take it.
const MOST_REFUSALS: u32 = 5;

/// How patient the sender is, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Upper end of the first delay; it doubles up to the cap. The delay itself is drawn between nothing and that end.
    pub first_ms: u64,
    pub cap_ms: u64,
    /// No delay is shorter.
    pub floor_ms: u64,
    /// What has not been taken after so long is news no more.
    pub give_up_ms: u64,
    /// One delivery may take so long.
    pub send_ms: u64,
}

impl Retry {
    /// 15 s up to 15 min, for three days. `scale` is 1 outside tests.
    #[must_use]
    pub fn of(scale: f64) -> Self {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ms = |n: u64| ((n as f64 * scale) as u64).max(1);
        Self {
            first_ms: ms(15_000),
            cap_ms: ms(900_000),
            floor_ms: ms(1_000),
            give_up_ms: ms(259_200_000),
            // A loaded test machine sets the floor.
            send_ms: ms(20_000).max(5_000),
        }
    }
}

/// What waits, and what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outbox {
    /// Number of the last letter.
    pub last: u64,
    pub letters: Vec<Letter>,
    /// Letters that had to go for want of room, since the last one that was delivered.
    pub dropped: u64,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub number: u64,
    /// The same in every copy of this letter and in no other letter.
    pub mark: String,
    /// When it was written, RFC 3339 UTC, for people.
    pub at: String,
    pub since_ms: u64,
    pub alert: Alert,
    /// It was over before it could be told: both are told at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Alert>,
    /// Some way has taken it.
    #[serde(default)]
    pub heard: bool,
    pub errands: Vec<Errand>,
}

/// One way that has not taken it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// Name of the way.
    pub way: String,
    pub tries: u32,
    pub refusals: u32,
    pub not_before_ms: u64,
    /// It is being sent: set, and on disk, before the first byte goes out.
    pub under_way: bool,
    /// A watchdog ended while sending it: the person may have it already.
    pub repeated: bool,
}

impl Outbox {
    /// Whether nothing was ever put in.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        *self == Self::default()
    }

    /// Puts an alert in. Another one about the same that nobody has seen yet is replaced; the end of something that
    /// nobody has heard of yet is told with it.
    pub fn put(&mut self, alert: Alert, ways: &[&str], at: &str, stamp: &str, now: u64) {
        if ways.is_empty() || self.joined(&alert) {
            return;
        }
        self.last += 1;
        self.letters.push(Letter {
            number: self.last,
            mark: format!("asm-{}-{stamp}", self.last),
            at: at.to_owned(),
            since_ms: now,
            alert,
            over: None,
            heard: false,
            errands: ways.iter().map(|way| Errand::new(way, now)).collect(),
        });
        if self.letters.len() > MOST_LETTERS {
            self.drop_least();
        }
    }

    fn joined(&mut self, alert: &Alert) -> bool {
        let over = alert.code == Code::Recovered;
        let told =
            |l: &Letter| format!("{} {}", l.alert.code.name(), l.alert.about).trim_end() == alert.about;
        let same = |l: &Letter| l.alert.code == alert.code && l.alert.about == alert.about;
        let mut waiting = self.letters.iter_mut().filter(|l| l.unheard());
        let found = waiting.find(|l| if over { told(l) && l.over.is_none() } else { same(l) });
        let Some(letter) = found else { return false };
        if over {
            letter.over = Some(alert.clone());
        } else {
            letter.alert = alert.clone();
            letter.over = None;
        }
        true
    }

    fn drop_least(&mut self) {
        let going = |l: &Letter| l.errands.iter().any(|e| e.under_way);
        let rank = |l: &Letter| (l.alert.severity, l.number);
        let least = self.letters.iter().filter(|l| !going(l)).map(rank).min();
        self.letters.retain(|l| Some(rank(l)) != least);
        self.dropped += 1;
    }

    /// What to send now: the letter and the name of the way. It is then under way; nothing else is sent beside it.
    pub fn take(&mut self, now: u64, give_up_ms: u64) -> Option<(Letter, String)> {
        if self.letters.iter().any(|l| l.errands.iter().any(|e| e.under_way)) {
            return None;
        }
        let old = |l: &Letter| now.saturating_sub(l.since_ms) >= give_up_ms;
        self.dropped += self.letters.iter().filter(|l| old(l)).count() as u64;
        self.letters.retain(|l| !old(l));
        let due =
            |l: &Letter, e: &Errand| (e.not_before_ms <= now).then(|| (e.tries, l.number, e.way.clone()));
        let all = self.letters.iter().flat_map(|l| l.errands.iter().filter_map(move |e| due(l, e)));
        let (_, number, way) = all.min()?;
        let letter = self.letters.iter_mut().find(|l| l.number == number)?;
        let errand = letter.errands.iter_mut().find(|e| e.way == way)?;
        errand.under_way = true;
        errand.tries = errand.tries.saturating_add(1);
        let errands = vec![errand.clone()];
        Some((Letter { errands, ..letter.clone() }, way))
    }

    /// Notes what came of it. Whether the way has given it up.
    pub fn note(
        &mut self,
        number: u64,
        way: &str,
        outcome: &Outcome,
        retry: &Retry,
        seed: u64,
        now: u64,
    ) -> bool {
        let Some(letter) = self.letters.iter_mut().find(|l| l.number == number) else { return false };
        let Some(errand) = letter.errands.iter_mut().find(|e| e.way == way) else { return false };
        errand.under_way = false;
        errand.refusals += u32::from(matches!(outcome, Outcome::Refused { .. }));
        let over = *outcome == Outcome::Delivered;
        let given_up = errand.refusals >= MOST_REFUSALS;
        let asked_ms = if let Outcome::Later { after_ms, .. } = outcome { after_ms.unwrap_or(0) } else { 0 };
        let draw = mix(seed ^ number.rotate_left(24) ^ u64::from(errand.tries));
        errand.not_before_ms = now.saturating_add(retry.delay_ms(errand.tries, draw).max(asked_ms));
        if over {
            letter.heard = true;
            self.dropped = 0;
        }
        if over || given_up {
            letter.errands.retain(|e| e.way != way);
        }
        self.letters.retain(|l| !l.errands.is_empty());
        given_up
    }

    /// After a start: what was under way may or may not have arrived, and ways that are gone are not waited for.
    /// `same_boot`: whether the times in it still mean anything.
    pub fn resume(&mut self, ways: &[&str], same_boot: bool, now: u64) {
        for letter in &mut self.letters {
            letter.errands.retain(|e| ways.contains(&e.way.as_str()));
            if !same_boot {
                letter.since_ms = now;
            }
            for errand in &mut letter.errands {
                errand.repeated |= errand.under_way;
                if errand.under_way || !same_boot {
                    errand.not_before_ms = now;
                }
                errand.under_way = false;
            }
        }
        self.letters.retain(|l| !l.errands.is_empty());
    }

    /// Takes in what waited elsewhere; what waits here keeps its numbers and goes first.
    pub fn join(&mut self, other: Self) {
        self.dropped += other.dropped;
        for letter in other.letters {
            self.last += 1;
            self.letters.push(Letter { number: self.last, ..letter });
            if self.letters.len() > MOST_LETTERS {
                self.drop_least();
            }
        }
    }

    /// The network is back: what waits is tried soon, spread over a short while.
    pub fn hurry(&mut self, retry: &Retry, seed: u64, now: u64) {
        for letter in &mut self.letters {
            let number = letter.number;
            for errand in letter.errands.iter_mut().filter(|e| !e.under_way && e.refusals == 0) {
                let soon = now.saturating_add(mix(seed ^ number) % retry.first_ms.max(1));
                errand.not_before_ms = errand.not_before_ms.min(soon);
            }
        }
    }

    /// When there is something to send next; none while something is being sent or nothing waits.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        let all = || self.letters.iter().flat_map(|l| &l.errands);
        if all().any(|e| e.under_way) {
            return None;
        }
        all().map(|e| e.not_before_ms).min()
    }
}

impl Letter {
    /// Whether nobody can have heard of it yet.
    fn unheard(&self) -> bool {
        !self.heard && self.errands.iter().all(|e| !e.under_way && !e.repeated)
    }

    /// How much the whole of it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.over.is_some() { Severity::Info } else { self.alert.severity }
    }
}

impl Errand {
    fn new(way: &str, now: u64) -> Self {
        Self {
            way: way.to_owned(),
            tries: 0,
            refusals: 0,
            not_before_ms: now,
            under_way: false,
            repeated: false,
        }
    }
}

impl Retry {
    /// Full jitter: anything between the floor and a doubling, capped end.
    fn delay_ms(&self, tries: u32, draw: u64) -> u64 {
        let doubled =
            self.first_ms.saturating_mul(1u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX));
        let end = doubled.min(self.cap_ms).max(self.floor_ms);
        self.floor_ms + draw % (end - self.floor_ms + 1)
    }
}

/// splitmix64: a value as good as random for each input.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
