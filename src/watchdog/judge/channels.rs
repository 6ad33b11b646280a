//! The channels: which of them is in trouble, and what would help it. Bytes on the transport count, not messages: a
//! quiet chat is well.

use super::finding::Call;
use crate::watchdog::observation::{Account, Channels, Observation, Provider};
use crate::watchdog::policy::Policy;
use crate::watchdog::state::{ChannelSeen, History, Trouble};
use std::collections::BTreeMap;

/// Accounts remembered.
const MOST_ACCOUNTS: usize = 64;
/// Cures within the short window, and within a day, for one account: the host's own monitor allows itself ten an hour.
const MOST_CURES: usize = 2;
const MOST_CURES_A_DAY: usize = 6;
/// Changes after which the rhythm of a transport is known.
const KNOWN_MOVES: u32 = 10;

/// A channel that is in trouble, and what it calls for.
pub(super) struct Word {
    pub trouble: Trouble,
    pub call: Call,
}

/// The name of an account among all.
#[must_use]
pub fn key(channel: &str, account: &str) -> String {
    format!("{channel}/{account}")
}

/// Takes in what the gateway tells of its channels, where it was asked.
pub(super) fn note(h: &mut History, seen: &Observation, policy: &Policy, now: u64) {
    let Channels::Told { accounts } = &seen.channels else {
        return;
    };
    let offline = h.network.down_looks > 0 || h.network.proxy_down_looks > 0;
    let mut next = BTreeMap::new();
    for told in accounts.iter().take(MOST_ACCOUNTS) {
        let name = key(&told.channel, &told.account);
        let mut c = h.channels.remove(&name).unwrap_or_else(|| ChannelSeen {
            channel: told.channel.clone(),
            account: told.account.clone(),
            transport_at_ms: told.last_transport_at_ms,
            changed_ms: now,
            ..ChannelSeen::default()
        });
        note_one(&mut c, told, seen.providers.get(&name), offline, policy, now);
        next.insert(name, c);
    }
    h.channels = next;
}

/// Takes in what is told of one account.
fn note_one(
    c: &mut ChannelSeen,
    told: &Account,
    provider: Option<&Provider>,
    offline: bool,
    policy: &Policy,
    now: u64,
) {
    let moved = moved(c, told, policy, now);
    let down = told.lifecycle == "stopped";
    // A cure that is cut off between its stop and its start must not leave a channel down for ever.
    // Seen up once the cure has been carried out, it is down by somebody else's wish from then on.
    c.stopped_by_us &= down || c.cure.is_some() && !carried_out(c, policy, now);
    c.stopped = !told.enabled || !told.configured || (down && !c.stopped_by_us);
    // Stillness counts only while there is nothing else that explains it.
    if c.stopped || offline || !matches!(c.trouble, Trouble::None | Trouble::Stale) {
        c.changed_ms = now;
    }
    let trouble = match trouble(c, told, provider, policy, now) {
        // It has not moved since, whatever else kept everything still meanwhile.
        Trouble::None if c.trouble == Trouble::Stale && !c.stopped && !moved => Trouble::Stale,
        trouble => trouble,
    };
    if trouble != c.trouble {
        c.trouble_since_ms = now;
    }
    c.trouble = trouble;
    c.hung &= trouble != Trouble::None || c.cure.is_some();
    if matches!(provider, Some(Provider::Answers { .. })) {
        c.answered_ms = Some(now);
    }
    verify(c, policy, now);
    c.told_ms = now;
}

/// Whether its last cure has ended by now: its evidence and both of its commands have deadlines that fit into this.
fn carried_out(c: &ChannelSeen, policy: &Policy, now: u64) -> bool {
    c.cures_ms.last().is_none_or(|at| now.saturating_sub(*at) >= policy.verify_ms / 2)
}

/// Takes in its last movement. Gives whether that is another one, or is not told any more.
fn moved(c: &mut ChannelSeen, told: &Account, policy: &Policy, now: u64) -> bool {
    if told.last_transport_at_ms == c.transport_at_ms {
        return false;
    }
    if told.last_transport_at_ms.is_none() {
        // Its transport is another one, of which nothing is told (a webhook instead of a poll): it begins anew.
        (c.transport_at_ms, c.moves, c.changed_ms) = (None, 0, now);
        return true;
    }
    // The first value of a boot may be from before it, and while nobody told anything it may have moved often.
    if c.transport_at_ms.is_some() {
        c.moves = c.moves.saturating_add(1);
        let told_lately = now.saturating_sub(c.told_ms) < policy.timeout_ms;
        if c.trouble == Trouble::None && c.moves > 1 && told_lately {
            c.longest_gap_ms = c.longest_gap_ms.max(now.saturating_sub(c.changed_ms));
        }
    }
    c.transport_at_ms = told.last_transport_at_ms;
    c.changed_ms = now;
    true
}

fn trouble(
    c: &ChannelSeen,
    told: &Account,
    provider: Option<&Provider>,
    policy: &Policy,
    now: u64,
) -> Trouble {
    if c.stopped {
        return Trouble::None;
    }
    let well = is_well(told);
    let answers = matches!(provider, Some(Provider::Answers { .. }));
    let refused = match provider {
        Some(Provider::Refuses { status, .. }) => Some(*status),
        // Who takes our question by the same token does not refuse the token; another poller is not disproved by it.
        _ => told.error_status.filter(|status| !(well || answers && matches!(status, 401 | 403 | 404))),
    };
    match refused {
        Some(429) => return Trouble::Limited,
        Some(status @ (401 | 403 | 404 | 409)) => return Trouble::Refused { status },
        _ => {}
    }
    // The host gives up for good on what its provider refused once, and a start helps when that is over.
    if !answers && (told.lifecycle == "blocked" || told.health_state == "terminal-disconnect") {
        return Trouble::Refused { status: 0 };
    }
    if !well {
        return Trouble::Failing;
    }
    if is_still(c, policy, now) { Trouble::Stale } else { Trouble::None }
}

/// Whether nothing has moved for too long while something could.
fn is_still(c: &ChannelSeen, policy: &Policy, now: u64) -> bool {
    stale_ms(c, policy).is_some_and(|limit| now.saturating_sub(c.changed_ms) >= limit)
}

/// Whether the host calls it well. Some channels never tell that they are connected, stay `starting` for ever, and are
/// healthy to the host's own monitor.
fn is_well(told: &Account) -> bool {
    let starting = told.lifecycle == "starting"
        && told.connected.is_none()
        && matches!(told.health_state.as_str(), "" | "healthy");
    told.connected != Some(false) && (starting || matches!(told.lifecycle.as_str(), "" | "ready"))
}

/// After how long without movement this transport is stale; none while its rhythm is not known.
fn stale_ms(c: &ChannelSeen, policy: &Policy) -> Option<u64> {
    match (c.channel.as_str(), c.moves) {
        // Its poll comes back at least once a minute, chat or no chat: where the host tells of its bytes at all, one that
        // has not moved since the boot hangs as well.
        ("telegram", _) if c.transport_at_ms.is_some() => Some(policy.stale_ms),
        (_, 0) => None,
        (_, moves) if moves < KNOWN_MOVES => None,
        _ => Some(policy.stale_ms.max(c.longest_gap_ms.saturating_mul(3))),
    }
}

/// Whether the cure under way helped, or has had its time.
fn verify(c: &mut ChannelSeen, policy: &Policy, now: u64) {
    if c.trouble == Trouble::None && now.saturating_sub(c.trouble_since_ms) >= policy.stable_ms {
        c.failed_cures = 0;
    }
    let Some(cure) = &c.cure else { return };
    if c.trouble == Trouble::None && c.transport_at_ms != cure.transport_at_ms {
        c.cure = None;
    } else if now >= cure.until_ms {
        c.cure = None;
        if c.trouble == Trouble::None && c.transport_at_ms.is_none() {
            // Nothing is told of its transport: that it is well is all that can be seen.
            return;
        }
        c.failed_cures = c.failed_cures.saturating_add(1);
        c.not_before_ms = now.saturating_add(policy.backoff_ms(now, c.failed_cures));
    }
}

/// The channel that matters most now: one that calls for something, else the first in trouble.
pub(super) fn worst(h: &History, policy: &Policy, now: u64) -> Option<Word> {
    let troubled = h.channels.iter().filter(|(_, c)| c.trouble != Trouble::None);
    let words = troubled.map(|(key, c)| Word { trouble: c.trouble, call: call(h, key, c, policy, now) });
    words.min_by_key(|w| match (&w.call, w.trouble) {
        (Call::RestartFor(_) | Call::Restart, _) => 0,
        (Call::Cure(_), _) => 1,
        (Call::Nothing, Trouble::Stale | Trouble::Failing) => 2,
        (Call::Nothing, Trouble::Refused { .. }) => 3,
        (Call::Nothing, Trouble::Limited | Trouble::None) => 4,
    })
}

fn call(h: &History, key: &str, c: &ChannelSeen, policy: &Policy, now: u64) -> Call {
    let lasts = now.saturating_sub(c.trouble_since_ms);
    let ripe = match c.trouble {
        Trouble::Stale => is_still(c, policy, now),
        Trouble::Failing => lasts >= policy.timeout_ms,
        Trouble::None | Trouble::Refused { .. } | Trouble::Limited => false,
    };
    let fresh = |at: Option<u64>| at.is_some_and(|at| now.saturating_sub(at) < policy.stale_ms);
    // Where no target has ever been reached the network may be one that reaches none (a LAN, a strict egress).
    let online = fresh(h.network.told_ms) && (h.network.up || !h.network.ever_up);
    if !ripe || !online || !fresh(Some(c.told_ms)) || c.cure.is_some() || now < c.not_before_ms {
        return Call::Nothing;
    }
    if !exhausted(c, policy, now) {
        return Call::Cure(key.to_owned());
    }
    let tried = c.restarted_ms.is_some_and(|at| now.saturating_sub(at) < policy.day_ms);
    // Only a poll that hangs inside the process is helped by a new process: one that nothing moves on, or that its cures
    // have left down while its provider answers us. A cure that helped once counts against the budget of cures, but is
    // no reason for more.
    let hangs = c.trouble == Trouble::Stale || c.hung && fresh(c.answered_ms);
    if hangs && c.failed_cures >= 2 && !tried {
        return Call::RestartFor(key.to_owned());
    }
    Call::Nothing
}

/// Whether cures have been tried as often as they may be.
pub(crate) fn exhausted(c: &ChannelSeen, policy: &Policy, now: u64) -> bool {
    c.failed_cures >= 2
        || recent(c, policy.window_ms, now) >= MOST_CURES
        || recent(c, policy.day_ms, now) >= MOST_CURES_A_DAY
}

fn recent(c: &ChannelSeen, window_ms: u64, now: u64) -> usize {
    c.cures_ms.iter().filter(|at| now.saturating_sub(**at) < window_ms).count()
}

/// Whether a part that the readiness probe misses is a channel that is down on purpose, in all its accounts.
pub(super) fn meant_to_be_down(h: &History, part: &str) -> bool {
    let mut accounts = h.channels.values().filter(|c| c.channel == part).peekable();
    accounts.peek().is_some() && accounts.all(|c| c.stopped)
}

/// A new boot begins: what moved before must move anew.
pub(super) fn reborn(h: &mut History, now: u64) {
    for c in h.channels.values_mut() {
        c.transport_at_ms = None;
        c.changed_ms = now;
        c.moves = 0;
        c.trouble = Trouble::None;
        c.trouble_since_ms = now;
        c.cure = None;
        c.stopped_by_us = false;
        c.hung = false;
    }
}

/// While it starts or drains nothing is expected to move.
pub(super) fn rest(h: &mut History, now: u64) {
    for c in h.channels.values_mut() {
        c.changed_ms = now;
    }
}

/// Gives everything that is awaited the time that passed unseen.
pub(super) fn postpone(h: &mut History, gap: u64, now: u64) {
    for c in h.channels.values_mut() {
        c.changed_ms = now;
        c.trouble_since_ms = now;
        if let Some(cure) = c.cure.as_mut() {
            cure.until_ms = cure.until_ms.saturating_add(gap);
        }
    }
}

/// The channels that move now: enabled, well, and seen to move in this boot.
pub(crate) fn moving(h: &History) -> Vec<String> {
    let well = h.channels.iter().filter(|(_, c)| !c.stopped && c.trouble == Trouble::None && c.moves > 0);
    well.map(|(key, _)| key.clone()).collect()
}
