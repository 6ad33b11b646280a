use super::super::stand_in::{nobody, request, server, web, web_proxy};
use super::*;
use serde_json::json;
use std::io::Write;
use std::sync::Arc;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";
/// Never reached where the answer comes.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);

fn get(url: String) -> Request {
    Request { url, ..Request::default() }
}

#[test]
fn a_post_goes_out_whole_and_its_answer_comes_back() {
    let (address, asked) = web(OK);
    let body = json!({"text": "你好"});
    let answer = post_json(&format!("http://{address}/bot1:secret/send?x=1"), &body, None, LONG);
    assert_eq!(answer, Ok((200, json!({"ok": true}))));
    let (head, sent) = asked.recv().unwrap();
    assert!(head.starts_with("POST /bot1:secret/send?x=1 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("Host: {address}\r\n")) && head.contains("Connection: close\r\n"));
    assert_eq!(serde_json::from_str::<Value>(&sent).unwrap(), body);
}

#[test]
fn what_goes_wrong_names_the_host_and_never_the_path() {
    let silent = server(|stream| drop((thread_sleeps(), stream)));
    let cut = web("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{").0;
    let garbage = web("SSH-2.0-x\r\n").0;
    let endless = server(|mut s| {
        let _ = s.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while s.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    for (address, deadline) in
        [(nobody(), LONG), (silent, SHORT), (cut, LONG), (garbage, LONG), (endless, LONG)]
    {
        let error = call(&get(format!("http://{address}/bot1:secret/getMe")), deadline).unwrap_err();
        assert!(error.contains(&address.to_string()) && !error.contains("secret"), "{error}");
    }
    assert!(call(&get("http://u:secret@h/".to_owned()), LONG).is_err_and(|e| !e.contains("secret")));
    let nowhere = call(&get("http://name.invalid/secret".to_owned()), LONG).unwrap_err();
    assert!(nowhere.starts_with("name.invalid:80: "), "{nowhere}");
}

fn thread_sleeps() {
    std::thread::sleep(LONG);
}

#[test]
fn bytes_that_drip_do_not_stretch_the_deadline() {
    let drip = server(|mut s| {
        while s.write_all(b"H").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let slow = server(|mut s| {
        let _ = s.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while s.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert!(call(&get(format!("http://{drip}/")), LONG).is_err());
    let error = call(&get(format!("http://{slow}/")), SHORT).unwrap_err();
    assert!(error.contains("timed out"), "{error}");
}

#[test]
fn a_header_cannot_smuggle_another_one() {
    let headers = vec![("X".to_owned(), "a\r\nY: b".to_owned())];
    assert!(call(&Request { headers, ..get("http://127.0.0.1:1/".to_owned()) }, LONG).is_err());
}

#[test]
fn a_plain_request_is_handed_to_a_web_proxy() {
    let (proxy, heads) = web_proxy(407);
    let proxy = Proxy::parse(&format!("http://us%40er:pa:ss@{proxy}"));
    let request = Request { proxy, ..get("http://example.invalid/x".to_owned()) };
    assert_eq!(call(&request, LONG).unwrap().status, 407);
    let head = heads.recv().unwrap();
    assert!(
        head.starts_with("GET http://example.invalid:80/x HTTP/1.1\r\nHost: example.invalid\r\n"),
        "{head}"
    );
    assert!(head.contains("Proxy-Authorization: Basic dXNAZXI6cGE6c3M=\r\n"), "{head}");
    assert!(!format!("{:?}", request.proxy).contains("pa:ss"));
}

#[test]
fn tls_is_spoken_with_whom_the_roots_vouch_for_and_nobody_else() {
    let signed = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let pem = signed.cert.pem();
    let key = rustls::pki_types::PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let address = server(move |stream| {
        let connection = rustls::ServerConnection::new(config.clone()).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        if stream.conn.complete_io(&mut stream.sock).is_ok() {
            let (head, _) = request(&mut stream);
            assert!(head.starts_with("GET /bot1:secret/getMe "));
            let _ = stream.write_all(OK.as_bytes());
        }
    });
    let url = format!("https://localhost:{}/bot1:secret/getMe", address.port());
    let (proxy, heads) = web_proxy(200);
    for proxy in [None, Proxy::parse(&format!("http://{proxy}"))] {
        let request = Request { proxy, ..get(url.clone()) };
        let answer = call_trusting(&request, LONG, pem.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"{\"ok\":true}"[..]));
        let error = call_trusting(&request, LONG, b"").unwrap_err();
        assert!(error.contains("certificate") && !error.contains("secret"), "{error}");
    }
    assert!(heads.recv().unwrap().starts_with(&format!("CONNECT localhost:{} ", address.port())));
}
