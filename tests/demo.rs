//! The demonstration against a real broker: every message has its fate, and what is planted is found.

use std::process::Command;

use crate::support::free_port;
use crate::support::kafka;
use crate::support::replica::said;

/// Of the parties whose listed names are disguised.
const LISTED_FOUND_MIN: f64 = 0.99;

#[test]
fn the_demonstration_balances_and_finds_disguised_names_of_the_list() {
    let admin = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
    command.args(["demo", "--brokers", kafka::shared().bootstrap(), "--for", "20s", "--rate", "500", "--admin", &admin]);
    let output = command.output().expect("loadgate was built for this test");
    let account = said(&output);
    assert_eq!(output.status.code(), Some(0), "{account}");
    let line = account.lines().find_map(|line| line.trim().strip_prefix("a listed party under a disguised name"));
    let counts = line.unwrap_or_else(|| panic!("no line of the story in\n{account}")).split_whitespace();
    let [planted, found] = counts.take(2).map(|count| count.parse::<f64>().unwrap()).collect::<Vec<_>>()[..] else {
        panic!("no counts in\n{account}");
    };
    assert!(planted >= 5.0 && found >= LISTED_FOUND_MIN * planted, "{found} of {planted}\n{account}");
}
