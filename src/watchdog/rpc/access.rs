//! The operator's token or password: environment before configuration, as the gateway itself takes them.

use serde_json::{Value, json};

/// What lets us in.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    Token(String),
    Password(String),
    /// The gateway asks for nothing (`gateway.auth.mode: "none"`).
    Open,
}

/// Never with the secret.
impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "token",
            Self::Password(_) => "password",
            Self::Open => "open",
        })
    }
}

impl Access {
    /// From `OPENCLAW_GATEWAY_TOKEN` or `_PASSWORD`, else from `gateway.auth` of `openclaw.json`. None where there is
    /// neither: a reference to a secret elsewhere (`{source: …}`, `${NAME}` without that variable) is nothing to us.
    #[must_use]
    pub fn find(config: &Value, env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let auth = config.pointer("/gateway/auth").unwrap_or(&Value::Null);
        let of = |name: &str, field: &str| {
            env(name).filter(|v| !v.is_empty()).or_else(|| secret(auth.get(field), env))
        };
        let token = of("OPENCLAW_GATEWAY_TOKEN", "token").map(Self::Token);
        let password = || of("OPENCLAW_GATEWAY_PASSWORD", "password").map(Self::Password);
        let open = || (auth.get("mode").and_then(Value::as_str) == Some("none")).then_some(Self::Open);
        match auth.get("mode").and_then(Value::as_str) {
            Some("password") => password().or(token),
            _ => token.or_else(password).or_else(open),
        }
    }

    pub(super) fn auth(&self) -> Value {
        match self {
            Self::Token(token) => json!({"token": token}),
            Self::Password(password) => json!({"password": password}),
            Self::Open => json!({}),
        }
    }
}

/// A secret of the configuration: text, or `${NAME}` of the environment.
#[must_use]
pub fn secret(value: Option<&Value>, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let text = value?.as_str().map(str::trim).filter(|t| !t.is_empty())?;
    match text.strip_prefix("${").and_then(|t| t.strip_suffix('}')) {
        Some(name) => env(name).filter(|v| !v.is_empty()),
        None => Some(text.to_owned()),
    }
}
