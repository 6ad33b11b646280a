//! Whether the machine reaches anything, directly and by its proxy.

use serde::{Deserialize, Serialize};

/// What came of an attempt to reach something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reach", rename_all = "kebab-case")]
pub enum Reach {
    /// Not tried, or nothing of the kind is configured.
    #[default]
    NotAsked,
    Reached,
    Failed {
        error: String,
    },
}

/// Direct network and proxy, apart. Asked only in doubt and now and then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    /// Any of the configured targets, without a proxy.
    pub direct: Reach,
    /// The proxy itself, and a target through it.
    pub proxy: Reach,
}

impl Reach {
    /// Whether it was tried and failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    /// Whether it was tried and worked.
    #[must_use]
    pub fn reached(&self) -> bool {
        matches!(self, Self::Reached)
    }
}
