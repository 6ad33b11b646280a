//! Lives through thousands of weeks of a gateway, drawn from seeds, with the watchdog's judge in virtual time, and holds
//! each act against what was true. On a failure the smallest case that still fails is printed.
//!
//! `weeks [--weeks N] [--peer-weeks N] [--from N] [--threads N] [--report FILE]`.

mod dream;
mod peers;
mod report;
#[allow(dead_code, reason = "the tests of the judge read the rest of the table")]
mod rows;
mod shrink;
mod world;

use report::Sum;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use world::watcher::Watcher;
use world::{Kind, World};

/// What went wrong, and in which way.
type Cause = (Kind, String);

struct Settings {
    weeks: u64,
    peer_weeks: u64,
    from: u64,
    threads: usize,
    report: String,
}

fn settings() -> Result<Settings, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let report = "target/weeks/report.json".to_owned();
    let mut s = Settings { weeks: 10_000, peer_weeks: 1_000, from: 0, threads, report };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number =
            || value.replace('_', "").parse::<u64>().map_err(|_| format!("{name}: {value:?} is no number"));
        match name.as_str() {
            "--weeks" => s.weeks = number()?,
            "--peer-weeks" => s.peer_weeks = number()?,
            "--from" => s.from = number()?,
            "--threads" => s.threads = usize::try_from(number()?.max(1)).unwrap_or(1),
            "--report" => s.report = value,
            _ => return Err(format!("unknown: {name}")),
        }
    }
    Ok(s)
}

/// Lives through the weeks of `seeds` with this watcher, on all cores. Gives the sum and the first seeds that failed.
fn live(s: &Settings, weeks: u64, watcher: &Watcher) -> (Sum, Vec<(u64, Cause)>) {
    let next = AtomicU64::new(s.from);
    let total = Mutex::new((Sum::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..s.threads {
            scope.spawn(|| {
                let (mut sum, mut failed) = (Sum::default(), Vec::new());
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= s.from + weeks {
                        break;
                    }
                    let world = World::new(dream::week(seed), watcher.clone()).live();
                    failed.extend(world.mistakes.first().map(|m| (seed, (m.kind, m.what.clone()))));
                    sum.add(&world);
                }
                if let Ok(mut total) = total.lock() {
                    total.0.merge(&sum);
                    total.1.append(&mut failed);
                }
            });
        }
    });
    let (sum, mut failed) = total.into_inner().unwrap_or_default();
    failed.sort_unstable();
    (sum, failed)
}

fn main() -> ExitCode {
    let s = match settings() {
        Ok(s) => s,
        Err(error) => {
            eprintln!("weeks: {error}");
            return ExitCode::from(2);
        }
    };
    let begun = std::time::Instant::now();
    let (ours, failed) = live(&s, s.weeks, &Watcher::asm());
    let peers: Vec<(&str, Sum)> = peers::all()
        .iter()
        .map(|(name, watcher)| (*name, live(&s, s.peer_weeks.min(s.weeks), watcher).0))
        .collect();
    let by_row = peers::on_rows();
    let report = report::of(&ours, &peers, &by_row, begun.elapsed());
    report::print(&report, &by_row);
    if let Err(error) = report::write(&s.report, &report) {
        eprintln!("weeks: {}: {error}", s.report);
        return ExitCode::FAILURE;
    }
    let mut causes: Vec<Cause> = failed.iter().map(|(_, cause)| cause.clone()).collect();
    causes.sort_unstable();
    causes.dedup();
    for cause in causes {
        let seeds: Vec<u64> = failed.iter().filter(|(_, c)| *c == cause).map(|(seed, _)| *seed).collect();
        println!("\n{cause:?}: {} weeks, seeds {:?}", seeds.len(), seeds.iter().take(8).collect::<Vec<_>>());
        let smallest = seeds.iter().take(4).map(|seed| shrink::least(&dream::week(*seed), &cause));
        if let Some(least) = smallest.min_by_key(|plan| plan.faults.len()) {
            println!("{}", shrink::show(&least, &cause));
        }
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
