//! An alert in words.

use super::{Alert, Code};
use crate::shared::language::Language;
use crate::shared::notice::Word;
use crate::watchdog::texts::{Text, duration, of_code, of_verdict};
use crate::watchdog::verdict::Verdict;

impl Code {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Restarted,
        Self::Verified,
        Self::RestartUseless,
        Self::ActingOff,
        Self::ConfigRefused,
        Self::ConfigBroken,
        Self::PortTaken,
        Self::Stranger,
        Self::NoAnswerBeating,
        Self::NotActedOn,
        Self::OutOfMemory,
        Self::Breaker,
        Self::ChannelDown,
        Self::ChannelRefused,
        Self::PartFails,
        Self::DiskFull,
        Self::StateUnsaved,
        Self::PortGuessed,
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
            Self::Verified => "verified",
            Self::RestartUseless => "restart-useless",
            Self::ActingOff => "acting-off",
            Self::ConfigRefused => "config-refused",
            Self::ConfigBroken => "config-broken",
            Self::PortTaken => "port-taken",
            Self::Stranger => "stranger",
            Self::NoAnswerBeating => "no-answer-beating",
            Self::NotActedOn => "not-acted-on",
            Self::OutOfMemory => "out-of-memory",
            Self::Breaker => "breaker",
            Self::ChannelDown => "channel-down",
            Self::ChannelRefused => "channel-refused",
            Self::PartFails => "part-fails",
            Self::DiskFull => "disk-full",
            Self::StateUnsaved => "state-unsaved",
            Self::PortGuessed => "port-guessed",
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
            Self::Verified => Text::AlertVerified,
            Self::RestartUseless => Text::AlertRestartUseless,
            Self::ActingOff => Text::AlertActingOff,
            Self::ConfigRefused => Text::AlertConfigRefused,
            Self::ConfigBroken => Text::AlertConfigBroken,
            Self::PortTaken => Text::AlertPortTaken,
            Self::Stranger => Text::AlertStranger,
            Self::NoAnswerBeating => Text::AlertNoAnswerBeating,
            Self::NotActedOn => Text::AlertNotActedOn,
            Self::OutOfMemory => Text::AlertOutOfMemory,
            Self::Breaker => Text::AlertBreaker,
            Self::ChannelDown => Text::AlertChannelDown,
            Self::ChannelRefused => Text::AlertChannelRefused,
            Self::PartFails => Text::AlertPartFails,
            Self::DiskFull => Text::AlertDiskFull,
            Self::StateUnsaved => Text::AlertStateUnsaved,
            Self::PortGuessed => Text::AlertPortGuessed,
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
        match self.code {
            Code::Restarted => {
                let detail = self.detail(language);
                verdict_at(&mut values, 0, language);
                values.truncate(2);
                values.push(detail);
            }
            Code::RestartUseless => verdict_at(&mut values, 0, language),
            Code::NotActedOn => {
                verdict_at(&mut values, 0, language);
                duration_at(&mut values, 1, language);
                let why = match self.value(2) {
                    "one-signal" => Text::NoSecondSignal.say(language, &[]),
                    name => Text::OtherGuardian.say(language, &[name]),
                };
                values.get_mut(2).into_iter().for_each(|v| v.clone_from(&why));
            }
            Code::Verified => duration_at(&mut values, 1, language),
            Code::ConfigRefused => {
                let exit = values.first_mut().filter(|code| !code.is_empty());
                exit.into_iter().for_each(|code| *code = Text::AlertExit.say(language, &[code]));
                sentence_at(&mut values, 1, language);
            }
            Code::ConfigBroken => sentence_at(&mut values, 0, language),
            Code::ChannelDown => {
                values.get_mut(1).into_iter().for_each(|word| *word = trouble(word, language));
            }
            Code::Recovered => values = self.over(language),
            _ => {}
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let may_be = self.code == Code::Guardian && values.get(2) == Some(&"may-be");
        let other = self.code == Code::Stranger && !values.is_empty();
        let text = match (may_be, other) {
            (true, _) => Text::AlertGuardianMaybe,
            (_, true) => Text::AlertOtherGateway,
            _ => self.code.text(),
        };
        text.say(language, &values)
    }

    fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", String::as_str)
    }

    /// Of a restart: the silence before it, by what it was asked, where the evidence is.
    fn detail(&self, language: Language) -> String {
        if self.values.len() < 5 {
            return String::new();
        }
        let silent = duration(self.value(2).parse().unwrap_or_default(), language);
        Text::AlertRestartDetail.say(language, &[&silent, self.value(3), self.value(4)])
    }

    /// What is over, and for how long it was.
    fn over(&self, language: Language) -> Vec<String> {
        let code = Code::ALL.into_iter().find(|c| c.name() == self.value(0));
        let mut what = code.map_or_else(|| self.value(0).to_owned(), |c| of_code(c).say(language, &[]));
        let incident = matches!(code, Some(Code::Restarted | Code::RestartUseless));
        if !self.value(1).is_empty() && !incident {
            what = Text::AlertOverAbout.say(language, &[&what, self.value(1)]);
        }
        if !self.value(3).is_empty() {
            what = Text::AlertOverVerdict.say(language, &[&what, &verdict(self.value(3), language)]);
        }
        vec![what, duration(self.value(2).parse().unwrap_or_default(), language)]
    }
}

fn verdict_at(values: &mut [String], at: usize, language: Language) {
    values.get_mut(at).into_iter().for_each(|word| *word = verdict(word, language));
}

/// A verdict's name in files, in words.
fn verdict(name: &str, language: Language) -> String {
    let known = Verdict::ALL.into_iter().find(|v| v.name() == name);
    known.map_or_else(|| name.to_owned(), |v| of_verdict(v).say(language, &[]))
}

fn trouble(name: &str, language: Language) -> String {
    match name {
        "stale" => Word::TroubleStale.say(language, &[]),
        "failing" => Word::TroubleFails.say(language, &[]),
        other => other.to_owned(),
    }
}

fn duration_at(values: &mut [String], at: usize, language: Language) {
    let ms = values.get_mut(at).into_iter();
    ms.for_each(|ms| *ms = duration(ms.parse().unwrap_or_default(), language));
}

/// What is quoted becomes a sentence that another may follow.
fn sentence_at(values: &mut [String], at: usize, language: Language) {
    let Some(text) = values.get_mut(at).filter(|text| !text.is_empty()) else { return };
    let end = if language == Language::Zh { "。" } else { ". " };
    *text = format!("{}{end}", text.trim_end().trim_end_matches('.'));
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

    fn told(code: Code, values: &[&str], language: Language) -> String {
        let values = values.iter().map(|v| (*v).to_owned()).collect();
        Alert { code, about: String::new(), severity: Severity::Info, values }.say(language)
    }

    #[test]
    fn no_raw_word_is_in_a_chinese_alert() {
        let zh = Language::Zh;
        let said = [
            told(Code::Restarted, &["hung", "1", "185000", "systemctl", "/x/incidents/a-1"], zh),
            told(Code::RestartUseless, &["flapping", "3"], zh),
            told(Code::Recovered, &["config-broken", "", "60000"], zh),
            told(Code::Recovered, &["restarted", "4", "60000", "dead"], zh),
            told(Code::ChannelDown, &["telegram/a", "stale"], zh),
            told(Code::ConfigRefused, &["78", "no } at 3:1"], zh),
        ];
        for word in ["hung", "dead", "flapping", "config-broken", "restarted", "stale"] {
            assert!(said.iter().all(|text| !text.contains(word)), "{word}: {said:?}");
        }
        assert!(said[0].starts_with("网关卡死，正在重启（第 1 次）。已 3 分 5 秒"), "{}", said[0]);
        assert!(said[0].ends_with("systemctl；现场信息：/x/incidents/a-1"), "{}", said[0]);
        assert!(said[3].contains("已停止"), "the last verdict is named: {}", said[3]);
    }

    #[test]
    fn what_is_quoted_ends_with_one_full_stop() {
        let broken = told(Code::ConfigBroken, &["expected , at line 3."], Language::En);
        assert!(broken.contains("broken. expected , at line 3. The next start"), "{broken}");
        let refused = told(Code::ConfigRefused, &["", ""], Language::En);
        assert!(refused.contains("because of its configuration. It is not"), "{refused}");
        let old = told(Code::Restarted, &["hung", "1"], Language::En);
        assert_eq!(old, "The gateway is hung and is being restarted (attempt 1).");
    }
}
