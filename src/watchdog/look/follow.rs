//! Going by `openclaw.json` as it is now.

use super::Eyes;
use super::pace::Due;
use crate::watchdog::observation::Config;
use crate::watchdog::probe;
use crate::watchdog::reload::{PORT_KEY, Reload, addr, reload};
use crate::watchdog::settings::Settings;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How far the file is followed.
#[derive(Debug)]
pub(super) struct Followed {
    /// The content that was looked at last, be it taken up or not.
    content: Option<String>,
    /// Whether the gateway answered at the look before.
    pub answered: bool,
    /// Whether its process was gone then.
    pub gone: bool,
    /// Where it will listen by its file, once it answers no more where it does.
    next_addr: Option<SocketAddr>,
    /// Where it answered before it was looked for elsewhere, until it answers there.
    last_addr: Option<SocketAddr>,
    /// What came of it, for the loop to take in before what was seen by it.
    reload: Option<Reload>,
}

impl Followed {
    /// `content`: what the settings are by.
    pub(super) fn new(content: Option<String>) -> Self {
        Self { content, answered: false, gone: false, next_addr: None, last_addr: None, reload: None }
    }
}

impl Eyes {
    /// What the last look took up of a changed configuration, or why it did not.
    pub fn take_reload(&mut self) -> Option<Reload> {
        self.followed.reload.take()
    }

    /// Takes up what the file says now. A gateway is watched where it answers: one that does not follow its file at once
    /// does so when it starts next.
    pub(super) fn follow(&mut self, config: &Config) {
        if let Some(addr) = self.followed.next_addr.filter(|addr| self.has_moved(*addr)) {
            self.followed.next_addr = None;
            return self.go_to(addr);
        }
        self.followed.last_addr.take_if(|_| self.followed.answered);
        if let Some(addr) = self.followed.last_addr.filter(|addr| self.answers_at(*addr)) {
            // Something outranks its file.
            self.followed.next_addr = Some(self.settings.addr);
            self.go_to(addr);
            self.followed.last_addr = None;
            return;
        }
        let Some(digest) = config.digest().filter(|d| self.followed.content.as_ref() != Some(d)) else {
            return;
        };
        let became = reload(&self.settings, self.config.value(), &digest, &self.env);
        self.followed.content = Some(digest);
        let then = self.settings.addr;
        let (mut settings, mut changed) = match became {
            Some(Reload::Taken { settings, changed }) => (settings, changed),
            other => {
                // The gateway goes by its port, whatever of our own section is not accepted.
                let next = addr(&self.settings, self.config.value(), &self.env);
                self.followed.next_addr = Some(next).filter(|next| *next != then && other.is_some());
                return self.followed.reload = other;
            }
        };
        let next = settings.addr;
        let stays = next != then && self.settings.port_known && !self.has_moved(next);
        self.followed.next_addr = stays.then_some(next);
        if stays {
            settings.addr = then;
            changed.retain(|name| name != PORT_KEY);
        }
        self.go_by(settings, changed);
    }

    /// Whether the gateway is to be looked for at the address that its file says: it does not answer where it did, and its
    /// process is gone, or it answers there. One look without an answer says nothing of where it listens.
    fn has_moved(&self, addr: SocketAddr) -> bool {
        !self.followed.answered && (self.followed.gone || self.answers_at(addr))
    }

    fn answers_at(&self, addr: SocketAddr) -> bool {
        let deadline = Duration::from_millis(self.settings.pace.answer_ms);
        probe::get(addr, "/healthz", deadline).fields().is_some()
    }

    fn go_to(&mut self, addr: SocketAddr) {
        let settings = Box::new(Settings { addr, ..(*self.settings).clone() });
        self.go_by(settings, vec![PORT_KEY.to_owned()]);
    }

    fn go_by(&mut self, settings: Box<Settings>, changed: Vec<String>) {
        if settings.addr != self.settings.addr {
            self.followed.last_addr = Some(self.settings.addr).filter(|_| self.settings.port_known);
            self.followed.gone = false;
            self.due = Due::default();
        }
        self.settings = Arc::new((*settings).clone());
        self.gateway.go_by(&self.settings);
        self.followed.reload = Some(Reload::Taken { settings, changed });
    }
}
