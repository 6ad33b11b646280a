//! Version ranges as package manifests write them.

/// Whether `version` lies in `range`, e.g. `>=24.16.0 <25 || >=26.1.0`. `None` where either cannot be read: nothing is
/// complained of then. A pre-release counts as its release.
pub fn meets(range: &str, version: &str) -> Option<bool> {
    let version = triple(version)?;
    let mut met = false;
    for alternative in range.split("||") {
        met |= all_hold(alternative, version)?;
    }
    Some(met)
}

fn all_hold(alternative: &str, version: [u64; 3]) -> Option<bool> {
    let mut hold = true;
    let mut operator = "";
    for word in alternative.split_whitespace() {
        let digits = word.trim_start_matches(['<', '>', '=', '^', '~', 'v']);
        let (sign, _) = word.split_at_checked(word.len().saturating_sub(digits.len()))?;
        let sign = if sign.is_empty() { std::mem::take(&mut operator) } else { sign };
        if digits.is_empty() {
            // `>= 1.2`: the operator stands alone.
            operator = sign;
            continue;
        }
        hold &= holds(sign.trim_end_matches('v'), digits, version)?;
    }
    operator.is_empty().then_some(hold)
}

fn holds(sign: &str, bound: &str, version: [u64; 3]) -> Option<bool> {
    if matches!(bound, "*" | "x") {
        return Some(true);
    }
    let [major, minor, patch] = triple(bound)?;
    let given = bound.split('.').count();
    let low = [major, minor, patch];
    // The first version above everything a partial or caret bound names.
    let above = match (sign, given) {
        ("^", _) | (_, 1) => [major.saturating_add(1), 0, 0],
        ("~", _) | (_, 2) => [major, minor.saturating_add(1), 0],
        _ => [major, minor, patch.saturating_add(1)],
    };
    match sign {
        ">=" => Some(version >= low),
        ">" => Some(version >= above),
        "<" => Some(version < low),
        "<=" => Some(version < above),
        "" | "=" | "^" | "~" => Some(version >= low && version < above),
        _ => None,
    }
}

fn triple(text: &str) -> Option<[u64; 3]> {
    let core = text.trim().trim_start_matches('v').split(['-', '+']).next()?;
    let mut parts = core.split('.');
    let mut next = || match parts.next() {
        None | Some("x" | "*") => Some(0),
        Some(part) => part.parse().ok(),
    };
    let out = [next()?, next()?, next()?];
    parts.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::meets;

    #[test]
    fn ranges_as_the_field_writes_them() {
        let node = ">=24.16.0 <25 || >=26.1.0";
        for (range, version, expected) in [
            (node, "24.16.0", Some(true)),
            (node, "v24.21.0", Some(true)),
            (node, "24.15.9", Some(false)),
            (node, "25.0.0", Some(false)),
            (node, "26.1.0", Some(true)),
            (">=2026.9.6", "2026.9.6-beta.1", Some(true)),
            (">=2026.9.6", "2026.7.1", Some(false)),
            (">= 22.1", "22.0.9", Some(false)),
            ("^1.2.3", "1.9.0", Some(true)),
            ("^1.2.3", "2.0.0", Some(false)),
            ("~1.2", "1.3.0", Some(false)),
            ("24", "24.9.1", Some(true)),
            ("<=24", "24.9.1", Some(true)),
            (">24", "24.9.1", Some(false)),
            ("*", "1.0.0", Some(true)),
            ("latest", "1.0.0", None),
            (">=1", "unknown", None),
            (">=", "1.0.0", None),
        ] {
            assert_eq!(meets(range, version), expected, "{version} in {range}");
        }
    }
}
