//! What the command line itself says, from the one catalogue.

use crate::shared::language::Language;
use crate::shared::notice::Notice;
use serde_json::Value;

/// Name by which the shell asks for a text. `{0}`, `{1}` in a text are the shell's to fill.
const TEXTS: &[(&str, Notice)] = &[
    ("root", Notice::CliRoot),
    ("sessions", Notice::CliSessions),
    ("status", Notice::CliStatus),
    ("save", Notice::CliSave),
    ("doctor", Notice::CliDoctor),
    ("optionJson", Notice::CliOptionJson),
    ("optionFix", Notice::CliOptionFix),
    ("optionYes", Notice::CliOptionYes),
    ("exits", Notice::CliExits),
    ("yesAlone", Notice::CliYesAlone),
    ("nothingToFix", Notice::CliNothingToFix),
    ("willRun", Notice::CliWillRun),
    ("byHand", Notice::CliByHand),
    ("confirm", Notice::CliConfirm),
    ("noTerminal", Notice::CliNoTerminal),
    ("unchanged", Notice::CliUnchanged),
    ("failed", Notice::CliFailed),
    ("holds", Notice::CliHolds),
    ("holdsNot", Notice::CliHoldsNot),
    ("noAnswer", Notice::CliNoAnswer),
    ("noToken", Notice::CliNoToken),
    ("remote", Notice::CliRemote),
    ("none", Notice::SessionsNone),
];

/// All of them in one language, as a JSON object.
#[must_use]
pub fn texts(language: Language) -> Value {
    let holes = ["{0}", "{1}"];
    TEXTS
        .iter()
        .map(|(name, notice)| ((*name).to_owned(), Value::from(notice.say(language, &holes))))
        .collect()
}
