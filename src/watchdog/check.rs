//! `check`: one look, said in words.

use super::clock;
use super::look::{Ask, Eyes};
use super::observation::{Answer, Observation};
use super::printer::{To, out, to_process};
use super::run::describe;
use super::settings::Settings;
use super::state::History;
use super::texts::{Text, grounds_line};
use super::verdict::{Judgement, Reason, Verdict};
use super::{judge, policy::FEWEST_FAILED};
use super::{os, process};
use serde_json::json;

/// Looks until there is an answer, at most as often as the judge needs to conclude anything.
#[must_use]
pub fn check(settings: &Settings) -> u8 {
    // One look has no past to wait for, so it is judged as by a watchdog that has been there.
    let mut history = History { armed: true, ever_healthy: true, ..History::default() };
    let mut seen = Observation::default();
    let mut judgement = Judgement::default();
    let mut eyes = Eyes::new(settings, false);
    for turn in 1..=FEWEST_FAILED {
        if turn > 1 && !settings.json {
            // Each of these takes its time, and what is silent for long looks hung itself.
            let (turn, of) = (turn.to_string(), FEWEST_FAILED.to_string());
            to_process(To::Err, &Text::LookAgain.say(settings.language, &[&turn, &of]));
        }
        let wants = judge::wants(&history, &settings.policy, clock::monotonic_ms());
        seen = eyes.look(&Ask { doubt: seen.began_ms > 0, wants, ..Ask::default() });
        presume(&mut history, &seen);
        let now = clock::monotonic_ms();
        let judged = judge::judge(history, &seen, &settings.policy, now);
        (history, judgement) = (judged.history, judged.judgement);
        if judgement.failed_probes == 0 || seen.healthz == Answer::Refused {
            break;
        }
    }
    if judgement.reason == Reason::InDoubt {
        judgement.verdict = Verdict::Unknown;
    }
    say(settings, judgement, &history, &seen);
    match judgement.verdict {
        Verdict::Healthy => 0,
        Verdict::Unknown | Verdict::Starting | Verdict::Draining | Verdict::Suspended => 3,
        _ => 1,
    }
}

/// What takes connections has booted: without a past, its process would pass for one that is still starting.
fn presume(history: &mut History, seen: &Observation) {
    if history.settled.is_none() && seen.healthz != Answer::Refused {
        history.settled = seen.process.as_ref().map(|p| (p.pid, p.start_ticks));
    }
}

fn say(settings: &Settings, judgement: Judgement, history: &History, seen: &Observation) {
    let text = describe(judgement, seen, settings.language);
    if settings.json {
        let facts = json!({
            "verdict": judgement.verdict,
            "reason": judgement.reason,
            "text": text,
            "target": settings.addr.to_string(),
            "grounds": history.grounds,
            "evidence": seen,
            "unseen": os::UNSEEN,
            "heartbeat": process::heartbeat(&settings.place),
            "watchdog_pid": super::lock::running(&settings.place).map(|h| h.pid),
        });
        out(&facts);
    } else {
        out(&text);
        let grounds = grounds_line(&history.grounds, settings.language);
        out(Text::RestsOn.say(settings.language, &[&grounds]));
        out(format!("  /healthz  {}", short(&seen.healthz)));
        out(format!("  /startupz {}", short(&seen.startupz)));
        out(format!("  /readyz   {}", short(&seen.readyz)));
        if let Some(p) = &seen.process {
            out(format!("  pid {}  {}  cpu {} ms  {}", p.pid, p.state, p.cpu_ms, p.wchan));
        }
        if let Some(text) = advice(settings, judgement) {
            out(&text);
        }
    }
}

/// What a person may do.
fn advice(settings: &Settings, judgement: Judgement) -> Option<String> {
    let say = |text: Text, value: &str| Some(text.say(settings.language, &[value]));
    match (judgement.verdict, judgement.reason) {
        (Verdict::Healthy, _) | (_, Reason::StoppedOnPurpose) => None,
        (_, Reason::ConfigRefused) => say(Text::HintRestore, &settings.config_path.display().to_string()),
        (_, Reason::Stranger | Reason::OtherGateway | Reason::PortTaken | Reason::HeartbeatElsewhere) => {
            say(Text::AdvisePort, &settings.addr.port().to_string())
        }
        (Verdict::Degraded | Verdict::Breaker, _) => say(Text::AdvisePart, ""),
        (Verdict::Hung | Verdict::Dead | Verdict::Flapping, _) => {
            match super::lock::running(&settings.place).filter(|h| !h.dry_run) {
                Some(h) => say(Text::AdviseWatched, &h.pid.to_string()),
                None => say(Text::AdviseRestart, ""),
            }
        }
        _ => say(Text::AdviseWait, ""),
    }
}

fn short(answer: &Answer) -> String {
    match answer {
        Answer::Http { status, fields } => {
            let fields = fields.clone().unwrap_or_default();
            let says = fields.status.unwrap_or_default();
            let up = fields.uptime_ms.map(|up| format!(" uptimeMs={up}")).unwrap_or_default();
            let failing = fields.failing.join(",");
            format!("{status} {says}{up} {failing}").trim_end().to_owned()
        }
        other => serde_json::to_value(other)
            .ok()
            .and_then(|v| Some(v.get("outcome")?.as_str()?.to_owned()))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::observation::Process;
    use crate::watchdog::policy::Policy;

    /// The verdict after as many looks at a process in that state as `check` takes.
    fn verdict(healthz: &Answer, state: char) -> (Verdict, Reason) {
        let policy = Policy::of(&crate::shared::config::Config::default().watchdog, 1.0, 1);
        let process = Process { pid: 7, start_ticks: 9, state, ..Process::default() };
        let mut history = History { armed: true, ever_healthy: true, ..History::default() };
        let mut judgement = Judgement::default();
        for look in 1..=u64::from(FEWEST_FAILED) {
            let seen = Observation {
                began_ms: look * 6_000,
                healthz: healthz.clone(),
                process: Some(process.clone()),
                ..Observation::default()
            };
            presume(&mut history, &seen);
            let judged = judge::judge(history, &seen, &policy, look * 6_000 + 5_000);
            (history, judgement) = (judged.history, judged.judgement);
        }
        (judgement.verdict, judgement.reason)
    }

    #[test]
    fn a_frozen_process_is_told_from_one_that_boots() {
        let silent = Answer::TimedOut { received_bytes: 0 };
        assert_eq!(verdict(&silent, 'T'), (Verdict::Hung, Reason::ProcessStopped));
        assert_eq!(verdict(&silent, 'S'), (Verdict::Hung, Reason::NoAnswer));
        assert_eq!(verdict(&Answer::Refused, 'S'), (Verdict::Starting, Reason::Starts));
    }
}
