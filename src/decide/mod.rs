//! When memory must be saved: lines in the window, rungs taken once per cycle.

pub mod ladder;
pub mod line;
