//! The watchdog as a service of the machine: signs of life to its own supervisor, and installing it there.

mod install;
mod life;
mod notify;
mod unit;

pub use install::{How, install, uninstall};
pub use life::Life;
pub use notify::Notifier;
pub use unit::{Plan, launch_agent, systemd_unit};
