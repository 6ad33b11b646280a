//! What all runs together came to: the ends of the logs in one folder.

use std::collections::BTreeMap;
use std::path::Path;

/// Writes `summary.json`, `{"counter": SUM, "cases": N, "mismatches": N}`, beside a log: what it and the others of the
/// same counter came to, whose names begin alike (`SUM-seed-…`). A run that was begun at the same number with the same
/// seed again counts once, as far as it came.
pub fn write(log: &Path) -> std::io::Result<()> {
    let Some(folder) = log.parent() else { return Ok(()) };
    let counter = |path: &Path| Some(path.file_name()?.to_str()?.split_once("seed-")?.0.to_owned());
    let ours = counter(log);
    let mut runs: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") && counter(&path) == ours {
            let text = std::fs::read_to_string(path)?;
            for (run, found) in text.lines().filter_map(end) {
                let most = runs.entry(run).or_default();
                *most = (found.0.max(most.0), found.1.max(most.1));
            }
        }
    }
    let (cases, mismatches) = runs.values().fold((0, 0), |sum, run| (sum.0 + run.0, sum.1 + run.1));
    let sum = ours.unwrap_or_default().trim_end_matches('-').to_owned();
    std::fs::write(
        folder.join("summary.json"),
        format!("{{\"counter\": \"{sum}\", \"cases\": {cases}, \"mismatches\": {mismatches}}}\n"),
    )
}

/// The run, its cases and its differences, of a line that says so.
fn end(line: &str) -> Option<(String, (u64, u64))> {
    let (run, found) = line.strip_prefix("end: ").unwrap_or(line).split_once(": ")?;
    let cases = found.split_once(" cases")?.0.parse().ok()?;
    let differences = found.strip_suffix(" differences")?.rsplit(' ').next()?.parse().ok()?;
    Some((run.to_owned(), (cases, differences)))
}
