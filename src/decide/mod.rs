//! When memory must be saved.
