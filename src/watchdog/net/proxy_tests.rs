use super::super::reach::{directly, through};
use super::super::stand_in::{nobody, server, socks_proxy, web_proxy};
use super::*;
use crate::watchdog::observation::Reach;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned())
}

fn chosen(host: &str, secure: bool, pairs: &'static [(&str, &str)]) -> Option<String> {
    Proxy::of_env(host, secure, &env(pairs)).map(|p| p.shown())
}

#[test]
fn the_environment_chooses_as_it_does_for_others() {
    let is = |text: &str| Some(text.to_owned());
    let both: &[_] = &[("HTTPS_PROXY", "http://a:1"), ("ALL_PROXY", "socks5h://u:p@b")];
    assert_eq!(chosen("x.org", true, both), is("http://a:1"));
    assert_eq!(chosen("x.org", false, both), is("socks5://b:1080"));
    assert_eq!(chosen("127.0.0.1", true, both), None);
    assert_eq!(chosen("localhost", true, both), None);
    assert_eq!(chosen("x.org", true, &[("https_proxy", "a:3128/")]), is("http://a:3128"));
    assert_eq!(chosen("x.org", true, &[("HTTPS_PROXY", "ftp://a:1")]), None);
    assert_eq!(chosen("x.org", true, &[]), None);
    let except: &[_] = &[("ALL_PROXY", "http://a:1"), ("no_proxy", "y.org, .z.org:443,*.w.org 10.0.0.1")];
    for (host, through) in [
        ("x.org", true),
        ("y.org", false),
        ("a.y.org", false),
        ("ay.org", true),
        ("Z.org", false),
        ("q.w.org", false),
        ("10.0.0.1", false),
    ] {
        assert_eq!(chosen(host, true, except).is_some(), through, "{host}");
    }
    assert_eq!(chosen("x.org", true, &[("ALL_PROXY", "http://a:1"), ("NO_PROXY", "*")]), None);
}

#[test]
fn a_tunnel_leads_through_either_kind_of_proxy() {
    let target = server(drop);
    let here = vec![target.to_string()];
    let (web, heads) = web_proxy(200);
    let (socks, asked) = socks_proxy(None);
    let (locked, _) = socks_proxy(Some(("user", "p@ss")));
    let reach = |text: String| through(&Proxy::parse(&text).unwrap(), &here, LONG);
    assert_eq!(reach(format!("http://{web}")), Reach::Reached);
    assert!(heads.recv().unwrap().starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")));
    assert_eq!(reach(format!("socks5://{socks}")), Reach::Reached);
    assert_eq!(asked.recv().unwrap(), target.to_string());
    assert_eq!(reach(format!("socks5h://user:p%40ss@{locked}")), Reach::Reached);
    let stranger = server(|mut s| drop(s.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    for (text, word) in [
        (format!("socks5://user:wrong@{locked}"), "refuses the login"),
        (format!("socks5://{locked}"), "wants a login"),
        (format!("socks5://{stranger}"), "SOCKS"),
        (format!("http://{}", web_proxy(403).0), "answers 403"),
        (format!("http://{}", nobody()), "refused"),
    ] {
        let Reach::Failed { error } = reach(text.clone()) else { panic!("{text}") };
        assert!(error.starts_with("proxy ") && error.contains(word) && !error.contains("wrong"), "{error}");
    }
    let beyond = through(&Proxy::parse(&format!("socks5://{socks}")).unwrap(), &[nobody().to_string()], LONG);
    assert!(beyond.failed(), "{beyond:?}");
    asked.recv().unwrap();
    let name = vec![format!("localhost:{}", target.port())];
    assert_eq!(through(&Proxy::parse(&format!("socks5://{socks}")).unwrap(), &name, LONG), Reach::Reached);
    assert_eq!(asked.recv().unwrap(), name[0], "names are looked up by the proxy");
}

#[test]
fn one_target_of_many_is_enough() {
    let target = server(drop);
    assert_eq!(directly(&[nobody().to_string(), target.to_string()], LONG), Reach::Reached);
    assert!(directly(&[nobody().to_string(), nobody().to_string()], LONG).failed());
    assert_eq!(directly(&[], LONG), Reach::NotAsked);
    // A server that accepts and says nothing is reached directly and is no proxy.
    let silent = server(|s| drop((std::thread::sleep(LONG), s)));
    let proxy = Proxy::parse(&format!("http://{silent}")).unwrap();
    assert_eq!(directly(&[silent.to_string()], LONG), Reach::Reached);
    assert!(through(&proxy, &[target.to_string()], Duration::from_millis(300)).failed());
}

#[test]
fn base64_pads() {
    let all = ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes()));
    assert_eq!(all, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
}
