//! Compares the counter with tiktoken-rs in both encodings on texts made to break it, and stops at the first difference.
//!
//! `fuzz-count [--cases N] [--from N] [--seed N] [--threads N] [--log FILE]`. A case has the same text for the same seed
//! and number, so a run can go on where another one stopped. A text counts as one case, however many ways it is counted.
//!
//! `fuzz-count --tell yes …` counts nothing of ours: it writes the texts and what tiktoken-rs says of them to standard
//! output, for `wasm.mjs` beside this folder, which counts them as the plugin does.

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../native/count_exact/hostile.rs"]
mod hostile;
mod minimise;
mod summary;
mod tell;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use auto_session_manager::count::bpe::{Counter, Encoding, count, count_bytes_lossy, count_classes};
use hostile::Hostile;

/// Cases a thread takes at once.
const BLOCK: u64 = 1 << 14;
/// Time between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(20);

struct Settings {
    cases: u64,
    from: u64,
    seed: u64,
    threads: u64,
    log: Option<String>,
    tell: bool,
}

fn settings() -> Result<Settings, String> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let mut settings = Settings { cases: 50_000_000, from: 0, seed: 1, threads, log: None, tell: false };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.replace('_', "").parse().map_err(|_| format!("{name}: {value:?} is no number"));
        match name.as_str() {
            "--cases" => settings.cases = number()?,
            "--from" => settings.from = number()?,
            "--seed" => settings.seed = number()?,
            "--threads" => settings.threads = number()?.max(1),
            "--log" => settings.log = Some(value),
            "--tell" => settings.tell = value == "yes",
            _ => return Err(format!("unknown: {name}")),
        }
    }
    Ok(settings)
}

/// What the threads share.
struct Run {
    settings: Settings,
    next: AtomicU64,
    cases: AtomicU64,
    bytes: AtomicU64,
    stop: AtomicBool,
    failures: Mutex<Vec<String>>,
    log: Mutex<Option<File>>,
    begun: Instant,
}

impl Run {
    fn say(&self, line: &str) {
        println!("{line}");
        if let Some(file) = self.log.lock().ok().as_mut().and_then(|log| log.as_mut()) {
            writeln!(file, "{line}").ok();
        }
    }

    fn progress(&self) -> String {
        let (cases, bytes) = (self.cases.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed));
        let seconds = self.begun.elapsed().as_secs().max(1);
        let Settings { seed, from, .. } = self.settings;
        format!(
            "seed {seed}, from {from}: {cases} cases, {bytes} bytes, each in both encodings, {} a second, {} differences",
            cases / seconds,
            self.failures.lock().map_or(0, |failures| failures.len())
        )
    }

    fn work(&self) {
        let end = self.settings.from.saturating_add(self.settings.cases);
        while !self.stop.load(Ordering::Relaxed) {
            let begin = self.next.fetch_add(BLOCK, Ordering::Relaxed);
            if begin >= end {
                break;
            }
            let cases = begin..begin.saturating_add(BLOCK).min(end);
            let (mut done, mut bytes) = (0, 0);
            for case in cases {
                done += 1;
                match check(self.settings.seed, case) {
                    Ok(length) => bytes += length as u64,
                    Err(difference) => return self.fail(difference),
                }
            }
            self.cases.fetch_add(done, Ordering::Relaxed);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn fail(&self, difference: String) {
        self.stop.store(true, Ordering::Relaxed);
        self.say(&difference);
        if let Ok(mut failures) = self.failures.lock() {
            failures.push(difference);
        }
    }
}

fn expected(text: &str, encoding: Encoding) -> u64 {
    let oracle = match encoding {
        Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
    };
    oracle.encode_ordinary(text).len() as u64
}

/// Whether any way of counting differs from tiktoken-rs; `parts` says how long the parts are. In windows of that length
/// pieces are counted while they arrive.
fn differs(text: &str, encoding: Encoding, parts: usize) -> bool {
    let tokens = expected(text, encoding);
    let in_parts = |mut counter: Counter| {
        text.as_bytes().chunks(parts).for_each(|part| counter.push(part));
        counter.finish()
    };
    count(text, encoding) != tokens
        || count_classes(text, encoding).total() != tokens
        || (parts > 0 && in_parts(Counter::new(encoding)) != tokens)
        || (parts > 0 && in_parts(Counter::in_windows(encoding, parts)) != tokens)
}

/// Whether the text of a case has pieces of some thousand bytes, which take as long as a hundred others.
fn is_endless(case: u64) -> bool {
    case % 256 == 8
}

fn text(hostile: &mut Hostile, case: u64) -> String {
    match case % 8 {
        0 if is_endless(case) => hostile.endless(),
        0 => hostile.text(),
        4 => hostile.ascii(),
        _ => hostile.short_text(),
    }
}

/// Bytes of the text of a case that is counted right.
fn check(seed: u64, case: u64) -> Result<usize, String> {
    let mut hostile = Hostile::new(seed, case);
    if case.is_multiple_of(32) {
        let bytes = hostile.bytes();
        let text = String::from_utf8_lossy(&bytes);
        for &encoding in Encoding::ALL {
            if count_bytes_lossy(&bytes, encoding) != expected(&text, encoding) {
                return Err(format!("DIFFERENCE {encoding}, seed {seed}, case {case}, bytes {bytes:x?}"));
            }
        }
        return Ok(bytes.len());
    }
    let text = text(&mut hostile, case);
    let longest = if is_endless(case) { 200 } else { 24 };
    let parts = if case.is_multiple_of(4) { 1 + hostile.below(longest) } else { 0 };
    for &encoding in Encoding::ALL {
        if differs(&text, encoding, parts) {
            let least = minimise::minimise(&text, |text| differs(text, encoding, parts));
            let (ours, theirs) = (count(&least, encoding), expected(&least, encoding));
            return Err(format!(
                "DIFFERENCE {encoding}, seed {seed}, case {case}, parts of {parts}: {least:?} is {theirs} tokens, \
                 counted {ours}; the whole text was {text:?}"
            ));
        }
    }
    Ok(text.len())
}

fn run(settings: Settings) -> std::io::Result<bool> {
    let log = match &settings.log {
        Some(path) => Some(File::options().create(true).append(true).open(path)?),
        None => None,
    };
    let run = Run {
        next: AtomicU64::new(settings.from),
        cases: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        failures: Mutex::new(Vec::new()),
        log: Mutex::new(log),
        begun: Instant::now(),
        settings,
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..run.settings.threads).map(|_| scope.spawn(|| run.work())).collect();
        let mut said = Instant::now();
        while threads.iter().any(|thread| !thread.is_finished()) {
            std::thread::park_timeout(Duration::from_millis(200));
            if said.elapsed() >= PROGRESS {
                said = Instant::now();
                run.say(&run.progress());
            }
        }
    });
    run.say(&format!("end: {}", run.progress()));
    if let Some(folder) = run.settings.log.as_ref().and_then(|log| Path::new(log).parent()) {
        summary::write(folder)?;
    }
    Ok(run.failures.lock().is_ok_and(|failures| failures.is_empty()))
}

fn main() -> ExitCode {
    let done = settings().and_then(|settings| {
        let done = if settings.tell { tell::tell(&settings).map(|()| true) } else { run(settings) };
        done.map_err(|error| error.to_string())
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fuzz-count: {error}");
            ExitCode::from(2)
        }
    }
}
