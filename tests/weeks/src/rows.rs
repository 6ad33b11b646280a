//! The table of faults, as plans for the world.

use super::world::plan::{Command, CuredBy, Fault, Ill, Plan, Sees};
use serde_json::Value;

const TABLE: &str = include_str!("../../data/faults.json");

/// A row of the table as something that happens.
pub struct Scenario {
    pub row: u64,
    pub name: &'static str,
    pub plan: Plan,
    /// When its fault begins, seconds.
    pub onset: u64,
    /// Its own time where the table's cannot hold, as a formula.
    pub within: Option<&'static str>,
}

/// What the table says of a row.
pub struct Row {
    pub fault: String,
    pub verdicts: Vec<String>,
    pub must: String,
    pub may: Vec<String>,
    pub within: Option<String>,
}

/// A row of the table; none: there is no such row.
pub fn row(number: u64) -> Option<Row> {
    let table: Value = serde_json::from_str(TABLE).ok()?;
    let row = table["rows"].as_array()?.iter().find(|r| r["row"] == number)?.clone();
    let words = |v: &Value| -> Vec<String> {
        v.as_array().into_iter().flatten().filter_map(|w| Some(w.as_str()?.to_owned())).collect()
    };
    Some(Row {
        fault: row["fault"].as_str()?.to_owned(),
        verdicts: words(&row["verdicts"]),
        must: row["must"].as_str()?.to_owned(),
        may: words(&row["may"]),
        within: row["within"].as_str().map(str::to_owned),
    })
}

/// `2T+I` in milliseconds; none where the time is not that of a formula.
pub fn limit_ms(formula: &str) -> Option<u64> {
    let p = super::world::policy();
    let term = |term: &str| {
        let (factor, letter) = term.split_at(term.len() - 1);
        let factor: u64 = if factor.is_empty() { 1 } else { factor.parse().ok()? };
        let unit = match letter {
            "T" => p.timeout_ms,
            "I" => p.interval_ms,
            "G" => p.grace_ms,
            "D" => p.drain_ms,
            _ => return None,
        };
        Some(factor * unit)
    };
    formula.split('+').map(term).sum()
}

const ONSET: u64 = 900;

/// Every row that the judge decides, with the fault beginning `shift` seconds later.
#[allow(clippy::too_many_lines, reason = "a table")]
pub fn scenarios(shift: u64) -> Vec<Scenario> {
    use Fault::*;
    let at = ONSET + shift;
    let hour = || Plan::calm(at + 7_200);
    let mut all = Vec::new();
    let mut add = |row, name, plan| all.push(Scenario { row, name, plan, onset: at, within: None });
    let one = |fault| hour().with(at, fault);
    let channel = |ill, seconds| one(Channel { index: 0, ill, seconds });
    add(1, "", one(Freeze(None)));
    add(2, "", one(Freeze(Some(30))));
    add(3, "", one(Block(Some(30))));
    add(4, "", one(Block(None)));
    add(5, "", one(Kill { supervised: true }));
    add(6, "", one(Kill { supervised: false }));
    add(
        7,
        "seen by the port alone",
        Plan {
            sees: Sees { heartbeat: false, owner: false, ..Sees::ALL },
            ..one(Kill { supervised: false })
        },
    );
    add(7, "its event loop turns", one(Deaf));
    add(
        7,
        "seen by its process and its port",
        Plan { sees: Sees { heartbeat: false, owner: false, ..Sees::ALL }, ..one(Deaf) },
    );
    add(8, "", one(Mute(None)));
    let blind =
        Sees { process: false, port: false, owner: false, heartbeat: false, channels: false, machine: false };
    add(8, "with nothing but probes", Plan { sees: blind, ..one(Mute(None)) });
    add(9, "without progress", one(Drip { seconds: None, beats: false }));
    add(10, "", one(Garbage(3_600)));
    add(11, "", one(Planned { drain: 1, boot: 240, closed: false }));
    add(11, "its port closed until the end", one(Planned { drain: 1, boot: 240, closed: true }));
    let told = Planned { drain: 30, boot: 240, closed: true };
    add(11, "below a wrapper, its port closed", Plan { wrapped: true, ..one(told) });
    add(11, "its owner says so", Plan { tells: true, ..one(told) });
    add(12, "", one(StuckBoot { closed: false }));
    add(12, "its port closed", one(StuckBoot { closed: true }));
    add(14, "", one(Planned { drain: 300, boot: 15, closed: false }));
    add(15, "", one(StuckDrain));
    add(16, "", channel(Ill::Fails(CuredBy::Channel), 7_000));
    add(16, "a cure does not help", channel(Ill::Fails(CuredBy::Time), 7_000));
    add(17, "", channel(Ill::Hang(CuredBy::Channel), 7_000));
    add(17, "only a new process helps", channel(Ill::Hang(CuredBy::Process), 7_000));
    add(18, "", channel(Ill::Fails(CuredBy::Channel), 7_000));
    add(19, "", Plan::calm(36_000));
    add(20, "401", channel(Ill::Unauthorized, 7_000));
    add(20, "409", channel(Ill::Conflict, 7_000));
    add(20, "429", channel(Ill::RateLimited, 7_000));
    add(21, "", channel(Ill::StoppedByOperator, 7_000));
    add(22, "", one(Breaker(1_800)));
    add(23, "it answers", one(Stranger { seconds: 8_000, answers: true }));
    add(23, "it is silent", one(Stranger { seconds: 8_000, answers: false }));
    add(24, "", one(Kill { supervised: false }));
    let command = |command| Plan { command, seconds: at + 36_000, ..one(Kill { supervised: false }) };
    add(25, "", command(Command::Fails));
    add(26, "", command(Command::Hangs));
    add(27, "", command(Command::Lies));
    add(28, "the owner restarts it", one(CrashLoop { seconds: 7_000, supervised: true }));
    add(
        28,
        "the owner does not",
        Plan { seconds: at + 36_000, ..hour() }.with(at, CrashLoop { seconds: 36_000, supervised: false }),
    );
    add(29, "", one(BadConfig));
    add(30, "", one(DiskFull(3_600)));
    add(31, "", one(LogFlood(3_600)));
    let jumps = hour()
        .with(at, ClockJump(3_600))
        .with(at + 600, ClockJump(-90_000))
        .with(at + 1_200, ClockJump(86_400));
    add(32, "", jumps);
    add(33, "", one(Suspend(600)));
    add(34, "", one(Overload(1_800)));
    add(35, "", one(OutOfMemory { supervised: false }));
    add(35, "swapping", one(Swap(1_800)));
    add(36, "", one(NetworkDown(1_800)));
    add(37, "", Plan { proxied: true, ..one(ProxyDown(1_800)) });
    add(42, "", one(Planned { drain: 40, boot: 60, closed: false }));
    add(
        42,
        "held",
        hour().with(at, Hold(1_800)).with(at + 60, Kill { supervised: false }).with(at + 900, Repair),
    );
    add(42, "stopped by the operator", one(OperatorStops(3_600)));
    add(43, "", one(InProcess { closed: 12, boot: 8 }));
    add(45, "", one(ConfigBreaks(1_800)));
    add(
        46,
        "",
        hour().with(at, Guardian(7_000)).with(at + 300, Kill { supervised: false }).with(at + 400, Repair),
    );
    for s in all.iter_mut().filter(|s| s.plan.sees == blind) {
        // Busy and hung look the same to it.
        s.within = Some("4T+2I");
    }
    all
}
