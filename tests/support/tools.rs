//! Programs that check what is not Rust: Helm's engine and the schemas of Kubernetes, linters, promtool and Prometheus.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fetched::{python_packages, require};

/// A path of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a script of `tests/support/tools` with the packages it needs; it reads `input` and answers on standard output.
pub fn python(script: &str, input: &str) -> String {
    let mut command = Command::new("python3");
    command.arg(repository("tests/support/tools").join(script)).env("PYTHONPATH", packages());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("python3 runs");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("the script reads its input");
    let output = child.wait_with_output().expect("the script ends");
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the script answers in text")
}

/// A program that came with a Python package.
pub fn packaged(program: &str) -> Command {
    let packages = packages();
    let mut command = Command::new(packages.join("bin").join(program));
    command.env("PYTHONPATH", packages);
    command
}

/// `promtool`.
pub fn promtool() -> Command {
    require("promtool", "--version", "promtool: apt-get install prometheus");
    Command::new("promtool")
}

/// The packages of `tools/requirements.txt`, fetched once.
fn packages() -> PathBuf {
    let requirements = repository("tests/support/tools/requirements.txt").display().to_string();
    // The number changes with requirements.txt.
    python_packages("python-tools-2", &["--requirement", &requirements])
}
