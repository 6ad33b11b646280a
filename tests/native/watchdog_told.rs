//! What is told as over is over, and what is over is told: cases that the simulated weeks found, each kept for ever.

use super::watchdog_cases::{hang, plan, right};
use super::watchdog_world::world::plan::{Command, CuredBy, Fault, Plan};
use super::watchdog_world::world::watcher::Watcher;
use super::watchdog_world::world::{Deed, World};
use auto_session_manager::watchdog::alert::Code;

/// What a look cannot show, or shows beside something worse, has not ended.
#[test]
fn what_is_told_as_over_is_over() {
    let slow = Fault::Planned { drain: 316, boot: 203, closed: true };
    right("a drain tells of no breaker", plan(26, 5_000, &[(900, Fault::Breaker(3_316)), (1_694, slow)]));
    let crash = Fault::CrashLoop { seconds: 16_835, supervised: true };
    right("nor does what dies young", plan(1_353, 3_000, &[(900, Fault::Breaker(1_135)), (1_022, crash)]));
    let stopped = [(900, Fault::ConfigBreaks(4_053)), (1_168, Fault::OperatorStops(15_389))];
    right("nor a gateway that is down of its file", plan(2_084, 6_000, &stopped));
    let hangs = [(900, hang(0, CuredBy::Time, 19_765)), (1_393, Fault::Swap(242))];
    right("a full machine moves no transport", Plan { command: Command::Lies, ..plan(1_837, 4_000, &hangs) });
    let silent = [(418_879, Fault::ClockJump(-86_400)), (419_151, hang(1, CuredBy::Time, 7_284))];
    let again = hang(0, CuredBy::Process, 10_819);
    let held = [(900, hang(0, CuredBy::Time, 161)), (1_890, again), (2_360, Fault::Hold(3_317))];
    right("cures that are allowed again cure nothing by themselves", plan(231_553, 7_000, &held));
    right("nor does a new boot", Plan { channels: 3, ..plan(7_494, 421_000, &silent) });
}

/// A person has come: it is told that it is well again, and the next fault is a fault like the first.
#[test]
fn what_was_escalated_and_repaired_is_over_and_the_next_fault_is_seen_to() {
    let crash = Fault::CrashLoop { seconds: 200_000, supervised: true };
    let day = 86_400;
    let on_the_way: [&[(u64, Fault)]; 5] = [
        &[],
        &[(6_900, Fault::Hold(1_000))],
        &[(1_150, Fault::WatchdogDown(400)), (7_100, Fault::WatchdogDown(30))],
        &[(7_300, Fault::Suspend(4_000))],
        &[(7_100, Fault::Overload(1_500))],
    ];
    for more in on_the_way {
        for (fault, command) in [(crash, Command::Cures), (Fault::Kill { supervised: false }, Command::Fails)]
        {
            let again = 7_000 + 3 * day;
            let mut faults = [&[(900, fault), (7_000, Fault::Repair), (again, fault)], more].concat();
            faults.sort_by_key(|(at, _)| *at);
            let told = |seconds: u64| {
                let world = World::new(Plan { command, ..plan(5, seconds, &faults) }, Watcher::asm()).live();
                assert_eq!(world.mistakes, [], "{faults:?}");
                let useless = |d: &Deed| *d == Deed::Alert(Code::RestartUseless);
                (world.deeds.iter().filter(|(_, d)| useless(d)).count(), world.debts.told_standing)
            };
            let (times, standing) = told(10_500);
            assert_eq!((times, standing.len()), (1, 0), "{standing:?}");
            assert_eq!(told(again + 5_000).0, 2, "{faults:?}");
        }
    }
}

/// One look that gets through between two that do not is no end of an outage.
#[test]
fn a_network_that_flaps_is_not_over() {
    let flaps: Vec<(u64, Fault)> = (0..30).map(|n| (900 + 300 * n, Fault::NetworkDown(235))).collect();
    right("looks that meet it up now and then", plan(6, 11_000, &flaps));
    let proxy: Vec<(u64, Fault)> = (0..30).map(|n| (900 + 300 * n, Fault::ProxyDown(235))).collect();
    right("a proxy", Plan { proxied: true, ..plan(6, 11_000, &proxy) });
    let both = [(900, Fault::ProxyDown(1_026)), (1_700, Fault::NetworkDown(436))];
    right("a proxy behind a network", Plan { proxied: true, ..plan(245_538, 6_000, &both) });
    let again = [(900, Fault::NetworkDown(900)), (2_400, Fault::NetworkDown(3_000))];
    right("a second outage", plan(6, 7_000, &again));
}

/// Restarting did not help and a person was called; it came back by itself for a while, and freezes.
#[test]
fn a_new_fault_after_an_escalation_is_told_once_and_not_acted_on() {
    let faults = [
        (900, Fault::Kill { supervised: false }),
        (6_000, Fault::Repair),
        (6_400, Fault::Freeze(Some(500))),
        (7_100, Fault::Freeze(Some(400))),
    ];
    let world =
        World::new(Plan { command: Command::Fails, ..plan(5, 7_500, &faults) }, Watcher::asm()).live();
    assert_eq!(world.mistakes, []);
    let since = super::watchdog_world::world::BEGIN_MS + 6_400_000;
    let new: Vec<&Deed> = world.deeds.iter().filter(|(at, _)| *at > since).map(|(_, d)| d).collect();
    assert_eq!(new, [&Deed::Alert(Code::ActingOff)]);
    let calm = World::new(
        Plan { command: Command::Fails, ..plan(5, 9_000, &[(900, Fault::Kill { supervised: false })]) },
        Watcher::asm(),
    );
    let off = |(_, d): &(u64, Deed)| *d == Deed::Alert(Code::ActingOff);
    assert!(!calm.live().deeds.iter().any(off), "the fault that was escalated is no new one");
}
