//! The little HTTP that the scenarios need. Version 1.0, so that every body simply ends with the connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::eventually;

const ANSWER_DEADLINE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// `None` while nobody answers.
pub fn get(address: SocketAddr, path: &str) -> Option<Answer> {
    exchange(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"))
}

/// Posts JSON.
pub fn post(address: SocketAddr, path: &str, body: &str) -> Option<Answer> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
    exchange(address, &(head + body))
}

/// On a busy machine a server that is up may still answer late: it is asked again.
pub fn answered(what: &str, ask: impl FnMut() -> Option<Answer>) -> Answer {
    eventually(&format!("{what} is answered"), ANSWER_DEADLINE, ask)
}

fn exchange(address: SocketAddr, request: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some(Answer { status: head.split(' ').nth(1)?.parse().ok()?, body: body.to_owned() })
}
