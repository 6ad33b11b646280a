//! Servers for tests, on loopback sockets, each in threads of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// Serves each connection with `serve`, in its own thread.
pub fn server(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        for stream in socket.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// An address where nobody listens.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Head and body of one request.
pub fn request(stream: &mut impl Read) -> (String, String) {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|n| n > 2) {}
    let length =
        head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// Answers every request with `text` and tells what was asked.
pub fn web(text: &'static str) -> (SocketAddr, Receiver<(String, String)>) {
    let (sender, asked) = channel();
    let address = server(move |mut stream| {
        let _ = sender.send(request(&mut stream));
        let _ = stream.write_all(text.as_bytes());
    });
    (address, asked)
}

/// An HTTP proxy: `CONNECT` to anywhere, or `status` instead. Tells the heads it got.
pub fn web_proxy(status: u16) -> (SocketAddr, Receiver<String>) {
    let (sender, asked) = channel();
    let address = server(move |mut stream| {
        let (head, _) = request(&mut stream);
        let to = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let _ = sender.send(head);
        if status != 200 {
            let _ = write!(stream, "HTTP/1.1 {status} No\r\n\r\n");
        } else if let Ok(beyond) = TcpStream::connect(&to) {
            let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
            splice(stream, beyond);
        } else {
            let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n");
        }
    });
    (address, asked)
}

/// A SOCKS 5 proxy that wants `login` where there is one. Tells where it was asked to go.
pub fn socks_proxy(login: Option<(&'static str, &'static str)>) -> (SocketAddr, Receiver<String>) {
    let (sender, asked) = channel();
    let address = server(move |stream| {
        let n = take(&stream, 2)[1];
        let methods = take(&stream, usize::from(n));
        let chosen = if login.is_none() {
            0
        } else if methods.contains(&2) {
            2
        } else {
            255
        };
        let _ = (&stream).write_all(&[5, chosen]);
        if let Some(login) = login.filter(|_| chosen == 2) {
            take(&stream, 1);
            let given = (text(&stream), text(&stream));
            let right = given == (login.0.to_owned(), login.1.to_owned());
            let _ = (&stream).write_all(&[1, u8::from(!right)]);
            if !right {
                return;
            }
        }
        let host = match take(&stream, 4)[3] {
            1 => take(&stream, 4).iter().map(u8::to_string).collect::<Vec<_>>().join("."),
            _ => text(&stream),
        };
        let port = take(&stream, 2);
        let to = format!("{host}:{}", u16::from_be_bytes([port[0], port[1]]));
        let _ = sender.send(to.clone());
        let beyond = TcpStream::connect(&to);
        let _ = (&stream).write_all(&[5, u8::from(beyond.is_err()) * 5, 0, 1, 0, 0, 0, 0, 0, 0]);
        if let Ok(beyond) = beyond {
            splice(stream, beyond);
        }
    });
    (address, asked)
}

/// The next `n` bytes; zeros where the other end is gone.
fn take(mut stream: &TcpStream, n: usize) -> Vec<u8> {
    let mut bytes = vec![0; n];
    let _ = stream.read_exact(&mut bytes);
    bytes
}

/// A length and as many bytes.
fn text(stream: &TcpStream) -> String {
    let n = take(stream, 1)[0];
    String::from_utf8(take(stream, usize::from(n))).unwrap()
}

fn splice(a: TcpStream, b: TcpStream) {
    let (mut from_a, mut to_b) = (a.try_clone().unwrap(), b.try_clone().unwrap());
    let up = thread::spawn(move || std::io::copy(&mut from_a, &mut to_b));
    let (mut from_b, mut to_a) = (b, a);
    let _ = std::io::copy(&mut from_b, &mut to_a);
    let _ = to_a.shutdown(std::net::Shutdown::Both);
    let _ = up.join();
}
