//! What comes after a boot or a restart: cases that the simulated weeks found, each kept for ever.

use super::watchdog_cases::{hang, plan, right};
use super::watchdog_world::world::plan::{Command, CuredBy, Fault, Plan, Sees};
use super::watchdog_world::world::watcher::Watcher;
use super::watchdog_world::world::{Deed, World};
use auto_session_manager::watchdog::verdict::Action;

const BLIND: Sees =
    Sees { process: false, port: false, owner: false, heartbeat: false, channels: false, machine: false };

/// Its boot and its end fell between two looks: a restart that left it down looks the same.
#[test]
fn what_was_stopped_before_anybody_met_its_boot_is_a_restart_that_failed() {
    let drip = Fault::Drip { seconds: Some(2_994), beats: false };
    let faults = [(52_427, Fault::Mute(Some(37))), (74_080, Fault::Freeze(None)), (88_587, drip)];
    right("", plan(230_435, 90_000, &[&faults[..], &[(88_825, Fault::OperatorStops(14_613))]].concat()));
    // Nor is it tried again while somebody else is at it, or while no start could succeed: that changes nothing of it.
    let held =
        [(900, Fault::Freeze(None)), (1_293, Fault::Guardian(1_236)), (1_497, Fault::OperatorStops(22_042))];
    right("another one was at it", Plan { command: Command::Hangs, ..plan(255_608, 4_000, &held) });
    let broken = [
        (900, Fault::ConfigBreaks(5_511)),
        (2_976, Fault::Mute(None)),
        (3_489, Fault::OperatorStops(29_689)),
    ];
    right(
        "its file was broken",
        Plan { sees: Sees { heartbeat: false, ..Sees::ALL }, ..plan(259_404, 8_000, &broken) },
    );
}

/// The restart has left it as it was: who stops it later is not that restart.
#[test]
fn what_was_there_after_the_command_and_is_stopped_later_was_stopped_on_purpose() {
    for command in [Command::Fails, Command::Lies, Command::Hangs] {
        let faults =
            [(900, Fault::Freeze(None)), (1_083, Fault::Guardian(900)), (1_700, Fault::OperatorStops(9_000))];
        let world = World::new(Plan { command, ..plan(3, 6_000, &faults) }, Watcher::asm()).live();
        assert_eq!(world.mistakes, [], "{command:?}: {:?}", world.deeds);
        let restarts = world.deeds.iter().filter(|(_, d)| matches!(d, Deed::Act(Action::Restart { .. })));
        assert_eq!(restarts.count(), 1, "{command:?}: {:?}", world.deeds);
    }
}

/// It has never been seen started, and is the one that drains nevertheless.
#[test]
fn a_drain_of_a_boot_that_nobody_saw_up_lasts_through_slow_answers() {
    let memory = Fault::OutOfMemory { supervised: false };
    let faults = [(900, Fault::StuckBoot { closed: true }), (114_682, Fault::Overload(7_156))];
    let ends = [(115_024, memory), (115_256, Fault::StuckDrain)];
    right("", plan(8_529, 118_000, &[&faults[..], &ends].concat()));
}

/// Its boot was heard before it fell silent: that silence goes on, whatever becomes of the restart.
#[test]
fn the_silence_of_a_boot_that_answered_goes_on_where_no_process_is_seen() {
    let faults = [
        (63_774, Fault::Freeze(None)),
        (90_238, Fault::StuckBoot { closed: false }),
        (90_683, Fault::Mute(None)),
    ];
    right("", Plan { sees: BLIND, channels: 0, boot: 100, ..plan(254_817, 93_000, &faults) });
}

/// What the breaker holds down is not told of, and a rest that ended by itself in an earlier boot was quiet.
#[test]
fn the_rhythm_of_a_transport_is_what_was_told_of_it() {
    let breaker = [(900, Fault::Kill { supervised: true }), (1_417, Fault::Breaker(899))];
    let still = [(2_335, hang(1, CuredBy::Channel, 9_430))];
    right("a breaker", Plan { channels: 3, ..plan(252_636, 4_000, &[&breaker[..], &still].concat()) });
    let rests = [
        (900, Fault::Planned { drain: 98, boot: 11, closed: true }),
        (1_436, hang(1, CuredBy::Process, 6_140)),
    ];
    let again = [(27_310, Fault::Kill { supervised: true }), (52_462, hang(1, CuredBy::Process, 1_026))];
    right("an earlier boot", Plan { channels: 3, ..plan(254_951, 54_000, &[&rests[..], &again].concat()) });
}

/// A boot is as old as it tells: the one before it, which died as it began, is none of it.
#[test]
fn a_boot_that_follows_another_has_its_own_time() {
    let faults = [(330_354, Fault::Kill { supervised: true }), (330_368, Fault::StuckBoot { closed: false })];
    right("", plan(1_003_047, 330_720, &faults));
}

/// Nothing tells whether it still runs, and the file tells that it would not start again.
#[test]
fn a_file_that_is_broken_holds_off_who_sees_nothing_but_probes() {
    let stranger = Fault::Stranger { seconds: 3_632, answers: false };
    let faults = [(900, stranger), (1_846, Fault::ConfigBreaks(2_139))];
    right("", Plan { sees: BLIND, ..plan(1_002_971, 2_581, &faults) });
}
