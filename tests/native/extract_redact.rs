//! Redaction: what goes, what stays.

use auto_session_manager::shared::redact::{contains_secret, redact};
use proptest::prelude::*;
use std::borrow::Cow;

#[track_caller]
fn check(input: &str, expected: &str) {
    assert_eq!(redact(input), expected, "for {input:?}");
    assert_eq!(redact(expected), expected, "again, for {input:?}");
    assert_eq!(contains_secret(input), input != expected, "for {input:?}");
}

#[track_caller]
fn stays(input: &str) {
    check(input, input);
    assert!(matches!(redact(input), Cow::Borrowed(_)));
}

/// Pieces of secrets are put together here, so that no scanner of repositories takes the tests for a leak.
fn join(parts: &[&str]) -> String {
    parts.concat()
}

#[test]
fn provider_keys() {
    let tail = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    for (prefix, kind) in [
        ("sk-", "api-key"),
        ("sk-ant-api03-", "anthropic-key"),
        ("sk-cp-", "minimax-key"),
        ("sk-proj-", "openai-key"),
        ("AIza", "google-key"),
        ("ghp_", "github-token"),
        ("github_pat_", "github-token"),
        ("glpat-", "gitlab-token"),
        ("xoxb-", "slack-token"),
        ("npm_", "npm-token"),
        ("hf_", "huggingface-token"),
    ] {
        let key = join(&[prefix, tail]);
        for (input, expected) in [
            (key.clone(), format!("[redacted:{kind}]")),
            (format!("use {key}, please"), format!("use [redacted:{kind}], please")),
            (format!("密匙{key}。"), format!("密匙[redacted:{kind}]。")),
            (format!("{{\"x\":\"{key}\"}}"), format!("{{\"x\":\"[redacted:{kind}]\"}}")),
            (format!("a\\n{key}"), format!("a\\n[redacted:{kind}]")),
        ] {
            check(&input, &expected);
        }
    }
    check(&join(&["AKIA", "IOSFODNN7EXAMPLE", " x"]), "[redacted:aws-key] x");
    check(&join(&["tg 123456789:", "AAF", &tail[..32], " ok"]), "tg [redacted:telegram-token] ok");
    check(
        &join(&["https://api.telegram.org/bot", "123456789:AAF", &tail[..32], "/getMe"]),
        "https://api.telegram.org/bot[redacted:telegram-token]/getMe",
    );
    let jwt = join(&["eyJ", "hbGciOiJIUzI1NiJ9", ".", "eyJzdWIiOiIxMjM0In0", ".", "abc-DEF_123456"]);
    check(&format!("id {jwt};"), "id [redacted:jwt];");
}

#[test]
fn frames() {
    let begin = join(&["-----BEGIN RSA ", "PRIVATE KEY-----"]);
    let end = join(&["-----END RSA ", "PRIVATE KEY-----"]);
    check(&format!("a\n{begin}\nMIIE\nabc=\n{end}\nb"), "a\n[redacted:private-key]\nb");
    check(&format!("a\n{begin}\nMIIE\nabc=\nand then text"), "a\n[redacted:private-key]and then text");
    check("curl -H 'Authorization: Bearer abcdef' x", "curl -H 'Authorization: Bearer [redacted:bearer]' x");
    check("Bearer a1b2c3d4e5f6a7b8c9", "Bearer [redacted:bearer]");
    check("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted:basic-auth]");
    check("postgres://app:s3cr3t@db:5432/x", "postgres://app:[redacted:url-password]@db:5432/x");
    check("Cookie: sid=abc123; theme=dark\nnext", "Cookie: sid=[redacted:cookie]\nnext");
    check("Server=x;User=sa;Password=Pa55word;", "Server=x;User=sa;Password=[redacted:password];");
}

#[test]
fn names() {
    for (input, expected) in [
        ("password=hunter2", "password=[redacted:password]"),
        ("DB_PASSWORD=hunter", "DB_PASSWORD=[redacted:password]"),
        ("export TELEGRAM_BOT_TOKEN=abc123def456", "export TELEGRAM_BOT_TOKEN=[redacted:token]"),
        ("\"password\": \"hunter\"", "\"password\": \"[redacted:password]\""),
        ("{\\\"token\\\":\\\"abc123def\\\"}", "{\\\"token\\\":\\\"[redacted:token]\\\"}"),
        ("apiKey: 'abc123def456'", "apiKey: '[redacted:api-key]'"),
        ("api_key: abc123def456", "api_key: [redacted:api-key]"),
        ("API key is abc123def456.", "API key is [redacted:api-key]."),
        ("the password is hunter2, ok", "the password is [redacted:password], ok"),
        ("the password is swordfish.", "the password is [redacted:password]."),
        ("change the password to Tr0ub4dor&3 now", "change the password to [redacted:password] now"),
        ("数据库密码是 Tr0ub4dor&3x9，别告诉别人。", "数据库密码是 [redacted:password]，别告诉别人。"),
        ("DB_PASSWORD=Tr0ub4dor&3x9", "DB_PASSWORD=[redacted:password]"),
        ("password=abC9;Def123x; user=bob", "password=[redacted:password]; user=bob"),
        ("mysql --password s3cr3tpw -u root", "mysql --password [redacted:password] -u root"),
        ("密码是 123456", "密码是 [redacted:password]"),
        ("密码：abc123", "密码：[redacted:password]"),
        ("数据库密码是Passw0rd，别外传", "数据库密码是[redacted:password]，别外传"),
        ("密码改成了 qwerty12", "密码改成了 [redacted:password]"),
        ("密码为“芝麻开门”", "密码为“[redacted:password]”"),
        ("口令: letmein", "口令: [redacted:password]"),
        ("密钥=abcdef123456", "密钥=[redacted:secret]"),
        ("令牌是 abc123def456", "令牌是 [redacted:token]"),
        (
            "https://x.io/hook?access_token=abc123def&x=1",
            "https://x.io/hook?access_token=[redacted:token]&x=1",
        ),
        ("card 4111 1111 1111 1111 exp", "card [redacted:card-number] exp"),
        ("卡号4111111111111111", "卡号[redacted:card-number]"),
        ("身份证 11010519491231002X。", "身份证 [redacted:prc-id]。"),
    ] {
        check(input, expected);
    }
}

#[test]
fn ordinary_text_stays() {
    for input in [
        "",
        "commit 9f3c2ab4e5d6f7a8b9c0d1e2f3a4b5c6d7e8f9a0",
        "id 462594cb-7b22-48d7-99be-323dcbf3a9aa",
        "/home/me/.ssh/id_ed25519.pub",
        "C:\\Users\\me\\token.txt",
        "order 4111111111111111",
        "订单号 4111111111111111",
        "version 1.2.3-beta.4",
        "token count: 4096",
        "max_tokens: 4096",
        "token: 4096",
        "tokens=128000",
        "密码学很有意思",
        "密码是什么？",
        "密码为空",
        "密码是 null",
        "我忘了密码，是不是要重置",
        "the password is stored in vault",
        "the password is required",
        "password: must be at least 8 characters",
        "fn login(password: &str, token: Option<String>)",
        "let password = user.password;",
        "const token = await getToken();",
        "password: ${DB_PASSWORD}",
        "PASSWORD=$SECRET",
        "token: <your-token>",
        "\"password\": \"Enter your password\"",
        "the secret to good bread is time",
        "Keep it secret: the launch is on Monday",
        "the key is under the mat",
        "sk-learn-something-long-name",
        "scikit: sk-estimator",
        "PWD=/srv/job",
        "token is expired",
        "at 1763681630791 ms",
        "0.4111111111111111",
        "we use JWT tokens and Bearer authentication",
        "git@github.com:me/repo.git",
        "https://user@example.com/x",
        "http://localhost:8080/a@b",
        "Cookie: they are off",
        "令牌桶算法",
        "密钥长度是 256 位",
        "sha256:9f3c2ab4e5d6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2",
        "[redacted:api-key]",
        "password: [redacted:password]",
    ] {
        stays(input);
    }
}

/// Large enough that anything quadratic would take minutes.
const LARGE: usize = 300_000;

#[test]
fn hostile_texts() {
    for piece in [
        "a",
        "=",
        "-",
        " ",
        "1",
        "sk-",
        "eyJ.",
        "eyJaaaaaaaa.",
        "token=",
        "a.token=",
        "token: ",
        "password is ",
        "://",
        "://a:",
        "密码",
        "密码是",
        "Cookie: ",
        "Cookie: a=",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "bearer ",
        "\"",
        "\\",
        "4111 ",
        "123456:",
        "bot123456:",
        "password=\"",
        "\u{0}",
        "；",
        "😀",
    ] {
        let text = piece.repeat(LARGE / piece.len()) + "(";
        let once = redact(&text);
        assert_eq!(redact(&once), once, "{piece:?}");
    }
}

const PIECES: &[&str] = &[
    "password",
    "token",
    "密码",
    "api key",
    "=",
    ": ",
    " is ",
    "是",
    "\"",
    "'",
    " ",
    "\n",
    "hunter2",
    "abc123def456",
    "sk-",
    "eyJ",
    "4111111111111111",
    "://",
    "u:",
    "@",
    "Bearer ",
    "Cookie: ",
    "a=",
    "[redacted:password]",
    "[redacted:",
    "]",
    "123456:",
    "-",
    "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "\\",
    "。",
    "Authorization: ",
    "(",
    "--",
    ".",
    "11010519491231002X",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn idempotent_on_any_text(text in "\\PC{0,200}") {
        let once = redact(&text).into_owned();
        prop_assert_eq!(redact(&once), once.as_str());
    }

    #[test]
    fn idempotent_on_pieces_of_secrets(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        let once = redact(&pieces.concat()).into_owned();
        prop_assert_eq!(redact(&once), once.as_str());
        prop_assert!(!contains_secret(&once));
    }
}
