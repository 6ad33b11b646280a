use super::*;
use crate::watchdog::observation::{Active, Exit};
use serde_json::json;

const RUNNING: &str = "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=77\nExecMainCode=0\n\
    ExecMainStatus=0\nResult=success\nNRestarts=2\nTimeoutStopUSec=5min 30s\nEnvironment=OPENCLAW_GATEWAY_PORT=18801 A=b";

#[test]
fn systemd_is_read_by_its_properties() {
    let running = systemd::read(RUNNING);
    assert_eq!((running.active, running.pid, running.last_exit), (Active::Running, Some(77), None));
    assert_eq!((running.restarts, running.stop_ms), (Some(2), Some(330_000)));
    let with = |changes: &[(&str, &str)]| {
        let lines = RUNNING.lines().map(|line| {
            let (name, _) = line.split_once('=').unwrap();
            changes.iter().find(|(n, _)| *n == name).map_or(line.to_owned(), |(n, v)| format!("{n}={v}"))
        });
        systemd::read(&lines.collect::<Vec<_>>().join("\n"))
    };
    let gone = [("MainPID", "0"), ("ExecMainCode", "1"), ("ExecMainStatus", "78"), ("Result", "exit-code")];
    let failed = with(&[&gone[..], &[("ActiveState", "failed"), ("SubState", "failed")]].concat());
    assert_eq!((failed.active, failed.pid), (Active::Failed, None));
    assert_eq!(failed.last_exit, Some(Exit { code: Some(78), ..Exit::default() }));
    let again = with(&[&gone[..], &[("ActiveState", "activating"), ("SubState", "auto-restart")]].concat());
    assert_eq!(again.active, Active::Failed);
    let stopped = with(&[("ActiveState", "inactive"), ("SubState", "dead"), ("MainPID", "0")]);
    assert_eq!(stopped.active, Active::Stopped);
    let memory = with(&[
        ("ActiveState", "failed"),
        ("Result", "oom-kill"),
        ("ExecMainCode", "2"),
        ("ExecMainStatus", "9"),
    ]);
    assert_eq!(memory.last_exit, Some(Exit { code: None, signal: Some(9), out_of_memory: true }));
    assert_eq!(with(&[("ActiveState", "deactivating")]).active, Active::Stopping);
    assert_eq!(with(&[("TimeoutStopUSec", "infinity")]).stop_ms, None);
    assert_eq!(systemd::span_ms("1h 2min 3.500s 4ms"), Some(3_723_504));
    assert_eq!(systemd::read("").active, Active::Untold);
}

/// Asked to stop, it took too long and was killed: it is down because somebody wanted it so.
#[test]
fn a_stop_that_was_forced_is_a_stop() {
    let told = |state: &str, sub: &str, result: &str| {
        let text =
            format!("ActiveState={state}\nSubState={sub}\nResult={result}\nExecMainCode=2\nExecMainStatus=9");
        let at = "ExecMainStartTimestampMonotonic=900\nActiveEnterTimestampMonotonic";
        [950, 400].map(|active| systemd::read(&format!("{text}\n{at}={active}")).active)
    };
    // The second never came up: nobody stopped it.
    assert_eq!(told("failed", "failed", "timeout"), [Active::Stopped, Active::Failed]);
    assert_eq!(told("failed", "failed", "signal"), [Active::Failed; 2], "nobody asked for that");
    assert_eq!(told("activating", "auto-restart", "timeout"), [Active::Failed; 2], "it is begun again");
}

#[test]
fn a_unit_of_another_gateway_is_not_ours() {
    let ours = Ours {
        state_dir: "/home/u/.openclaw".to_owned(),
        usual_state_dir: "/home/u/.openclaw".to_owned(),
        port: 18_801,
        ..Ours::default()
    };
    let is = |text: &str, ours: &Ours| systemd::is_ours(text, true, ours);
    assert!(is(RUNNING, &ours));
    assert!(!is(RUNNING, &Ours { port: 18_789, ..ours.clone() }));
    assert!(!is(RUNNING, &Ours { state_dir: "/srv/other".to_owned(), ..ours.clone() }));
    assert!(is(RUNNING, &Ours { pid: Some(77), state_dir: "/srv/other".to_owned(), ..ours.clone() }));
    assert!(!is(RUNNING, &Ours { pid: Some(4_000_000_000), ..ours.clone() }));
    // Somebody else runs the gateway while the unit is down: asked for a restart it would start a second one.
    let down = RUNNING.replace("MainPID=77", "MainPID=0");
    assert!(is(&down, &ours) && !is(&down, &Ours { pid: Some(77), ..ours.clone() }));
    assert!(!systemd::is_ours(RUNNING, false, &Ours { user: "u".to_owned(), ..ours.clone() }), "root's");
    let of_u = format!("{RUNNING}\nUser=u");
    assert!(systemd::is_ours(&of_u, false, &Ours { user: "u".to_owned(), ..ours.clone() }));
    let named = RUNNING.replace("A=b", "OPENCLAW_STATE_DIR=/srv/other");
    assert!(!is(&named, &ours));
    assert!(is(&named, &Ours { state_dir: "/srv/other/".to_owned(), ..ours }));
}

#[test]
fn launchd_and_containers_are_read_by_their_lists() {
    let text =
        "{\n\t\"Label\" = \"ai.openclaw.gateway\";\n\t\"LastExitStatus\" = 19968;\n\t\"PID\" = 42;\n};";
    let running = launchd::read(text);
    assert_eq!((running.active, running.pid, running.last_exit), (Active::Running, Some(42), None));
    let gone = launchd::read(&text.replace("\t\"PID\" = 42;\n", ""));
    assert_eq!((gone.active, gone.last_exit.unwrap().code), (Active::Failed, Some(78)));
    assert_eq!(launchd::read("\"LastExitStatus\" = 9;").last_exit.unwrap().signal, Some(9));
    let state = json!({"Status": "exited", "Pid": 0, "ExitCode": 137, "OOMKilled": true});
    let owner =
        container::read(&json!([{"State": state, "RestartCount": 3, "Config": {"StopTimeout": 330}}]))
            .unwrap();
    assert_eq!(
        (owner.active, owner.pid, owner.restarts, owner.stop_ms),
        (Active::Failed, None, Some(3), Some(330_000))
    );
    assert_eq!(owner.last_exit, Some(Exit { code: Some(137), signal: None, out_of_memory: true }));
    let kept = json!({"Status": "exited", "Pid": 0, "ExitCode": 137, "OOMKilled": false});
    let by = |policy: &str| {
        let host = json!({"RestartPolicy": {"Name": policy}});
        container::read(&json!([{"State": kept, "HostConfig": host}])).unwrap().active
    };
    assert_eq!(
        [by("always"), by("unless-stopped"), by("no")],
        [Active::Stopped, Active::Stopped, Active::Failed]
    );
    assert_eq!(container::read(&json!([])), None);
}

#[test]
fn owners_are_named_by_settings_and_asked_by_commands() {
    let words = |text: &str| Keeper::parse(text).and_then(|k| k.restart_command()).map(|c| c.join(" "));
    assert_eq!(words("systemd-user:my-gateway").unwrap(), "systemctl --user restart my-gateway.service");
    assert_eq!(words("systemd:a@b.service").unwrap(), "systemctl restart a@b.service");
    assert_eq!(words("podman:claw").unwrap(), "podman restart --time 330 claw");
    assert!(words("launchd:ai.openclaw.gateway").unwrap().ends_with("/ai.openclaw.gateway"));
    for bad in ["", "systemd", "systemd:", "systemd:-x", "systemd:a b", "upstart:x", "docker:$(x)"] {
        assert_eq!(Keeper::parse(bad), None, "{bad}");
    }
    let command = |text: &str| ["/bin/sh", "-c", text].map(str::to_owned).to_vec();
    let long = Duration::from_secs(60);
    let told = by_command(&command(r#"echo '{"active": "failed", "last_exit": {"code": 78}}'"#), long);
    assert_eq!((told.name.as_str(), told.active), ("command", Active::Failed));
    assert_eq!(by_command(&command("echo nonsense"), long).active, Active::Untold);
}

#[test]
fn a_gateway_that_answers_is_asked_itself() {
    use crate::watchdog::rpc::{Access, stand_in::answering};
    let token = Access::Token("secret".to_owned());
    let long = Duration::from_secs(60);
    let newer = answering(|method, params| match method {
        "gateway.restart.preflight" => Ok(json!({"safe": false, "counts": {"totalActive": 2}})),
        "gateway.restart.request" if params["reason"] == "why" => {
            Ok(json!({"ok": true, "status": "scheduled"}))
        }
        _ => Err("unknown"),
    });
    assert_eq!(request(newer, &token, "why", long), Ok(Answer { status: "scheduled".to_owned(), active: 2 }));
    assert_eq!(request(newer, &token, "other", long), Err("gateway.restart.request: unknown".to_owned()));
    let older = answering(|method, _| match method {
        "gateway.restart.request" => Ok(json!({"ok": false, "status": "fenced"})),
        _ => Err("unknown method"),
    });
    assert_eq!(request(older, &token, "why", long), Err("gateway.restart.request: fenced".to_owned()));
}

/// A script that runs so many shells, each the parent of the next; the last writes its pid into `leaf` and waits for the
/// end of its input.
#[cfg(target_os = "linux")]
fn nested(depth: usize, dir: &std::path::Path) -> String {
    let leaf = dir.join("leaf");
    let last = format!("echo $$ >'{0}.new'; mv '{0}.new' '{0}'; read x", leaf.display());
    (1..depth).fold(last, |inner, n| {
        let file = dir.join(n.to_string());
        std::fs::write(&file, inner).unwrap();
        format!("sh '{}'; :", file.display())
    })
}

#[cfg(target_os = "linux")]
fn pid_in(file: &std::path::Path) -> u32 {
    let until = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(pid) = std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()) {
            return pid;
        }
        assert!(std::time::Instant::now() < until, "the shells never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_owner_runs_what_is_below_a_few_wrappers_and_no_more() {
    use std::process::{Command, Stdio};
    for (depth, known) in [(2, true), (4, true), (MOST_WRAPPERS + 2, true), (MOST_WRAPPERS + 3, false)] {
        let dir = tempfile::tempdir().unwrap();
        let script = nested(depth, dir.path());
        let mut first = Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
        let leaf = pid_in(&dir.path().join("leaf"));
        let (main, found) = (first.id(), runs(first.id(), leaf));
        let backwards = runs(leaf, main) || runs(u32::MAX, leaf);
        drop(first.stdin.take());
        first.wait().unwrap();
        assert_eq!((found, backwards), (known, false), "{depth}");
        assert!(!runs(main, leaf), "they are gone");
    }
}

#[test]
fn a_unit_says_its_port_by_argument_or_environment() {
    let said = |more: &str| systemd::said_port(&systemd::pairs(&format!("{RUNNING}\n{more}")));
    assert_eq!(said(""), Some(18_801));
    let start = |words: &str| {
        format!("ExecStart={{ path=/usr/bin/node ; argv[]=/usr/bin/node x.js {words} ; ignore=no }}")
    };
    assert_eq!(said(&start("gateway --port 18802")), Some(18_802));
    assert_eq!(said(&start("gateway --port=18803 --force")), Some(18_803));
    assert_eq!(systemd::said_port(&systemd::pairs("Environment=A=b")), None);
    let ours = Ours { port: 18_801, ..Ours::default() };
    assert!(systemd::is_ours(RUNNING, true, &ours));
    assert!(!systemd::is_ours(&format!("{RUNNING}\n{}", start("--port 18802")), true, &ours));
}
