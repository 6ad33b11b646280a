//! The command line. Its texts come from the catalogue, in the language of the locale.

use super::printer::complain;
use super::settings::{self, Flags, Settings};
use super::texts::Text;
use super::{check, clock, config_file, deliver, given, maintenance, owner, run, service, status};
use crate::shared::config::accepts_whole;
use crate::shared::config::keys::{self, Takes};
use crate::shared::language::Language;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Usage errors, as clap itself ends on them.
pub const USAGE: u8 = 2;

/// How long the gateway's unit has to tell its port.
const UNIT_PATIENCE: Duration = Duration::from_secs(3);

/// A week: who forgets to resume is protected again by then.
const MOST_MINUTES: u64 = 10_080;

/// Flags of `run` that outrank `watchdog.*` keys: key, flag, help.
const WATCHDOG: &[(&str, &str, Text)] = &[
    ("timeoutSeconds", "timeout-seconds", Text::HelpTimeout),
    ("intervalSeconds", "interval-seconds", Text::HelpInterval),
    ("graceSeconds", "grace-seconds", Text::HelpGrace),
    ("drainSeconds", "drain-seconds", Text::HelpDrain),
    ("restartCommand", "restart-command", Text::HelpRestartCommand),
    ("restartSeconds", "restart-seconds", Text::HelpRestartSeconds),
    ("verifySeconds", "verify-seconds", Text::HelpVerify),
    ("maxRestarts", "max-restarts", Text::HelpMaxRestarts),
    ("escalateCommand", "escalate-command", Text::HelpEscalate),
];

/// Runs what the command line asks for and gives the exit code.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = String>) -> u8 {
    let env = |name: &str| std::env::var(name).ok();
    let language = settings::language(None, &env);
    let arguments: Vec<String> = arguments.into_iter().collect();
    let whole = command(language);
    let asked = help_of(&whole, &arguments);
    let matches = match whole.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(e) => return refused(&e, &asked, language),
    };
    let Some((name, given)) = matches.subcommand() else {
        return USAGE;
    };
    // The pid and the moment are as good a seed as any: jitter only has to differ between machines and runs.
    let seed = clock::monotonic_ms() ^ (u64::from(std::process::id()) << 40);
    let mut flags = flags(given);
    let mut settled = settings::settle(flags.clone(), &env, seed);
    // The host's default, which is what nobody has said: the unit may know better.
    if let Some(settings) =
        settled.as_ref().ok().filter(|s| s.addr.port() == given::PORT && flags.port.is_none())
    {
        flags.unit_port = owner::unit_port(&owner::Ours::of(settings, &env, None), UNIT_PATIENCE);
        settled = settings::settle(flags.clone(), &env, seed);
    }
    let settings = match settled {
        Ok(settings) => settings,
        Err(text) => {
            complain(text);
            return USAGE;
        }
    };
    run_command(name, given, settings, &flags, &env)
}

fn run_command(
    name: &str,
    given: &ArgMatches,
    settings: Settings,
    flags: &Flags,
    env: &dyn Fn(&str) -> Option<String>,
) -> u8 {
    match name {
        "run" => run::run(settings),
        "check" => check::check(&warned(settings)),
        "pause" => maintenance::pause(&settings, given.get_one("minutes").copied().unwrap_or(30)),
        "request-restart" => owner::request_restart(&settings),
        "install" => {
            let how = service::How { print: given.get_flag("print"), force: given.get_flag("force") };
            service::install(&settings, flags, how, env)
        }
        "uninstall" => service::uninstall(&settings, flags, env),
        "test-alert" => deliver::test_alert(&said(settings)),
        "resume" => maintenance::resume(&settings),
        "restore-config" => {
            let generation = given.get_one::<u64>("generation").copied().unwrap_or(0);
            config_file::restore(&settings, given.get_flag("yes"), usize::try_from(generation).unwrap_or(0))
        }
        _ => status::status(&warned(settings)),
    }
}

/// Whose help tells more: the command's that was given, or the program's own.
fn help_of(whole: &Command, arguments: &[String]) -> String {
    let names: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
    let given = arguments.iter().skip(1).find(|a| names.contains(&a.as_str()));
    given.map_or_else(|| "asm-watchdog".to_owned(), |name| format!("asm-watchdog {name}"))
}

/// Says what is wrong, or shows the help that was asked for, and gives the exit code.
fn refused(error: &clap::Error, help: &str, language: Language) -> u8 {
    if let Some(text) = complaint(error, help, language) {
        complain(text);
        return USAGE;
    }
    let _ = error.print();
    if error.use_stderr() { USAGE } else { 0 }
}

/// What is wrong with a command line; none for what is no complaint (help, version) or shows the help anyway.
fn complaint(error: &clap::Error, help: &str, language: Language) -> Option<String> {
    let told = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.split_whitespace().next().unwrap_or(text).to_owned(),
        _ => String::new(),
    };
    let argument = told(ContextKind::InvalidArg);
    let value = told(ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => Text::UsageUnknown.say(language, &[&argument, help]),
        ErrorKind::InvalidSubcommand => {
            Text::UsageUnknown.say(language, &[&told(ContextKind::InvalidSubcommand), help])
        }
        ErrorKind::InvalidValue if value.is_empty() => Text::UsageNoValue.say(language, &[&argument, help]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            Text::UsageValue.say(language, &[&argument, &value, &accepted(&argument, language), help])
        }
        ErrorKind::ArgumentConflict => Text::UsageTwice.say(language, &[&argument]),
        _ => return None,
    })
}

/// What an argument of the command line accepts, in words.
fn accepted(argument: &str, language: Language) -> String {
    let whole = |min, max| accepts_whole(min, max, language);
    match argument {
        "--port" => whole(1, u64::from(u16::MAX)),
        "--generation" => whole(0, 2),
        "[MINUTES]" => Text::AcceptsMinutes.say(language, &[&whole(1, MOST_MINUTES)]),
        "--host" => Text::AcceptsAddress.say(language, &[]),
        "--language" => "auto, zh, en".to_owned(),
        _ => String::new(),
    }
}

/// The help of a flag with the range of its key.
fn ranged(key: &str, help: String) -> String {
    let path = format!("watchdog.{key}");
    match keys::all().find(|k| k.path == path).map(|k| &k.takes) {
        Some(Takes::Whole { min, max, .. }) => format!("{help} [{min}–{max}]"),
        _ => help,
    }
}

/// `run` puts warnings into its log; the others have none.
fn warned(settings: Settings) -> Settings {
    for (name, why) in &settings.ways.unusable {
        let why = why.say(settings.language, &[]);
        complain(Text::WayUnusable.say(settings.language, &[name, &why]));
    }
    said(settings)
}

fn said(settings: Settings) -> Settings {
    for text in &settings.warnings {
        complain(text);
    }
    settings
}

/// The whole command line.
#[must_use]
pub fn command(language: Language) -> Command {
    let t = |text: Text| text.say(language, &[]);
    let sub = |name: &'static str, about: Text, after: Text| {
        let c =
            Command::new(name).about(t(about)).after_help(t(after)).help_template(template(language, false));
        c.disable_help_flag(true).args(common(&t)).arg(help(&t))
    };
    let run = sub("run", Text::RunAbout, Text::RunAfter)
        .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help(t(Text::HelpDryRun)))
        .args(WATCHDOG.iter().map(|(key, flag, help)| {
            // A value may begin with a dash: then it is judged like any other, and named.
            Arg::new(*flag).long(*flag).allow_hyphen_values(true).help(ranged(key, t(*help)))
        }));
    let minutes = Arg::new("minutes")
        .value_name("MINUTES")
        .value_parser(value_parser!(u64).range(1..=MOST_MINUTES))
        .help(t(Text::HelpMinutes));
    let install = [("print", Text::HelpPrint), ("force", Text::HelpForce)]
        .map(|(name, help)| Arg::new(name).long(name).action(ArgAction::SetTrue).help(t(help)));
    let restore = [
        Arg::new("yes").long("yes").action(ArgAction::SetTrue).help(t(Text::HelpYes)),
        Arg::new("generation")
            .long("generation")
            .value_parser(value_parser!(u64).range(..3))
            .help(t(Text::HelpGeneration)),
    ];
    root(language)
        .subcommand(run)
        .subcommand(sub("check", Text::CheckAbout, Text::CheckAfter))
        .subcommand(sub("status", Text::StatusAbout, Text::StatusAfter))
        .subcommand(sub("pause", Text::PauseAbout, Text::PauseAfter).arg(minutes))
        .subcommand(sub("request-restart", Text::RequestAbout, Text::RequestAfter))
        .subcommand(sub("install", Text::InstallAbout, Text::InstallAfter).args(install))
        .subcommand(sub("uninstall", Text::UninstallAbout, Text::UninstallAfter))
        .subcommand(sub("test-alert", Text::TestAbout, Text::TestAfter))
        .subcommand(sub("resume", Text::ResumeAbout, Text::ResumeAfter))
        .subcommand(sub("restore-config", Text::RestoreAbout, Text::RestoreAfter).args(restore))
}

/// The program itself, without what it can do.
fn root(language: Language) -> Command {
    let t = |text: Text| text.say(language, &[]);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    Command::new("asm-watchdog")
        .version(env!("CARGO_PKG_VERSION"))
        .about(t(Text::About))
        .help_template(template(language, true))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help(&t))
        .arg(version.help(t(Text::HelpVersion)))
        .subcommand_required(true)
        .arg_required_else_help(true)
}

fn help(t: &dyn Fn(Text) -> String) -> Arg {
    Arg::new("help").short('h').long("help").action(ArgAction::Help).help(t(Text::HelpHelp))
}

/// The order of a help text, with our own headings: the parser's are English.
fn template(language: Language, commands: bool) -> String {
    let t = |text: Text| text.say(language, &[]);
    let listed =
        if commands { format!("{}:\n{{subcommands}}\n\n", t(Text::HelpCommands)) } else { String::new() };
    let (usage, options) = (t(Text::HelpUsage), t(Text::HelpOptions));
    format!("{{about}}\n\n{usage}: {{usage}}\n\n{listed}{options}:\n{{options}}{{after-help}}")
}

fn common(t: &dyn Fn(Text) -> String) -> Vec<Arg> {
    let port = value_parser!(u16).range(1..);
    vec![
        Arg::new("port").long("port").value_parser(port).help(t(Text::HelpPort)),
        Arg::new("host")
            .long("host")
            .value_parser(value_parser!(IpAddr))
            .default_value("127.0.0.1")
            .hide_default_value(true)
            .help(t(Text::HelpHost)),
        Arg::new("state-dir")
            .long("state-dir")
            .value_parser(value_parser!(PathBuf))
            .help(t(Text::HelpStateDir)),
        Arg::new("config").long("config").value_parser(value_parser!(PathBuf)).help(t(Text::HelpConfig)),
        Arg::new("language")
            .long("language")
            .value_parser(["auto", "zh", "en"])
            .hide_possible_values(true)
            .help(t(Text::HelpLanguage)),
        Arg::new("json").long("json").action(ArgAction::SetTrue).help(t(Text::HelpJson)),
    ]
}

fn flags(given: &ArgMatches) -> Flags {
    let switch = |name: &str| given.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false);
    let text = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned();
    Flags {
        port: given.get_one("port").copied(),
        unit_port: None,
        host: given.get_one("host").copied(),
        state_dir: given.get_one("state-dir").cloned(),
        config: given.get_one("config").cloned(),
        language: text("language"),
        json: switch("json"),
        dry_run: switch("dry-run"),
        watchdog: WATCHDOG.iter().filter_map(|(key, flag, _)| Some((*key, text(flag)?))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_in_both_languages() {
        command(Language::En).debug_assert();
        command(Language::Zh).debug_assert();
    }

    #[test]
    fn a_wrong_command_line_is_told_in_the_language_of_the_locale() {
        for words in [
            vec!["check", "--prt"],
            vec!["chck"],
            vec!["check", "--port"],
            vec!["check", "--port", "x"],
            vec!["check", "--port", "1", "--port", "2"],
        ] {
            let words = std::iter::once("asm-watchdog").chain(words);
            let error = command(Language::Zh).try_get_matches_from(words).unwrap_err();
            let text = complaint(&error, "asm-watchdog", Language::Zh).unwrap();
            assert_eq!(Language::of(&text.replace("asm-watchdog --help", "")), Language::Zh, "{text}");
        }
        let help = command(Language::Zh).render_help().to_string();
        assert!(!help.contains("Usage") && !help.contains("Options"), "{help}");
    }
}
