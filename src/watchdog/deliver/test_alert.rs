//! `test-alert`: one letter by each way now, and what came of it.

use super::{Errand, Letter, Outcome, Way, send};
use crate::shared::config::read;
use crate::watchdog::alert::{Alert, Code, Severity};
use crate::watchdog::clock;
use crate::watchdog::observation::Config;
use crate::watchdog::post::{sender, stamp};
use crate::watchdog::printer::out;
use crate::watchdog::settings::{SECTION, Settings};
use crate::watchdog::texts::Text;
use crate::watchdog::{config_file, reach};
use serde_json::{Value, json};
use std::time::Duration;

/// Sends it past the outbox and gives the exit code: 0 where every way took it, 1 where one did not, is set and cannot be
/// used, or where the settings cannot be read, 3 where none is set.
#[must_use]
pub fn test_alert(settings: &Settings) -> u8 {
    for (name, why) in &settings.ways.unusable {
        unusable(settings, name, &why.say(settings.language, &[]));
    }
    let read = config_file::read(&settings.config_path);
    let unread = matches!(read.0, Config::Broken { .. } | Config::Unreadable { .. });
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
    let mut all = settings.ways.unusable.is_empty() && !refused(read.1.as_ref());
    for way in &settings.ways.ways {
        let outcome = send(way, &letter, &sender(settings, 0), settings.language, deadline);
        all &= outcome == Outcome::Delivered;
        say(settings, way, &outcome, &letter.mark);
    }
    if settings.ways.ways.is_empty() && (unread || all) {
        let text = if unread { Text::TestUnread } else { Text::TestNoWay };
        reach::fail(settings.json, &text.say(settings.language, &[]));
        return if unread { 1 } else { 3 };
    }
    u8::from(!all)
}

/// Whether a setting of alerts is there and was not taken; the warnings say which.
fn refused(config: Option<&Value>) -> bool {
    let section = config.and_then(|c| c.pointer(SECTION)).unwrap_or(&Value::Null);
    read(section, &|_| None).1.iter().any(|r| r.key.starts_with("notify"))
}

fn unusable(settings: &Settings, name: &str, why: &str) {
    if settings.json {
        out(json!({"setting": name, "delivered": false, "why": why}));
    } else {
        out(Text::WayUnusable.say(settings.language, &[name, why]));
    }
}

fn say(settings: &Settings, way: &Way, outcome: &Outcome, mark: &str) {
    if settings.json {
        let delivered = *outcome == Outcome::Delivered;
        out(json!({"way": way.name(), "delivered": delivered, "why": outcome.why(), "id": mark}));
        return;
    }
    let line = match outcome {
        Outcome::Delivered => Text::TestDelivered.say(settings.language, &[way.name(), mark]),
        other => Text::TestFailed.say(settings.language, &[way.name(), other.why(), way.setting()]),
    };
    out(&line);
}
