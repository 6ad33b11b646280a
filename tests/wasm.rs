//! What crosses the boundary, through real JavaScript values.
#![cfg(target_arch = "wasm32")]
