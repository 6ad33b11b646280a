//! What is remembered of one account of a channel.

use serde::{Deserialize, Serialize};

/// What is the matter with a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "kebab-case")]
pub enum Trouble {
    /// Nothing, or it is stopped on purpose.
    #[default]
    None,
    /// The gateway calls it well, but nothing moves on its transport.
    Stale,
    /// The gateway says that it does not work.
    Failing,
    /// Its provider refuses it in a way no restart of anything changes: 401, 409; 0 where no status is told.
    Refused { status: u16 },
    /// Its provider asks it to wait.
    Limited,
}

/// One account of a channel over time. Times are monotonic milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelSeen {
    pub channel: String,
    pub account: String,
    /// When it was last told of.
    pub told_ms: u64,
    /// Its last transport activity as told, by a clock that may jump: only ever compared.
    pub transport_at_ms: Option<i64>,
    /// When that was seen to change.
    pub changed_ms: u64,
    /// How often it was seen to change in this boot, and the longest time between two changes while it was well.
    pub moves: u32,
    pub longest_gap_ms: u64,
    /// Down because somebody wants it so.
    pub stopped: bool,
    pub trouble: Trouble,
    pub trouble_since_ms: u64,
    pub cure: Option<Cure>,
    /// A cure has stopped it, or may have, and it has not been seen up behind that cure: that it is down is our doing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stopped_by_us: bool,
    /// Its cures began because nothing moved: what the gateway says of it since then is what they left behind.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hung: bool,
    /// When its provider last answered us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_ms: Option<u64>,
    /// When cures were asked for.
    pub cures_ms: Vec<u64>,
    pub failed_cures: u32,
    /// No cure before this.
    pub not_before_ms: u64,
    /// When the gateway was restarted for its sake.
    pub restarted_ms: Option<u64>,
}

/// A stop and start that is awaited to help.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cure {
    pub until_ms: u64,
    /// Its last transport activity when the cure began.
    pub transport_at_ms: Option<i64>,
}
