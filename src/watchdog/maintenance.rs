//! `pause` and `resume`.

use super::hold;
use super::settings::Settings;
use super::texts::{Text, duration};

/// Holds acting off and gives the exit code.
#[must_use]
pub fn pause(settings: &Settings, minutes: u64) -> u8 {
    let for_ms = minutes.saturating_mul(60_000);
    match hold::hold(&settings.place, for_ms) {
        Ok(()) => say(settings, Text::Paused, &[&duration(for_ms, settings.language)]),
        Err(e) => failed(settings, &e),
    }
}

/// Ends it and gives the exit code.
#[must_use]
pub fn resume(settings: &Settings) -> u8 {
    match hold::release(&settings.place) {
        Ok(true) => say(settings, Text::Resumed, &[]),
        Ok(false) => say(settings, Text::NotPaused, &[]),
        Err(e) => failed(settings, &e),
    }
}

fn say(settings: &Settings, text: Text, values: &[&str]) -> u8 {
    println!("{}", text.say(settings.language, values));
    0
}

fn failed(settings: &Settings, e: &std::io::Error) -> u8 {
    eprintln!("asm-watchdog: {}: {e}", settings.place.hold_file().display());
    1
}
