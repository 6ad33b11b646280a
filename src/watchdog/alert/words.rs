//! An alert in words.

use super::{Alert, Code};
use crate::shared::language::Language;
use crate::watchdog::texts::{Text, duration};

impl Code {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Restarted,
        Self::RestartUseless,
        Self::ActingOff,
        Self::ConfigRefused,
        Self::ConfigBroken,
        Self::PortTaken,
        Self::Stranger,
        Self::NoAnswerBeating,
        Self::OutOfMemory,
        Self::Breaker,
        Self::ChannelDown,
        Self::ChannelRefused,
        Self::PartFails,
        Self::DiskFull,
        Self::StateUnsaved,
        Self::NetworkDown,
        Self::ProxyDown,
        Self::Guardian,
        Self::Recovered,
        Self::Test,
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Restarted => "restarted",
            Self::RestartUseless => "restart-useless",
            Self::ActingOff => "acting-off",
            Self::ConfigRefused => "config-refused",
            Self::ConfigBroken => "config-broken",
            Self::PortTaken => "port-taken",
            Self::Stranger => "stranger",
            Self::NoAnswerBeating => "no-answer-beating",
            Self::OutOfMemory => "out-of-memory",
            Self::Breaker => "breaker",
            Self::ChannelDown => "channel-down",
            Self::ChannelRefused => "channel-refused",
            Self::PartFails => "part-fails",
            Self::DiskFull => "disk-full",
            Self::StateUnsaved => "state-unsaved",
            Self::NetworkDown => "network-down",
            Self::ProxyDown => "proxy-down",
            Self::Guardian => "guardian",
            Self::Recovered => "recovered",
            Self::Test => "test",
        }
    }

    /// The text that says it.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Restarted => Text::AlertRestarted,
            Self::RestartUseless => Text::AlertRestartUseless,
            Self::ActingOff => Text::AlertActingOff,
            Self::ConfigRefused => Text::AlertConfigRefused,
            Self::ConfigBroken => Text::AlertConfigBroken,
            Self::PortTaken => Text::AlertPortTaken,
            Self::Stranger => Text::AlertStranger,
            Self::NoAnswerBeating => Text::AlertNoAnswerBeating,
            Self::OutOfMemory => Text::AlertOutOfMemory,
            Self::Breaker => Text::AlertBreaker,
            Self::ChannelDown => Text::AlertChannelDown,
            Self::ChannelRefused => Text::AlertChannelRefused,
            Self::PartFails => Text::AlertPartFails,
            Self::DiskFull => Text::AlertDiskFull,
            Self::StateUnsaved => Text::AlertStateUnsaved,
            Self::NetworkDown => Text::AlertNetworkDown,
            Self::ProxyDown => Text::AlertProxyDown,
            Self::Guardian => Text::AlertGuardian,
            Self::Recovered => Text::AlertRecovered,
            Self::Test => Text::AlertTest,
        }
    }
}

impl Alert {
    /// It in words.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let mut values = self.values.clone();
        if self.code == Code::Recovered
            && let Some(ms) = values.get_mut(2)
        {
            *ms = duration(ms.parse().unwrap_or_default(), language);
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let may_be = self.code == Code::Guardian && values.get(2) == Some(&"may-be");
        let text = if may_be { Text::AlertGuardianMaybe } else { self.code.text() };
        text.say(language, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watchdog::alert::Severity;

    #[test]
    fn each_code_is_said_in_its_own_words_and_named_as_in_files() {
        for code in Code::ALL {
            let text = code.text().texts();
            let others = Code::ALL.iter().filter(|c| **c != code);
            assert!(others.into_iter().all(|c| c.text().texts() != text && c.name() != code.name()));
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }

    #[test]
    fn an_end_says_how_long_it_was() {
        let values = ["breaker", "", "200000"].map(str::to_owned).to_vec();
        let alert =
            Alert { code: Code::Recovered, about: "breaker".into(), severity: Severity::Info, values };
        assert!(alert.say(Language::En).contains("3 min 20 s"), "{}", alert.say(Language::En));
    }
}
