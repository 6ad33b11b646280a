//! Channels, their providers, and the network they need.

use super::pace::due;
use super::{Ask, Eyes};
use crate::watchdog::channel::{self, Bot};
use crate::watchdog::clock;
use crate::watchdog::net::{Proxy, directly, through};
use crate::watchdog::observation::{Account, Channels, Network, Observation, Provider, Reach};
use crate::watchdog::rpc::Access;
use std::thread;
use std::time::Duration;

/// Providers asked at one look.
const MOST_PROVIDERS: usize = 3;

impl Eyes {
    pub(super) fn see_channels(&mut self, ask: &Ask, doubt: bool, seen: &mut Observation) {
        let now = clock::monotonic_ms();
        let often_ms = self.settings.pace.often_ms;
        let deadline = Duration::from_millis(self.settings.pace.answer_ms);
        let open = seen.port_guessed.is_none() && seen.live() && !seen.starting() && !seen.draining();
        if open
            && let Some(access) = Access::find(self.config.value(), &self.env)
            && due(&mut self.due.channels, often_ms, now)
        {
            let patience = Duration::from_millis(self.settings.pace.rpc_ms);
            seen.channels = channel::ask(self.settings.addr, &access, patience);
        }
        if let Channels::Told { accounts } = &seen.channels {
            self.accounts.clone_from(accounts);
        }
        let doubtful = doubtful(&self.accounts, &ask.wants.providers);
        let asked = doubt || ask.wants.network || !doubtful.is_empty();
        if (asked || self.proxy_is_due(now)) && due(&mut self.due.network, often_ms, now) {
            self.see_network(&doubtful, deadline, seen);
        }
    }

    /// Whether there is a proxy that has not been asked for a while.
    fn proxy_is_due(&mut self, now: u64) -> bool {
        due(&mut self.due.proxy, self.settings.pace.proxy_ms, now) && self.proxy(&[]).is_some()
    }

    fn see_network(&mut self, doubtful: &[Account], deadline: Duration, seen: &mut Observation) {
        let bots = self.bots(doubtful);
        let targets = self.targets();
        let proxy = self.proxy(&bots);
        let way = |proxy: &Proxy| through(proxy, &targets, deadline);
        let (direct, by_proxy, answers) = thread::scope(|scope| {
            let direct = scope.spawn(|| directly(&targets, deadline));
            let by_proxy = proxy.as_ref().map(|p| scope.spawn(|| way(p)));
            let answers: Vec<(String, Provider)> =
                bots.iter().map(|(name, bot)| (name.clone(), bot.ask(deadline))).collect();
            (direct.join(), by_proxy.map(thread::ScopedJoinHandle::join), answers)
        });
        seen.network = Some(Network {
            direct: direct.unwrap_or(Reach::NotAsked),
            proxy: by_proxy.and_then(Result::ok).unwrap_or(Reach::NotAsked),
        });
        seen.providers.extend(answers);
    }

    /// The bots of those accounts; a token may be in a file.
    fn bots(&mut self, doubtful: &[Account]) -> Vec<(String, Bot)> {
        let of_bot = |a: &&Account| a.channel == "telegram";
        let accounts: Vec<Account> = doubtful.iter().filter(of_bot).cloned().collect();
        if accounts.is_empty() {
            return Vec::new();
        }
        let (config, env) = (self.config.shared(), self.env);
        let told = self.steps.tokens.ask(self.files_deadline(), move || {
            let bots = accounts.iter().filter_map(|a| Some((name(a), Bot::find(&config, &a.account, &env)?)));
            bots.take(MOST_PROVIDERS).collect()
        });
        told.unwrap_or_default()
    }

    fn targets(&self) -> Vec<String> {
        let words = self.settings.watchdog.reachability_targets.split([',', ' ']);
        words.map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    }

    /// The proxy in question: that of a channel in doubt, else the one a channel or the environment names.
    fn proxy(&self, bots: &[(String, Bot)]) -> Option<Proxy> {
        let of_bot = bots.iter().find_map(|(_, bot)| bot.proxy.clone());
        let channels = self.config.value().get("channels").and_then(serde_json::Value::as_object);
        let of_channel = || {
            let mut named = channels.into_iter().flat_map(serde_json::Map::values);
            named.find_map(|c| Proxy::parse(&crate::watchdog::rpc::secret(c.get("proxy"), &self.env)?))
        };
        of_bot.or_else(of_channel).or_else(|| Proxy::of_env("api.telegram.org", true, &self.env))
    }
}

/// Accounts that should be up and do not look it, and those that the judge asks for, e.g. as they have stood still.
pub(super) fn doubtful(told: &[Account], wanted: &[String]) -> Vec<Account> {
    let in_doubt = |a: &&Account| {
        let up = a.connected != Some(false) && matches!(a.lifecycle.as_str(), "" | "ready");
        let on = a.enabled && a.configured && a.lifecycle != "stopped";
        on && (!up || a.error_status.is_some() || wanted.contains(&name(a)))
    };
    told.iter().filter(in_doubt).cloned().collect()
}

fn name(account: &Account) -> String {
    format!("{}/{}", account.channel, account.account)
}
