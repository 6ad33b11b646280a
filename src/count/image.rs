//! Tokens of an image, by the rule its provider documents.

use super::family::Family;

/// The host makes images smaller before it sends them: longest side, pixels (`agents.defaults.imageMaxDimensionPx`).
pub const HOST_LONGEST_SIDE: u32 = 1_200;

/// Tokens of an image of `width` × `height` pixels for a model of `family`; `None` where no rule is documented.
///
/// OpenAI: 85, and 170 for each tile of 512 pixels, once the image fits 2,048 pixels and its shorter side 768.
/// Anthropic: width × height / 750, once its longer side fits 1,568 pixels, 1,600 at most. Google: 258 up to 384 pixels,
/// else 258 for each tile of 768 pixels.
#[must_use]
pub fn ruled(family: Family, width: u32, height: u32) -> Option<u64> {
    let sent = fit(u64::from(width), u64::from(height), u64::from(HOST_LONGEST_SIDE));
    match family {
        Family::OpenAi | Family::OpenAiOld => {
            let (w, h) = shorter(fit(sent.0, sent.1, 2_048), 768);
            Some(85 + 170 * w.div_ceil(512) * h.div_ceil(512))
        }
        Family::Claude | Family::ClaudeOld | Family::ClaudeWide => {
            let (w, h) = fit(sent.0, sent.1, 1_568);
            Some((w * h).div_ceil(750).min(1_600))
        }
        Family::Gemma => {
            let (w, h) = sent;
            Some(if w <= 384 && h <= 384 { 258 } else { 258 * w.div_ceil(768) * h.div_ceil(768) })
        }
        _ => None,
    }
}

/// Tokens of an image of unknown size, or under no known rule: an image as large as the host sends one.
#[must_use]
pub fn usual(family: Family) -> u64 {
    match family {
        // 1,200 × 900 pixels, as a photograph or a screen comes out of the host.
        Family::OpenAi | Family::OpenAiOld => 765,
        Family::Claude | Family::ClaudeOld | Family::ClaudeWide => 1_440,
        Family::Gemma => 1_032,
        _ => 1_200,
    }
}

/// Scaled down until no side is longer than `longest`; never below one pixel.
fn fit(width: u64, height: u64, longest: u64) -> (u64, u64) {
    let side = width.max(height);
    if side <= longest { (width, height) } else { scaled(width, height, longest, side) }
}

/// Scaled down until the shorter side is no longer than `most`.
fn shorter((width, height): (u64, u64), most: u64) -> (u64, u64) {
    let side = width.min(height);
    if side <= most { (width, height) } else { scaled(width, height, most, side) }
}

fn scaled(width: u64, height: u64, times: u64, over: u64) -> (u64, u64) {
    let scale = |n: u64| (n.saturating_mul(times) / over.max(1)).max(1);
    (scale(width), scale(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_rules() {
        for (family, width, height, tokens) in [
            // OpenAI's own examples: 1,024 × 1,024 is four tiles; a small one is a single tile.
            (Family::OpenAi, 1_024, 1_024, Some(765)),
            (Family::OpenAi, 512, 512, Some(255)),
            (Family::OpenAi, 1, 1, Some(255)),
            // Anthropic's table: 200 × 200 about 54, 1,000 × 1,000 about 1,334.
            (Family::Claude, 200, 200, Some(54)),
            (Family::Claude, 1_000, 1_000, Some(1_334)),
            (Family::ClaudeWide, 8_000, 8_000, Some(1_600)),
            (Family::Gemma, 384, 384, Some(258)),
            (Family::Gemma, 960, 540, Some(516)),
            (Family::Gemma, 4_000, 3_000, Some(258 * 4)),
            (Family::Qwen, 1_000, 1_000, None),
        ] {
            assert_eq!(ruled(family, width, height), tokens, "{family:?} {width}×{height}");
        }
    }

    #[test]
    fn no_size_is_a_fault_or_a_fortune() {
        for family in [Family::OpenAi, Family::Claude, Family::Gemma] {
            for (width, height) in [(u32::MAX, 1), (1, u32::MAX), (u32::MAX, u32::MAX), (1, 1)] {
                assert!((1..=1_600).contains(&ruled(family, width, height).unwrap()));
            }
        }
    }
}
