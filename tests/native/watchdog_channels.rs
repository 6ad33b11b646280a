//! Channels as a judge sees them over an hour: what is cured, what is left alone, and what a cure must not leave behind.

use super::watchdog_world::world::policy;
use auto_session_manager::watchdog::judge::judge;
use auto_session_manager::watchdog::observation::{
    Account, Answer, Channels, Fields, Network, Observation, Provider, Reach,
};
use auto_session_manager::watchdog::state::History;
use auto_session_manager::watchdog::verdict::{Action, Verdict};

const STEP_MS: u64 = 15_000;
const BEGIN_MS: u64 = 10_000_000;

fn http(status: &str, uptime_ms: u64) -> Answer {
    let (status, uptime_ms) = (Some(status.to_owned()), Some(uptime_ms));
    let fields = Fields { ok: Some(true), ready: Some(true), status, uptime_ms, ..Fields::default() };
    Answer::Http { status: 200, fields: Some(fields) }
}

/// A gateway that is well and tells of this account.
fn seen(account: &Account, now: u64) -> Observation {
    Observation {
        began_ms: now,
        healthz: http("live", now),
        startupz: http("started", now),
        readyz: http("ready", now),
        channels: Channels::Told { accounts: vec![account.clone()] },
        network: Some(Network { direct: Reach::Reached, proxy: Reach::NotAsked }),
        ..Observation::default()
    }
}

fn telegram(lifecycle: &str, connected: Option<bool>, transport: Option<i64>) -> Account {
    Account {
        channel: "telegram".to_owned(),
        account: "default".to_owned(),
        enabled: true,
        configured: true,
        running: lifecycle != "stopped",
        connected,
        lifecycle: lifecycle.to_owned(),
        last_transport_at_ms: transport,
        ..Account::default()
    }
}

/// Looks from `from` for so many minutes; what was done.
fn watch(
    h: &mut History,
    from: &mut u64,
    minutes: u64,
    account: impl Fn(u64) -> Account,
) -> Vec<(u64, Action)> {
    watch_with(h, from, minutes, &Provider::NotAsked, account)
}

/// The same while its provider says so.
fn watch_with(
    h: &mut History,
    from: &mut u64,
    minutes: u64,
    provider: &Provider,
    account: impl Fn(u64) -> Account,
) -> Vec<(u64, Action)> {
    let mut acts = Vec::new();
    for _ in 0..minutes * 60_000 / STEP_MS {
        *from += STEP_MS;
        let mut seen = seen(&account(*from), *from);
        seen.providers.insert("telegram/default".to_owned(), provider.clone());
        let judged = judge(std::mem::take(h), &seen, &policy(), *from);
        acts.extend(judged.action.map(|action| (*from, action)));
        *h = judged.history;
    }
    acts
}

fn polling(now: u64) -> Account {
    telegram("ready", Some(true), i64::try_from(now).ok())
}

fn cures(acts: &[(u64, Action)]) -> usize {
    acts.iter().filter(|(_, act)| matches!(act, Action::Channel { .. })).count()
}

#[test]
fn a_channel_that_a_cure_left_stopped_is_started_again() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    assert_eq!(watch(&mut h, &mut now, 20, polling), []);
    // It hangs until the cure begins, whose start then never comes: the watchdog was killed in between.
    let hung = i64::try_from(now).ok();
    let mut first = Vec::new();
    while cures(&first) == 0 {
        first.extend(watch(&mut h, &mut now, 1, |_| telegram("ready", Some(true), hung)));
    }
    // The state is what the next start of the watchdog reads.
    let mut h: History = serde_json::from_str(&serde_json::to_string(&h).unwrap()).unwrap();
    let later = watch(&mut h, &mut now, 30, |_| telegram("stopped", Some(false), None));
    assert!(cures(&later) >= 1, "{later:?} {:?}", h.channels);
}

#[test]
fn a_channel_that_its_operator_stopped_is_left_alone() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    assert_eq!(watch(&mut h, &mut now, 60, |_| telegram("stopped", Some(false), None)), []);
    // Behind a cure that helped, too.
    watch(&mut h, &mut now, 10, polling);
    let hung = now;
    let cured = watch(&mut h, &mut now, 4, |_| telegram("ready", Some(true), i64::try_from(hung).ok()));
    assert_eq!(cures(&cured), 1, "{cured:?}");
    assert_eq!(watch(&mut h, &mut now, 30, polling), []);
    assert_eq!(watch(&mut h, &mut now, 60, |_| telegram("stopped", Some(false), None)), []);
}

/// It was seen up behind the cure: who stops it then is its operator, whether or not the cure has been verified.
#[test]
fn a_channel_that_its_operator_stops_amid_a_cure_is_left_alone() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    let hung = i64::try_from(now).ok();
    let still = |_| telegram("ready", Some(true), hung);
    let mut cured = Vec::new();
    while cures(&cured) == 0 {
        cured.extend(watch(&mut h, &mut now, 1, still));
    }
    assert_eq!(watch(&mut h, &mut now, 1, still), [], "the cure is awaited");
    assert_eq!(watch(&mut h, &mut now, 60, |_| telegram("stopped", Some(false), None)), []);
}

#[test]
fn a_cure_of_a_channel_without_told_transport_that_helped_has_not_failed() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    let of = |lifecycle, connected| move |_| telegram(lifecycle, Some(connected), None);
    watch(&mut h, &mut now, 20, of("ready", true));
    let mut cured = Vec::new();
    while cures(&cured) == 0 {
        cured.extend(watch(&mut h, &mut now, 1, of("recovering", false)));
    }
    watch(&mut h, &mut now, 5, of("ready", true));
    let channel = h.channels.values().next().unwrap();
    assert_eq!((channel.cure.clone(), channel.failed_cures), (None, 0));
}

#[test]
fn a_webhook_in_place_of_a_poll_is_not_stale() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    assert_eq!(watch(&mut h, &mut now, 120, |_| telegram("ready", Some(true), None)), []);
}

#[test]
fn a_channel_that_never_tells_that_it_is_connected_is_well_where_the_host_says_so() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    let quiet = |health: &'static str| {
        move |_| Account { health_state: health.to_owned(), ..telegram("starting", None, None) }
    };
    assert_eq!(watch(&mut h, &mut now, 120, quiet("")), []);
    assert_eq!(watch(&mut h, &mut now, 120, quiet("healthy")), []);
    assert!(cures(&watch(&mut h, &mut now, 60, quiet("disconnected"))) > 0);
}

fn restarts(acts: &[(u64, Action)]) -> usize {
    acts.iter().filter(|(_, act)| matches!(act, Action::Restart { .. })).count()
}

/// A poll that hangs, and what the host tells of the channel once a cure has stopped and started it.
fn left_down_by_cures(provider: &Provider) -> Vec<(u64, Action)> {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    let hung = i64::try_from(now).ok();
    let cured = watch_with(&mut h, &mut now, 4, provider, |_| telegram("ready", Some(true), hung));
    assert_eq!(cures(&cured), 1, "{cured:?}");
    watch_with(&mut h, &mut now, 60, provider, |_| telegram("recovering", Some(false), None))
}

#[test]
fn a_hanging_poll_that_two_cures_left_down_is_helped_by_one_restart_while_its_provider_answers() {
    let acts = left_down_by_cures(&Provider::Answers { pending: None });
    assert_eq!((cures(&acts), restarts(&acts)), (1, 1), "{acts:?}");
    let unreached = Provider::Unreached { error: "connection reset".to_owned() };
    for provider in [Provider::NotAsked, unreached] {
        assert_eq!(restarts(&left_down_by_cures(&provider)), 0, "{provider:?}");
    }
}

#[test]
fn a_channel_that_was_never_still_is_no_reason_for_a_restart() {
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    let answers = Provider::Answers { pending: None };
    let acts = watch_with(&mut h, &mut now, 90, &answers, |_| telegram("recovering", Some(false), None));
    assert_eq!((cures(&acts), restarts(&acts)), (2, 0), "{acts:?}");
}

#[test]
fn what_the_host_gave_up_on_is_started_once_its_provider_takes_the_token_again() {
    let blocked = |_| Account {
        error_status: Some(401),
        health_state: "terminal-disconnect".to_owned(),
        ..telegram("blocked", Some(false), None)
    };
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    let refuses = Provider::Refuses { status: 401, retry_after_s: None };
    assert_eq!(watch_with(&mut h, &mut now, 60, &refuses, blocked), []);
    assert_eq!(watch(&mut h, &mut now, 60, blocked), []);
    let answers = Provider::Answers { pending: None };
    assert_eq!(cures(&watch_with(&mut h, &mut now, 4, &answers, blocked)), 1);
    // A second poller is not disproved by an answer.
    let conflict = |now| Account { error_status: Some(409), ..blocked(now) };
    let (mut h, mut now) = (History::default(), BEGIN_MS);
    watch(&mut h, &mut now, 20, polling);
    assert_eq!(watch_with(&mut h, &mut now, 60, &answers, conflict), []);
}

#[test]
fn what_a_full_machine_leaves_no_time_to_say_is_no_failing_part() {
    let unsaid = |percent| {
        let now = BEGIN_MS;
        let mut seen = seen(&polling(now), now);
        seen.readyz = Answer::TimedOut { received_bytes: 0 };
        seen.machine.cpu_pressure_percent = Some(percent);
        judge(History::default(), &seen, &policy(), now).history.judgement.verdict
    };
    assert_eq!(unsaid(95), Verdict::Busy);
    assert_eq!(unsaid(0), Verdict::Busy, "once says little on any machine");
}
