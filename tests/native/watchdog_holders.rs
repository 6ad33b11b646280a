//! Whose port it is, and what a port that says nothing means.

use super::watchdog_cases::{plan, right};
use super::watchdog_world::world::plan::{Fault, Plan, Sees};

#[test]
fn who_held_the_port_while_it_answered_is_no_stranger() {
    let front = |faults| Plan { front: true, ..plan(1, 6_000, faults) };
    right("a proxy before it", front(&[(900, Fault::Freeze(None))]));
    right("it falls silent twice", front(&[(900, Fault::Mute(None)), (3_000, Fault::Mute(None))]));
    let sees = Sees { owner: false, ..Sees::ALL };
    right("its owner tells nothing", Plan { sees, ..front(&[(900, Fault::Freeze(None))]) });
    let sees = Sees { process: false, heartbeat: false, ..Sees::ALL };
    right("its own process is not seen", Plan { sees, ..front(&[(900, Fault::Mute(None))]) });
    let taken = Fault::Stranger { seconds: 4_000, answers: false };
    right("another one takes it", front(&[(900, taken), (5_000, Fault::Repair)]));
}

#[test]
fn a_loop_that_turns_and_a_port_that_says_nothing_are_a_gateway_that_hangs() {
    right("for ever", plan(1, 6_000, &[(900, Fault::Unheard(None))]));
    right("for a while", plan(1, 6_000, &[(900, Fault::Unheard(Some(300)))]));
    right(
        "its heart is not seen",
        Plan {
            sees: Sees { heartbeat: false, ..Sees::ALL },
            ..plan(1, 6_000, &[(900, Fault::Unheard(None))])
        },
    );
    let full = [(900, Fault::Overload(1_000)), (1_000, Fault::Unheard(None))];
    right("on a full machine", plan(1, 6_000, &full));
    let boots = Fault::Planned { drain: 200, boot: 200, closed: false };
    right("it drains and boots", plan(1, 6_000, &[(900, boots), (1_000, Fault::Unheard(None))]));
    let drips = (900, Fault::Drip { seconds: Some(2_000), beats: true });
    right("it wrote before", plan(1, 6_000, &[drips, (1_000, Fault::Unheard(None))]));
}

#[test]
fn a_stop_has_its_time_from_when_it_was_asked_for() {
    for evidence in [4, 12, 25] {
        right("", Plan { evidence, ..plan(1, 4_000, &[(900, Fault::Freeze(None))]) });
        right("", Plan { evidence, ..plan(1, 4_000, &[(900, Fault::Mute(None))]) });
    }
}

#[test]
fn another_program_killed_for_memory_is_none_of_the_gateways_deaths() {
    let dies = |at, supervised| [(at, Fault::OtherKilled), (at, Fault::Kill { supervised })];
    let faults = [dies(900, true), dies(1_300, true), dies(2_000, false)].concat();
    let sees = Sees { owner: false, ..Sees::ALL };
    right("", Plan { ungrouped: true, sees, ..plan(1, 4_000, &faults) });
}
