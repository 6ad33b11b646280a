//! The gateway's process as the kernel sees it. Linux only; elsewhere there is nothing to tell.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Threads, sockets and other lists are cut here.
const MOST_ITEMS: usize = 100;
const MOST_TEXT: usize = 16_384;
/// Lines of `/proc/<pid>/status` that say something about a hang.
const STATUS: &[&str] = &[
    "State",
    "PPid",
    "FDSize",
    "VmPeak",
    "VmRSS",
    "VmSwap",
    "RssAnon",
    "Threads",
    "SigPnd",
    "ShdPnd",
    "SigBlk",
    "SigCgt",
    "voluntary_ctxt_switches",
    "nonvoluntary_ctxt_switches",
];

/// Its memory by kind; null where the process is gone. Apart from the rest, since the read waits for a process that holds
/// its own memory map.
#[must_use]
pub fn memory(pid: u32) -> Value {
    match text_of(&format!("/proc/{pid}/smaps_rollup")) {
        text if text.is_empty() => Value::Null,
        text => json!({"pid": pid, "smaps_rollup_kb": numbers(&text)}),
    }
}

/// Everything at once; null where the process is gone.
#[must_use]
pub fn facts(pid: u32) -> Value {
    let root = format!("/proc/{pid}");
    if !Path::new(&root).exists() {
        return Value::Null;
    }
    let text = |name: &str| text_of(&format!("{root}/{name}"));
    json!({
        "pid": pid,
        "status": fields(&text("status"), STATUS, ':'),
        "wchan": text("wchan"),
        "syscall": text("syscall"),
        "kernel_stack": text("stack"),
        "threads": threads(&root),
        "fds": descriptors(&root),
        "sockets": sockets(&root),
        "io": numbers(&text("io")),
        "oom_score": text("oom_score"),
        "open_files_limit": text("limits").lines().find(|l| l.starts_with("Max open files")),
        "cgroup": cgroup(&text("cgroup")),
        "children": children(&root),
    })
}

/// Each thread has its own.
fn children(root: &str) -> Vec<u32> {
    let tasks = format!("{root}/task");
    let each = names(&tasks).map(|id| text_of(&format!("{root}/task/{id}/children")));
    let pids =
        each.flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>());
    pids.take(MOST_ITEMS).collect()
}

/// State, wait channel and processor time of each thread: which one works and which waits for what.
fn threads(root: &str) -> Vec<Value> {
    let mut ids: Vec<u32> = names(&format!("{root}/task")).filter_map(|n| n.parse().ok()).collect();
    ids.sort_unstable();
    let tell = |id: u32| {
        let of = |name: &str| text_of(&format!("{root}/task/{id}/{name}"));
        let stat = of("stat");
        let after: Vec<&str> =
            stat.rsplit_once(')').map(|(_, r)| r.split_whitespace().collect()).unwrap_or_default();
        let ticks = |at: usize| after.get(at).and_then(|n| n.parse::<u64>().ok()).unwrap_or_default();
        json!({"tid": id, "name": of("comm"), "state": after.first(), "wchan": of("wchan"),
            "user_ticks": ticks(11), "system_ticks": ticks(12), "syscall": of("syscall").split(' ').next()})
    };
    ids.into_iter().take(MOST_ITEMS).map(tell).collect()
}

/// How many descriptors of each kind are open.
fn descriptors(root: &str) -> Value {
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for link in links(root) {
        let kind = match link.split_once(':') {
            Some(("anon_inode", kind)) => kind.trim_matches(['[', ']']).to_owned(),
            Some((kind, _)) => kind.to_owned(),
            None if link.starts_with("/dev/") => link.clone(),
            None => "file".to_owned(),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    json!({"total": kinds.values().sum::<u64>(), "kinds": kinds})
}

/// TCP sockets of the process: ends, state, and what waits in their queues.
fn sockets(root: &str) -> Vec<Value> {
    let ours: Vec<String> = links(root)
        .filter_map(|l| Some(l.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let mut rows = Vec::new();
    for (table, v6) in [("net/tcp", false), ("net/tcp6", true)] {
        let text = fs::read_to_string(format!("{root}/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let row: Vec<&str> = line.split_whitespace().collect();
            let at = |n: usize| row.get(n).copied().unwrap_or_default();
            if ours.iter().any(|inode| inode == at(9)) {
                rows.push(json!({"local": address(at(1), v6), "remote": address(at(2), v6),
                    "state": state(at(3)), "queues": at(4)}));
            }
        }
    }
    rows.truncate(MOST_ITEMS);
    rows
}

/// `0100007F:4965` as `127.0.0.1:18789`: words of 32 bits in the machine's order, the port in the network's.
fn address(text: &str, v6: bool) -> String {
    let Some((host, port)) = text.split_once(':') else { return text.to_owned() };
    let port = u16::from_str_radix(port, 16).unwrap_or_default();
    let bytes: Vec<u8> = host
        .as_bytes()
        .chunks(8)
        .filter_map(|w| u32::from_str_radix(std::str::from_utf8(w).ok()?, 16).ok())
        .flat_map(u32::to_ne_bytes)
        .collect();
    match (<[u8; 4]>::try_from(bytes.as_slice()), <[u8; 16]>::try_from(bytes.as_slice())) {
        (Ok(v4), _) if !v6 => format!("{}:{port}", std::net::Ipv4Addr::from(v4)),
        (_, Ok(bytes)) => format!("[{}]:{port}", std::net::Ipv6Addr::from(bytes)),
        _ => text.to_owned(),
    }
}

/// States of `include/net/tcp_states.h`.
fn state(code: &str) -> &str {
    match code {
        "01" => "established",
        "02" => "syn-sent",
        "03" => "syn-recv",
        "04" => "fin-wait-1",
        "05" => "fin-wait-2",
        "06" => "time-wait",
        "08" => "close-wait",
        "09" => "last-ack",
        "0A" => "listen",
        "0B" => "closing",
        other => other,
    }
}

/// Memory of the process' control group (version 2).
fn cgroup(text: &str) -> Value {
    let Some(path) = text.lines().find_map(|l| l.strip_prefix("0::")) else { return Value::Null };
    let of = |name: &str| text_of(&format!("/sys/fs/cgroup{path}/{name}"));
    let names =
        ["memory.current", "memory.max", "memory.high", "memory.events", "memory.pressure", "pids.current"];
    let told: Map<String, Value> = names
        .into_iter()
        .map(|n| (n.to_owned(), Value::from(of(n))))
        .filter(|(_, v)| v.as_str().is_some_and(|t| !t.is_empty()))
        .collect();
    json!({"path": path, "memory": told})
}

/// The machine: load, memory, pressure.
#[must_use]
pub fn machine() -> Value {
    let memory = ["MemTotal", "MemFree", "MemAvailable", "SwapTotal", "SwapFree", "Dirty", "Writeback"];
    let pressure = |name: &str| text_of(&format!("/proc/pressure/{name}"));
    json!({
        "load": text_of("/proc/loadavg"),
        "uptime": text_of("/proc/uptime"),
        "memory": fields(&text_of("/proc/meminfo"), &memory, ':'),
        "pressure": {"cpu": pressure("cpu"), "memory": pressure("memory"), "io": pressure("io")},
        "kernel": text_of("/proc/sys/kernel/osrelease"),
    })
}

/// The lines of those names, `name: value`.
fn fields(text: &str, names: &[&str], mark: char) -> Map<String, Value> {
    let pairs = text.lines().filter_map(|l| l.split_once(mark));
    let told = pairs.filter(|(name, _)| names.contains(name));
    told.map(|(name, value)| (name.to_owned(), value.trim().into())).collect()
}

/// `Name: 12 kB` as `Name: 12`.
fn numbers(text: &str) -> Map<String, Value> {
    let number = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let value: u64 = value.split_whitespace().next()?.parse().ok()?;
        Some((name.to_owned(), value.into()))
    };
    text.lines().filter_map(number).collect()
}

fn links(root: &str) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(format!("{root}/fd")).into_iter().flatten().flatten();
    entries.filter_map(|e| Some(fs::read_link(e.path()).ok()?.to_string_lossy().into_owned()))
}

fn names(dir: &str) -> impl Iterator<Item = String> {
    fs::read_dir(dir).into_iter().flatten().flatten().filter_map(|e| e.file_name().into_string().ok())
}

/// A small text, trimmed; empty where it cannot be read.
fn text_of(path: &str) -> String {
    let bytes = crate::watchdog::place::read_bounded(path.as_ref(), MOST_TEXT as u64).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_tells_its_threads_descriptors_and_sockets() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let here = socket.local_addr().unwrap().to_string();
        let facts = facts(std::process::id());
        assert!(facts["threads"].as_array().unwrap().iter().any(|t| t["state"] == "R"), "{facts}");
        assert!(facts["fds"]["kinds"]["socket"].as_u64().unwrap() >= 1);
        let listens = |s: &Value| s["local"] == here.as_str() && s["state"] == "listen";
        assert!(facts["sockets"].as_array().unwrap().iter().any(listens), "{}", facts["sockets"]);
        assert!(memory(std::process::id())["smaps_rollup_kb"]["Rss"].as_u64().unwrap() > 0);
        assert!(machine()["memory"]["MemTotal"].is_string());
        assert_eq!(super::facts(u32::MAX), Value::Null);
    }

    #[test]
    fn its_children_are_named() {
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let facts = facts(std::process::id());
        assert!(facts["children"].as_array().unwrap().contains(&child.id().into()), "{}", facts["children"]);
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    #[test]
    fn addresses_are_read_as_the_kernel_writes_them() {
        assert_eq!(address("0100007F:4965", false), "127.0.0.1:18789");
        assert_eq!(address("00000000000000000000000001000000:0050", true), "[::1]:80");
    }
}
