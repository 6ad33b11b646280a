//! Going by `openclaw.json` as it is now.

use super::Eyes;
use super::pace::Due;
use crate::watchdog::observation::Config;
use crate::watchdog::reload::{PORT_KEY, Reload, reload};
use crate::watchdog::settings::Settings;
use std::net::SocketAddr;
use std::sync::Arc;

/// How far the file is followed.
#[derive(Debug)]
pub(super) struct Followed {
    /// The content that was looked at last, be it taken up or not.
    content: Option<String>,
    /// Whether the gateway answered at the look before.
    pub answered: bool,
    /// Where it will listen by its file, once it answers no more where it does.
    next_addr: Option<SocketAddr>,
    /// What came of it, for the loop to take in before what was seen by it.
    reload: Option<Reload>,
}

impl Followed {
    /// `content`: what the settings are by.
    pub(super) fn new(content: Option<String>) -> Self {
        Self { content, answered: false, next_addr: None, reload: None }
    }
}

impl Eyes {
    /// What the last look took up of a changed configuration, or why it did not.
    pub fn take_reload(&mut self) -> Option<Reload> {
        self.followed.reload.take()
    }

    /// Takes up what the file says now. A gateway that answers is watched where it answers: one that does not follow its
    /// file at once does so when it starts next.
    pub(super) fn follow(&mut self, config: &Config) {
        let answered = self.followed.answered;
        if let Some(addr) = self.followed.next_addr.take_if(|_| !answered) {
            let settings = Box::new(Settings { addr, ..(*self.settings).clone() });
            return self.go_by(settings, vec![PORT_KEY.to_owned()]);
        }
        let Some(digest) = config.digest().filter(|d| self.followed.content.as_ref() != Some(d)) else {
            return;
        };
        let became = reload(&self.settings, self.config.value(), &digest, &self.env);
        self.followed.content = Some(digest);
        let (mut settings, mut changed) = match became {
            Some(Reload::Taken { settings, changed }) => (settings, changed),
            other => return self.followed.reload = other,
        };
        let (then, next) = (self.settings.addr, settings.addr);
        let stays = next != then && answered && self.settings.port_known;
        self.followed.next_addr = stays.then_some(next);
        if stays {
            settings.addr = then;
            changed.retain(|name| name != PORT_KEY);
        }
        self.go_by(settings, changed);
    }

    fn go_by(&mut self, settings: Box<Settings>, changed: Vec<String>) {
        if settings.addr != self.settings.addr {
            self.due = Due::default();
        }
        self.settings = Arc::new((*settings).clone());
        self.gateway.go_by(&self.settings);
        self.followed.reload = Some(Reload::Taken { settings, changed });
    }
}
