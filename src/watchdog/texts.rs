//! Verdicts, reasons and durations in words; the words are the catalogue's.

use super::ground::{Ground, Grounds};
use super::verdict::{Reason, Verdict};
use crate::shared::language::Language;
pub use crate::shared::notice::watchdog::Text;

/// The text of a verdict.
#[must_use]
pub fn of_verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Healthy => Text::Healthy,
        Verdict::Starting => Text::Starting,
        Verdict::Draining => Text::Draining,
        Verdict::Busy => Text::Busy,
        Verdict::Degraded => Text::Degraded,
        Verdict::Hung => Text::Hung,
        Verdict::Dead => Text::Dead,
        Verdict::Flapping => Text::Flapping,
        Verdict::Breaker => Text::Breaker,
        Verdict::NetworkDown => Text::NetworkDown,
        Verdict::ProxyDown => Text::ProxyDown,
        Verdict::Suspended => Text::Suspended,
        Verdict::Unknown => Text::Unknown,
    }
}

/// The text of what a verdict rests on.
#[must_use]
pub fn of_reason(reason: Reason) -> Text {
    match reason {
        Reason::Answers => Text::Answers,
        Reason::PartFails => Text::PartFails,
        Reason::Starts => Text::Starts,
        Reason::StartsTooLong => Text::StartsTooLong,
        Reason::Drains => Text::Drains,
        Reason::DrainsTooLong => Text::DrainsTooLong,
        Reason::InDoubt => Text::InDoubt,
        Reason::ProgressWithoutAnswer => Text::Progress,
        Reason::ProcessStopped => Text::ProcessStopped,
        Reason::NoAnswer => Text::NoAnswer,
        Reason::Refused => Text::Refused,
        Reason::NeverSeenHealthy => Text::NeverHealthy,
        Reason::HeartbeatElsewhere => Text::HeartbeatElsewhere,
        Reason::Stranger => Text::Stranger,
        Reason::DiesAgain => Text::DiesAgain,
        Reason::WatchdogWasStopped => Text::WatchdogStopped,
        Reason::PortTaken => Text::PortTaken,
        Reason::ConfigRefused => Text::ConfigRefused,
        Reason::OutOfMemory => Text::OutOfMemory,
        Reason::StoppedOnPurpose => Text::StoppedOnPurpose,
        Reason::Pressed => Text::Pressed,
        Reason::ChannelStale => Text::ChannelStale,
        Reason::ChannelFails => Text::ChannelFails,
        Reason::ChannelRefused => Text::ChannelRefused,
        Reason::Suppressed => Text::Suppressed,
        Reason::NoNetwork => Text::NoNetwork,
        Reason::NoProxy => Text::NoProxy,
        Reason::DiskFull => Text::DiskFull,
        Reason::PortGuessed => Text::PortGuessed,
        Reason::NotYetSeen => Text::NotYetSeen,
    }
}

/// What a judgement rests on, in one line of signs as they stand in files: `healthz-silent=185000, process-idle`.
#[must_use]
pub fn grounds_line(grounds: &Grounds) -> String {
    let word = |g: &Ground| {
        let sign = serde_json::to_value(g.sign).ok();
        let mut word = sign.and_then(|s| s.as_str().map(str::to_owned)).unwrap_or_default();
        if !g.about.is_empty() {
            word.push_str(&format!("({})", g.about));
        }
        if let Some(value) = g.value {
            word.push_str(&format!("={value}"));
        }
        word
    };
    grounds.rests_on.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// A duration for a person: `350 ms`, `3 min 20 s`.
#[must_use]
pub fn duration(ms: u64, language: Language) -> String {
    let unit = |en, zh| match language {
        Language::En => en,
        Language::Zh => zh,
    };
    let (milli, second, minute, hour) =
        (unit("ms", "毫秒"), unit("s", "秒"), unit("min", "分"), unit("h", "小时"));
    let seconds = ms / 1_000;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => format!("{ms} {milli}"),
        (0, 0, s) => format!("{s} {second}"),
        (0, m, 0) => format!("{m} {minute}"),
        (0, m, s) => format!("{m} {minute} {s} {second}"),
        (h, m, _) => format!("{h} {hour} {m} {minute}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_and_reasons_have_texts_of_their_own() {
        let texts = Verdict::ALL.map(|v| of_verdict(v).texts()[1]).into_iter();
        let texts: Vec<_> = texts.chain(Reason::ALL.map(|r| of_reason(r).texts()[1])).collect();
        let mut distinct = texts.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), texts.len());
        assert!(Verdict::ALL.iter().all(|v| of_verdict(*v).texts()[0] == v.name()));
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(200_000, Language::En), "3 min 20 s");
        assert_eq!(duration(350, Language::Zh), "350 毫秒");
    }
}
