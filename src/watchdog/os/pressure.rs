//! What presses on the machine, by `/proc` and the control groups.

use crate::watchdog::observation::Machine;
use std::fs;
use std::path::{Path, PathBuf};

/// Test only: the folder that stands for `/proc/pressure`, so that what runs beside a rehearsal is kept out of it.
const PRESSURE_ENV: &str = "ASM_WATCHDOG_PRESSURE";

/// Counts the kills of the whole machine.
const OF_ALL: &str = "/proc/vmstat";

/// Pressure and memory now; kills and disk are not filled in.
#[must_use]
pub fn pressure() -> Machine {
    let (available, total) = memory(&fs::read_to_string("/proc/meminfo").unwrap_or_default());
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Machine {
        cpu_pressure_percent: stalled("cpu")
            .or_else(|| load(&fs::read_to_string("/proc/loadavg").ok()?, cpus)),
        memory_pressure_percent: stalled("memory"),
        memory_available_percent: available.and_then(|a| percent(a, total?)),
        ..Machine::default()
    }
}

fn stalled(what: &str) -> Option<u8> {
    let folder = std::env::var_os(PRESSURE_ENV).unwrap_or_else(|| "/proc/pressure".into());
    some_avg10(&fs::read_to_string(Path::new(&folder).join(what)).ok()?)
}

/// `some avg10=1.53 avg60=…`, in percent.
pub(super) fn some_avg10(text: &str) -> Option<u8> {
    let line = text.lines().find(|l| l.starts_with("some "))?;
    let value = line.split_whitespace().find_map(|w| w.strip_prefix("avg10="))?;
    whole(value.parse().ok()?)
}

/// The share of waiting that a load beyond the processors means: a load of twice their number is 50 %.
pub(super) fn load(text: &str, cpus: usize) -> Option<u8> {
    let load: f64 = text.split_whitespace().next()?.parse().ok()?;
    let cpus = f64::from(u32::try_from(cpus).unwrap_or(1));
    whole(if load > cpus { 100.0 * (load - cpus) / load } else { 0.0 })
}

fn whole(percent: f64) -> Option<u8> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0.0..=100.0).contains(&percent).then_some(percent as u8)
}

fn percent(part: u64, whole: u64) -> Option<u8> {
    u8::try_from(part.saturating_mul(100).checked_div(whole)?).ok()
}

/// Available and total memory, kB.
fn memory(text: &str) -> (Option<u64>, Option<u64>) {
    let of = |name: &str| text.lines().find_map(|l| number(l.strip_prefix(name)?.strip_prefix(':')?));
    (of("MemAvailable"), of("MemTotal"))
}

fn number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

/// Kills for want of memory: of the gateway's control group, else of the machine. The number never goes back and never
/// jumps because another source is read.
#[derive(Clone, Debug, Default)]
pub struct Kills {
    /// The one read last; kept while it exists.
    source: Option<PathBuf>,
    raw: u64,
    told: u64,
}

impl Kills {
    /// Reads on; `pid` is the gateway's process where it is known. Once its group is known, the group is asked as long
    /// as it is there: a gateway that is gone was counted in it.
    pub fn read(&mut self, pid: Option<u32>) -> Option<u64> {
        let grouped = pid.and_then(group_file);
        let kept = self.source.clone().filter(|f| f.exists());
        let source = grouped.or(kept).unwrap_or_else(|| PathBuf::from(OF_ALL));
        let raw = fs::read_to_string(&source).ok().and_then(|t| kills_in(&t))?;
        Some(self.take(source, raw))
    }

    /// Whether what was read last counts every program of the machine.
    #[must_use]
    pub fn of_all(&self) -> bool {
        self.source.as_deref() == Some(Path::new(OF_ALL))
    }

    fn take(&mut self, source: PathBuf, raw: u64) -> u64 {
        if self.source.as_ref() == Some(&source) {
            self.told = self.told.saturating_add(raw.saturating_sub(self.raw));
        }
        self.raw = raw;
        self.source = Some(source);
        self.told
    }
}

/// The file that counts the kills of a process' control group; none for the root group, which has none.
fn group_file(pid: u32) -> Option<PathBuf> {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let path = |line: &str| Some(line.splitn(3, ':').nth(2)?.trim_start_matches('/').to_owned());
    let new = groups.lines().find(|l| l.starts_with("0::")).and_then(path);
    let old = groups.lines().find(|l| l.split(':').nth(1) == Some("memory")).and_then(path);
    let within = |root: &str, path: String, file: &str| {
        let file = Path::new(root).join(&path).join(file);
        (!path.is_empty() && file.exists()).then_some(file)
    };
    new.and_then(|p| within("/sys/fs/cgroup", p, "memory.events"))
        .or_else(|| within("/sys/fs/cgroup/memory", old?, "memory.oom_control"))
}

/// `oom_kill 3` in any of the three files.
pub(super) fn kills_in(text: &str) -> Option<u64> {
    text.lines().find_map(|l| number(l.strip_prefix("oom_kill ")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_are_counted_over_a_change_of_source() {
        let mut kills = Kills::default();
        let [a, b] = ["/a", "/b"].map(PathBuf::from);
        assert_eq!(kills.take(a.clone(), 7), 0, "what was before us is nobody's");
        assert_eq!(kills.take(a.clone(), 8), 1);
        assert_eq!(kills.take(b.clone(), 2), 1, "another group with a number of its own");
        assert_eq!(kills.take(b, 3), 2);
        assert_eq!(kills.take(a, 0), 2);
    }
}
