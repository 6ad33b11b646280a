//! The counters of a host session entry, read as the host means them.

use super::decode::text;
use super::usage::count;
use serde_json::Value;

/// What a session entry reports. Tokens of zero are no report.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EntryCounters {
    /// The model's context window, tokens (`contextTokens`).
    pub window: Option<u64>,
    /// Prompt of the last model call, without its output, tokens (`totalTokens`, unless the host calls it stale).
    pub prompt: Option<u64>,
    /// Compactions of this session so far (`compactionCount`); zero is a report here.
    pub compactions: Option<u64>,
    /// Tokens the host keeps free below the window before it compacts, as configured
    /// (`contextBudgetStatus.effectiveReserveTokens`).
    pub reserve: Option<u64>,
    pub provider: Option<String>,
    pub model: Option<String>,
}

/// The counters in `entry`, as `getSessionEntry` gives it or a `sessions.json` of older hosts stores it.
#[must_use]
pub fn counters(entry: &Value) -> EntryCounters {
    let Some(row) = entry.as_object() else {
        return EntryCounters::default();
    };
    let tokens = |key: &str| row.get(key).and_then(count).filter(|n| *n > 0);
    // Absent means an older host, which kept no such flag: its number is still the last one it saw.
    let stale = row.get("totalTokensFresh").and_then(Value::as_bool) == Some(false);
    EntryCounters {
        window: tokens("contextTokens"),
        prompt: tokens("totalTokens").filter(|_| !stale),
        compactions: row.get("compactionCount").and_then(count),
        reserve: budget(row, "effectiveReserveTokens").or_else(|| budget(row, "reserveTokens")),
        provider: text(row, &["modelProvider"]).filter(|t| !t.is_empty()),
        model: text(row, &["model"]).filter(|t| !t.is_empty()),
    }
}

/// A number of the entry's last budget, if it is one.
fn budget(row: &serde_json::Map<String, Value>, key: &str) -> Option<u64> {
    row.get("contextBudgetStatus")?.get(key).and_then(count).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_counters_as_the_host_means_them() {
        let entry = json!({
            "sessionId": "s", "totalTokens": 9503, "totalTokensFresh": true, "totalTokensVersion": 1,
            "contextTokens": 32768, "inputTokens": 9503, "outputTokens": 2, "cacheRead": 0, "compactionCount": 3,
            "modelProvider": "fake", "model": "small",
        });
        let expect = EntryCounters {
            window: Some(32768),
            prompt: Some(9503),
            compactions: Some(3),
            reserve: None,
            provider: Some("fake".into()),
            model: Some("small".into()),
        };
        assert_eq!(counters(&entry), expect);
    }

    #[test]
    fn stale_zero_and_nonsense_are_no_reports() {
        for (entry, prompt) in [
            (json!({"totalTokens": 7}), Some(7)),
            (json!({"totalTokens": 7, "totalTokensFresh": null}), Some(7)),
            (json!({"totalTokens": 7, "totalTokensFresh": false}), None),
            (json!({"totalTokens": 0, "totalTokensFresh": true}), None),
            (json!({"totalTokens": -7}), None),
            (json!({"totalTokens": "7"}), None),
            (json!({"totalTokens": null}), None),
        ] {
            assert_eq!(counters(&entry).prompt, prompt, "{entry}");
        }
        assert_eq!(counters(&json!({"contextTokens": 0, "model": ""})), EntryCounters::default());
        assert_eq!(counters(&json!({"compactionCount": 0})).compactions, Some(0));
        for odd in [json!(null), json!([]), json!("x"), json!(5)] {
            assert_eq!(counters(&odd), EntryCounters::default());
        }
    }
}
