//! The outbox, without a network.

use super::outbox::MOST_LETTERS;
use super::{Outbox, Outcome, Retry, Sender};
use crate::shared::language::Language;
use crate::watchdog::alert::{Alert, Code, Severity};

const DAY: u64 = 86_400_000;

fn alert(code: Code, about: &str) -> Alert {
    Alert { code, about: about.to_owned(), severity: Severity::Warning, values: vec!["x".to_owned()] }
}

fn over(code: Code, about: &str) -> Alert {
    let values = [code.name(), about, "60000"].map(str::to_owned).to_vec();
    let about = format!("{} {about}", code.name()).trim_end().to_owned();
    Alert { code: Code::Recovered, about, severity: Severity::Info, values }
}

fn later() -> Outcome {
    Outcome::Later { why: "down".to_owned(), after_ms: None }
}

fn put(outbox: &mut Outbox, alert: Alert) {
    outbox.put(alert, &["telegram", "webhook"], "2026-11-20T08:00:00Z", "s", 1_000);
}

#[test]
fn each_way_takes_it_once_and_then_it_is_gone() {
    let mut outbox = Outbox::default();
    let retry = Retry::of(1.0);
    put(&mut outbox, alert(Code::Breaker, ""));
    let (first, way) = outbox.take(1_000, DAY).unwrap();
    assert_eq!((first.number, way.as_str()), (1, "telegram"));
    assert_eq!(outbox.take(1_000, DAY), None, "one at a time");
    assert!(!outbox.note(1, "telegram", &Outcome::Delivered, &retry, 7, 2_000));
    let (_, way) = outbox.take(2_000, DAY).unwrap();
    assert_eq!(way, "webhook");
    assert!(!outbox.note(1, "webhook", &later(), &retry, 7, 2_000));
    let next = outbox.next_ms().unwrap();
    assert!((3_000..=17_000).contains(&next), "{next}");
    assert_eq!(outbox.take(next - 1, DAY), None);
    assert_eq!(outbox.take(next, DAY).unwrap().1, "webhook");
    outbox.note(1, "webhook", &Outcome::Delivered, &retry, 7, next);
    assert_eq!((outbox.letters.len(), outbox.next_ms()), (0, None));
}

#[test]
fn delays_are_drawn_from_all_of_a_doubling_time() {
    let retry = Retry::of(1.0);
    for tries in 1..40u32 {
        let end = 15_000u64.saturating_mul(1 << (tries - 1).min(20)).min(900_000);
        let mut drawn = Vec::new();
        for seed in 0..200 {
            let mut outbox = Outbox::default();
            put(&mut outbox, alert(Code::Breaker, ""));
            outbox.take(1_000, DAY);
            outbox.letters[0].errands[0].tries = tries;
            outbox.note(1, "telegram", &later(), &retry, seed, 1_000);
            drawn.push(outbox.letters[0].errands[0].not_before_ms - 1_000);
        }
        let (least, most) = (*drawn.iter().min().unwrap(), *drawn.iter().max().unwrap());
        assert!(
            least >= 1_000 && least < end / 4 && most <= end && most > end / 2,
            "{tries}: {least} {most}"
        );
    }
}

#[test]
fn what_the_other_end_asks_for_is_waited_and_refusals_end() {
    let mut outbox = Outbox::default();
    let retry = Retry::of(1.0);
    outbox.put(alert(Code::Breaker, ""), &["telegram"], "", "s", 0);
    outbox.take(0, DAY);
    outbox.note(
        1,
        "telegram",
        &Outcome::Later { why: String::new(), after_ms: Some(3_600_000) },
        &retry,
        1,
        0,
    );
    assert_eq!(outbox.next_ms(), Some(3_600_000));
    let mut now = 3_600_000;
    let mut given_up = 0;
    while outbox.take(now, DAY).is_some() {
        let refused = Outcome::Refused { why: "401".to_owned() };
        given_up += u32::from(outbox.note(1, "telegram", &refused, &retry, 1, now));
        now += 900_000;
    }
    assert_eq!((given_up, outbox.letters.len()), (1, 0));
}

#[test]
fn the_same_is_not_queued_twice_and_an_end_joins_what_nobody_has_heard() {
    let mut outbox = Outbox::default();
    put(&mut outbox, alert(Code::NetworkDown, ""));
    put(&mut outbox, alert(Code::NetworkDown, ""));
    put(&mut outbox, alert(Code::ChannelDown, "telegram/a"));
    put(&mut outbox, over(Code::NetworkDown, ""));
    put(&mut outbox, over(Code::ChannelDown, "telegram/b"));
    assert_eq!(outbox.letters.len(), 3);
    let text = outbox.letters[0].text(&Sender::default(), Language::En).whole;
    assert!(
        text.contains("no network") && text.contains("Over, after 1 min: the machine had no network."),
        "{text}"
    );
    put(&mut outbox, alert(Code::NetworkDown, ""));
    assert!(outbox.letters[0].over.is_none(), "it began again before anybody heard");
    outbox.take(1_000, DAY);
    put(&mut outbox, over(Code::NetworkDown, ""));
    assert_eq!(outbox.letters.len(), 4, "what is on its way is not changed");
}

#[test]
fn a_letter_that_was_under_way_goes_again_with_its_mark_and_says_so() {
    let mut outbox = Outbox::default();
    put(&mut outbox, alert(Code::Breaker, ""));
    let (before, _) = outbox.take(1_000, DAY).unwrap();
    let text = serde_json::to_string(&outbox).unwrap();
    let mut back: Outbox = serde_json::from_str(&text).unwrap();
    back.resume(&["telegram"], true, 5_000);
    assert_eq!(back.letters[0].errands.len(), 1, "the webhook is configured no more");
    let (again, way) = back.take(5_000, DAY).unwrap();
    assert_eq!((again.mark.clone(), way.as_str()), (before.mark.clone(), "telegram"));
    let said = |l: &super::Letter| l.text(&Sender::default(), Language::En).whole;
    assert!(said(&again).contains(&before.mark) && said(&again).contains("repetition"), "{}", said(&again));
    assert!(!said(&before).contains("repetition"));
}

#[test]
fn another_boot_of_the_machine_keeps_the_letters_and_forgets_their_times() {
    let mut outbox = Outbox::default();
    outbox.put(alert(Code::Breaker, ""), &["mail"], "", "s", 5 * DAY);
    outbox.letters[0].errands[0].not_before_ms = 6 * DAY;
    outbox.resume(&["mail"], false, 10);
    assert_eq!((outbox.next_ms(), outbox.letters[0].since_ms), (Some(10), 10));
}

#[test]
fn it_is_bounded_and_what_is_lost_is_counted() {
    let mut outbox = Outbox::default();
    put(&mut outbox, Alert { severity: Severity::Critical, ..alert(Code::RestartUseless, "1") });
    for n in 0..200 {
        put(&mut outbox, alert(Code::ChannelDown, &format!("c{n}")));
    }
    assert_eq!((outbox.letters.len(), outbox.dropped), (MOST_LETTERS, 201 - MOST_LETTERS as u64));
    assert_eq!(outbox.letters[0].alert.code, Code::RestartUseless);
    assert_eq!(outbox.take(4 * DAY, 3 * DAY), None, "news no more");
    assert_eq!((outbox.letters.len(), outbox.dropped), (0, 201));
}

#[test]
fn a_network_that_is_back_hurries_what_waits() {
    let mut outbox = Outbox::default();
    let retry = Retry::of(1.0);
    put(&mut outbox, alert(Code::Breaker, ""));
    outbox.letters[0].errands[0].not_before_ms = 900_000;
    outbox.letters[0].errands[1].not_before_ms = 900_000;
    outbox.hurry(&retry, 3, 2_000);
    assert!(outbox.next_ms().unwrap() < 2_000 + retry.first_ms);
}

#[test]
fn a_letter_is_bounded_redacted_and_in_both_languages() {
    let mut outbox = Outbox::default();
    let long = format!("token: 123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0 {}", "很长".repeat(5_000));
    let alert = Alert { values: vec![long], ..alert(Code::PartFails, "") };
    outbox.put(alert, &["mail"], "2026-11-20T08:00:00Z", "s", 0);
    let sender = Sender { host: "box".to_owned(), target: "127.0.0.1:1".to_owned(), dropped: 3 };
    for (language, word) in [(Language::En, "warning"), (Language::Zh, "警告")] {
        let text = outbox.letters[0].text(&sender, language);
        assert!(text.whole.chars().count() < 2_000 && !text.whole.contains("AAHfiq"), "{}", text.whole);
        assert!(text.title.contains(word) && text.title.contains("box"), "{}", text.title);
        assert!(text.whole.ends_with("asm-1-s"), "{}", text.whole);
    }
}
