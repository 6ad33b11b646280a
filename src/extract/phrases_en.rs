//! English phrases. Lower case, in the form of `fold`: no punctuation but `,` and `:` as words of their own.

use super::fact::Kind::{Constraint, Correction, Decision, Goal, OpenQuestion, Preference, Todo};
use super::phrase::{Cue, any, start};

/// Words that may stand before a phrase at the start of a clause.
#[rustfmt::skip]
pub(super) const FILLERS: &[&str] = &[
    "ok", "okay", "alright", "right", "so", "well", "hmm", "hm", "yeah", "yes", "yep", "sure", "and", "but",
    "then", "also", "oh", "ah", "dude", "man", "great", "good", "perfect", "fine", "thanks", "cool", "nice",
    "now", "next", "first", "finally", "actually", "please", "just", "btw", "hey", "hi", "hello", "omg",
    "omfg", "wtf", "lol", "ugh", "agreed", "however", "plus", "anyway", "still", "though", "maybe", "got",
    "it", "last", "lastly", "second", "secondly", "again", "for", ",", ":", "i", "think", "we", "you", "the",
];
/// Of those, the ones skipped only before another filler or a comma, because they begin sentences too.
pub(super) const WEAK_FILLERS: &[&str] =
    &["i", "think", "we", "you", "the", "it", "got", "for", "maybe", "good", "right", "last", "next"];

#[rustfmt::skip]
pub(super) const CUES: &[Cue] = &[
    start("the goal is", Goal, 95), start("our goal is", Goal, 95), start("my goal is", Goal, 95),
    start("goal :", Goal, 95), any("goal is to", Goal, 93), any("the goal is", Goal, 93),
    any("goal is now", Goal, 96), start("new goal", Goal, 96), start("the new goal is", Goal, 96),
    start("the aim is", Goal, 92), start("the objective is", Goal, 92), start("objective :", Goal, 92),
    start("the task is", Goal, 85).user(), start("i want to", Goal, 78).user(),
    start("we want to", Goal, 78).user(), start("i'd like to", Goal, 74).user(),
    start("i would like to", Goal, 74).user(), start("help me", Goal, 78).user(),
    any("can you help me", Goal, 80).user(), any("i need help", Goal, 72).user(),
    start("we're trying to", Goal, 82).user(), start("i'm trying to", Goal, 82).user(),
    start("we are trying to", Goal, 82).user(), start("i am trying to", Goal, 82).user(),
    start("we're building", Goal, 80).user(), start("we are building", Goal, 80).user(),
    start("i'm building", Goal, 80).user(), start("i am building", Goal, 80).user(),
    start("never", Constraint, 90).user(), any("must never", Constraint, 92).user(),
    any("should never", Constraint, 84).user(), any("must not", Constraint, 90).user(),
    any("mustn't", Constraint, 90).user(), start("do not", Constraint, 84).user(),
    start("don't", Constraint, 82).user(), start("don't ever", Constraint, 92).user(),
    start("dont", Constraint, 80).user(), any("we never", Constraint, 82).user(),
    any("you never", Constraint, 40).user(), start("you must", Constraint, 86).user(),
    any("must", Constraint, 76).user(), start("always", Constraint, 86).user(),
    any("must always", Constraint, 92).user(), any("should always", Constraint, 84).user(),
    any("not allowed", Constraint, 82).user(), any("forbidden", Constraint, 82).user(),
    any("under no circumstances", Constraint, 94).user(), start("constraint :", Constraint, 95),
    start("constraints :", Constraint, 95), start("rule :", Constraint, 94),
    start("requirement :", Constraint, 92), start("hard rule", Constraint, 94).user(),
    start("only use", Constraint, 82).user(), any("may only", Constraint, 84).user(),
    any("can only", Constraint, 66).user(), any("only deploy", Constraint, 78).user(),
    start("only", Constraint, 68).user(), any("at most", Constraint, 74).user(),
    any("no more than", Constraint, 80).user(), any("cannot exceed", Constraint, 86).user(),
    any("can't exceed", Constraint, 86).user(), any("not exceed", Constraint, 84).user(),
    any("keep it under", Constraint, 80).user(), any("stay under", Constraint, 80).user(),
    any("stays under", Constraint, 78).user(), any("stay below", Constraint, 80).user(),
    any("at least", Constraint, 62).user(), any("budget is", Constraint, 84).user(),
    any("deadline is", Constraint, 84).user(), any("limit is", Constraint, 76).user(),
    any("is off limits", Constraint, 86).user(), any("off limits", Constraint, 82).user(),
    any("shouldn't", Constraint, 68).user(), any("should not", Constraint, 74).user(),
    start("avoid", Constraint, 76).user(), any("without touching", Constraint, 74).user(),
    any("without breaking", Constraint, 72).user(), start("no", Constraint, 72).user(),
    any("is required", Constraint, 64).user(), any("needs approval", Constraint, 80).user(),
    any("need approval", Constraint, 82).user(), any("requires approval", Constraint, 82).user(),
    any("ask me before", Constraint, 88).user(), any("ask before", Constraint, 84).user(),
    start("stop using", Constraint, 78).user(), any("may not", Constraint, 74).user(),
    any("can't use", Constraint, 74).user(), any("cannot use", Constraint, 76).user(),
    any("has to stay", Constraint, 78).user(), any("have to stay", Constraint, 78).user(),
    any("no exceptions", Constraint, 84).user(), any("read only", Constraint, 58).user(),
    any("that's wrong", Correction, 89).user(), any("that is wrong", Correction, 89).user(),
    start("wrong", Correction, 87).user(), any("that's not right", Correction, 89).user(),
    any("that's not correct", Correction, 86).user(), any("that's incorrect", Correction, 86).user(),
    any("that's not what i", Correction, 88).user(), any("not what i", Correction, 78).user(),
    start("you're wrong", Correction, 80).user(), start("i meant", Correction, 88).user(),
    any("what i meant", Correction, 84).user(), start("i said", Correction, 82).user(),
    start("correction", Correction, 94).user(), any("you misunderstood", Correction, 84).user(),
    start("i never said", Correction, 86).user(), any("it's actually", Correction, 82).user(),
    start("no , it's", Correction, 92).user(), start("no it's", Correction, 88).user(),
    any("is actually", Correction, 76).user(), start("actually it's", Correction, 86).user(),
    start("actually , it's", Correction, 86).user(), start("actually the", Correction, 60).user(),
    start("sorry , i meant", Correction, 92).user(), start("to correct", Correction, 84).user(),
    any("i was wrong", Correction, 80).user(), any("i made a mistake", Correction, 78).user(),
    any("i misspoke", Correction, 88).user(),
    any("we decided", Decision, 92), any("we've decided", Decision, 92), any("i decided", Decision, 90),
    any("i've decided", Decision, 90), any("we have decided", Decision, 92),
    any("has been decided", Decision, 88), any("it's decided", Decision, 90), start("decided", Decision, 88),
    any("decided to", Decision, 88), any("decided on", Decision, 90), start("decision :", Decision, 95),
    start("final decision", Decision, 95), start("let's use", Decision, 86),
    start("let's go with", Decision, 90), any("let's go with", Decision, 88), any("let's use", Decision, 82),
    start("go with", Decision, 80).user(), any("we'll use", Decision, 86), any("we will use", Decision, 86),
    any("we'll go with", Decision, 90), any("we will go with", Decision, 90), any("i'll use", Decision, 74),
    any("i will use", Decision, 74), any("i'll go with", Decision, 84), any("going with", Decision, 80),
    any("we're using", Decision, 74).user(), any("we are using", Decision, 74).user(),
    start("we use", Decision, 70).user(), any("settled on", Decision, 90), any("agreed on", Decision, 86),
    any("agreed to", Decision, 84), any("we agreed", Decision, 86), any("we chose", Decision, 88),
    any("i chose", Decision, 82), any("i've chosen", Decision, 84), any("we picked", Decision, 86),
    any("i picked", Decision, 78), any("let's switch", Decision, 92), any("switch to", Decision, 82).user(),
    any("switching to", Decision, 84), any("let's stick with", Decision, 86),
    any("stick with", Decision, 78).user(), any("sticking with", Decision, 82),
    start("let's keep", Decision, 76), start("let's drop", Decision, 84), start("let's not", Decision, 80),
    start("let's skip", Decision, 78), start("let's adopt", Decision, 86),
    start("let's move to", Decision, 86), start("let's postpone", Decision, 80),
    start("let's call it", Decision, 80), start("use", Decision, 70).user(),
    any("final answer", Decision, 80).user(), any("we're going to use", Decision, 86),
    any("the plan is to", Decision, 82), start("we'll", Decision, 62), start("we will", Decision, 62),
    any("is approved", Decision, 76).user(), any("we're dropping", Decision, 84),
    any("we are dropping", Decision, 84), any("changed my mind", Decision, 84).user(),
    any("instead of", Decision, 62).user(), any("we're moving to", Decision, 84),
    any("we're switching", Decision, 86), any("replace", Decision, 40).user(),
    any("you can now", Decision, 76).user(), any("you may now", Decision, 78).user(),
    any("allowed now", Decision, 78).user(), any("now allowed", Decision, 78).user(),
    any("is fine now", Decision, 76).user(), any("is ok now", Decision, 76).user(),
    any("forget the rule", Decision, 82).user(), any("drop the rule", Decision, 82).user(),
    any("opted for", Decision, 86), any("opt for", Decision, 72), any("ship on", Decision, 66).user(),
    any("no longer use", Decision, 82).user(),
    any("i prefer", Preference, 88).user(), any("i'd prefer", Preference, 86).user(),
    any("we prefer", Preference, 84).user(), any("i'd rather", Preference, 82).user(),
    start("prefer", Preference, 82).user(), any("my preference", Preference, 88).user(),
    any("i like", Preference, 74).user(), any("i love", Preference, 72).user(),
    any("i hate", Preference, 78).user(), any("i dislike", Preference, 78).user(),
    any("i don't like", Preference, 78).user(), any("i can't stand", Preference, 78).user(),
    any("from now on", Preference, 87).user(), any("going forward", Preference, 82).user(),
    any("in future", Preference, 70).user(), any("in the future", Preference, 70).user(),
    start("call me", Preference, 88).user(), any("always answer", Preference, 93).user(),
    any("always reply", Preference, 93).user(), any("always respond", Preference, 93).user(),
    any("always write", Preference, 88).user(), any("always speak", Preference, 93).user(),
    start("answer in", Preference, 88).user(), start("reply in", Preference, 88).user(),
    start("respond in", Preference, 88).user(), start("speak", Preference, 80).user(),
    start("write in", Preference, 76).user(), any("answer in chinese", Preference, 92).user(),
    any("answer in english", Preference, 92).user(), any("keep answers", Preference, 88).user(),
    any("keep your answers", Preference, 90).user(), any("keep replies", Preference, 88).user(),
    any("keep it short", Preference, 80).user(), any("be concise", Preference, 86).user(),
    any("be brief", Preference, 86).user(), start("no emojis", Preference, 90).user(),
    any("don't use emojis", Preference, 90).user(), any("i usually", Preference, 66).user(),
    any("my favourite", Preference, 72).user(), any("my favorite", Preference, 72).user(),
    start("todo", Todo, 92), start("to do :", Todo, 92), any("need to", Todo, 68).user(),
    any("needs to", Todo, 66).user(), start("i need", Todo, 66).user(), start("we need", Todo, 68).user(),
    any("remember to", Todo, 86).user(), any("don't forget", Todo, 88).user(),
    any("do not forget", Todo, 90).user(), any("remind me", Todo, 88).user(),
    any("make sure", Todo, 72).user(), any("we should", Todo, 64).user(), any("you should", Todo, 64).user(),
    any("should be", Todo, 60).user(), any("follow up", Todo, 70), any("have to", Todo, 64).user(),
    any("still have to", Todo, 74), any("still needs", Todo, 72).user(), start("remaining :", Todo, 82),
    start("next step :", Todo, 80), any("next step is", Todo, 78), start("let's", Todo, 66).user(),
    any("let me try", Todo, 40).user(), any("i want you to", Todo, 80).user(),
    any("i'd like you to", Todo, 80).user(), any("is left to", Todo, 70), any("by tomorrow", Todo, 70).user(),
    start("i'll", Todo, 62).assistant(), start("i will", Todo, 64).assistant(),
    start("i'm going to", Todo, 62).assistant(), start("i still need to", Todo, 74).assistant(),
    start("open question", OpenQuestion, 95), any("still undecided", OpenQuestion, 90),
    any("haven't decided", OpenQuestion, 90).user(), any("not decided yet", OpenQuestion, 90),
    any("have not decided", OpenQuestion, 90).user(), any("not sure whether", OpenQuestion, 84).user(),
    any("not sure if", OpenQuestion, 78).user(), any("not sure which", OpenQuestion, 82).user(),
    any("to be decided", OpenQuestion, 88), any("tbd", OpenQuestion, 86),
    any("unclear whether", OpenQuestion, 82), any("need to decide", OpenQuestion, 86),
    any("need to figure out", OpenQuestion, 80).user(), start("question :", OpenQuestion, 90),
    any("undecided", OpenQuestion, 82), any("i wonder", OpenQuestion, 72).user(),
    any("i want to know", OpenQuestion, 78).user(), any("remains open", OpenQuestion, 84),
    any("is still open", OpenQuestion, 84), any("haven't figured out", OpenQuestion, 80).user(),
];

/// Clauses with these decide nothing and want nothing.
#[rustfmt::skip]
pub(super) const UNDECIDED: &[&str] = &[
    "decided nothing", "decided not yet", "didn't decide", "did not decide", "haven't decided",
    "have not decided", "not decided", "nothing was decided", "nothing has been decided",
    "nothing is decided", "undecided", "no decision", "not sure", "might", "could use", "could go with",
    "considering", "thinking about", "thinking of", "should we", "whether", "we'll see", "we will see",
    "don't know", "do not know", "perhaps", "maybe", "need to decide", "would have", "wouldn't", "would",
    "they use", "tbd", "i wonder", "until we decide", "until we've decided", "before we decide",
    "never decided", "hasn't decided", "hasn't been decided", "wasn't decided", "isn't decided",
    "let me know", "i'll use the", "we'll know",
];
/// Beginnings of what is only imagined.
#[rustfmt::skip]
pub(super) const HYPOTHETICAL: &[&str] = &[
    "if we", "if i", "if you", "if they", "suppose", "imagine", "assuming", "what if", "had we", "say we",
    "in theory", "hypothetically", "let's say", "let's assume", "let's imagine", "let's suppose",
];

/// Clauses with these are no constraint, whatever else is in them.
#[rustfmt::skip]
pub(super) const NO_RULE: &[&str] = &[
    "never mind", "never decided", "don't worry", "don't know", "don't think", "don't understand",
    "don't see", "don't forget", "do not forget", "don't remember", "don't bother", "don't you", "don't we",
    "don't get", "don't care", "don't have", "must have", "must be the", "must be a", "must be an",
    "must be some", "must be because", "must be that", "no problem", "no worries", "no idea", "no need",
    "no thanks", "no rush", "no one", "no longer", "no matter", "no wonder", "no doubt", "no ,", "no that",
    "no it", "no i", "no we", "no you", "no the", "no this", "no what", "no change", "no changes", "not only",
    "never seen", "never worked", "never used", "no luck", "no clue", "no question", "no biggie", "no effect",
    "no difference", "no errors", "no error", "no output", "only then", "only problem", "only one",
    "only thing", "only if", "only when", "must say", "must admit", "doesn't", "i don't", "we don't have",
    "at least it", "at least that",
];
/// Clauses with these are no goal.
#[rustfmt::skip]
pub(super) const NO_GOAL: &[&str] = &[
    "want to know", "want to see", "want to ask", "want to say", "want to be sure", "want to make sure",
    "don't want to", "like to know", "like to ask", "like to see", "help me understand why", "want to note",
];
/// Clauses with these ask for nothing.
#[rustfmt::skip]
pub(super) const NO_TODO: &[&str] = &[
    "let me know", "let me see", "don't think", "let's see", "no need to", "don't need to", "doesn't need to",
    "do not need to", "should be fine", "should be good", "should be ok", "should be done",
    "should be working", "should work", "needs to know", "used to", "i'll let you", "i'll be", "i'll wait",
    "i'll try", "i'll do it myself", "let's say", "need to know", "have to say", "have to admit",
    "i'll edit it", "i'll help", "as needed", "if needed", "if you need", "if you want", "if you'd like",
    "whenever you", "need help", "should have", "don't have to", "doesn't have to", "we should be good",
    "i'll assume",
];
/// Clauses with these are no preference.
#[rustfmt::skip]
pub(super) const NO_PREFERENCE: &[&str] = &[
    "do i like", "would i prefer", "i like that idea", "like to", "i like it", "i like that", "i like this",
    "i love it", "i love that", "i'd like",
];
/// Clauses with these are no open question of their own.
#[rustfmt::skip]
pub(super) const RHETORICAL: &[&str] = &[
    "how are you", "what's up", "you know", "make sense", "got it", "are you stupid", "what the hell",
    "what the fuck", "isn't it", "right", "ready",
];

/// Beginnings of questions that ask for work.
#[rustfmt::skip]
pub(super) const REQUESTS: &[&str] = &[
    "can you", "could you", "would you", "will you", "can we have", "could we have", "can we add",
    "could we add", "can we get", "can i get", "would you mind", "may i have", "can we please",
    "could you please", "pls", "please",
];
/// Beginnings of questions without their mark.
#[rustfmt::skip]
pub(super) const INVERTED: &[&str] = &[
    "should i", "should we", "is it", "is there", "is this", "is that", "are there", "are we", "are you",
    "do we", "do you", "do i", "does it", "does the", "did you", "did we", "why is", "why does", "why do",
    "why are", "how do", "how does", "how can", "how should", "how much", "how many", "which one", "which of",
    "what is the", "what are the", "where is", "where are", "where do", "when is", "when do", "who is",
    "any idea", "can we", "could we", "shall we", "have you", "would it", "what do", "what does",
    "what should",
];
/// Verbs that begin a request.
#[rustfmt::skip]
pub(super) const IMPERATIVES: &[&str] = &[
    "read", "fix", "add", "remove", "delete", "create", "write", "make", "update", "change", "check", "run",
    "test", "implement", "investigate", "review", "deploy", "refactor", "rename", "move", "copy", "install",
    "build", "open", "send", "find", "look", "try", "set", "configure", "document", "commit", "push",
    "publish", "release", "merge", "port", "migrate", "translate", "summarise", "summarize", "explain",
    "draft", "plan", "schedule", "book", "order", "buy", "search", "show", "list", "compare", "analyse",
    "analyze", "design", "generate", "convert", "clean", "optimise", "optimize", "debug", "rewrite",
    "replace", "extend", "verify", "prepare", "upload", "download", "kill", "restart", "rerun", "undo",
    "revert", "modify", "tell", "give", "email", "call", "ask", "tag", "bump", "put", "adjust", "upgrade",
    "enable", "disable", "wire", "finish", "continue with", "go ahead",
];

/// Phrases by which a new decision says that it replaces an old one.
#[rustfmt::skip]
pub(super) const SWITCH: &[&str] = &[
    "instead", "switch", "switching", "rather than", "no longer", "replace", "change to", "changed my mind",
    "change of plan", "drop", "dropping", "moving to", "move to", "scrap that", "forget", "on second thought",
    "not anymore", "after all", "actually",
];
/// Phrases that lift a rule.
#[rustfmt::skip]
pub(super) const LIFT: &[&str] = &[
    "you can now", "can now", "is allowed now", "now allowed", "is fine now", "it's fine to", "it's ok to",
    "it's okay to", "ok to", "no longer", "forget the rule", "drop the rule", "lift", "you may now",
    "don't need to anymore", "not needed anymore", "it is fine to", "is ok now", "again allowed",
];

/// Reports of work done: beginnings.
#[rustfmt::skip]
pub(super) const DONE: &[&str] = &[
    "done", "all done", "fixed", "finished", "completed", "complete", "implemented", "added", "created",
    "updated", "removed", "deleted", "renamed", "ported", "shipped", "deployed", "merged", "pushed",
    "published", "released", "resolved", "sent", "written", "i've", "i have", "i added", "i fixed",
    "i created", "i updated", "i removed", "i finished", "i deployed", "i sent", "i did", "we've",
    "we finished", "we shipped", "all set", "installed", "configured", "migrated",
];
/// Reports of work done: endings of "X is …".
#[rustfmt::skip]
pub(super) const DONE_AFTER: &[&str] = &[
    "is done", "are done", "is fixed", "is finished", "is complete", "is completed", "is deployed",
    "is merged", "is live", "has been fixed", "has been added", "has been deployed", "has been updated",
    "has been removed", "has been merged", "was deployed", "is published", "has been created",
    "have been updated", "have been added", "is in place", "has been completed", "is now done",
];
/// What makes such a report none.
#[rustfmt::skip]
pub(super) const NOT_DONE: &[&str] = &[
    "not", "isn't", "haven't", "hasn't", "almost", "nearly", "half", "once", "when", "after", "until", "if",
    "to be", "will be", "should be", "except", "couldn't", "can't", "failed", "need", "seen", "noticed",
    "found", "read", "checked", "looked",
];
/// Replies that put a question off.
#[rustfmt::skip]
pub(super) const DEFERRED: &[&str] = &[
    "i don't know", "i do not know", "i'll check", "i'll look into", "get back to you", "not sure",
    "let me check", "i'll find out", "need more information",
];
/// Replies that answer in a word.
#[rustfmt::skip]
pub(super) const ANSWERS: &[&str] = &[
    "yes", "yeah", "yep", "no", "nope", "ok", "okay", "sure", "go", "do", "fine", "correct", "exactly",
    "neither", "both", "first", "second", "please",
];

/// Headings whose items are facts of a kind.
#[rustfmt::skip]
pub(super) const SECTIONS: &[(&str, super::fact::Kind)] = &[
    ("todo", Todo), ("todos", Todo), ("open todos", Todo), ("to do", Todo), ("tasks", Todo),
    ("remaining", Todo), ("remaining work", Todo), ("decisions", Decision), ("decided", Decision),
    ("open questions", OpenQuestion), ("questions", OpenQuestion), ("constraints", Constraint),
    ("rules", Constraint), ("constraints rules", Constraint), ("requirements", Constraint),
    ("hard rules", Constraint), ("preferences", Preference), ("goals", Goal), ("goal", Goal),
];

/// Words after which a short number is a name ("port is 5433").
#[rustfmt::skip]
pub(super) const NAMED: &[&str] = &[
    "port", "timeout", "limit", "threshold", "version", "id", "number", "size", "code", "account",
    "extension", "room", "pin", "branch", "host", "database", "db", "server", "url", "commit",
];

/// Words by which a clause says where or what something is.
#[rustfmt::skip]
pub(super) const STATES: &[&str] = &[
    "is", "are", "was", ":", "at", "in", "on", "lives", "under", "located", "called", "named", "equals",
    "pushed", "deployed", "committed", "commit",
];

/// Words that turn a statement round.
#[rustfmt::skip]
pub(super) const NEGATORS: &[&str] = &[
    "not", "never", "no", "don't", "dont", "doesn't", "didn't", "won't", "can't", "cannot", "shouldn't",
    "mustn't", "isn't", "aren't", "without", "avoid", "forbidden", "neither", "nor", "stop", "drop",
    "dropped", "reject", "rejected", "abandon", "abandoned", "instead of", "rather than", "no longer",
    "wasn't", "weren't", "refuse", "undecided", "skip",
];

/// Words every sentence has.
#[rustfmt::skip]
pub(super) const STOP_WORDS: &[&str] = &[
    "a", "an", "the", "and", "or", "but", "so", "to", "of", "in", "on", "at", "for", "with", "by", "from",
    "as", "into", "is", "are", "was", "were", "be", "been", "am", "it", "its", "it's", "this", "that",
    "these", "those", "i", "we", "you", "he", "she", "they", "me", "us", "my", "our", "your", "their", "i'll",
    "we'll", "i'm", "we're", "i've", "we've", "let's", "let", "will", "would", "should", "could", "can",
    "shall", "may", "must", "do", "does", "did", "have", "has", "had", "use", "using", "used", "uses", "go",
    "going", "ok", "okay", "please", "just", "now", "then", "also", "actually", "instead", "not", "no",
    "don't", "never", "always", "only", "there", "here", "what", "which", "who", "how", "why", "when",
    "where", "if", "want", "need", "needs", "make", "decided", "decide", "decision", "switch", "all", "any",
    "some", "than", "rather", "up", "out", "about", "after", "over", "again", "prefer", "yes", "well", "done",
    "sure", "todo", "that's", "q_", "remember", "forget", "right", "still", "get", "keep", "lets", "going",
    "forward", "on", "wrong", "correction", "meant", "said", "cannot", "can't", "isn't", "won't", "doesn't",
    "shouldn't", "mustn't", "without",
];
