//! The watchdog: judges whether the gateway is dead, busy, starting or draining, from outside its process, and has its
//! owner restart it when it is dead, and only then.
//!
//! Theory of operation. Every interval one look is taken ([`probe`], [`process`]) and handed to the judge ([`judge`],
//! [`incident`]), which is pure: history, observation, policy and monotonic time in; history, judgement and perhaps an
//! action out. The history with the action in it is on disk ([`store`]) before the command runs ([`act`]), so a
//! watchdog that is killed in between neither repeats nor forgets a restart. The gateway's owner (systemd, a supervisor,
//! the host's own command) does the stopping and the starting; the watchdog ends a process only where it cannot hear its
//! owner's stop ([`incident`], `force`), and asks one for its stack only where that is allowed (`evidence`).

mod act;
pub mod alert;
mod basis;
pub mod carry;
pub mod channel;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config_file;
pub mod curing;
pub mod deliver;
mod detail;
pub mod evidence;
pub mod given;
pub mod ground;
pub mod guardians;
pub mod hold;
pub mod incident;
pub mod journal;
pub mod judge;
pub mod keep;
pub mod last_incident;
pub mod lock;
pub mod look;
pub mod maintenance;
pub mod metrics;
pub mod net;
pub mod observation;
pub mod os;
pub mod owner;
pub mod place;
pub mod policy;
pub mod post;
mod printer;
pub mod probe;
pub mod process;
pub mod progress;
pub mod reach;
pub mod reload;
pub mod rpc;
pub mod run;
mod said;
pub mod saves;
pub mod service;
pub mod settings;
pub mod spare;
mod standing;
pub mod state;
pub mod status;
pub mod store;
pub mod texts;
pub mod verdict;
pub mod watch;
