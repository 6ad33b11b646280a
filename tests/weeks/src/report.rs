//! Sums over weeks, and the report.

use crate::world::{Deed, Kind, World};
use auto_session_manager::watchdog::verdict::Action;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// What weeks came to.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    pub weeks: u64,
    pub looks: u64,
    pub faults: u64,
    pub mistakes: BTreeMap<Kind, u64>,
    pub deeds: BTreeMap<String, u64>,
}

impl Sum {
    pub fn add(&mut self, world: &World) {
        self.weeks += 1;
        self.looks += world.looks;
        self.faults += world.plan.faults.len() as u64;
        for m in &world.mistakes {
            *self.mistakes.entry(m.kind).or_default() += 1;
        }
        for (_, deed) in &world.deeds {
            let name = match deed {
                Deed::Act(Action::Restart { .. }) | Deed::Plain => "restart".to_owned(),
                Deed::Act(Action::Escalate { .. }) => "escalate".to_owned(),
                Deed::Act(Action::Channel { .. }) => "channel".to_owned(),
                Deed::Act(Action::Kill { .. }) => "kill".to_owned(),
                Deed::Alert(code) => format!("alert {}", code.name()),
            };
            *self.deeds.entry(name).or_default() += 1;
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.weeks += other.weeks;
        self.looks += other.looks;
        self.faults += other.faults;
        other.mistakes.iter().for_each(|(k, n)| *self.mistakes.entry(*k).or_default() += n);
        other.deeds.iter().for_each(|(k, n)| *self.deeds.entry(k.clone()).or_default() += n);
    }

    fn of(&self, kind: Kind) -> u64 {
        self.mistakes.get(&kind).copied().unwrap_or_default()
    }
}

/// Upper end of the 95 % interval per week where none was seen in so many (rule of three), else the count per week.
fn bound(count: u64, weeks: u64) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let per_week = |n: u64| n as f64 / weeks.max(1) as f64;
    if count == 0 { per_week(3) } else { per_week(count) }
}

/// All rows of the report.
pub fn of(ours: &Sum, peers: &[(&str, Sum)], by_row: &[Value], took: Duration) -> Value {
    let mut rows = vec![json!({"id": "weeks", "what": "gateway-weeks lived through", "value": ours.weeks,
        "unit": "weeks", "goal": ">= 10000", "holds": ours.weeks >= 10_000, "peers": null})];
    rows.extend(mistakes(ours, peers));
    let none = Value::Null;
    let plain = |id: String, what: String, value: u64| {
        json!({"id": id, "what": what, "value": value, "unit": "count", "goal": none, "holds": true,
            "peers": none})
    };
    for (deed, n) in &ours.deeds {
        rows.push(plain(format!("done-{}", deed.replace(' ', "-")), format!("done: {deed}"), *n));
    }
    for (id, value) in [("looks", ours.looks), ("faults", ours.faults), ("seconds", took.as_secs())] {
        rows.push(plain(id.to_owned(), id.to_owned(), value));
    }
    for of in by_row {
        let asm = &of["watchers"]["asm"];
        let wrong = asm["wrong"].as_u64().unwrap_or_default() + u64::from(asm["missed"] == true);
        rows.push(
            json!({"id": format!("row-{}{}", of["row"], suffix(of)), "what": of["fault"], "value": wrong,
            "unit": "wrong or missed", "goal": "0", "holds": wrong == 0, "peers": of["watchers"]}),
        );
    }
    json!({ "rows": rows })
}

/// What went wrong, by kind; of what peers are compared by, also how often it may happen at most.
fn mistakes(ours: &Sum, peers: &[(&str, Sum)]) -> Vec<Value> {
    let names = [
        (Kind::WrongRestart, "wrong-restarts", "restarts that were wrong by what was true"),
        (Kind::WrongEscalation, "wrong-escalations", "a person called without need"),
        (Kind::Missed, "missed", "faults not dealt with in their time"),
        (Kind::WrongCure, "wrong-cures", "channels stopped and started without need"),
        (Kind::WrongAlert, "wrong-alerts", "alerts that were not true"),
        (Kind::Discipline, "over-budget", "restarts beyond a window"),
    ];
    let mut rows = Vec::new();
    for (kind, id, what) in names {
        let count = ours.of(kind);
        let of_peer = |sum: &Sum| json!({"value": sum.of(kind), "weeks": sum.weeks});
        let peers: serde_json::Map<String, Value> =
            peers.iter().map(|(name, sum)| ((*name).to_owned(), of_peer(sum))).collect();
        let compared = matches!(kind, Kind::WrongRestart | Kind::Missed);
        rows.push(json!({"id": id, "what": what, "value": count, "unit": "count", "goal": "0",
            "holds": count == 0, "peers": compared.then_some(peers)}));
        if compared {
            rows.push(json!({"id": format!("{id}-bound"), "what": format!("95 % upper bound: {what}"),
                "value": bound(count, ours.weeks), "unit": "per gateway-week", "goal": "<= 0.0003",
                "holds": count == 0 && ours.weeks >= 10_000, "peers": null}));
        }
    }
    rows
}

fn suffix(of: &Value) -> String {
    let case = of["case"].as_str().unwrap_or_default();
    if case.is_empty() { String::new() } else { format!("-{}", case.replace(' ', "-")) }
}

/// The table for a person.
pub fn print(report: &Value, by_row: &[Value]) {
    let rows = report["rows"].as_array().into_iter().flatten();
    rows.filter(|row| !row["id"].as_str().unwrap_or_default().starts_with("row-")).for_each(print_sum);
    println!(
        "\nrestarts/of them wrong, m: missed   {:<12}{:<16}{:<12}{:<12}",
        "asm", "restart-always", "curl-cron", "readyz-loop"
    );
    by_row.iter().for_each(print_row);
}

fn print_sum(row: &Value) {
    let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mark = if row["holds"] == true { "" } else { "  DOES NOT HOLD" };
    println!("{:<28} {:>14} {:<18}{mark}", word("id"), row["value"].to_string(), word("unit"));
    if let Some(peers) = row["peers"].as_object() {
        let said: Vec<String> =
            peers.iter().map(|(n, p)| format!("{n} {} in {} weeks", p["value"], p["weeks"])).collect();
        println!("{:<28} {}", "", said.join(", "));
    }
}

fn print_row(of: &Value) {
    let cell = |name: &str| {
        let w = &of["watchers"][name];
        format!("{}/{}{}", w["restarts"], w["wrong"], if w["missed"] == true { " m" } else { "" })
    };
    let word = |key: &str| of[key].as_str().unwrap_or_default();
    let name: String = format!("{:>2} {} {}", of["row"], word("fault"), word("case"));
    let name: String = name.chars().take(34).collect();
    let [ours, always, cron, readyz] = ["asm", "restart-always", "curl-cron", "readyz-loop"].map(cell);
    println!("{name:<36}{ours:<12}{always:<16}{cron:<12}{readyz:<12}");
}

/// Writes the report.
///
/// # Errors
/// As the file system gives them.
pub fn write(path: &str, report: &Value) -> std::io::Result<()> {
    if let Some(folder) = Path::new(path).parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(report)?))
}
