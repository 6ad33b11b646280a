//! Real processes for the watchdog's tests: a gateway stand-in that can be frozen, killed and blocked, an owner that
//! restarts it, and the watchdog itself. A stand-in, because these tests must freeze and kill it in milliseconds; the
//! real gateway is frozen by the demonstration.

use auto_session_manager::watchdog::process;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longest wait for anything that must happen.
pub const PATIENCE: Duration = Duration::from_secs(40);
const DIR_ENV: &str = "ASM_TEST_GATEWAY_DIR";
const PORT_ENV: &str = "ASM_TEST_GATEWAY_PORT";

/// Waits until `condition` gives something.
pub fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(Instant::now() < end, "never happened: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A state directory, a port, and whatever runs there. Ends all of it when dropped.
pub struct Lab {
    pub dir: tempfile::TempDir,
    pub port: u16,
}

impl Lab {
    pub fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        // Nothing outside this machine is asked anything.
        let watchdog = json!({"reachabilityTargets": ""});
        let config =
            json!({"plugins": {"entries": {"auto-session-manager": {"config": {"watchdog": watchdog}}}}});
        fs::write(dir.path().join("openclaw.json"), config.to_string()).unwrap();
        Self { dir, port }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn lines(&self, name: &str) -> usize {
        fs::read_to_string(self.path(name)).map_or(0, |t| t.lines().count())
    }

    pub fn state(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path(".asm_watchdog/state.json")).unwrap()).unwrap()
    }

    /// A script of the owner's; `restart` in it ends the gateway and starts another one.
    pub fn script(&self, name: &str, body: &str) -> String {
        let dir = self.dir.path().display();
        let exe = std::env::current_exe().unwrap();
        let text = format!(
            "#!/bin/sh\ncd '{dir}'\nexport {DIR_ENV}='{dir}' {PORT_ENV}={}\nrestart() {{\n  [ -e pid ] && kill -9 \"$(cat pid)\" 2>/dev/null\n  \
             '{}' watchdog_lab::gateway --exact --ignored --nocapture >gateway.out 2>&1 &\n  echo $! > pid\n}}\n{body}\n",
            self.port,
            exe.display()
        );
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        json!(["/bin/sh", path]).to_string()
    }

    /// Starts the gateway through the owner and waits until it answers.
    pub fn start_gateway(&self) {
        self.script("start.sh", "restart");
        assert!(Command::new("/bin/sh").arg(self.path("start.sh")).status().unwrap().success());
        self.wait_for_gateway();
    }

    pub fn wait_for_gateway(&self) {
        until("the gateway answers", || {
            let mut s = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
            s.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").ok()?;
            let mut text = String::new();
            s.read_to_string(&mut text).ok()?;
            text.contains("\"ok\":true").then_some(())
        });
    }

    pub fn gateway_pid(&self) -> i32 {
        fs::read_to_string(self.path("pid")).unwrap().trim().parse().unwrap()
    }

    pub fn signal_gateway(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.gateway_pid()).unwrap(), signal).unwrap();
    }

    /// Starts `asm-watchdog run` with times a hundredth of what they say.
    pub fn watch(&self, extra: &[&str]) -> Dog {
        self.watch_scaled("0.01", extra)
    }

    pub fn watch_scaled(&self, scale: &str, extra: &[&str]) -> Dog {
        self.watch_by(&mut dog(self.dir.path(), self.port, "run", scale), extra)
    }

    /// Starts it by a command that is made already.
    pub fn watch_by(&self, command: &mut Command, extra: &[&str]) -> Dog {
        let mut child = command
            .arg("--json")
            .args(["--interval-seconds", "10"])
            .args(extra.iter().all(|a| *a != "--verify-seconds").then_some("--verify-seconds=2000"))
            .args(extra)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    break;
                }
            }
        });
        Dog { child, events, seen: Vec::new() }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Ok(text) = fs::read_to_string(self.path("pid"))
            && let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// The command with everything private to a lab.
pub fn dog(dir: &Path, port: u16, sub: &str, scale: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asm-watchdog"));
    command
        .arg(sub)
        .args(["--port", &port.to_string(), "--state-dir"])
        .arg(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("ASM_WATCHDOG_TIME_SCALE", scale);
    command
}

/// A running watchdog and what it printed.
pub struct Dog {
    pub child: Child,
    events: Receiver<Value>,
    pub seen: Vec<Value>,
}

impl Dog {
    /// Waits for an event whose fields are all as given, among those not yet waited for.
    pub fn wait(&mut self, wanted: &Value) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(left) else {
                panic!("no {wanted} after {:#?}", self.seen);
            };
            self.seen.push(event.clone());
            let fields = wanted.as_object().unwrap();
            if fields.iter().all(|(k, v)| event.get(k) == Some(v)) {
                return event;
            }
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Asks it to stop and gives its exit code.
    pub fn stop(mut self) -> (Option<i32>, Vec<Value>) {
        self.signal(Signal::TERM);
        let code = until("the watchdog stops", || self.child.try_wait().unwrap()).code();
        let rest: Vec<Value> = self.events.iter().collect();
        self.seen.extend(rest);
        (code, std::mem::take(&mut self.seen))
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Dog {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test: the gateway stand-in, when the owner starts this binary with a directory.
#[test]
#[ignore = "run by the owner's script"]
fn gateway() {
    let Some(dir) = std::env::var_os(DIR_ENV).map(PathBuf::from) else { return };
    let port: u16 = std::env::var(PORT_ENV).unwrap().parse().unwrap();
    let socket = until("the port is free", || TcpListener::bind(("127.0.0.1", port)).ok());
    let born = Instant::now();
    let pid = std::process::id();
    let beat = json!({"version": 1, "pid": pid, "start_ticks": process::start_ticks(pid),
        "boot_id": process::boot_id().unwrap_or_default(), "at_ms": 1, "loop_lag_ms_max": 3,
        "in_flight": ["agent:main:main"]});
    fs::write(dir.join(".asm_heartbeat.json"), beat.to_string()).unwrap();
    for stream in socket.incoming().flatten() {
        // An event loop that is blocked by work.
        while dir.join("block").exists() {
            std::hint::spin_loop();
        }
        let _ = answer(stream, born);
    }
}

fn answer(mut stream: TcpStream, born: Instant) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    let uptime = u64::try_from(born.elapsed().as_millis()).unwrap_or_default();
    let body = match line.split_whitespace().nth(1) {
        Some("/healthz") => json!({"ok": true, "status": "live"}),
        Some("/startupz") => json!({"ok": true, "status": "started", "version": "0", "uptimeMs": uptime}),
        _ => json!({"ready": true, "failing": [], "uptimeMs": uptime}),
    };
    let body = body.to_string();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
