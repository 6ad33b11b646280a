//! RFC 3339 and epoch milliseconds, both ways, without a clock or a time zone database.

const DAY_MS: i64 = 86_400_000;
/// Widest instant a JavaScript `Date` holds, milliseconds from the epoch (ECMA-262, time values).
const WIDEST_MS: i64 = 8_640_000_000_000_000;
/// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what RFC 3339 can write.
const WRITABLE_MS: (i64, i64) = (-62_167_219_200_000, 253_402_300_799_999);

/// Epoch milliseconds of an RFC 3339 time. A date alone is its midnight; without an offset it is UTC; a leap second is
/// the second before it. `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let mut at = Cursor(text.trim().as_bytes());
    let year = at.digits(4)?;
    at.expect(b"-")?;
    let month = at.digits(2)?;
    at.expect(b"-")?;
    let day = at.digits(2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let midnight = days_from_epoch(year, month, day).checked_mul(DAY_MS)?;
    if at.0.is_empty() {
        return Some(midnight);
    }
    at.expect(b"Tt ")?;
    let hour = at.digits(2)?;
    at.expect(b":")?;
    let minute = at.digits(2)?;
    let second = if at.expect(b":").is_some() { at.digits(2)? } else { 0 };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let ms = at.fraction()?;
    let offset = at.offset()?;
    let of_day = ((hour * 60 + minute - offset) * 60 + second.min(59)) * 1000 + ms;
    midnight.checked_add(of_day)
}

/// The instant as `YYYY-MM-DDTHH:MM:SS.mmmZ`; outside the years 0–9999 the nearest writable one.
#[must_use]
pub fn format(epoch_ms: i64) -> String {
    let at = epoch_ms.clamp(WRITABLE_MS.0, WRITABLE_MS.1);
    let (days, ms) = (at.div_euclid(DAY_MS), at.rem_euclid(DAY_MS));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
}

/// The same to the second, as people and file readers want it.
#[must_use]
pub fn rfc3339(epoch_ms: i64) -> String {
    let text = format(epoch_ms);
    text.split_once('.').map_or_else(|| text.clone(), |(seconds, _)| format!("{seconds}Z"))
}

/// A host timestamp: a number of epoch milliseconds or an RFC 3339 text.
#[must_use]
pub fn of_value(value: &serde_json::Value) -> Option<i64> {
    if let Some(text) = value.as_str() {
        return parse(text);
    }
    let ms = value.as_i64().or_else(|| value.as_f64().map(|f| f as i64))?;
    (-WIDEST_MS..=WIDEST_MS).contains(&ms).then_some(ms)
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn expect(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any_of.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (head, rest) = self.0.split_at_checked(count)?;
        let value =
            head.iter().try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))?;
        self.0 = rest;
        Some(value)
    }

    /// Milliseconds of an optional fraction; finer digits are dropped. `None` for a dot without digits.
    fn fraction(&mut self) -> Option<i64> {
        if self.expect(b".,").is_none() {
            return Some(0);
        }
        let (mut ms, mut unit, mut seen) = (0, 100, false);
        while let Some(digit) = self.digits(1) {
            ms += digit * unit;
            unit /= 10;
            seen = true;
        }
        seen.then_some(ms)
    }

    /// Minutes east of UTC at the end of the text.
    fn offset(&mut self) -> Option<i64> {
        if self.0.is_empty() {
            return Some(0);
        }
        let minutes = match self.expect(b"Zz+-")? {
            b'Z' | b'z' => 0,
            sign => {
                let hours = self.digits(2)?;
                let _ = self.expect(b":");
                let minutes = if self.0.is_empty() { 0 } else { self.digits(2)? };
                if hours > 23 || minutes > 59 {
                    return None;
                }
                (hours * 60 + minutes) * if sign == b'-' { -1 } else { 1 }
            }
        };
        self.0.is_empty().then_some(minutes)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 of a date of the proleptic Gregorian calendar: years are counted from March, so that the leap
/// day is the last of its year, in eras of 400 years (146,097 days).
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_from_epoch`].
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + of_era + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_hosts_write() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2025-11-20T23:33:50.805Z", 1_763_681_630_805),
            ("2025-11-20T23:33:50.8051234Z", 1_763_681_630_805),
            ("2025-11-21T01:33:50.805+02:00", 1_763_681_630_805),
            ("2025-11-20T18:03:50.805-0530", 1_763_681_630_805),
            ("2025-11-20t23:33:50.8z", 1_763_681_630_800),
            ("2025-11-20 23:33:50", 1_763_681_630_000),
            ("2025-11-20T23:33Z", 1_763_681_580_000),
            ("2024-02-29", 1_709_164_800_000),
            ("2016-12-31T23:59:60Z", 1_483_228_799_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("0000-01-01T00:00:00Z", WRITABLE_MS.0),
            ("9999-12-31T23:59:59.999Z", WRITABLE_MS.1),
        ] {
            assert_eq!(parse(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "now",
            "2025",
            "2025-13-01",
            "2025-00-01",
            "2025-02-29",
            "2025-04-31T00:00:00Z",
            "2025-01-01T24:00:00Z",
            "2025-01-01T00:60:00Z",
            "2025-01-01T00:00:61Z",
            "2025-01-01T00:00:00.Z",
            "2025-01-01T00:00:00X",
            "2025-01-01T00:00:00Zjunk",
            "2025-01-01T00:00:00+24:00",
            "20250101T000000Z",
            "二〇二五",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_goes_both_ways() {
        for day in -146_097..146_097i64 {
            let ms = day * DAY_MS + 12_345_678;
            assert_eq!(parse(&format(ms)), Some(ms));
        }
        assert_eq!(format(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(format(i64::MIN), "0000-01-01T00:00:00.000Z");
    }

    #[test]
    fn numbers_are_milliseconds() {
        assert_eq!(of_value(&serde_json::json!(1_763_681_630_805_i64)), Some(1_763_681_630_805));
        assert_eq!(of_value(&serde_json::json!(1_763_681_630_805.9)), Some(1_763_681_630_805));
        assert_eq!(of_value(&serde_json::json!(9e15)), None);
        assert_eq!(of_value(&serde_json::json!(u64::MAX)), None);
        assert_eq!(of_value(&serde_json::json!(null)), None);
    }
}
