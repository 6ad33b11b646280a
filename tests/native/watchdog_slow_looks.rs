//! Looks that take a minute, boots that nobody but an owner tells of, and words that come too late: the smallest cases in
//! which the simulated weeks found the judge wrong, each kept for ever.

use super::watchdog_cases::{hang, plan, right};
use super::watchdog_world::world::plan::{Command, CuredBy, Fault, Plan, Sees};

const PORT_ONLY: Sees = Sees { owner: false, heartbeat: false, channels: false, ..Sees::ALL };
const BLIND: Sees =
    Sees { process: false, port: false, owner: false, heartbeat: false, channels: false, machine: false };

/// It answers as a look begins, and is something else as the look ends.
#[test]
fn what_happens_within_a_look_is_none_of_what_answered_in_it() {
    let stranger = |answers| Fault::Stranger { seconds: 3_110, answers };
    let silent = [(41_793, Fault::SlowLooks(41)), (41_855, stranger(false))];
    right("who takes its port is no holder of it", plan(2_485, 42_166, &silent));
    let answers = [(1_586, Fault::SlowLooks(83)), (1_643, stranger(true))];
    right("nor if it answers", plan(382, 2_741, &answers));
    let memory = Fault::OutOfMemory { supervised: false };
    right("one death is one", plan(83, 250_733, &[(250_223, Fault::SlowLooks(144)), (250_295, memory)]));
    let hangs = [(197_166, Fault::SlowLooks(173)), (197_235, hang(1, CuredBy::Channel, 19_428))];
    right("a late word is of no new boot", Plan { channels: 2, ..plan(1_118, 197_944, &hangs) });
    let boots = [
        (900, memory),
        (111_009, Fault::Freeze(None)),
        (111_513, stranger(false)),
        (220_356, Fault::SlowLooks(25)),
        (220_608, Fault::SlowLooks(660)),
        (220_705, Fault::StuckBoot { closed: true }),
    ];
    let of = Plan { sees: PORT_ONLY, boot: 33, evidence: 12, ..plan(502, 221_034, &boots) };
    right("who came is not who answered", of);
}

/// Its owner runs a wrapper: as long as its port is closed nobody sees the process that boots.
#[test]
fn a_boot_below_a_wrapper_has_the_time_of_a_boot() {
    let boot = |closed| Fault::Planned { drain: 30, boot: 240, closed };
    for closed in [true, false] {
        for sees in [Sees::ALL, Sees { heartbeat: false, ..Sees::ALL }] {
            let of = |faults: &[(u64, Fault)]| Plan { wrapped: true, sees, ..plan(101, 3_000, faults) };
            right("planned", of(&[(900, boot(closed))]));
            let twice =
                [(900, Fault::InProcess { closed: 34, boot: 98 }), (1_040, Fault::StuckBoot { closed })];
            right("begun twice", of(&twice));
            right("endless", of(&[(900, Fault::StuckBoot { closed })]));
            right("killed", of(&[(900, Fault::Kill { supervised: false })]));
            right("deaf after a boot", of(&[(900, boot(closed)), (2_000, Fault::Deaf)]));
        }
    }
}

/// It was dead for hours, and a person has put it right: whoever listens now has the time of what begins.
#[test]
fn a_port_that_somebody_takes_again_is_silent_from_then_on() {
    let faults = [(28_742, Fault::BadConfig), (51_409, Fault::Swap(2_904)), (53_698, Fault::Repair)];
    right("", Plan { sees: BLIND, boot: 29, ..plan(7_298, 53_765, &faults) });
}

#[test]
fn what_a_boot_took_is_what_it_took() {
    let faults = [(900, Fault::StuckDrain), (252_691, Fault::Deaf)];
    right("", Plan { sees: BLIND, boot: 188, ..plan(782, 253_247, &faults) });
}

#[test]
fn a_breaker_is_not_over_because_a_full_machine_has_no_word_for_it() {
    right("", plan(1_450, 6_000, &[(900, Fault::Swap(6_501)), (2_818, Fault::Breaker(2_663))]));
    let full = Plan {
        sees: Sees { port: false, machine: false, ..Sees::ALL },
        ..plan(1_760, 2_500, &[(900, Fault::Overload(578))])
    };
    right("nor does a part fail", full);
}

#[test]
fn an_owner_that_says_what_it_does_is_believed_for_as_long_as_that_may_take() {
    for boot in [12, 230] {
        for fault in [
            Fault::Planned { drain: 300, boot: 240, closed: true },
            Fault::OperatorStops(1_199),
            Fault::StuckBoot { closed: true },
            Fault::StuckBoot { closed: false },
            Fault::CrashLoop { seconds: 2_000, supervised: true },
            Fault::Freeze(None),
        ] {
            right("", Plan { tells: true, boot, command: Command::Cures, ..plan(3, 6_000, &[(900, fault)]) });
        }
    }
}

/// What drained is gone, and who came within the look that heard it drains, too: later, and as long.
#[test]
fn the_drain_of_who_came_within_a_look_has_its_own_time() {
    let faults = [
        (900, Fault::Kill { supervised: true }),
        (73_078, hang(0, CuredBy::Process, 637)),
        (307_486, Fault::Planned { drain: 178, boot: 60, closed: false }),
        (307_630, Fault::SlowLooks(35)),
        (307_744, Fault::StuckDrain),
    ];
    right("", plan(952_470, 308_101, &faults));
}

/// It boots within the same process, and its channels have only just begun.
#[test]
fn a_channel_that_moves_while_the_gateway_boots_is_not_well_yet() {
    let faults = [
        (900, Fault::SlowLooks(45)),
        (214_239, hang(1, CuredBy::Time, 6_484)),
        (214_957, Fault::SlowLooks(336)),
        (215_046, Fault::InProcess { closed: 36, boot: 92 }),
    ];
    right("", Plan { channels: 3, evidence: 24, ..plan(951_287, 215_277, &faults) });
}

/// Its port was closed as the look began, and its file put right before the look ended: whoever did that starts it.
#[test]
fn a_file_that_is_put_right_gives_what_is_started_its_time() {
    let faults = [(900, Fault::BadConfig), (9_898, Fault::SlowLooks(5)), (9_921, Fault::Repair)];
    right("", Plan { sees: BLIND, ..plan(7_300_580, 10_600, &faults) });
}

/// What hangs goes on hanging, whatever becomes of the file beside it.
#[test]
fn a_file_that_is_put_right_gives_what_hangs_no_more_time() {
    let frozen = [(110_268, Fault::Freeze(None)), (110_407, Fault::ConfigBreaks(24))];
    right("frozen", plan(7_252, 110_585, &frozen));
    let blocked = [(478_712, Fault::Block(Some(1_919))), (479_026, Fault::ConfigBreaks(70))];
    right("blocked", plan(6_938, 479_220, &blocked));
}
