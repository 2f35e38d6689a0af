//! What changes between two bundles, file by file and line by line: what an approver looks at.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::{Done, files_of, refuse, say};
use crate::bundle::File;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate bundle diff 7.bundle 8.bundle
  loadgate bundle diff 7.bundle bundle/")]
pub struct Diff {
    /// The bundle before.
    old: PathBuf,
    /// The bundle after.
    new: PathBuf,
}

pub fn run(arguments: &Diff) -> Done {
    let read = |path| files_of(path).map_err(|faults| refuse(&faults));
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    let changes = changes(&old, &new);
    changes.iter().for_each(say);
    if changes.is_empty() {
        say("no difference");
    }
    Ok(())
}

/// The lines of the answer.
fn changes(old: &[File], new: &[File]) -> Vec<String> {
    let mut both: BTreeMap<&str, [Option<&str>; 2]> = BTreeMap::new();
    for (side, files) in [old, new].into_iter().enumerate() {
        for file in files {
            let texts = both.entry(&file.path).or_default();
            texts.get_mut(side).into_iter().for_each(|text| *text = Some(&file.text));
        }
    }
    let mut told = Vec::new();
    for (path, [old, new]) in both.into_iter().filter(|(_, [old, new])| old != new) {
        let what = match (old, new) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        told.push(format!("{what} {path}"));
        let lines = |text: Option<&'_ str>| -> Vec<String> { text.unwrap_or_default().lines().map(str::to_owned).collect() };
        told.extend(line_changes(&lines(old), &lines(new)));
    }
    told
}

/// Work of one comparison, in pairs of lines; beyond it what differs is shown as one block.
const PAIRS_MAX: usize = 4_000_000;

/// Lines that go and come, in their order; what both have is left out.
fn line_changes(old: &[String], new: &[String]) -> Vec<String> {
    let same = |(left, right): &(&String, &String)| left == right;
    let head = old.iter().zip(new).take_while(same).count();
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let old = old.get(..old.len() - tail).unwrap_or_default();
    let new = new.get(..new.len() - tail).unwrap_or_default();
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        return old.iter().map(|line| format!("- {line}")).chain(new.iter().map(|line| format!("+ {line}"))).collect();
    }
    let common = common_lengths(old, new);
    let length = |left: usize, right: usize| common.get(left * (new.len() + 1) + right).copied().unwrap_or(0);
    let (mut left, mut right, mut told) = (0, 0, Vec::new());
    loop {
        match (old.get(left), new.get(right)) {
            (Some(gone), Some(come)) if gone == come => (left, right) = (left + 1, right + 1),
            (Some(gone), come) if come.is_none() || length(left + 1, right) >= length(left, right + 1) => {
                told.push(format!("- {gone}"));
                left += 1;
            }
            (_, Some(come)) => {
                told.push(format!("+ {come}"));
                right += 1;
            }
            _ => return told,
        }
    }
}

/// Length of the longest common subsequence of what follows each pair of positions: a table of rows of `new.len() + 1`.
fn common_lengths(old: &[String], new: &[String]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut lengths = vec![0; (old.len() + 1) * width];
    for (left, gone) in old.iter().enumerate().rev() {
        for (right, come) in new.iter().enumerate().rev() {
            let at = |left: usize, right: usize| lengths.get(left * width + right).copied().unwrap_or(0);
            let length = if gone == come { at(left + 1, right + 1) + 1 } else { at(left + 1, right).max(at(left, right + 1)) };
            lengths.get_mut(left * width + right).into_iter().for_each(|slot| *slot = length);
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn files_and_lines_that_differ_are_told_and_nothing_else() {
        let old = [file("a", "1\n2\n3\n4\n5"), file("b", "same"), file("c", "x")];
        let new = [file("a", "1\n3\nthree\n4\n6\n5"), file("b", "same"), file("d", "y")];
        let expected = ["changed a", "- 2", "+ three", "+ 6", "removed c", "- x", "added d", "+ y"];
        assert_eq!(changes(&old, &new), expected);
        assert!(changes(&new, &new).is_empty());
    }

    #[test]
    fn a_huge_difference_is_one_block() {
        let text = |word: &str| (0..3_000).map(|number| format!("{word} {number}\n")).collect::<String>();
        let told = changes(&[file("a", &text("old"))], &[file("a", &text("new"))]);
        assert_eq!((told.len(), &*told[1], &*told[3_001]), (6_001, "- old 0", "+ new 0"));
    }
}
