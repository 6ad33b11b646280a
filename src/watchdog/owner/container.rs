//! A container runtime, by `inspect`, which prints JSON.

use crate::watchdog::observation::{Active, Exit, Owner};
use crate::watchdog::os::output;
use serde_json::Value;
use std::time::Duration;

pub(super) fn ask(runtime: &str, name: &str, deadline: Duration) -> Option<Owner> {
    let text = output(&[runtime, "inspect", "--type", "container", name], deadline)?;
    read(&serde_json::from_str(&text).ok()?)
}

/// The owner's view in what `inspect` prints, without a name.
pub(super) fn read(inspected: &Value) -> Option<Owner> {
    let container = inspected.get(0)?;
    let state = container.get("State")?;
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_i64);
    let code = number(state, "ExitCode").and_then(|c| i32::try_from(c).ok());
    let out_of_memory = state.get("OOMKilled").and_then(Value::as_bool).unwrap_or_default();
    // One that its runtime always starts again and that stays down was stopped, by force if it had to be.
    let policy = container.pointer("/HostConfig/RestartPolicy/Name").and_then(Value::as_str);
    let forced = code == Some(137) && matches!(policy, Some("always" | "unless-stopped"));
    let well = (matches!(code, Some(0 | 143)) || forced) && !out_of_memory;
    let active = match state.get("Status").and_then(Value::as_str).unwrap_or_default() {
        "running" => Active::Running,
        "created" | "initialized" => Active::Starting,
        "removing" | "stopping" => Active::Stopping,
        "exited" | "stopped" if well => Active::Stopped,
        "exited" | "stopped" | "restarting" | "dead" => Active::Failed,
        _ => Active::Untold,
    };
    let ended = matches!(active, Active::Stopped | Active::Failed);
    let seconds = container.pointer("/Config/StopTimeout").and_then(Value::as_u64);
    Some(Owner {
        name: String::new(),
        active,
        pid: number(state, "Pid").and_then(|p| u32::try_from(p).ok()).filter(|p| *p != 0),
        last_exit: ended.then_some(Exit { code, signal: None, out_of_memory }),
        restarts: number(container, "RestartCount").and_then(|n| u64::try_from(n).ok()),
        stop_ms: seconds.map(|s| s.saturating_mul(1_000)),
    })
}
