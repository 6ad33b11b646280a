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
    /// Where and how Anthropic is asked.
    #[serde(skip)]
    pub anthropic: Anthropic,
}

/// How the provider `anthropic` is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Anthropic {
    /// Where the configuration names another place than the provider's own.
    pub base_url: Option<String>,
    /// `mode` of each of its auth profiles: `api_key`, `oauth`, `token`.
    pub auth_modes: Vec<String>,
}

impl Anthropic {
    /// Of `baseUrl` and of `profiles`, a list of `{provider, mode}` of all providers.
    fn of(base_url: &Value, profiles: &Value) -> Self {
        let text =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let profiles = profiles.as_array().into_iter().flatten();
        let own = profiles.filter(|profile| text(profile, "provider") == "anthropic");
        let auth_modes = own.map(|profile| text(profile, "mode")).collect();
        Self { base_url: base_url.as_str().map(str::to_owned), auth_modes }
    }

    /// Whether the host leaves old results to Anthropic: by key, at its own address, as its documents of session pruning
    /// say. Where a key is one of several ways it may be: expecting too much is the safe side.
    pub fn is_direct(&self) -> bool {
        let url = self.base_url.as_deref().map(str::to_ascii_lowercase);
        let host = url.as_deref().map(|url| url.split_once("://").map_or(url, |(_, rest)| rest));
        let own = host.is_none_or(|host| host.split(['/', ':']).next() == Some("api.anthropic.com"));
        let known = !self.auth_modes.is_empty();
        own && !(known && self.auth_modes.iter().all(|mode| mode == "oauth" || mode == "token"))
    }
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
        let anthropic = Anthropic::of(&part("anthropicUrl"), &part("profiles"));
        Self { prices: prices.filter_map(read).collect(), pruning: Pruning::of(&part("pruning")), anthropic }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn anthropic_clears_itself_where_it_is_asked_directly_by_key() {
        for (url, modes, direct) in [
            (json!(null), vec![], true),
            (json!("https://API.Anthropic.com/v1"), vec!["api_key"], true),
            (json!("https://api.anthropic.com.example"), vec!["api_key"], false),
            (json!("http://127.0.0.1:8080"), vec![], false),
            (json!(7), vec!["oauth", "token"], false),
            (json!(null), vec!["api_key", "oauth"], true),
            (json!(null), vec!["token"], false),
        ] {
            let other = json!({"provider": "openai", "mode": "oauth"});
            let own = modes.iter().map(|mode| json!({"provider": "anthropic", "mode": mode}));
            let profiles: Vec<Value> = own.chain([other]).collect();
            let host = Host::of(&json!({"anthropicUrl": url, "profiles": profiles}));
            assert_eq!(host.anthropic.is_direct(), direct, "{url} {modes:?}");
        }
    }

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
