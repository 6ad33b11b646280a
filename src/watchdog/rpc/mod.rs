//! One call to the gateway over its own WebSocket on the loopback, with the operator's token.
//!
//! Protocol 4: the gateway greets with `connect.challenge`, is answered by a `connect` request and then serves requests
//! (`{type: "req", id, method, params}` answered by `{type: "res", id, ok, payload | error}`); events in between are
//! passed over.

mod access;
mod frame;
mod socket;

pub use access::{Access, secret};

use serde_json::{Value, json};
pub use socket::Socket;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Longest text kept of an error of the gateway's.
const MOST_ERROR: usize = 200;

/// A connection that has been let in.
#[derive(Debug)]
pub struct Client {
    socket: Socket,
    calls: u32,
}

impl Client {
    /// Connects and is let in; everything, later calls included, must be done within `deadline`.
    ///
    /// # Errors
    /// One line without a secret.
    pub fn connect(addr: SocketAddr, access: &Access, deadline: Duration) -> Result<Self, String> {
        let socket = Socket::open(addr, Instant::now() + deadline)?;
        let mut client = Self { socket, calls: 0 };
        client.wait(|frame| frame["type"] == "event" && frame["event"] == "connect.challenge")?;
        let identity = json!({"id": "gateway-client", "mode": "backend", "platform": std::env::consts::OS,
            "version": env!("CARGO_PKG_VERSION")});
        let scopes = ["operator.admin", "operator.read", "operator.write"];
        client.call(
            "connect",
            &json!({"minProtocol": 4, "maxProtocol": 4, "client": identity, "role": "operator",
                "scopes": scopes, "auth": access.auth()}),
        )?;
        Ok(client)
    }

    /// Calls a method and gives its payload.
    ///
    /// # Errors
    /// The gateway's own words, shortened, or what became of the connection.
    pub fn call(&mut self, method: &str, params: &Value) -> Result<Value, String> {
        self.calls += 1;
        let id = format!("asm-{}", self.calls);
        let request = json!({"type": "req", "id": id, "method": method, "params": params});
        self.socket.send(&request.to_string())?;
        let mut answer = self.wait(|frame| frame["type"] == "res" && frame["id"] == id.as_str())?;
        if answer.get("ok") == Some(&Value::Bool(true)) {
            return Ok(answer.get_mut("payload").map(Value::take).unwrap_or_default());
        }
        let words = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or("refused");
        let words = crate::shared::redact::redact(words);
        Err(format!("{method}: {}", words.chars().take(MOST_ERROR).collect::<String>()))
    }

    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        loop {
            let text = self.socket.receive()?;
            let frame: Value =
                serde_json::from_slice(&text).map_err(|_| "an answer that is not JSON".to_owned())?;
            if wanted(&frame) {
                return Ok(frame);
            }
        }
    }
}

/// Connects, calls one method and closes.
///
/// # Errors
/// As [`Client::connect`] and [`Client::call`].
pub fn call(
    addr: SocketAddr,
    access: &Access,
    method: &str,
    params: &Value,
    deadline: Duration,
) -> Result<Value, String> {
    Client::connect(addr, access, deadline)?.call(method, params)
}

#[cfg(test)]
pub mod stand_in;
#[cfg(test)]
mod tests;
