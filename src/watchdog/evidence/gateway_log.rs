//! The end of the gateway's log, where it is this gateway's: the file that its configuration names, else the rolling file
//! that the host names after the profile. All gateways of a user that have no profile write into one rolling file, and
//! its lines do not say whose they are: it counts only for the state directory that is the usual one of its profile.

use super::shelf::Item;
use crate::watchdog::settings::Settings;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Read from the end of a log, and lines kept of it.
const TAIL_BYTES: u64 = 200_000;
const TAIL_LINES: usize = 200;
const NAME: &str = "gateway.log";
/// The host shortens longer ones by a digest.
const MOST_SEGMENT: usize = 220;

/// Whose log is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// `logging.file` of the configuration.
    configured: Option<PathBuf>,
    /// Empty for the default profile.
    profile: String,
    state_dir: PathBuf,
    /// Of the user whom the rolling files belong to.
    home: Option<PathBuf>,
    uid: u32,
    folders: Vec<PathBuf>,
}

impl Wanted {
    /// That of the gateway the settings are about, run by our own user.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let uid = rustix::process::getuid().as_raw();
        let home = home_of(uid);
        let named = |file: &str| match (file.strip_prefix("~/"), &home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(file),
        };
        Self {
            configured: settings.gateway_log.as_deref().map(named),
            profile: settings.profile.clone(),
            state_dir: settings.place.state_dir.clone(),
            folders: vec!["/tmp/openclaw".into(), std::env::temp_dir().join(format!("openclaw-{uid}"))],
            home,
            uid,
        }
    }

    /// Whether the state directory is the one that the host gives this profile of this user.
    fn usual(&self) -> bool {
        let ending = if self.profile.is_empty() { String::new() } else { format!("-{}", self.profile) };
        let usual = self.home.as_ref().map(|home| home.join(format!(".openclaw{ending}")));
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        usual.is_some_and(|usual| real(&usual) == real(&self.state_dir))
    }
}

/// The last lines of the log, or why there are none.
#[must_use]
pub fn end(wanted: &Wanted) -> Item {
    let found = match &wanted.configured {
        Some(file) => file.clone(),
        None if !wanted.usual() => {
            let why = "the state directory is not the usual one of its profile, so the rolling log may be another \
                       gateway's; logging.file in its configuration names its own";
            return Item::missing(NAME, why);
        }
        None => match rolling(wanted) {
            Some(file) => file,
            None => return Item::missing(NAME, "no log file found"),
        },
    };
    match tail(&found) {
        Ok((text, cut)) => Item::text(NAME, text, cut),
        Err(e) => Item::missing(NAME, &e.to_string()),
    }
}

/// The newest of `/tmp/openclaw/openclaw[-<profile>]-YYYY-MM-DD[.n].log`, or of `/tmp/openclaw-<uid>/…` where the host did
/// not trust the former. Only a file of the gateway's own user, so that nobody else's text is taken for it.
fn rolling(wanted: &Wanted) -> Option<PathBuf> {
    let start = match segment(&wanted.profile)?.as_str() {
        "" => "openclaw-".to_owned(),
        profile => format!("openclaw-{profile}-"),
    };
    let files = wanted.folders.iter().flat_map(|dir| fs::read_dir(dir).into_iter().flatten().flatten());
    let ours = files.filter(|e| is_rolling(&e.file_name().to_string_lossy(), &start));
    let dated = ours.filter_map(|e| {
        let meta = fs::symlink_metadata(e.path()).ok()?;
        (meta.is_file() && meta.uid() == wanted.uid).then_some((meta.modified().ok()?, e.path()))
    });
    dated.max().map(|(_, path)| path)
}

/// A profile as the host writes it into a file's name.
fn segment(profile: &str) -> Option<String> {
    let letter = |c: char| match c {
        'a'..='z' | '0'..='9' => c.to_string(),
        '-' => "--".to_owned(),
        '_' => "-0".to_owned(),
        'A'..='Z' => format!("-1{}", c.to_ascii_lowercase()),
        other => format!("-2{:x}-", u32::from(other)),
    };
    let name: String = profile.chars().map(letter).collect();
    (name.len() <= MOST_SEGMENT).then_some(name)
}

/// The start, a date and the ending: `openclaw-work-2026-11-20.log` is not of the default profile.
fn is_rolling(name: &str, start: &str) -> bool {
    let Some(rest) = name.strip_prefix(start).and_then(|r| r.strip_suffix(".log")) else { return false };
    let date = rest.get(..10).unwrap_or_default();
    let digits =
        date.bytes().enumerate().all(|(n, b)| if n == 4 || n == 7 { b == b'-' } else { b.is_ascii_digit() });
    let more = rest.get(10..).unwrap_or_default();
    date.len() == 10 && digits && (more.is_empty() || more.starts_with('.'))
}

/// The user's own directory: by the system's list, else as the environment has it.
fn home_of(uid: u32) -> Option<PathBuf> {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let listed = users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (fields.get(2)?.parse() == Ok(uid)).then(|| fields.get(5).map(PathBuf::from))?
    });
    listed.or_else(|| std::env::var_os("HOME").map(PathBuf::from))
}

/// The last lines, and whether there were more.
fn tail(path: &Path) -> std::io::Result<(String, bool)> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_fifo() || kind.is_socket() || kind.is_char_device() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(TAIL_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = if from == 0 { &*text } else { text.split_once('\n').map_or("", |(_, rest)| rest) };
    let lines: Vec<&str> = whole.lines().collect();
    let skip = lines.len().saturating_sub(TAIL_LINES);
    let last: Vec<&str> = lines.into_iter().skip(skip).collect();
    Ok((last.join("\n"), from > 0 || skip > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::evidence::shelf::{Found, Shelf};

    fn wanted(home: &Path, state_dir: &str, profile: &str) -> Wanted {
        Wanted {
            configured: None,
            profile: profile.to_owned(),
            state_dir: home.join(state_dir),
            home: Some(home.to_owned()),
            uid: rustix::process::getuid().as_raw(),
            folders: vec![home.join("logs")],
        }
    }

    #[test]
    fn the_last_lines_are_kept_and_secrets_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("gateway.log");
        let line = |n: u32| format!("{{\"n\":{n},\"msg\":\"token: sk-ant-api03-{}\"}}\n", "a1B2".repeat(12));
        fs::write(&log, (0..3_000).map(line).collect::<String>()).unwrap();
        let mut shelf = Shelf::new(&dir.path().join("incident"), "restart-1");
        shelf.keep(end(&Wanted { configured: Some(log), ..wanted(dir.path(), "x", "") }));
        let kept = fs::read_to_string(dir.path().join("incident/restart-1.gateway.log")).unwrap();
        assert_eq!(kept.lines().count(), TAIL_LINES);
        assert!(kept.contains("\"n\":2999") && !kept.contains("a1B2") && shelf.kept[0].cut, "{kept}");
    }

    #[test]
    fn a_log_is_taken_only_where_it_is_this_gateways() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("logs")).unwrap();
        let put = |name: &str| fs::write(home.path().join("logs").join(name), name).unwrap();
        put("openclaw-2026-11-20.log");
        put("openclaw-work-2026-11-21.log");
        put("openclaw-a--1b-2026-11-21.log");
        let told = |state_dir: &str, profile: &str| match end(&wanted(home.path(), state_dir, profile)).found
        {
            Found::Text(text, _) => text,
            _ => "none".to_owned(),
        };
        assert_eq!(told(".openclaw", ""), "openclaw-2026-11-20.log");
        assert_eq!(told(".openclaw-work", "work"), "openclaw-work-2026-11-21.log");
        assert_eq!(told(".openclaw-a-B", "a-B"), "none", "of the profile a--1b it is not");
        for (state_dir, profile) in
            [("elsewhere", ""), (".openclaw-work", ""), (".openclaw", "work"), (".openclaw-x", "x")]
        {
            assert_eq!(told(state_dir, profile), "none", "{state_dir} {profile}");
        }
        let gone = Wanted { configured: Some("/no/such.log".into()), ..wanted(home.path(), ".openclaw", "") };
        assert!(matches!(end(&gone).found, Found::Missing(_)), "the one that is named, and no other");
    }

    #[test]
    fn rolling_files_are_told_from_those_of_other_profiles() {
        assert!(is_rolling("openclaw-2026-11-20.log", "openclaw-"));
        assert!(is_rolling("openclaw-2026-11-20.1.log", "openclaw-"));
        assert!(is_rolling("openclaw-work-2026-11-20.log", "openclaw-work-"));
        for name in ["openclaw-work-2026-11-20.log", "openclaw-2026-11-20.log.gz", "openclaw-2026.log"] {
            assert!(!is_rolling(name, "openclaw-"), "{name}");
        }
        assert_eq!(segment("a-B_1.é").as_deref(), Some("a---1b-01-22e--2e9-"));
    }
}
