//! A week in the life of a gateway, drawn from a seed.

use super::world::plan::{Command, CuredBy, Dice, Fault, Ill, Plan, Sees};

const WEEK: u64 = 604_800;

/// The plan of a seed: the same seed, the same week.
pub fn week(seed: u64) -> Plan {
    let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0xa5a5);
    let d = &mut dice;
    let mut plan = Plan {
        seed,
        seconds: WEEK,
        sees: sees(d),
        command: command(d),
        channels: d.below(4) as usize,
        proxied: d.percent(30),
        boot: if d.percent(80) { d.between(3, 40) } else { d.between(60, 230) },
        front: seed % 5 == 1,
        evidence: [0, 4, 12, 24][(seed % 4) as usize],
        wrapped: seed % 7 == 3,
        tells: seed.is_multiple_of(3),
        ungrouped: false,
        faults: Vec::new(),
    };
    happenings(d, &mut plan);
    slow_looks(&mut plan);
    restarts_in_a_row(&mut plan);
    stopped_channels(&mut plan);
    // Who is told of no owner learns whose port it is only from an answer.
    plan.front &= plan.sees.owner;
    // Of those that fall silent some go on beating.
    for (_, fault) in plan.faults.iter_mut().filter(|(at, _)| at % 2 == 0) {
        if let Fault::Mute(s) = *fault {
            *fault = Fault::Unheard(s);
        }
    }
    plan
}

/// What happens in it, some of it soon after something else.
fn happenings(d: &mut Dice, plan: &mut Plan) {
    let count = d.below(13);
    let mut at = 0;
    for _ in 0..count {
        let near = at > 0 && d.percent(35);
        at = if near { at + d.below(1_200) } else { d.between(60, WEEK - 40_000) };
        let (fault, lasting) = fault(d, plan.channels as u64);
        plan.faults.push((at, fault));
        if lasting {
            plan.faults.push((at + d.between(7_200, 28_800), Fault::Repair));
        }
    }
    plan.faults.sort_by_key(|(at, _)| *at);
}

fn sees(d: &mut Dice) -> Sees {
    let all = Sees::ALL;
    match d.below(20) {
        0..=11 => all,
        12..=13 => Sees { heartbeat: false, ..all },
        14..=15 => Sees { channels: false, ..all },
        16 => Sees { port: false, machine: false, ..all },
        17 => Sees { owner: false, ..all },
        18 => Sees { owner: false, heartbeat: false, channels: false, ..all },
        _ => Sees {
            process: false,
            port: false,
            owner: false,
            heartbeat: false,
            channels: false,
            machine: false,
        },
    }
}

fn command(d: &mut Dice) -> Command {
    match d.below(20) {
        0 => Command::Fails,
        1 => Command::Hangs,
        2 => Command::Lies,
        3 | 4 => Command::CuresAt(2 + d.below(2) as u32),
        _ => Command::Cures,
    }
}

/// A while: mostly short, sometimes long, seconds.
fn a_while(d: &mut Dice) -> u64 {
    match d.below(10) {
        0..=3 => d.between(1, 60),
        4..=6 => d.between(30, 170),
        7 | 8 => d.between(100, 700),
        _ => d.between(600, 7_200),
    }
}

/// A while, or for ever; whether a person has to come.
fn maybe_for_ever(d: &mut Dice) -> (Option<u64>, bool) {
    if d.percent(35) { (None, true) } else { (Some(a_while(d)), false) }
}

/// In some weeks what is asked at a look hangs now and then. Drawn apart, so that the rest of a week stays what it was.
fn slow_looks(plan: &mut Plan) {
    let mut d = Dice(plan.seed.wrapping_mul(0x9e37_79b9) ^ 0x510a);
    if !d.percent(20) {
        return;
    }
    for _ in 0..=d.below(3) {
        // Beside another fault, or at any time.
        let near = plan.faults.get(d.below(plan.faults.len().max(1) as u64) as usize).map(|(at, _)| *at);
        let at = near.unwrap_or(60).saturating_sub(d.below(300)).max(60);
        plan.faults.push((at, Fault::SlowLooks(a_while(&mut d))));
    }
    plan.faults.sort_by_key(|(at, _)| *at);
}

/// Now and then the operator stops a channel that is ill, or is being cured. Drawn apart, too.
fn stopped_channels(plan: &mut Plan) {
    let mut d = Dice(plan.seed.wrapping_mul(0xbb67_ae85) ^ 0x57f1);
    let ill: Vec<(u64, usize)> = plan
        .faults
        .iter()
        .filter_map(|(at, fault)| match fault {
            Fault::Channel { index, .. } => Some((*at, *index)),
            _ => None,
        })
        .collect();
    for (at, index) in ill {
        if d.percent(25) {
            let seconds = d.between(600, 20_000);
            plan.faults.push((at + d.between(120, 900), Fault::ChannelStopped { index, seconds }));
        }
    }
    plan.faults.sort_by_key(|(at, _)| *at);
}

/// In some weeks a person restarts it again and again: settings are tried. Drawn apart, too.
fn restarts_in_a_row(plan: &mut Plan) {
    let mut d = Dice(plan.seed.wrapping_mul(0x6a09_e667) ^ 0xa2a1);
    if !d.percent(20) {
        return;
    }
    let near = plan.faults.get(d.below(plan.faults.len().max(1) as u64) as usize).map(|(at, _)| *at);
    let mut at = match near.filter(|_| d.percent(50)) {
        Some(at) => at + d.below(600),
        None => d.between(60, WEEK - 40_000),
    };
    for _ in 0..d.between(3, 6) {
        plan.faults.push((at, Fault::Restarted { boot: d.between(1, 40), closed: d.percent(50) }));
        at += d.between(60, 150);
    }
    plan.faults.sort_by_key(|(at, _)| *at);
}

/// What happens next; whether a person has to come.
fn fault(d: &mut Dice, channels: u64) -> (Fault, bool) {
    match d.below(34) {
        n @ 0..=6 => silence(n, d),
        n @ 7..=12 => death(n, d),
        n @ 13..=18 => anew(n, d),
        n => (around(n, d, channels), false),
    }
}

/// It is there and does not answer.
fn silence(n: u64, d: &mut Dice) -> (Fault, bool) {
    if n == 6 {
        return if d.percent(50) { (Fault::Deaf, true) } else { (Fault::Garbage(a_while(d)), false) };
    }
    let (s, lasting) = maybe_for_ever(d);
    let fault = match n {
        0 | 1 => Fault::Freeze(s),
        2 | 3 => Fault::Block(s),
        4 => Fault::Mute(s),
        _ => Fault::Drip { seconds: s, beats: d.percent(50) },
    };
    (fault, lasting)
}

/// Its process ends.
fn death(n: u64, d: &mut Dice) -> (Fault, bool) {
    match n {
        7 | 8 => {
            let supervised = d.percent(60);
            (Fault::Kill { supervised }, !supervised)
        }
        9 => (Fault::OutOfMemory { supervised: d.percent(50) }, true),
        10 => (Fault::BadConfig, true),
        11 => {
            let (seconds, supervised) = (d.between(60, 20_000), d.percent(60));
            (Fault::CrashLoop { seconds, supervised }, true)
        }
        _ => (Fault::Stranger { seconds: d.between(60, 7_200), answers: d.percent(50) }, true),
    }
}

/// It stops, and begins anew.
fn anew(n: u64, d: &mut Dice) -> (Fault, bool) {
    match n {
        13 | 14 => {
            let closed = d.percent(50);
            let boot = if d.percent(70) { d.between(2, 60) } else { d.between(60, 285) };
            (Fault::Planned { drain: d.between(0, 320), boot, closed }, false)
        }
        15 => (Fault::StuckDrain, true),
        16 => (Fault::StuckBoot { closed: d.percent(50) }, true),
        17 => (Fault::InProcess { closed: d.between(0, 40), boot: d.between(1, 120) }, false),
        _ => (Fault::OperatorStops(d.between(30, 30_000)), false),
    }
}

fn around(n: u64, d: &mut Dice, channels: u64) -> Fault {
    match n {
        19 => Fault::Overload(a_while(d)),
        20 => Fault::Swap(a_while(d)),
        21 => Fault::DiskFull(a_while(d)),
        22 => Fault::NetworkDown(a_while(d)),
        23 => Fault::ProxyDown(a_while(d)),
        24 => Fault::Suspend(d.between(20, 40_000)),
        25 => Fault::ClockJump(if d.percent(50) { 3_600 } else { -86_400 }),
        26 => Fault::WatchdogDown(d.between(1, 600)),
        27..=29 if channels > 0 => {
            let seconds = if d.percent(50) { a_while(d) } else { d.between(600, 20_000) };
            Fault::Channel { index: d.below(channels) as usize, ill: ill(d), seconds }
        }
        30 => Fault::Breaker(d.between(60, 3_600)),
        31 => Fault::ConfigBreaks(a_while(d)),
        32 => Fault::Guardian(d.between(60, 20_000)),
        33 => Fault::Hold(d.between(60, 7_200)),
        _ => Fault::LogFlood(600),
    }
}

fn ill(d: &mut Dice) -> Ill {
    let by = match d.below(4) {
        0 | 1 => CuredBy::Channel,
        2 => CuredBy::Process,
        _ => CuredBy::Time,
    };
    match d.below(9) {
        0..=2 => Ill::Hang(by),
        3 | 4 => Ill::Fails(by),
        5 => Ill::Unauthorized,
        6 => Ill::Conflict,
        7 => Ill::RateLimited,
        _ => Ill::StoppedByOperator,
    }
}
