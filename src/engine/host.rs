//! What the host's configuration says that the meter needs: prices, and whether old tool results are trimmed.

use crate::count::forecast::Prices;
use crate::count::sent::Pruning;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Facts of the host's configuration, all of them optional.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Host {
    /// By `provider/model`.
    pub prices: BTreeMap<String, Prices>,
    /// `agents.defaults.contextPruning`, where it is on.
    pub pruning: Option<Pruning>,
}

impl Host {
    /// What of `facts` is understood. One that is not costs the others nothing.
    pub fn of(facts: &Value) -> Self {
        let part = |key: &str| facts.get(key).cloned().unwrap_or_default();
        let prices = part("prices");
        let prices = prices.as_object().into_iter().flatten();
        let read = |(model, price): (&String, &Value)| {
            Some((model.clone(), serde_json::from_value(price.clone()).ok()?))
        };
        Self { prices: prices.filter_map(read).collect(), pruning: Pruning::of(&part("pruning")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_understood_is_taken() {
        let host = Host::of(&json!({
            "prices": {"a/b": {"input": 3, "output": 15, "cacheRead": 0.3}, "c/d": {"input": "much"}, "e/f": null},
            "pruning": {"mode": "cache-ttl", "ttl": "1h", "hardClear": {"enabled": false}},
        }));
        assert_eq!(host.prices.get("a/b").map(|p| (p.input, p.cache_write)), Some((3.0, 0.0)));
        assert_eq!(host.prices.len(), 1);
        assert_eq!(host.pruning.map(|p| (p.ttl_ms, p.hard_clear)), Some((3_600_000, false)));
        for nothing in [json!(null), json!([]), json!({"prices": 3, "pruning": {"mode": "off"}})] {
            assert_eq!(Host::of(&nothing), Host::default());
        }
    }
}
