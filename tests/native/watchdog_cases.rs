//! The smallest cases in which the simulated weeks once found the judge wrong or late, each kept for ever.

use super::watchdog_world::world::plan::{Command, CuredBy, Fault, Ill, Plan, Sees};
use super::watchdog_world::world::watcher::Watcher;
use super::watchdog_world::world::{BEGIN_MS, Deed, World};

const BLIND: Sees =
    Sees { process: false, port: false, owner: false, heartbeat: false, channels: false, machine: false };

/// Lives through the plan and holds every act and every omission against what was true.
pub(super) fn right(why: &str, plan: Plan) {
    let world = World::new(plan, Watcher::asm()).live();
    assert_eq!(world.mistakes, [], "{why}: {:?} {:?}", world.verdicts, world.deeds);
}

pub(super) fn plan(seed: u64, seconds: u64, faults: &[(u64, Fault)]) -> Plan {
    Plan { seed, faults: faults.to_vec(), ..Plan::calm(seconds) }
}

pub(super) fn hang(index: usize, by: CuredBy, seconds: u64) -> Fault {
    Fault::Channel { index, ill: Ill::Hang(by), seconds }
}

#[test]
fn a_loop_of_crashes_met_at_the_same_age_each_time_is_seen() {
    let crash = |supervised| Fault::CrashLoop { seconds: 13_876, supervised };
    let of = |boot, sees| Plan { boot, sees, ..plan(2, 15_000, &[(900, crash(true))]) };
    right("the process is seen", of(24, Sees::ALL));
    right("nothing but probes", of(37, BLIND));
    let ends = [(900, crash(true)), (1_013, Fault::Kill { supervised: false })];
    right("the owner gives up", plan(6_875, 4_000, &ends));
}

#[test]
fn silence_of_a_full_machine_is_no_silence_and_ends_with_it() {
    let port_only = Sees { owner: false, heartbeat: false, channels: false, ..Sees::ALL };
    let full = [(900, Fault::Overload(5_971))];
    right("for very long", Plan { sees: port_only, ..plan(2_241, 7_000, &full) });
    right("told of too soon", plan(3_194, 2_000, &[(900, Fault::Overload(664))]));
    let held = [(900, Fault::Hold(5_681)), (2_006, Fault::Mute(None)), (2_050, Fault::Overload(465))];
    right("under a hold", plan(9_433, 8_000, &held));
}

/// What kept it from answering before it died says nothing about whether its owner brings it back.
#[test]
fn a_slow_gateway_that_dies_is_given_the_time_of_a_dead_one() {
    let sees = Sees { port: false, machine: false, ..Sees::ALL };
    let faults = [
        (77_044, Fault::Overload(149)),
        (501_624, Fault::Swap(5_995)),
        (502_393, Fault::CrashLoop { seconds: 3_609, supervised: false }),
    ];
    right("", Plan { sees, ..plan(1_999, 502_600, &faults) });
}

/// A look comes when its time is over, not when that of the silence before it is.
#[test]
fn what_begins_amid_a_silence_is_seen_to_in_its_own_time() {
    let closed = [(900, Fault::Overload(2_145)), (2_966, Fault::Deaf)];
    right("a port that closes as a full machine empties", plan(100_685, 3_278, &closed));
    let died = [
        (900, Fault::WatchdogDown(519)),
        (1_545, Fault::Kill { supervised: false }),
        (2_168, Fault::Block(Some(3_281))),
        (471_605, Fault::Drip { seconds: Some(6_394), beats: false }),
        (472_669, Fault::Freeze(Some(29))),
        (473_297, Fault::Freeze(None)),
        (473_356, Fault::OutOfMemory { supervised: false }),
    ];
    right("a death of what was frozen", plan(102_723, 473_671, &died));
}

#[test]
fn work_that_began_a_moment_ago_does_not_excuse_the_silence_before_it() {
    let faults = [
        (260_792, Fault::Kill { supervised: false }),
        (261_812, Fault::Drip { seconds: None, beats: false }),
        (262_038, Fault::Block(None)),
    ];
    right("", Plan { channels: 0, ..plan(781, 262_100, &faults) });
}

#[test]
fn the_rhythm_of_a_transport_is_learned_only_while_it_is_told() {
    let breaker = [(900, Fault::Breaker(2_333)), (10_180, hang(1, CuredBy::Channel, 3_232))];
    right("behind a breaker", Plan { channels: 3, ..plan(165, 12_000, &breaker) });
    let clock = [(418_879, Fault::ClockJump(-86_400)), (419_151, hang(1, CuredBy::Time, 7_284))];
    right("a clock that was set", Plan { channels: 3, ..plan(7_494, 421_000, &clock) });
}

#[test]
fn a_poll_that_hangs_from_the_boot_on_is_cured() {
    let faults = [(900, hang(0, CuredBy::Channel, 7_000)), (905, Fault::Kill { supervised: true })];
    right("", plan(1, 4_000, &faults));
}

#[test]
fn a_process_that_freezes_while_it_boots_or_drains_is_restarted() {
    let booting = Fault::Planned { drain: 1, boot: 240, closed: false };
    right("boots", plan(1, 4_000, &[(900, booting), (1_000, Fault::Freeze(None))]));
    right("drains", plan(1, 4_000, &[(900, Fault::StuckDrain), (1_000, Fault::Freeze(None))]));
}

#[test]
fn a_proxy_is_missed_although_no_channel_is() {
    let sees = Sees { channels: false, ..Sees::ALL };
    for channels in [0, 1] {
        let faults = [(900, Fault::ProxyDown(1_800))];
        right("", Plan { proxied: true, channels, sees, ..plan(1, 4_000, &faults) });
    }
}

/// The host counts its uptime by the wall clock.
#[test]
fn a_clock_that_is_set_while_a_restart_is_verified_fails_no_restart() {
    for by in [3_600, -3_600, 86_400, -86_400] {
        let faults = [(900, Fault::Freeze(None)), (1_085, Fault::ClockJump(by))];
        let world = World::new(plan(1, 6_000, &faults), Watcher::asm()).live();
        assert_eq!(world.mistakes, [], "{by}");
        assert_eq!(world.acts.attempts, 1, "{by}: {:?}", world.deeds);
    }
}

/// Rows 11 and 34 at once: the answers that would say that it has started come too late.
#[test]
fn a_boot_that_ends_unheard_on_a_full_machine_is_no_boot_that_lasts() {
    let boot = Fault::Planned { drain: 276, boot: 264, closed: false };
    right("", plan(100_795, 38_500, &[(36_682, boot), (37_081, Fault::Overload(649))]));
}

/// Busy looks on a full machine keep no incident open, and so no channel from its cure.
#[test]
fn a_full_machine_does_not_make_an_escalation_last() {
    let fails = Fault::Channel { index: 0, ill: Ill::Fails(CuredBy::Channel), seconds: 5_034 };
    let crash = Fault::CrashLoop { seconds: 1_735, supervised: true };
    right("", plan(102_262, 9_000, &[(900, crash), (2_956, Fault::Swap(6_425)), (3_617, fails)]));
}

/// Each look meets a boot a little older than the one before it, but never as old as that one would be.
#[test]
fn boots_that_differ_by_less_than_a_look_are_counted_by_their_processes() {
    let crash = Fault::CrashLoop { seconds: 2_628, supervised: true };
    let faults = [(107_813, crash), (108_246, Fault::Kill { supervised: false }), (112_000, Fault::Repair)];
    right("", Plan { boot: 16, ..plan(100_268, 113_000, &faults) });
}

#[test]
fn a_channel_that_is_well_again_does_not_hide_one_that_is_refused() {
    let ill = |index, ill, seconds| Fault::Channel { index, ill, seconds };
    let faults = [(900, ill(2, Ill::Unauthorized, 19_259)), (1_228, ill(1, Ill::Conflict, 7_004))];
    right("", Plan { channels: 3, ..plan(101_284, 22_000, &faults) });
}

/// It is known to drain only once it speaks again: then it has the whole time of a drain.
#[test]
fn a_drain_that_freezes_before_it_is_met_has_its_time_from_when_it_is() {
    let mute = (900, Fault::Mute(Some(48)));
    let faults = [mute, (5_878, Fault::StuckDrain), (5_908, Fault::Freeze(Some(134)))];
    right("", plan(200_628, 8_000, &faults));
}

/// A clock that is set back takes the uptime away, which says nothing of how it lives.
#[test]
fn a_gateway_that_tells_no_uptime_is_as_old_as_its_process() {
    let crash = Fault::CrashLoop { seconds: 7_165, supervised: true };
    right("", plan(203_483, 14_000, &[(900, crash), (9_446, Fault::ClockJump(-86_400))]));
}

/// A late answer that is not known to be one of a full machine is no part of the time of a process that is stopped.
#[test]
fn a_process_is_stopped_for_as_long_as_it_is_seen_to_be() {
    let sees = Sees { port: false, machine: false, ..Sees::ALL };
    let faults = [(900, Fault::Swap(59)), (943, Fault::Freeze(Some(6_431)))];
    right("", Plan { sees, ..plan(205_326, 4_000, &faults) });
}

/// Looks that find it silent a moment after its grace do not tell a boot that lasts from one that is over.
#[test]
fn work_right_after_a_long_boot_is_no_boot_that_lasts() {
    let boot = Fault::Planned { drain: 214, boot: 280, closed: false };
    right("", plan(208_787, 4_000, &[(900, boot), (1_408, Fault::Block(Some(120)))]));
    right("it never ends", plan(208_787, 4_000, &[(900, boot), (1_408, Fault::Block(None))]));
}

#[test]
fn a_drain_that_nobody_met_and_that_stands_still_is_a_gateway_that_does() {
    let drain = Fault::Planned { drain: 309, boot: 14, closed: false };
    let drip = Fault::Drip { seconds: None, beats: false };
    right("", plan(209_876, 90_000, &[(88_516, drain), (88_545, drip)]));
    let faults = [(900, Fault::StuckDrain), (1_108, Fault::Mute(None))];
    right("seen by probes alone", Plan { sees: BLIND, ..plan(209_383, 4_000, &faults) });
}

#[test]
fn a_port_that_may_have_moved_is_told_of_and_nothing_else() {
    right("", plan(207_572, 9_000, &[(900, Fault::Deaf), (984, Fault::ConfigBreaks(6_585))]));
}

#[test]
fn what_begins_amid_another_silence_has_its_own_time_and_no_more() {
    let freezes = [(900, Fault::StuckBoot { closed: true }), (1_112, Fault::Freeze(None))];
    right("a boot that freezes", plan(200_753, 4_000, &freezes));
    let port = [(397_040, Fault::Overload(219)), (397_153, Fault::Deaf)];
    right("a port that closes on a full machine", plan(216_867, 398_000, &port));
    let sees = Sees { port: false, machine: false, ..Sees::ALL };
    let mute = [(224_425, Fault::Overload(6_606)), (225_506, Fault::Mute(Some(608)))];
    right("a loop that turned not long ago", Plan { sees, ..plan(215_326, 227_000, &mute) });
}

#[test]
fn a_boot_within_a_process_that_has_booted_before_has_its_own_time() {
    let within = Fault::InProcess { closed: 36, boot: 105 };
    let faults = [(326_492, Fault::Swap(36)), (327_404, Fault::Kill { supervised: true }), (327_601, within)];
    right("", Plan { boot: 185, ..plan(216_784, 329_000, &faults) });
}

/// A restart that did nothing is known to have failed while somebody holds it off, too.
#[test]
fn a_hold_does_not_lengthen_a_verification() {
    let faults = [(99_614, Fault::StuckDrain), (100_261, Fault::Hold(6_002))];
    right("", Plan { command: Command::Lies, ..plan(1_960, 107_500, &faults) });
}

/// Its owner brought it back twice between two looks: the host has counted both.
#[test]
fn what_its_owner_restarted_unseen_counts_against_the_hosts_breaker() {
    let dies = |at, supervised| (at, Fault::Kill { supervised });
    for begin in [902, 917] {
        let faults = [dies(begin, true), dies(begin + 21, true), dies(begin + 41, false)];
        right("", plan(3, 4_000, &faults));
        let world = World::new(plan(3, 4_000, &faults), Watcher::asm()).live();
        let restart =
            world.deeds.iter().find(|(_, d)| matches!(d, Deed::Act(_))).map(|(at, _)| at - BEGIN_MS);
        assert!(restart.is_some_and(|at| at > (begin + 5 + 300) * 1_000), "{restart:?}");
    }
}

/// The restart brought a process which was silent before anybody met it: that silence is its own.
#[test]
fn what_stands_still_as_soon_as_it_is_up_has_the_time_of_a_boot_and_its_own() {
    let ends = [(900, Fault::Kill { supervised: false }), (2_784, Fault::Freeze(None))];
    right(
        "",
        Plan { boot: 37, ..plan(226_156, 5_000, &[&ends[..], &[(3_032, Fault::Block(None))]].concat()) },
    );
}

#[test]
fn what_a_loop_of_crashes_dies_of_is_told() {
    let (memory, crash) = (|supervised| Fault::OutOfMemory { supervised }, 12_889);
    let crash = Fault::CrashLoop { seconds: crash, supervised: true };
    right("", plan(229_383, 4_000, &[(900, memory(true)), (1_372, crash), (1_703, memory(false))]));
}

#[test]
fn a_death_for_memory_is_counted_once_and_each_is() {
    let memory = |supervised| Fault::OutOfMemory { supervised };
    right("met by one look between", plan(233_667, 4_000, &[(267, memory(true)), (349, memory(false))]));
    let killed = [(900, memory(true)), (1_045, Fault::Kill { supervised: false })];
    let sees = Sees { owner: false, heartbeat: false, channels: false, ..Sees::ALL };
    let unheard = [(900, memory(true)), (944, Fault::Swap(131)), (1_023, memory(false))];
    right("unheard between", Plan { sees, boot: 39, ..plan(245_976, 4_000, &unheard) });
    let once = [(900, memory(false)), (967, Fault::WatchdogDown(1))];
    right("the watchdog began anew", plan(251_281, 4_000, &once));
    let twice = [(151_134, memory(true)), (151_184, memory(false))];
    right("both between two looks", plan(251_002, 154_000, &twice));
    right("killed while it booted after it", Plan { boot: 209, ..plan(230_993, 4_000, &killed) });
}

/// Nothing tells what a full machine kept from what began behind it, where nothing tells of the machine.
#[test]
fn what_begins_amid_slow_answers_has_its_own_time() {
    let sees = Sees { port: false, machine: false, ..Sees::ALL };
    let work = [(900, Fault::Swap(1_034)), (1_618, Fault::Block(None))];
    right("work", Plan { sees, ..plan(232_988, 4_000, &work) });
    let boot = Fault::Planned { drain: 82, boot: 156, closed: true };
    let full = [(900, Fault::Overload(4_719)), (159_568, boot), (159_775, Fault::Swap(4_836))];
    let dies = (160_386, Fault::Kill { supervised: false });
    right(
        "a loop that turned until then",
        plan(240_893, 4_000, &[(901, Fault::Block(None)), (989, Fault::Swap(536))]),
    );
    right("a death behind the probe", plan(234_393, 161_000, &[&full[..], &[dies]].concat()));
}

/// The first look of a silence may have waited for a full machine before it was stopped.
#[test]
fn a_process_stopped_behind_a_probe_that_a_full_machine_kept_has_its_own_time() {
    let boot = Fault::Planned { drain: 149, boot: 75, closed: false };
    let closed = Fault::Planned { drain: 26, boot: 148, closed: true };
    let full = [(274_362, Fault::Swap(529)), (274_741, Fault::Freeze(Some(6_366)))];
    let faults =
        [vec![(19_274, Fault::StuckDrain), (51_210, boot), (273_327, closed)], full.to_vec()].concat();
    right("", Plan { boot: 27, command: Command::CuresAt(2), ..plan(220_139, 274_976, &faults) });
}

#[test]
fn a_boot_that_freezes_for_a_while_and_never_ends_is_restarted() {
    let boot = Fault::StuckBoot { closed: false };
    let faults = [(61, Fault::StuckDrain), (5_910, boot), (6_289, Fault::Freeze(Some(141))), (7_276, boot)];
    let sees = Sees { heartbeat: false, ..Sees::ALL };
    right("", Plan { sees, command: Command::CuresAt(2), ..plan(0, 45_000, &faults) });
}
