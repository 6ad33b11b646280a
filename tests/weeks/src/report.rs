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
    let names = [
        (Kind::WrongRestart, "wrong-restarts", "restarts that were wrong by what was true"),
        (Kind::Missed, "missed", "faults not dealt with in their time"),
        (Kind::WrongCure, "wrong-cures", "channels stopped and started without need"),
        (Kind::WrongAlert, "wrong-alerts", "alerts that were not true"),
        (Kind::Discipline, "over-budget", "restarts beyond a window"),
    ];
    for (kind, id, what) in names {
        let count = ours.of(kind);
        let of_peer = |sum: &Sum| json!({"value": sum.of(kind), "weeks": sum.weeks});
        let peers: serde_json::Map<String, Value> =
            peers.iter().map(|(name, sum)| ((*name).to_owned(), of_peer(sum))).collect();
        let told = matches!(kind, Kind::WrongRestart | Kind::Missed).then_some(peers);
        rows.push(json!({"id": id, "what": what, "value": count, "unit": "count", "goal": "0",
            "holds": count == 0, "peers": told}));
        if matches!(kind, Kind::WrongRestart | Kind::Missed) {
            rows.push(json!({"id": format!("{id}-bound"), "what": format!("95 % upper bound: {what}"),
                "value": bound(count, ours.weeks), "unit": "per gateway-week", "goal": "<= 0.0003",
                "holds": count == 0 && ours.weeks >= 10_000, "peers": null}));
        }
    }
    for (deed, n) in &ours.deeds {
        rows.push(json!({"id": format!("done-{}", deed.replace(' ', "-")), "what": format!("done: {deed}"),
            "value": n, "unit": "count", "goal": null, "holds": true, "peers": null}));
    }
    for (id, value) in [("looks", ours.looks), ("faults", ours.faults), ("seconds", took.as_secs())] {
        rows.push(json!({"id": id, "what": id, "value": value, "unit": "count", "goal": null, "holds": true,
            "peers": null}));
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

fn suffix(of: &Value) -> String {
    let case = of["case"].as_str().unwrap_or_default();
    if case.is_empty() { String::new() } else { format!("-{}", case.replace(' ', "-")) }
}

/// The table for a person.
pub fn print(report: &Value, by_row: &[Value]) {
    for row in report["rows"].as_array().into_iter().flatten() {
        let id = row["id"].as_str().unwrap_or_default();
        if !id.starts_with("row-") {
            let mark = if row["holds"] == true { "" } else { "  DOES NOT HOLD" };
            println!(
                "{id:<28} {:>14} {:<18}{mark}",
                row["value"].to_string(),
                row["unit"].as_str().unwrap_or_default()
            );
            if let Some(peers) = row["peers"].as_object() {
                let said: Vec<String> = peers
                    .iter()
                    .map(|(n, p)| format!("{n} {} in {} weeks", p["value"], p["weeks"]))
                    .collect();
                println!("{:<28} {}", "", said.join(", "));
            }
        }
    }
    println!(
        "\nrestarts/of them wrong, m: missed   {:<12}{:<16}{:<12}{:<12}",
        "asm", "restart-always", "curl-cron", "readyz-loop"
    );
    for of in by_row {
        let cell = |name: &str| {
            let w = &of["watchers"][name];
            format!("{}/{}{}", w["restarts"], w["wrong"], if w["missed"] == true { " m" } else { "" })
        };
        let name: String = format!(
            "{:>2} {} {}",
            of["row"],
            of["fault"].as_str().unwrap_or_default(),
            of["case"].as_str().unwrap_or_default()
        );
        let name: String = name.chars().take(34).collect();
        println!(
            "{name:<36}{:<12}{:<16}{:<12}{:<12}",
            cell("asm"),
            cell("restart-always"),
            cell("curl-cron"),
            cell("readyz-loop")
        );
    }
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
