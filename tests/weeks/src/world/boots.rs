//! How long boots take, as anybody could have learned from looks: what a patience may rest on (row 12, "the learned grace,
//! floor 5 min").

/// No boot has less.
const FLOOR_MS: u64 = 300_000;
/// No boot has more, whatever was learned.
const MOST_MS: u64 = 1_800_000;

#[derive(Clone, Debug, Default)]
pub struct Boots {
    /// The longest that ended, as it truly was: what froze amid it is none of it.
    pub longest_ms: u64,
    /// The last look before the one under way, where one is.
    since: Option<u64>,
    last_look: Option<u64>,
    /// How long those took at most that looks have met from before their beginning to their end.
    seen_ms: Vec<u64>,
}

impl Boots {
    /// A look: whether a boot is under way, and whether it is over and the gateway serves.
    pub fn meet(&mut self, boots: bool, serves: bool, now: u64) {
        if boots {
            self.since = self.since.or(self.last_look).or(Some(now));
        } else if let Some(since) = self.since.take()
            && serves
        {
            self.seen_ms.push(now - since);
        }
        self.last_look = Some(now);
    }

    /// How long a boot has at least: what has been seen to end well after so long is not overdue before.
    pub fn least_ms(&self) -> u64 {
        let seen = self.seen_ms.iter().max().copied().unwrap_or(0);
        self.longest_ms.min(seen).clamp(FLOOR_MS, MOST_MS)
    }

    /// How long a boot has at most before it is called hung. What has been seen to take so long may take longer the next
    /// time: the table leaves open by how much, and twice is the most that can be called learned.
    pub fn grace_ms(&self) -> u64 {
        let learned = self.seen_ms.iter().max().map_or(0, |ms| ms * 2);
        learned.clamp(FLOOR_MS, MOST_MS)
    }
}
