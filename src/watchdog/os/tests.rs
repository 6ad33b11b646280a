use super::*;
use crate::watchdog::observation::Port;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

#[cfg(target_os = "linux")]
#[test]
fn a_name_with_parentheses_and_spaces_shifts_nothing() {
    let stat = "42 (a) b (c) T 1 42 42 0 -1 4194304 9 0 0 0 150 50 0 0 20 0 11 0 987654 1 2";
    let p = linux::parse(42, stat, 100).unwrap();
    assert_eq!((p.state, p.cpu_ms, p.threads, p.start_ticks), ('T', 2_000, 11, 987_654));
    assert_eq!(linux::parse(42, "42 (x) T 1", 100), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_listener_is_found_by_guess_and_by_search() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let number = socket.local_addr().unwrap();
    let own = std::process::id();
    // A child that another test has just forked holds every socket until it becomes its program.
    let seen = |likely: &[u32], want: &dyn Fn(&Port) -> bool| {
        (0..1_000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            want(&port(number, likely))
        })
    };
    let ours = |p: &Port| {
        matches!(p, Port::HeldBy { pid, start_ticks: start, name, .. }
            if (*pid, *start) == (own, start_ticks(own)) && !name.is_empty())
    };
    for likely in [&[][..], &[own], &[1]] {
        assert!(seen(likely, &ours), "{likely:?}: {:?}", port(number, likely));
    }
    drop(socket);
    assert!(seen(&[], &|p| *p == Port::Free));
    assert!(parent(own).is_some() && pids().contains(&own) && !arguments(own).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_of_another_address_is_another_port() {
    let row = |at: &str| format!("  sl local\n 0: {at} 00000000:0000 0A 0:0 00:0 0 1000 0 4242 1\n");
    let held = |at: &str, addr: &str| linux::listening(&row(at), addr.parse().unwrap()) == [4_242];
    let (four, six) = ("127.0.0.1:18789", "[::1]:18789");
    assert!(held("0100007F:4965", four) && held("00000000:4965", four));
    assert!(!held("0200007F:4965", four) && !held("0100007F:4966", four) && !held("00000000:4965", six));
    let any = "0".repeat(32) + ":4965";
    assert!(held(&any, four) && held(&any, six));
    assert!(held("0000000000000000FFFF00000100007F:4965", four), "its IPv6 form");
    assert!(held("00000000000000000000000001000000:4965", six));
    assert!(!held("00000000000000000000000001000000:4965", four));
    assert!(!held("nonsense", four) && !held("0100007F:", four));
}

#[cfg(target_os = "linux")]
#[test]
fn pressure_is_read_from_what_there_is() {
    assert_eq!(pressure::some_avg10("some avg10=12.90 avg60=1.00\nfull avg10=50.0"), Some(12));
    assert_eq!(pressure::some_avg10("full avg10=50.0"), None);
    assert_eq!(pressure::load("4.00 1.0 1.0 1/2 3", 2), Some(50));
    assert_eq!(pressure::load("1.00", 2), Some(0));
    assert_eq!(pressure::kills_in("oom 1\noom_kill 4\noom_group_kill 0"), Some(4));
    let now = super::pressure();
    assert!(now.memory_available_percent.is_some() && now.cpu_pressure_percent.is_some(), "{now:?}");
    assert!(Kills::default().read(Some(std::process::id())).is_some());
}

#[test]
fn a_tool_ends_well_in_time_or_says_nothing() {
    assert_eq!(output(&["/bin/sh", "-c", "echo $LC_ALL"], LONG).as_deref(), Some("C\n"));
    assert_eq!(output(&["/bin/sh", "-c", "echo no; exit 3"], LONG), None);
    assert_eq!(output(&["/nonexistent"], LONG), None);
    assert_eq!(output(&["/bin/sleep", "1000"], Duration::from_millis(100)), None);
}

#[test]
fn room_is_told_and_a_trial_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    assert!(free_bytes(dir.path()).is_some() && !is_full(dir.path()));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(!is_full(&dir.path().join("none")) && free_bytes(&dir.path().join("none")).is_none());
    // A device that is always full.
    #[cfg(target_os = "linux")]
    {
        let link = dir.path().join(format!(".room.{}", std::process::id()));
        std::os::unix::fs::symlink("/dev/full", &link).unwrap();
        assert!(is_full(dir.path()));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_goes_by_a_handle_to_who_was_verified_and_to_nobody_else() {
    use std::os::unix::process::ExitStatusExt;
    let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let pid = child.id();
    assert!(super::signal(pid, super::Signal::USR1, || false).is_err());
    assert!(child.try_wait().unwrap().is_none(), "the signal would have ended it");
    super::signal(pid, super::Signal::USR1, || super::start_ticks(pid) > 0).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(super::Signal::USR1.as_raw()));
    assert!(super::signal(pid, super::Signal::USR1, || true).is_err(), "it is gone");
}
