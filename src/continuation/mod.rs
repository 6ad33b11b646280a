//! The block that carries goal, decisions and open work over a boundary.

pub mod block;
pub mod fit;
