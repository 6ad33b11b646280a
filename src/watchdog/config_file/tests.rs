use super::restore::{differences, replace};
use super::*;
use crate::watchdog::place::Place;
use serde_json::json;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

#[test]
fn a_broken_file_is_told_by_place_and_never_by_content() {
    let broken = |text: &str| match parse(text.as_bytes()).0 {
        Config::Broken { error } => error,
        other => panic!("{other:?}"),
    };
    let error = broken("{\n token: \"s3cret\" s3cret }");
    assert!(error.contains("line") || error.contains(':'), "{error}");
    assert!(!error.contains("s3cret"), "{error}");
    assert_eq!(broken("[1]"), "not an object");
    assert!(
        matches!(parse(b"{ // JSON5\n a: 1, }"), (Config::Sound { digest }, Some(_)) if digest.len() == 16)
    );
    assert!(matches!(parse(b"\xff{}").0, Config::Broken { .. }));
}

#[test]
fn the_file_is_followed_and_its_last_content_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("openclaw.json");
    let mut file = ConfigFile::new(path.clone());
    assert_eq!(file.look(), Config::Missing);
    fs::write(&path, "{a: 1}").unwrap();
    let first = file.look();
    assert!(matches!(first, Config::Sound { .. }) && file.look() == first);
    fs::write(&path, "{a: 1").unwrap();
    assert!(matches!(file.look(), Config::Broken { .. }));
    assert_eq!(file.value(), &json!({"a": 1}));
}

#[test]
fn three_generations_of_what_worked_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { state_dir: dir.path().to_owned() };
    let path = dir.path().join("openclaw.json");
    let mut copies = LastGood::new(&place);
    let mut file = ConfigFile::new(path.clone());
    let mut look = |copies: &mut LastGood, text: &str| {
        fs::write(&path, text).unwrap();
        let now = file.look();
        copies.healthy(&path, &now, Some(i64::MAX / 2)).unwrap();
        let now = file.look();
        copies.healthy(&path, &now, Some(i64::MAX / 2)).unwrap();
    };
    let kept = |n: usize| fs::read_to_string(LastGood::new(&place).file(n)).ok();
    for text in ["{a: 1}", "{b: 22}", "{c: 333", "{d: 4444}", "{d: 4444}", "{e: 55555}"] {
        look(&mut copies, text);
    }
    assert_eq!(
        [0, 1, 2, 3].map(kept),
        [Some("{e: 55555}"), Some("{d: 4444}"), Some("{b: 22}"), None].map(|t| t.map(str::to_owned))
    );
    // A watchdog that comes later does not keep the same again.
    look(&mut LastGood::new(&place), "{e: 55555}");
    assert_eq!(kept(1).as_deref(), Some("{d: 4444}"));
    assert_eq!(fs::metadata(copies.file(0)).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_copy_needs_two_looks_at_a_boot_that_began_with_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { state_dir: dir.path().to_owned() };
    let path = dir.path().join("openclaw.json");
    fs::write(&path, "{f: 666666}").unwrap();
    let (mut copies, mut file) = (LastGood::new(&place), ConfigFile::new(path.clone()));
    let now = file.look();
    let kept = || fs::read_to_string(LastGood::new(&place).file(0)).ok();
    let mut look = |born_ms: Option<i64>| {
        copies.healthy(&path, &now, born_ms).unwrap();
        kept().is_some()
    };
    let then = crate::watchdog::clock::epoch_ms();
    assert!(!look(Some(then)), "seen once");
    assert!(!look(None) && !look(Some(1_000)), "one that began before it, or tells no age");
    assert!(look(Some(then)));
    assert_eq!(kept().as_deref(), Some("{f: 666666}"));
}

#[test]
fn what_could_not_be_read_is_read_again_and_is_not_broken() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        matches!(read(dir.path()).0, Config::Unreadable { .. }),
        "an error of the disk's is none of the file's"
    );
    let path = dir.path().join("openclaw.json");
    fs::write(&path, "{a: 1}").unwrap();
    let mut file = ConfigFile::new(path);
    let sound = file.look();
    // As after one look at which the file could not be read, of which nothing but that is over.
    file.state = Config::Unreadable { error: "permission".to_owned() };
    assert_eq!(file.look(), sound);
    let before = file.stamp;
    fs::set_permissions(&file.path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(file.look() == sound && file.stamp != before, "a change of its rights is one");
}

#[test]
fn what_differs_is_shown_without_secrets() {
    let now = json!({"gateway": {"port": 1, "auth": {"token": "a"}}, "list": [1, {"x": true}], "gone": null,
        "channels": {"telegram": {"botToken": "1:a"}}, "proxy": "http://u:p@h:1"});
    let good = json!({"gateway": {"port": 2, "auth": {"token": "b"}}, "list": [1, {"x": false}, "n"],
        "channels": {"telegram": {"botToken": "2:b"}}, "proxy": "http://u:q@h:1"});
    let lines = differences(&now, &good);
    assert_eq!(
        lines,
        [
            "channels.telegram.botToken: *** → ***",
            "gateway.auth.token: *** → ***",
            "gateway.port: 1 → 2",
            "gone: null → -",
            "list.1.x: true → false",
            "list.2: - → \"n\"",
            "proxy: *** → ***",
        ]
    );
}

#[test]
fn what_is_put_back_belongs_to_whom_it_belonged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("openclaw.json");
    fs::write(&path, "{nope").unwrap();
    let root = rustix::process::getuid().is_root();
    let (uid, gid) = if root {
        (4_242, 4_243)
    } else {
        (rustix::process::getuid().as_raw(), fs::metadata(&path).unwrap().gid())
    };
    if root {
        chown(&path, Some(uid), Some(gid)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let aside = replace(&path, b"{a: 1}").unwrap().unwrap();
    let of = |path: &std::path::Path| {
        let m = fs::metadata(path).unwrap();
        (fs::read_to_string(path).unwrap(), m.uid(), m.gid(), m.mode() & 0o777)
    };
    assert_eq!(of(&path), ("{a: 1}".to_owned(), uid, gid, 0o640));
    assert_eq!(of(&aside).0, "{nope");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "and nothing else is left");
    // Where there was none, it is its folder's owner who has to read it.
    fs::remove_file(&path).unwrap();
    if root {
        chown(dir.path(), Some(uid), Some(gid)).unwrap();
    }
    assert_eq!(replace(&path, b"{b: 2}").unwrap(), None);
    assert_eq!(of(&path), ("{b: 2}".to_owned(), uid, gid, 0o600));
}
