//! The text of a unit or launch agent: pure.

use sha2::{Digest, Sha256};

/// First line of what we write, by which we know it again.
pub const HEADER: &str = "Written by asm-watchdog install";

/// The text with a digest of itself in its header, by which it is known whether a person has changed it since.
fn sealed(text: &str) -> String {
    text.replacen(HEADER, &format!("{HEADER} ({})", digest(text)), 1)
}

/// Whether the text is as it was written. One without a digest is taken for changed.
#[must_use]
pub fn is_untouched(text: &str) -> bool {
    let mark = text.split_once(HEADER).and_then(|(_, rest)| rest.strip_prefix(" (")?.split_once(')'));
    mark.is_some_and(|(mark, _)| digest(&text.replacen(&format!("{HEADER} ({mark})"), HEADER, 1)) == mark)
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect()
}

/// What the service is to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Program and arguments.
    pub words: Vec<String>,
    /// Besides what the supervisor sets.
    pub env: Vec<(String, String)>,
    /// Empty for the default profile.
    pub instance: String,
}

impl Plan {
    /// `asm-watchdog.service`, or with `-<instance>`.
    #[must_use]
    pub fn unit_name(&self) -> String {
        match self.instance.as_str() {
            "" => "asm-watchdog.service".to_owned(),
            name => format!("asm-watchdog-{name}.service"),
        }
    }

    /// `ai.openclaw.asm-watchdog`, or with `.<instance>`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.instance.as_str() {
            "" => "ai.openclaw.asm-watchdog".to_owned(),
            name => format!("ai.openclaw.asm-watchdog.{name}"),
        }
    }
}

/// What tells this gateway's watchdog from another one's: nothing for the usual state directory, the profile where the
/// directory is a profile's, else a hash of the directory.
#[must_use]
pub fn instance(state_dir: &str, home: &str, profile: &str) -> String {
    let usual = format!("{}/.openclaw", home.trim_end_matches('/'));
    let dir = state_dir.trim_end_matches('/');
    let plain = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (!name.is_empty() && name.len() <= 64 && name.chars().all(fits)).then(|| name.to_owned())
    };
    if dir == usual && matches!(profile, "" | "default") {
        return String::new();
    }
    let named = dir.strip_prefix(&format!("{usual}-")).and_then(plain);
    named.or_else(|| plain(profile).filter(|p| p != "default" && dir == usual)).unwrap_or_else(|| digest(dir))
}

/// A unit of the user's systemd. It is started again whatever it ends of, ever more slowly, but not after a command
/// line it does not understand, nor where another one already watches (before systemd 254 that would be every 2 s); a stop leaves a restart command that is on its way alone.
#[must_use]
pub fn systemd_unit(plan: &Plan) -> String {
    let words: Vec<String> = plan.words.iter().map(|w| quoted(w)).collect();
    let env = plan.env.iter().map(|(k, v)| format!("Environment={}\n", quoted_env(&format!("{k}={v}"))));
    let env: String = env.collect();
    sealed(&format!(
        "# {HEADER}; `asm-watchdog uninstall` removes it.\n\
         [Unit]\n\
         Description=asm-watchdog: brings a dead OpenClaw gateway back\n\
         StartLimitIntervalSec=0\n\
         \n\
         [Service]\n\
         Type=notify\n\
         NotifyAccess=main\n\
         ExecStart={}\n\
         {env}\
         WatchdogSec=180\n\
         Restart=always\n\
         RestartSec=2\n\
         RestartSteps=6\n\
         RestartMaxDelaySec=300\n\
         RestartPreventExitStatus=2 75\n\
         KillMode=process\n\
         TimeoutStopSec=30\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n",
        words.join(" ")
    ))
}

/// A word of `ExecStart`, by systemd.service(5): `%` and `$` mean something there even within quotes.
fn quoted(word: &str) -> String {
    quoted_env(word).replace('$', "$$")
}

fn quoted_env(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

/// A launch agent of macOS.
#[must_use]
pub fn launch_agent(plan: &Plan) -> String {
    let text = |t: &str| t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words: String = plan.words.iter().map(|w| format!("    <string>{}</string>\n", text(w))).collect();
    let pair =
        |(k, v): &(String, String)| format!("    <key>{}</key><string>{}</string>\n", text(k), text(v));
    let env: String = plan.env.iter().map(pair).collect();
    sealed(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {HEADER}; `asm-watchdog uninstall` removes it. -->\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key><string>{}</string>\n  <key>ProgramArguments</key>\n  \
         <array>\n{words}  </array>\n  <key>EnvironmentVariables</key>\n  <dict>\n{env}  </dict>\n  \
         <key>RunAtLoad</key><true/>\n  <key>KeepAlive</key><true/>\n  <key>ThrottleInterval</key>\
         <integer>10</integer>\n  <key>AbandonProcessGroup</key><true/>\n</dict>\n</plist>\n",
        text(&plan.label())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            words: ["/opt/a b/asm-watchdog", "run", "--state-dir", "/x/50%$\"q\\"]
                .map(str::to_owned)
                .to_vec(),
            env: vec![("PATH".to_owned(), "/usr/bin:/a<b".to_owned())],
            instance: "work".to_owned(),
        }
    }

    #[test]
    fn a_unit_quotes_what_systemd_would_read_otherwise() {
        let unit = systemd_unit(&plan());
        let start = r#"ExecStart="/opt/a b/asm-watchdog" "run" "--state-dir" "/x/50%%$$\"q\\""#;
        assert!(unit.contains(start), "{unit}");
        for line in [
            "Type=notify",
            "WatchdogSec=180",
            "Restart=always",
            "RestartPreventExitStatus=2 75",
            "WantedBy=default.target",
        ] {
            assert!(unit.lines().any(|l| l == line), "{line}");
        }
        assert_eq!(plan().unit_name(), "asm-watchdog-work.service");
    }

    #[test]
    fn a_change_by_hand_is_seen() {
        for text in [systemd_unit(&plan()), launch_agent(&plan())] {
            assert!(is_untouched(&text), "{text}");
            assert!(!is_untouched(&text.replace("asm-watchdog", "asm-watchdog2")));
            assert!(!is_untouched(&format!("{text}Environment=X=1\n")));
        }
        assert!(!is_untouched("# Written by asm-watchdog install; of an older version\n"));
    }

    #[test]
    fn a_launch_agent_is_sound_markup() {
        let agent = launch_agent(&plan());
        assert!(agent.contains("<string>/usr/bin:/a&lt;b</string>"), "{agent}");
        assert!(agent.contains("ai.openclaw.asm-watchdog.work"));
        assert_eq!(agent.matches("<dict>").count(), agent.matches("</dict>").count());
    }

    #[test]
    fn each_state_directory_has_a_name_of_its_own() {
        let name = |dir, profile| instance(dir, "/home/u", profile);
        assert_eq!(name("/home/u/.openclaw", ""), "");
        assert_eq!(name("/home/u/.openclaw/", "default"), "");
        assert_eq!(name("/home/u/.openclaw-work", ""), "work");
        assert_eq!(name("/home/u/.openclaw", "dev"), "dev");
        let other = name("/srv/claw", "");
        assert_eq!(other.len(), 8);
        assert_ne!(other, name("/srv/claw2", ""));
        assert_eq!(name("/home/u/.openclaw-a b/c", "").len(), 8);
    }
}
