//! Entry point of the watchdog; everything it does is in the library.

use std::process::ExitCode;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> ExitCode {
    // Arguments that are not text cannot be any of ours; clap names them.
    let arguments = std::env::args_os().map(|a| a.to_string_lossy().into_owned());
    auto_session_manager::watchdog::cli::main(arguments).into()
}

#[cfg(target_arch = "wasm32")]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
