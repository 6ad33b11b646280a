//! `metrics.prom`: what a Prometheus textfile collector reads. Rendering is pure.

use super::observation::Observation;
use super::place::{Place, write_whole};
use super::store::Stored;
use super::verdict::Verdict;
use std::fmt::Write;
use std::io;

/// What the watchdog costs and when it looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Epoch milliseconds of the last look's end.
    pub looked_at_ms: i64,
    /// How long the look took.
    pub look_ms: u64,
    pub resident_bytes: Option<u64>,
    pub cpu_ms: Option<u64>,
}

/// The whole file.
#[must_use]
pub fn render(stored: &Stored, seen: &Observation, own: &Own) -> String {
    let mut out = Page { text: String::new(), target: stored.target.clone() };
    let last = stored.history.judgement;
    let verdicts = Verdict::ALL.map(|v| (format!(",verdict=\"{}\"", v.name()), u64::from(v == last.verdict)));
    out.family("verdict", "gauge", "1 for the verdict of the last look.");
    for (label, value) in verdicts {
        out.row("verdict", &label, &value.to_string());
    }
    gauges(&mut out, stored, seen, own);
    let totals = &stored.totals;
    let incidents = stored.history.incidents.to_string();
    out.one("restarts_total", "counter", "Restarts asked for.", Some(totals.restarts.to_string()));
    out.one("escalations_total", "counter", "Escalations.", Some(totals.escalations.to_string()));
    out.one("incidents_total", "counter", "Incidents.", Some(incidents));
    let cpu = own.cpu_ms.map(seconds);
    out.one("cpu_seconds_total", "counter", "Processor time of the watchdog.", cpu);
    out.family("build_info", "gauge", "The watchdog's version.");
    out.row("build_info", &format!(",version=\"{}\"", env!("CARGO_PKG_VERSION")), "1");
    out.text
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

fn gauges(out: &mut Page, stored: &Stored, seen: &Observation, own: &Own) {
    let (h, last) = (&stored.history, stored.history.judgement);
    let held = seen.held_ms.unwrap_or(0);
    let waiting: usize = stored.outbox.letters.iter().map(|l| l.errands.len()).sum();
    let at = u64::try_from(own.looked_at_ms).unwrap_or_default();
    let rows: [(&str, &str, Option<String>); 10] = [
        ("silence_seconds", "Time without an answer of the gateway.", Some(seconds(last.silent_ms))),
        ("failed_probes", "Liveness probes failed in a row.", Some(last.failed_probes.to_string())),
        ("probe_seconds", "Time the liveness probe took.", seen.probe_ms.map(seconds)),
        ("look_seconds", "Time the whole look took.", Some(seconds(own.look_ms))),
        ("last_look_timestamp_seconds", "When the last look ended.", Some(seconds(at))),
        ("incident_open", "1 while an incident is open.", Some(u64::from(h.incident.is_some()).to_string())),
        ("gateway_uptime_seconds", "Age of the gateway's boot.", seen.uptime_ms().map(seconds)),
        ("alerts_waiting", "Deliveries that wait.", Some(waiting.to_string())),
        ("resident_bytes", "Memory of the watchdog.", own.resident_bytes.map(|n| n.to_string())),
        ("paused_seconds", "Time for which acting is still held off.", Some(seconds(held))),
    ];
    for (name, help, value) in rows {
        out.one(name, "gauge", help, value);
    }
}

struct Page {
    text: String,
    target: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP asm_watchdog_{name} {help}\n# TYPE asm_watchdog_{name} {kind}");
    }

    /// A family of one row, where there is a value.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: Option<String>) {
        if let Some(value) = value {
            self.family(name, kind, help);
            self.row(name, "", &value);
        }
    }

    fn row(&mut self, name: &str, labels: &str, value: &str) {
        let _ = writeln!(self.text, "asm_watchdog_{name}{{target=\"{}\"{labels}}} {value}", self.target);
    }
}

/// Writes the file, whole or not at all.
///
/// # Errors
/// As the file system gives them.
pub fn write(place: &Place, text: &str) -> io::Result<()> {
    write_whole(&place.metrics_file(), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::verdict::Judgement;

    #[test]
    fn every_row_has_a_family_and_one_verdict_is_set() {
        let mut stored = Stored { target: "127.0.0.1:18789".to_owned(), ..Stored::default() };
        stored.history.judgement =
            Judgement { verdict: Verdict::Hung, silent_ms: 181_250, ..Judgement::default() };
        stored.totals.restarts = 3;
        let seen = Observation { probe_ms: Some(42), ..Observation::default() };
        let own = Own { looked_at_ms: 1_795_162_500_123, resident_bytes: Some(4_000_000), ..Own::default() };
        let text = render(&stored, &seen, &own);
        assert!(
            text.contains("asm_watchdog_silence_seconds{target=\"127.0.0.1:18789\"} 181.250\n"),
            "{text}"
        );
        assert!(text.contains("probe_seconds{target=\"127.0.0.1:18789\"} 0.042\n"), "{text}");
        assert!(text.contains("last_look_timestamp_seconds{target=\"127.0.0.1:18789\"} 1795162500.123\n"));
        let set: Vec<_> = text.lines().filter(|l| l.contains("verdict=") && l.ends_with(" 1")).collect();
        assert_eq!(set.len(), 1);
        assert!(set[0].contains("hung"));
        for row in text.lines().filter(|l| !l.starts_with('#')) {
            let name = row.split('{').next().unwrap();
            assert_eq!(text.matches(&format!("# TYPE {name} ")).count(), 1, "{name}");
            assert!(row.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{row}");
        }
    }
}
