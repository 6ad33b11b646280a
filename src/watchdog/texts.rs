//! Verdicts, reasons and durations in words; the words are the catalogue's.

use super::alert::Code;
use super::ground::{Ground, Grounds, Sign};
use super::last_incident::Phase as Stage;
use super::state::Outcome;
use super::verdict::{Judgement, Reason, Verdict};
use crate::shared::language::Language;
use crate::shared::notice::Word;
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
        Reason::OtherGateway => Text::OtherGateway,
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

/// The text of what a judgement's verdict rests on. What is stopped by its owner and says nothing finishes no work.
#[must_use]
pub fn of_judgement(judgement: &Judgement) -> Text {
    match judgement.reason {
        Reason::Drains if judgement.failed_probes > 0 => Text::OwnerStops,
        reason => of_reason(reason),
    }
}

/// What a judgement rests on, in one line.
#[must_use]
pub fn grounds_line(grounds: &Grounds, language: Language) -> String {
    let all: Vec<String> = grounds.rests_on.iter().map(|g| of_ground(g, language)).collect();
    all.join(if language == Language::Zh { "；" } else { "; " })
}

fn of_ground(g: &Ground, language: Language) -> String {
    use Sign::{CpuPressure, ExitCode, FailedProbes, MemoryPressure, ShortLives};
    let counted = matches!(g.sign, FailedProbes | ExitCode | ShortLives | CpuPressure | MemoryPressure);
    let amount = match g.value {
        Some(value) if counted => value.to_string(),
        Some(ms) => duration(ms, language),
        None => String::new(),
    };
    let about = if g.about.is_empty() { &amount } else { &g.about };
    of_sign(g.sign).say(language, &[about, &amount])
}

fn of_sign(sign: Sign) -> Word {
    match sign {
        Sign::HealthzAnswers => Word::HealthzAnswers,
        Sign::HealthzSilent => Word::HealthzSilent,
        Sign::HealthzRefused => Word::HealthzRefused,
        Sign::HealthzForeign => Word::HealthzForeign,
        Sign::FailedProbes => Word::FailedProbes,
        Sign::OtherProbeSilent => Word::OtherProbeSilent,
        Sign::SaysStarting => Word::SaysStarting,
        Sign::SaysDraining => Word::SaysDraining,
        Sign::SaysNotReady => Word::SaysNotReady,
        Sign::SaysSuppressed => Word::SaysSuppressed,
        Sign::ProcessStopped => Word::ProcessStopped,
        Sign::ProcessIdle => Word::ProcessIdle,
        Sign::ProcessComputes => Word::ProcessComputes,
        Sign::ProcessGone => Word::ProcessGone,
        Sign::ProcessNew => Word::ProcessNew,
        Sign::HeartbeatMoves => Word::HeartbeatMoves,
        Sign::HeartbeatStill => Word::HeartbeatStill,
        Sign::PortFree => Word::PortFree,
        Sign::PortTaken => Word::PortTaken,
        Sign::OwnerFailed => Word::OwnerFailed,
        Sign::OwnerStopped => Word::OwnerStopped,
        Sign::OwnerStarting => Word::OwnerStarting,
        Sign::OwnerStopping => Word::OwnerStopping,
        Sign::ExitCode => Word::ExitCode,
        Sign::KilledForMemory => Word::KilledForMemory,
        Sign::CpuPressure => Word::CpuPressure,
        Sign::MemoryPressure => Word::MemoryPressure,
        Sign::DiskFull => Word::DiskFull,
        Sign::NetworkUp => Word::NetworkUp,
        Sign::NetworkDown => Word::NetworkDown,
        Sign::ProxyDown => Word::ProxyDown,
        Sign::ConfigBroken => Word::ConfigBroken,
        Sign::ChannelStale => Word::ChannelStale,
        Sign::ChannelFailing => Word::ChannelFailing,
        Sign::ChannelRefused => Word::ChannelRefused,
        Sign::ChannelLimited => Word::ChannelLimited,
        Sign::Guardian => Word::Guardian,
        Sign::Held => Word::Held,
        Sign::ShortLives => Word::ShortLives,
        Sign::Gap => Word::Gap,
        Sign::Grace => Word::Grace,
        Sign::DrainLimit => Word::DrainLimit,
    }
}

/// What an alert is or was about, in a few words.
#[must_use]
pub fn of_code(code: Code) -> Word {
    match code {
        Code::Restarted => Word::Restarted,
        Code::RestartUseless => Word::RestartUseless,
        Code::ActingOff => Word::ActingOff,
        Code::ConfigRefused => Word::ConfigRefused,
        Code::ConfigBroken => Word::ConfigWasBroken,
        Code::PortTaken => Word::PortWasTaken,
        Code::Stranger => Word::Stranger,
        Code::NoAnswerBeating => Word::NoAnswerBeating,
        Code::NotActedOn => Word::NotActedOn,
        Code::OutOfMemory => Word::OutOfMemory,
        Code::Breaker => Word::Breaker,
        Code::ChannelDown => Word::ChannelDown,
        Code::ChannelRefused => Word::ChannelWasRefused,
        Code::PartFails => Word::PartFails,
        Code::DiskFull => Word::DiskWasFull,
        Code::StateUnsaved => Word::StateUnsaved,
        Code::PortGuessed => Word::PortWasGuessed,
        Code::NetworkDown => Word::NetworkWasDown,
        Code::ProxyDown => Word::ProxyWasDown,
        Code::Guardian => Word::GuardianFound,
        Code::Verified => Word::Verified,
        Code::Recovered => Word::Recovered,
        Code::Test => Word::Test,
    }
}

/// How far an incident has come.
#[must_use]
pub fn of_stage(stage: Stage) -> Word {
    match stage {
        Stage::Restarting => Word::StageRestarting,
        Stage::Verified => Word::StageVerified,
        Stage::Failed => Word::StageFailed,
        Stage::Escalated => Word::StageEscalated,
        Stage::Closed => Word::StageClosed,
    }
}

/// Why a restart counts as failed; none for one that does not. `program`: what could not be started, where that is known.
#[must_use]
pub fn of_outcome(outcome: Outcome, program: &str, language: Language) -> Option<String> {
    let t = |text: Text, values: &[&str]| Some(text.say(language, values));
    match outcome {
        Outcome::Running | Outcome::Verified => None,
        Outcome::NoNewBoot => t(Text::NoNewBoot, &[]),
        Outcome::ChannelsStill => t(Text::ChannelsStill, &[]),
        Outcome::CommandFailed { code: Some(code) } => t(Text::CommandFailed, &[&code.to_string()]),
        Outcome::CommandFailed { code: None } => t(Text::CommandSignal, &[]),
        Outcome::CommandTimedOut => t(Text::CommandTimedOut, &[]),
        Outcome::CommandNotFound if program.is_empty() => t(Text::CommandNotStarted, &[]),
        Outcome::CommandNotFound => t(Text::CommandNotFound, &[program]),
        Outcome::DryRun => t(Text::DryRunOutcome, &[]),
    }
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
    fn grounds_are_told_in_words() {
        let rests_on =
            vec![Sign::HealthzSilent.of(185_000), Sign::FailedProbes.of(4), Sign::ProcessIdle.alone()];
        let grounds = Grounds { rests_on, ..Grounds::default() };
        let said = grounds_line(&grounds, Language::En);
        assert_eq!(
            said,
            "/healthz silent for 3 min 5 s; failed probes in a row: 4; its process does nothing"
        );
        let stale = Ground { value: Some(60_000), ..Sign::ChannelStale.about("telegram/a") };
        let grounds = Grounds { rests_on: vec![stale], ..Grounds::default() };
        assert_eq!(grounds_line(&grounds, Language::Zh), "渠道 telegram/a 已 1 分 没有任何数据");
    }

    #[test]
    fn what_its_owner_stops_finishes_no_work_where_it_is_silent() {
        let drains = Judgement { verdict: Verdict::Draining, reason: Reason::Drains, ..Judgement::default() };
        assert_eq!(of_judgement(&drains), Text::Drains);
        assert_eq!(of_judgement(&Judgement { failed_probes: 1, ..drains }), Text::OwnerStops);
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(200_000, Language::En), "3 min 20 s");
        assert_eq!(duration(350, Language::Zh), "350 毫秒");
    }
}
