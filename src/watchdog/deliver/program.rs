//! Ways that are programs: the operator's own command, and `sendmail`.

use super::letter::{Sender, Text};
use super::outbox::Letter;
use super::send::Outcome;
use crate::watchdog::net::base64;
use crate::watchdog::os;
use std::io::{ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a program that runs is looked after.
const POLL: Duration = Duration::from_millis(20);
/// Where the program is on systems whose `PATH` leaves it out.
const SENDMAIL: [&str; 2] = ["/usr/sbin/sendmail", "/usr/lib/sendmail"];

/// Runs `words` without a shell, in a group of its own, with `input` on its standard input. Done well is delivered.
pub(super) fn run(words: &[String], env: &[(&str, &str)], input: &str, deadline: Duration) -> Outcome {
    let until = Instant::now() + deadline;
    let Some((program, arguments)) = words.split_first() else {
        return Outcome::Refused { why: ErrorKind::InvalidInput.to_string() };
    };
    let started = Command::new(program)
        .args(arguments)
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(e) => return Outcome::Refused { why: format!("{program}: {e}") },
    };
    // A letter fits into a pipe, so this waits for nobody; a program that does not read it says by its end what it did.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    match wait(&mut child, until) {
        Some(status) if status.success() => Outcome::Delivered,
        Some(status) => {
            let code = status.code().map_or_else(|| "signal".to_owned(), |code| format!("exit code {code}"));
            Outcome::Later { why: format!("{program}: {code}"), after_ms: None }
        }
        None => {
            // What the kernel holds does not end even so, and the alerts that wait do not wait for it.
            os::end(child);
            Outcome::Later { why: format!("{program}: timed out"), after_ms: None }
        }
    }
}

/// How it ended; none where it was late.
fn wait(child: &mut Child, until: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => thread::sleep(POLL),
            _ => break,
        }
    }
    None
}

/// By `sendmail`, which queues and retries by itself. The mark is the message's id, so a repetition is one message.
pub(super) fn mail(to: &str, letter: &Letter, sender: &Sender, text: &Text, deadline: Duration) -> Outcome {
    let known = SENDMAIL.into_iter().find(|path| Path::new(path).exists());
    let words = [known.unwrap_or("sendmail"), "-i", "--", to].map(str::to_owned);
    run(&words, &[], &message(to, letter, sender, text), deadline)
}

fn message(to: &str, letter: &Letter, sender: &Sender, text: &Text) -> String {
    let subject = base64(text.title.as_bytes());
    let host: String =
        sender.host.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
    let host = if host.is_empty() { "localhost".to_owned() } else { host };
    let body = base64(text.whole.as_bytes());
    let lines: Vec<&str> = body.as_bytes().chunks(76).filter_map(|l| std::str::from_utf8(l).ok()).collect();
    format!(
        "To: {to}\nSubject: =?utf-8?B?{subject}?=\nMessage-ID: <{}@{host}>\nAuto-Submitted: auto-generated\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n",
        letter.mark,
        lines.join("\n")
    )
}
