use super::*;
use crate::watchdog::net::stand_in::nobody;
use crate::watchdog::observation::{Channels, Config};
use crate::watchdog::policy::Policy;
use crate::watchdog::settings::{Flags, settle};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

/// A gateway stand-in that answers its probes, and nothing else.
fn gateway() -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = socket.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in socket.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let body = match line.split_whitespace().nth(1) {
                Some("/healthz") => json!({"ok": true, "status": "live"}),
                Some("/startupz") => json!({"ok": true, "status": "started", "uptimeMs": 5}),
                _ => json!({"ready": true, "failing": [], "suppressed": ["telegram"]}),
            };
            let body = body.to_string();
            let _ = write!(stream, "HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    addr
}

fn eyes(dir: &std::path::Path, addr: SocketAddr, config: &str) -> Eyes {
    std::fs::write(dir.join("openclaw.json"), config).unwrap();
    let flags = Flags {
        state_dir: Some(dir.to_owned()),
        port: Some(addr.port()),
        watchdog: vec![("reachabilityTargets", String::new())],
        ..Flags::default()
    };
    let mut eyes = Eyes::new(&settle(flags, &|_| None, 1).unwrap(), true);
    eyes.env = |_| None;
    eyes.gateway.env = eyes.env;
    eyes
}

#[test]
fn a_healthy_gateway_is_asked_little_and_its_configuration_kept() {
    let dir = tempfile::tempdir().unwrap();
    crate::watchdog::place::make_dir(&dir.path().join(".asm_watchdog")).unwrap();
    let mut eyes = eyes(dir.path(), gateway(), "{gateway: {auth: {token: 't'}}}");
    let first = eyes.look(&Ask::default());
    assert!(well(&first) && first.live() && first.network.is_none(), "{first:?}");
    assert_eq!(first.readyz.fields().unwrap().suppressed, ["telegram"]);
    assert!(matches!(first.channels, Channels::Failed { .. }), "this one speaks no WebSocket");
    assert!(matches!(first.config, Config::Sound { .. }));
    assert!(first.machine.disk_free_bytes.is_some() && !first.machine.disk_full);
    let second = eyes.look(&Ask::default());
    assert_eq!(second.channels, Channels::NotAsked, "once a minute");
    assert_eq!(
        second.port,
        crate::watchdog::observation::Port::Unseen,
        "a search of all processes is for doubt"
    );
    assert!(dir.path().join(".asm_watchdog/last_good/openclaw.json").is_file());
}

#[test]
fn a_gateway_that_is_gone_is_looked_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut eyes = eyes(dir.path(), nobody(), "{ broken");
    hold::hold(&eyes.settings.place, 60_000).unwrap();
    let seen = eyes.look(&Ask { doubt: true, ..Ask::default() });
    assert_eq!(seen.healthz, Answer::Refused);
    assert_eq!(seen.startupz, Answer::NotAsked);
    assert!(matches!(seen.config, Config::Broken { .. }));
    if cfg!(target_os = "linux") {
        assert_eq!(seen.port, crate::watchdog::observation::Port::Free);
    }
    assert!(seen.network.is_some_and(|n| n == Default::default()), "no targets, no proxy");
    assert!(seen.held_ms.is_some_and(|ms| ms > 0));
    assert!(seen.process.is_none());
}

#[test]
fn a_channel_that_looks_down_or_is_asked_for_is_in_doubt() {
    let doubtful = |lifecycle: &str, wanted: &str| {
        let row = json!({"accountId": "a", "enabled": true, "configured": true, "running": true, "connected": true,
            "lifecycle": lifecycle});
        let accounts = crate::watchdog::channel::accounts(&json!({"channelAccounts": {"telegram": [row]}}));
        super::channels::doubtful(&accounts.unwrap(), &[wanted.to_owned()]).len()
    };
    assert_eq!(doubtful("ready", ""), 0);
    assert_eq!(doubtful("ready", "telegram/a"), 1);
    assert_eq!(doubtful("recovering", ""), 1);
    assert_eq!(doubtful("stopped", "telegram/a"), 0, "by the operator");
}

#[test]
fn a_silent_gateway_is_asked_on_a_second_connection() {
    let dir = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut eyes = eyes(dir.path(), silent.local_addr().unwrap(), "{}");
    std::sync::Arc::make_mut(&mut eyes.settings).policy.probe_ms = 50;
    let silence = Answer::TimedOut { received_bytes: 0 };
    for second_signal in [false, true] {
        let wants = crate::watchdog::judge::Wants { second_signal, ..Default::default() };
        let seen = eyes.look(&Ask { wants, ..Ask::default() });
        assert_eq!((seen.healthz, seen.readyz), (silence.clone(), silence.clone()));
        assert_eq!(seen.startupz, Answer::NotAsked);
    }
}

#[test]
fn probes_grow_patient_in_doubt_and_never_past_the_timeout() {
    let policy = |seconds: u64| {
        let config = crate::shared::config::Watchdog {
            timeout_seconds: seconds,
            ..crate::shared::config::Config::default().watchdog
        };
        Policy::of(&config, 1.0, 1)
    };
    let ms = |policy: &Policy, failed_probes, silent_ms| {
        Ask { doubt: true, silent_ms, failed_probes, ..Ask::default() }.probe_ms(policy)
    };
    let usual = policy(180);
    assert_eq!([0, 1, 2, 3, 9].map(|n| ms(&usual, n, 0)), [5_000, 10_000, 20_000, 30_000, 30_000]);
    assert_eq!(ms(&usual, 3, 172_000), 8_000);
    assert_eq!(ms(&usual, 3, 178_000), 5_000);
    assert_eq!(ms(&usual, 3, 181_000), 30_000);
    assert_eq!(ms(&policy(60), 3, 0), 15_000);
}

#[test]
fn a_process_that_its_owner_does_not_run_is_disowned() {
    use crate::watchdog::observation::{Active, Owner};
    let pid = std::process::id();
    let me = crate::watchdog::os::process(pid);
    assert!(me.is_some());
    let disowned = |active, pid, process: &Option<crate::watchdog::observation::Process>| {
        let owner = Owner { active, pid, ..Owner::default() };
        super::gateway::disowned(&Observation { owner, process: process.clone(), ..Observation::default() })
    };
    let mine = Some(pid);
    assert!(!disowned(Active::Running, mine, &me), "its own");
    assert!(disowned(Active::Running, Some(4_000_000_000), &me), "it runs another one");
    assert!(disowned(Active::Stopped, None, &me), "it runs nothing");
    assert!(!disowned(Active::Untold, None, &me), "nothing is told");
    assert!(!disowned(Active::Stopped, None, &None), "there is none to be run");
    let gone = me.map(|p| crate::watchdog::observation::Process { start_ticks: p.start_ticks + 1, ..p });
    assert!(!disowned(Active::Stopped, None, &gone), "it has ended meanwhile");
}

/// The host waits up to twice 5 s for a channel to stop, whatever the scale of a test and however short the timeout.
#[test]
fn a_cure_has_the_time_that_the_host_takes() {
    let default = crate::shared::config::Config::default().watchdog;
    assert_eq!(Pace::of(&default, 1.0).cure_ms, 15_000);
    let short = crate::shared::config::Watchdog { timeout_seconds: 10, ..default };
    for scale in [1.0, 0.01] {
        let pace = Pace::of(&short, scale);
        assert!(pace.cure_ms == 15_000 && pace.rpc_ms < 1_000, "{pace:?}");
    }
}

/// A disk that is gone holds whoever reads a file of it, for ever; so does a pipe that nobody writes to.
#[test]
fn a_look_goes_on_where_files_hang() {
    let dir = tempfile::tempdir().unwrap();
    let mut eyes = eyes(dir.path(), gateway(), "{}");
    std::sync::Arc::make_mut(&mut eyes.settings).pace.answer_ms = 1;
    let own = dir.path().join(".asm_watchdog");
    crate::watchdog::place::make_dir(&own).unwrap();
    let files =
        [dir.path().join("openclaw.json"), eyes.settings.place.heartbeat_file(), own.join("hold.json")];
    for file in files {
        let _ = std::fs::remove_file(&file);
        assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    }
    let first = eyes.look(&Ask::default());
    assert!(first.live() && first.config == Config::NotRead && first.held_ms.is_none(), "{first:?}");
    assert!(first.machine.disk_free_bytes.is_some(), "what does not hang is told");
    let began = std::time::Instant::now();
    for _ in 0..20 {
        assert!(eyes.look(&Ask::default()).live());
    }
    // Two minutes if what hangs were waited for again.
    assert!(began.elapsed() < std::time::Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn guardians_that_are_late_are_there_at_the_next_look() {
    let dir = tempfile::tempdir().unwrap();
    let mut eyes = eyes(dir.path(), gateway(), "{}");
    let (sender, found) = std::sync::mpsc::channel();
    eyes.seeking = Some((Instant::now(), found));
    assert!(eyes.look(&Ask::default()).guardians.is_empty());
    assert!(eyes.seeking.is_some(), "not sought again while the first search hangs");
    let one = Guardian { name: "openclaw-watchdog".to_owned(), ..Guardian::default() };
    sender.send(vec![one.clone()]).unwrap();
    assert_eq!(eyes.look(&Ask::default()).guardians, [one]);
    assert!(eyes.seeking.is_none());
}

#[test]
fn a_process_that_cannot_be_looked_for_is_not_called_gone_and_a_hold_holds_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut eyes = eyes(dir.path(), gateway(), "{}");
    hold::hold(&eyes.settings.place, 600_000).unwrap();
    let first = eyes.look(&Ask::default());
    assert!(!first.process_untold && first.held_ms.is_some());
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Arc::new(std::sync::Mutex::new(released));
    for step in [&mut eyes.steps.process, &mut eyes.steps.hold] {
        let released = released.clone();
        assert_eq!(step.ask(Duration::from_millis(1), move || drop(released.lock().map(|r| r.recv()))), None);
    }
    let seen = eyes.look(&Ask { doubt: true, ..Ask::default() });
    assert!(seen.live() && seen.process_untold && seen.held_ms.is_some_and(|ms| ms > 0), "{seen:?}");
    drop(release);
}

/// Profile B is down and another gateway answers where it is looked for.
#[cfg(target_os = "linux")]
#[test]
fn who_answers_with_another_state_directory_is_not_ours() {
    use crate::watchdog::observation::Port;
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    // A process that is called as a gateway is, and holds the port.
    let script = dir.path().join("openclaw.py");
    let program = "import socket,sys;s=socket.socket();s.bind(('127.0.0.1',0));s.listen();\
        print(s.getsockname()[1],flush=True);sys.stdin.read()";
    std::fs::write(&script, program).unwrap();
    let started = |state_dir: &std::path::Path| {
        let mut child = std::process::Command::new("python3");
        child.arg(&script).arg("gateway").env("OPENCLAW_STATE_DIR", state_dir);
        child.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    for (state_dir, foreign) in [(other.path(), true), (dir.path(), false)] {
        let mut child = started(state_dir);
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let addr = SocketAddr::from(([127, 0, 0, 1], port.trim().parse().unwrap()));
        let mut eyes = eyes(dir.path(), addr, "{}");
        eyes.settings = std::sync::Arc::new(Settings {
            pace: Pace { answer_ms: 20_000, ..eyes.settings.pace.clone() },
            ..(*eyes.settings).clone()
        });
        let mut seen = Observation::default();
        eyes.see_owner_and_process(&Ask::default(), true, &mut seen);
        assert!(matches!(seen.port, Port::HeldBy { pid, .. } if pid == child.id()), "{:?}", seen.port);
        assert_eq!((seen.foreign_holder, seen.process.is_none()), (foreign, foreign), "{seen:?}");
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
