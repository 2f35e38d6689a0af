use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::*;

mod tls;

/// What the stub does with one request.
enum Reply {
    Answer(u16, String),
    /// Keeps the connection open and says nothing.
    Silence,
}

/// A server that gives its replies in order, one a connection, and tells each request's head and body.
struct Stub {
    url: String,
    requests: Receiver<String>,
}

fn stub(replies: Vec<Reply>) -> Stub {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        let mut silent = Vec::new();
        for reply in replies {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = sender.send(request(&stream));
            match reply {
                Reply::Answer(status, body) => {
                    let length = body.len();
                    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
                }
                Reply::Silence => silent.push(stream),
            }
        }
    });
    Stub { url, requests }
}

fn request(stream: impl Read) -> String {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

impl Stub {
    fn requested(&self) -> Vec<String> {
        self.requests.try_iter().map(|request| request.lines().next().unwrap().to_owned()).collect()
    }
}

/// A clock that only sleeping moves on.
fn time() -> (Time, Arc<AtomicU64>) {
    let millis = Arc::new(AtomicU64::new(0));
    let (now, sleep) = (millis.clone(), millis.clone());
    let sleep = move |pause: Duration| {
        sleep.fetch_add(pause.as_millis() as u64, SeqCst);
    };
    (Time { now: Box::new(move || Duration::from_millis(now.load(SeqCst))), sleep: Box::new(sleep) }, millis)
}

fn config(stub: &Stub) -> RegistryConfig {
    let urls = vec![stub.url.clone()];
    RegistryConfig { urls, retries: 1, timeout: Duration::from_secs(20), response_bytes_max: 10_000, ..Default::default() }
}

fn registry(config: RegistryConfig) -> (Registry, Arc<AtomicU64>) {
    let (time, millis) = time();
    (Registry::new(config, time).unwrap(), millis)
}

fn ok(body: &str) -> Reply {
    Reply::Answer(200, body.to_owned())
}

fn status(status: u16) -> Reply {
    Reply::Answer(status, r#"{"error_code": 40403, "message": "no"}"#.to_owned())
}

const STRING: &str = r#"{"schema": "\"string\""}"#;

fn reason(found: Found) -> Reason {
    found.unwrap_err().reason
}

#[test]
fn a_schema_is_fetched_once_and_kept() {
    let stub = stub(vec![ok(STRING)]);
    let (registry, _) = registry(config(&stub));
    for _ in 0..3 {
        assert_eq!(registry.schema(7).unwrap().schema, "\"string\"");
    }
    assert_eq!(stub.requested(), ["GET /schemas/ids/7 HTTP/1.1"]);
}

#[test]
fn an_unknown_id_is_asked_for_again_only_after_a_while() {
    let stub = stub(vec![status(404), ok(STRING)]);
    let (registry, millis) = registry(config(&stub));
    assert_eq!(reason(registry.schema(7)), Reason::UnknownSchema);
    assert_eq!(reason(registry.schema(7)), Reason::UnknownSchema);
    assert_eq!(stub.requested().len(), 1);
    millis.fetch_add(30_000, SeqCst);
    assert!(registry.schema(7).is_ok());
}

#[test]
fn a_failing_registry_is_tried_again_after_a_pause_and_then_given_up() {
    let recovering = stub(vec![status(500), ok(STRING)]);
    let (first, millis) = registry(config(&recovering));
    assert!(first.schema(7).is_ok());
    assert_eq!(millis.load(SeqCst), 200);

    let broken = stub(vec![status(500), status(503), status(429), status(500)]);
    let (second, millis) = registry(RegistryConfig { retries: 3, ..config(&broken) });
    assert_eq!(reason(second.schema(7)), Reason::SchemaUnavailable);
    assert_eq!((broken.requested().len(), millis.load(SeqCst)), (4, 200 + 400 + 800));
    assert_eq!(reason(second.schema(7)), Reason::SchemaUnavailable);
    assert_eq!(broken.requested().len(), 0, "asked again at once");
}

#[test]
fn answers_that_are_no_schema_are_refused() {
    let huge = format!(r#"{{"schema": "{}"}}"#, "x".repeat(20_000));
    let table = [
        (ok("<html>"), Reason::SchemaUnavailable),
        (ok(&huge), Reason::SchemaUnavailable),
        (ok("{}"), Reason::SchemaUnavailable),
        (status(401), Reason::SchemaUnavailable),
        (ok(r#"{"schema": "x", "schemaType": "PROTOBUF"}"#), Reason::SchemaMismatch),
    ];
    for (reply, expected) in table {
        let stub = stub(vec![reply]);
        let (registry, _) = registry(RegistryConfig { retries: 0, ..config(&stub) });
        assert_eq!(reason(registry.schema(7)), expected);
    }
}

#[test]
fn a_silent_registry_is_left_for_the_next_address() {
    let (silent, healthy) = (stub(vec![Reply::Silence]), stub(vec![ok(STRING)]));
    let urls = vec![silent.url.clone(), format!("{}/", healthy.url)];
    let timeout = Duration::from_millis(100);
    let (registry, millis) = registry(RegistryConfig { urls, timeout, ..config(&silent) });
    assert!(registry.schema(7).is_ok());
    assert_eq!((healthy.requested().len(), millis.load(SeqCst)), (1, 0));
}

#[test]
fn the_password_is_sent_and_never_shown() {
    let stub = stub(vec![ok(STRING)]);
    let basic_auth = Some(("loadgate".to_owned(), Secret::new("open sesame")));
    let config = RegistryConfig { basic_auth, ..config(&stub) };
    assert!(!format!("{config:?}").contains("sesame"));
    let (registry, _) = registry(config);
    assert!(registry.schema(7).is_ok());
    let request = stub.requests.recv().unwrap();
    assert!(request.contains("Basic bG9hZGdhdGU6b3BlbiBzZXNhbWU="), "{request}");
}

#[test]
fn references_are_fetched_before_what_names_them() {
    let stub = stub(vec![
        ok(r#"{"schema": "A", "references": [{"name": "b", "subject": "b/x", "version": 2}]}"#),
        ok(r#"{"schema": "B", "references": [{"name": "c", "subject": "c", "version": 1}]}"#),
        ok(r#"{"schema": "C"}"#),
    ]);
    let (registry, _) = registry(config(&stub));
    assert_eq!(registry.schema(7).unwrap().references, ["C", "B"]);
    assert_eq!(stub.requested()[1], "GET /subjects/b%2Fx/versions/2 HTTP/1.1");
}

#[test]
fn references_in_a_circle_are_given_up() {
    let circle = || ok(r#"{"schema": "A", "references": [{"name": "a", "subject": "a", "version": 1}]}"#);
    let stub = stub((0..=REFERENCES_MAX).map(|_| circle()).collect());
    let (registry, _) = registry(config(&stub));
    assert_eq!(reason(registry.schema(7)), Reason::SchemaMismatch);
}

#[test]
fn a_schema_is_registered_or_refused_with_the_registrys_words() {
    let conflict = Reply::Answer(409, r#"{"error_code": 409, "message": "field removed"}"#.to_owned());
    let stub = stub(vec![ok(r#"{"id": 12}"#), conflict, status(422)]);
    let (registry, _) = registry(config(&stub));
    assert_eq!(registry.register("cargo.alerts-value", "\"string\""), Ok(12));
    let request = stub.requests.recv().unwrap();
    assert!(request.starts_with("POST /subjects/cargo.alerts-value/versions "), "{request}");
    assert!(request.ends_with(r#"{"schema":"\"string\"","schemaType":"AVRO"}"#), "{request}");
    let (subject, why) = ("s".to_owned(), "field removed".to_owned());
    assert_eq!(registry.register("s", "1"), Err(RegisterError::Incompatible { subject, why }));
    assert!(matches!(registry.register("s", "1"), Err(RegisterError::Refused { status: 422, .. })));
}

#[test]
fn a_configuration_that_cannot_work_is_refused_at_once() {
    let new = |config| Registry::new(config, Time::default()).map(drop);
    assert!(matches!(new(RegistryConfig::default()), Err(RegistryConfigError::NoUrl)));
    let urls = vec!["ftp://name:secret@host".to_owned()];
    let error = new(RegistryConfig { urls, ..Default::default() }).unwrap_err();
    assert!(matches!(error, RegistryConfigError::BadUrl(_)) && !error.to_string().contains("secret"), "{error}");
    let file = tempfile::NamedTempFile::new().unwrap();
    let (urls, ca_file) = (vec!["https://localhost".to_owned()], Some(file.path().to_owned()));
    let error = new(RegistryConfig { urls, ca_file, ..Default::default() }).unwrap_err();
    assert!(error.to_string().contains("no certificate"), "{error}");
}
