//! The examples of pages under docs/, run as they stand there: every command, and what it answers.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::bundle::copy;

#[test]
fn the_examples_on_change_control_run_as_they_stand_there() {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config/bundle"), &folder.path().join("bundle"));
    assert!(run(include_str!("../docs/change-control.md"), folder.path()) >= 15);
}

#[test]
fn the_examples_on_the_policy_run_as_they_stand_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fwb.txt"), readme_waybill()).unwrap();
    assert!(run(include_str!("../docs/policy.md"), folder.path()) >= 6);
}

/// Writes the page's files and runs its commands, in the order of the page; how many commands there were.
fn run(page: &str, folder: &Path) -> usize {
    let mut commands = 0;
    for (language, text) in blocks(page) {
        match language {
            "toml" => write(text, folder),
            "console" => {
                for example in text.split("$ ").skip(1) {
                    let (command, expected) = example.split_once('\n').unwrap_or((example, ""));
                    let answered = answer(command, folder);
                    assert!(fits(expected, &answered), "$ {command}\n{answered}\n--- and the page says ---\n{expected}");
                    commands += 1;
                }
            }
            other => panic!("what is a block of {other}?"),
        }
    }
    commands
}

/// A file whose first line is its name.
fn write(text: &str, folder: &Path) {
    let (name, _) = text.strip_prefix("# ").and_then(|text| text.split_once('\n')).expect("a file begins with its name");
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The message that the README screens.
fn readme_waybill() -> String {
    let lines = include_str!("../README.md").lines().map(str::trim_start);
    let message = lines.skip_while(|line| !line.starts_with("FWB/16")).take_while(|line| !line.is_empty());
    message.map(|line| format!("{line}\n")).collect()
}

fn blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("\n```").skip(1).step_by(2).map(|block| block.split_once('\n').expect("a block has a language and lines"))
}

fn answer(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_loadgate")).parent().unwrap().display().to_string();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh").args(["-c", command]).current_dir(folder).env("PATH", path).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Line by line; `…` stands for anything within a line.
fn fits(expected: &str, answered: &str) -> bool {
    let line = |(expected, answered): (&str, &str)| match expected.split_once('…') {
        None => expected == answered,
        Some((head, tail)) => answered.starts_with(head) && answered.ends_with(tail),
    };
    let (expected, answered): (Vec<_>, Vec<_>) = (expected.trim_end().lines().collect(), answered.trim_end().lines().collect());
    expected.len() == answered.len() && expected.into_iter().zip(answered).all(line)
}
