//! Literal strings that lose their meaning when one character changes.

use crate::shared::language::is_han;

/// Longest word looked at, in bytes: longer ones are data.
const LONGEST: usize = 512;
/// Fewest digits of a number that is a name and not a count.
const FEWEST_DIGITS: usize = 6;
/// Fewest hex digits of a short hash.
const FEWEST_HEX: usize = 7;

const EXTENSIONS: &[&str] = &[
    "rs", "ts", "tsx", "js", "jsx", "mjs", "cjs", "py", "go", "java", "kt", "c", "h", "cpp", "hpp", "cs",
    "rb", "php", "swift", "sh", "bash", "zsh", "ps1", "bat", "md", "mdx", "txt", "json", "jsonl", "json5",
    "yaml", "yml", "toml", "ini", "cfg", "conf", "env", "lock", "xml", "html", "css", "scss", "sql", "db",
    "sqlite", "csv", "tsv", "log", "pdf", "docx", "xlsx", "pptx", "png", "jpg", "jpeg", "gif", "svg", "webp",
    "mp3", "mp4", "zip", "tar", "gz", "tgz", "wasm", "ipynb", "vue", "svelte", "proto", "tf", "service",
    "pem", "key", "crt",
];
/// Names of products that end like a file.
const PRODUCTS: &[&str] =
    &["node.js", "next.js", "vue.js", "react.js", "three.js", "express.js", "d3.js", "nuxt.js", "nest.js"];
/// `ABC-12` that is no key of a tracker.
const STANDARDS: &[&str] =
    &["UTF", "SHA", "GPT", "ISO", "RFC", "AES", "RSA", "MD", "COVID", "IEEE", "USB", "CSS", "ES", "HTTP"];

/// The identifiers of `text`, in order: URLs, paths, `host:port`, addresses, hashes, UUIDs, versions, dates, amounts
/// and numbers of six digits or more, tracker keys. Each exactly as written. Linear in the length of the text.
#[must_use]
pub fn identifiers(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    if !may_hold(text) {
        return out;
    }
    let mut from = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, n)| *n);
        if parts(c, from.and_then(|f| text.get(f..at)), next) {
            word(text, from.take(), at, &mut out);
        } else if from.is_none() {
            from = Some(at);
        }
    }
    word(text, from, text.len(), &mut out);
    chinese_dates(text, &mut out);
    out.sort_by_key(|s| s.as_ptr() as usize);
    out.dedup_by_key(|s| s.as_ptr() as usize);
    out
}

/// Whether there is anything in `text` without which there is no identifier: a digit, a separator of paths, an `@`, a
/// `#`, or a full stop that ends no word.
fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'0'..=b'9' | b'/' | b'\\' | b'@' | b'#' => true,
        b'.' => bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace()),
        _ => false,
    })
}

/// Whether `c` ends the word read so far.
fn parts(c: char, so_far: Option<&str>, next: Option<char>) -> bool {
    match c {
        ',' => {
            !(so_far.is_some_and(|w| w.ends_with(|c: char| c.is_ascii_digit()))
                && next.is_some_and(|n| n.is_ascii_digit()))
        }
        '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | ';' => true,
        '¥' | '￥' | '€' | '£' => false,
        c if c.is_ascii() => !c.is_ascii_graphic(),
        // In Chinese prose nothing parts a path from the words around it, so Han belongs to a path only right after a
        // separator.
        c if is_han(c) => !so_far.is_some_and(|w| w.len() < LONGEST && in_path(w)),
        c => !c.is_alphanumeric(),
    }
}

/// Whether `word` is a path whose last part is empty or Han so far.
fn in_path(word: &str) -> bool {
    word.rfind(['/', '\\']).is_some_and(|cut| {
        cut > 0 && word.get(cut + 1..).is_some_and(|tail| tail.chars().all(is_han)) && !word.contains("://")
    })
}

fn word<'a>(text: &'a str, from: Option<usize>, to: usize, out: &mut Vec<&'a str>) {
    let Some(raw) = from.and_then(|f| text.get(f..to)) else { return };
    if raw.len() > LONGEST || raw.len() < 2 || !may_hold(raw) || raw.contains("redacted:") {
        return;
    }
    let signs = [',', ':', '!', '?', '*', '_', '=', '+', '^', '&'];
    let raw = raw.trim_end_matches(['.', '-']).trim_end_matches(signs).trim_start_matches(signs);
    let dotted = raw.starts_with("./") || raw.starts_with("../");
    let raw = if dotted { raw } else { raw.trim_start_matches('.') };
    let raw = raw.trim_end_matches('.');
    let raw = raw.trim_end_matches(['-']);
    if let Some(at) = raw.find("://") {
        let scheme = raw.get(..at).unwrap_or_default();
        let letters = scheme.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |p| p + 1);
        if at > letters && raw.len() > at + 3 {
            out.extend(raw.get(letters..));
        }
        return;
    }
    // `name=value` and `key:value` keep the value.
    let raw = raw.rsplit_once('=').map_or(raw, |(_, v)| v);
    if is_identifier(raw) {
        out.push(raw);
    } else if let Some((path, line)) = raw.rsplit_once(':')
        && is_path(path)
        && line.bytes().all(|b| b.is_ascii_digit())
    {
        out.push(path);
    }
}

fn is_identifier(word: &str) -> bool {
    is_path(word)
        || is_host_port(word)
        || is_hash(word)
        || is_number(word)
        || is_version(word)
        || is_key(word)
        || is_mail(word)
}

fn known_extension(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(stem, ext)| !stem.is_empty() && EXTENSIONS.iter().any(|e| ext.eq_ignore_ascii_case(e)))
}

fn is_path(word: &str) -> bool {
    let windows =
        word.get(1..3) == Some(":\\") && word.len() > 3 || word.starts_with("\\\\") && word.len() > 4;
    let letters = word.chars().any(char::is_alphabetic);
    if windows {
        return true;
    }
    if word.contains([':', '$', '#']) || word.contains('@') && !word.contains('/') || !letters {
        return false;
    }
    let inner = word.trim_end_matches('/').matches('/').count();
    let rooted = ["/", "./", "../", "~/"].iter().any(|r| word.starts_with(r));
    let name = word.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if rooted {
        return inner >= 2
            || known_extension(name)
            || (inner == 1 && name.len() > 2 && !word.starts_with('/'));
    }
    if inner == 0 {
        let product = PRODUCTS.iter().any(|p| word.eq_ignore_ascii_case(p));
        return !product
            && !word.starts_with('.')
            && known_extension(word)
            && word.bytes().any(|b| b.is_ascii_alphabetic());
    }
    let whole = word
        .split('/')
        .all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || "._-@+".contains(c)));
    whole && (known_extension(name) || inner >= 2 && !word.chars().next().is_some_and(is_han))
}

fn is_host_port(word: &str) -> bool {
    let octets = |w: &str| w.split('.').count() == 4 && w.split('.').all(|p| p.parse::<u8>().is_ok());
    let Some((host, port)) = word.rsplit_once(':') else { return octets(word) };
    let named = host.contains('.') || host.contains('-') || host == "localhost" || port.len() >= 4;
    let label = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let letter = host.starts_with(|c: char| c.is_ascii_alphabetic()) || octets(host);
    named
        && label
        && letter
        && !known_extension(host)
        && (2..=5).contains(&port.len())
        && port.parse::<u16>().is_ok()
}

fn is_hash(word: &str) -> bool {
    let bare = word.strip_prefix("sha256:").or_else(|| word.strip_prefix("0x")).unwrap_or(word);
    let hex = |w: &str| w.bytes().all(|b| b.is_ascii_hexdigit());
    if bare.len() == 36 && bare.split('-').map(str::len).eq([8, 4, 4, 4, 12]) {
        return bare.split('-').all(hex);
    }
    if let Some(colour) = word.strip_prefix('#') {
        return colour.len() == 6 && hex(colour);
    }
    let digit = bare.bytes().any(|b| b.is_ascii_digit());
    let letter = bare.bytes().any(|b| b.is_ascii_alphabetic());
    (FEWEST_HEX..=128).contains(&bare.len()) && hex(bare) && digit && letter
}

/// Dates, amounts, long numbers.
fn is_number(word: &str) -> bool {
    let amount = word.trim_start_matches(['$', '¥', '￥', '€', '£']);
    let currency = amount.len() < word.len();
    let digits = amount.bytes().filter(u8::is_ascii_digit).count();
    let plain = amount.trim_end_matches(['k', 'K', 'm', 'M']);
    if currency {
        return digits > 0 && plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    }
    let date = |sep: char| {
        let lengths: Vec<usize> = amount.split(sep).map(str::len).collect();
        lengths.first() == Some(&4)
            && lengths.len() == 3
            && amount.chars().all(|c| c.is_ascii_digit() || c == sep)
    };
    let stamp = amount.get(..10).is_some_and(|d| d.bytes().filter(|b| *b == b'-').count() == 2)
        && amount.as_bytes().get(10).copied() == Some(b'T')
        && digits >= 12;
    date('-')
        || date('/')
        || stamp
        || digits >= FEWEST_DIGITS && amount.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.'))
}

fn is_version(word: &str) -> bool {
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let marked = bare.len() < word.len() || word.contains('@');
    let bare = bare.rsplit_once('@').map_or(bare, |(_, v)| v);
    let core = bare.split(['-', '+']).next().unwrap_or_default();
    let numbers = core.split('.').count();
    core.split('.').all(|p| !p.is_empty() && p.len() <= 8 && p.bytes().all(|b| b.is_ascii_digit()))
        && (numbers >= 3 || marked && numbers == 2)
        && bare.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'))
}

fn is_key(word: &str) -> bool {
    let digits = |d: &str| !d.is_empty() && d.len() <= 10 && d.bytes().all(|b| b.is_ascii_digit());
    if let Some(number) = word.strip_prefix('#') {
        return number.len() >= 2 && digits(number);
    }
    word.split_once('-').is_some_and(|(project, number)| {
        (2..=10).contains(&project.len())
            && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && project.starts_with(|c: char| c.is_ascii_uppercase())
            && !STANDARDS.contains(&project)
            && number.split('-').all(digits)
    })
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && host.split('.').count() >= 2
            && host
                .split('.')
                .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
            && user.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+'))
    })
}

/// `2026年11月20日`, `11月20日`.
fn chinese_dates<'a>(text: &'a str, out: &mut Vec<&'a str>) {
    for (at, _) in text.match_indices('月') {
        let back = |to: usize| {
            let head = text.get(..to).unwrap_or_default();
            let digits = head.bytes().rev().take(4).take_while(u8::is_ascii_digit).count();
            (digits > 0).then_some(to - digits)
        };
        let Some(month) = back(at) else { continue };
        let head = text.get(..month).unwrap_or_default();
        let start = head.strip_suffix('年').and_then(|h| back(h.len())).unwrap_or(month);
        let tail = text.get(at + 3..).unwrap_or_default();
        let day = tail.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let end = tail.get(day..).filter(|_| day > 0).and_then(|t| t.chars().next());
        if end.is_some_and(|c| matches!(c, '日' | '号')) {
            out.extend(text.get(start..at + 3 + day + 3));
        }
    }
}
