//! `test-alert`: one letter by each way now, and what came of it.

use super::{Errand, Letter, Outcome, send};
use crate::watchdog::alert::{Alert, Code, Severity};
use crate::watchdog::clock;
use crate::watchdog::post::{sender, stamp};
use crate::watchdog::settings::Settings;
use crate::watchdog::texts::Text;
use serde_json::json;
use std::time::Duration;

/// Sends it past the outbox and gives the exit code: 0 where every way took it, 1 where one did not, 3 where there is
/// none.
#[must_use]
pub fn test_alert(settings: &Settings) -> u8 {
    for (name, why) in &settings.ways.unusable {
        eprintln!("asm-watchdog: {name}: {}", why.say(settings.language, &[]));
    }
    let letter = Letter {
        number: 0,
        mark: format!("asm-test-{}", stamp(settings)),
        at: clock::utc(),
        since_ms: 0,
        alert: Alert { code: Code::Test, about: String::new(), severity: Severity::Info, values: Vec::new() },
        over: None,
        heard: false,
        errands: Vec::<Errand>::new(),
    };
    let deadline = Duration::from_millis(settings.retry.send_ms);
    let mut all = settings.ways.unusable.is_empty();
    for way in &settings.ways.ways {
        let outcome = send(way, &letter, &sender(settings, 0), settings.language, deadline);
        all &= outcome == Outcome::Delivered;
        say(settings, way.name(), &outcome, &letter.mark);
    }
    if settings.ways.ways.is_empty() {
        println!("{}", Text::TestNoWay.say(settings.language, &[]));
        return 3;
    }
    u8::from(!all)
}

fn say(settings: &Settings, way: &str, outcome: &Outcome, mark: &str) {
    if settings.json {
        let delivered = *outcome == Outcome::Delivered;
        println!("{}", json!({"way": way, "delivered": delivered, "why": outcome.why(), "id": mark}));
        return;
    }
    let line = match outcome {
        Outcome::Delivered => Text::TestDelivered.say(settings.language, &[way, mark]),
        other => Text::TestFailed.say(settings.language, &[way, other.why()]),
    };
    println!("{line}");
}
