//! Entry point of the watchdog; everything it does is in the library.

fn main() {}
