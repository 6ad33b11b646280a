//! The shortest text that still shows a difference, as far as leaving characters out finds it.

/// Leaves characters out of `text`, many at once and then fewer, as long as it still `fails`.
pub fn minimise(text: &str, fails: impl Fn(&str) -> bool) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let mut size = characters.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < characters.len() {
            let kept = characters.iter().take(at).chain(characters.iter().skip(at + size));
            let shorter: Vec<char> = kept.copied().collect();
            if fails(&shorter.iter().collect::<String>()) {
                characters = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    characters.into_iter().collect()
}
