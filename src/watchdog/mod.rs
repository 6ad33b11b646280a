//! The watchdog: judges whether the gateway is dead, busy, starting or draining, from outside its process.
