//! Programs that check what is not Rust: Helm's engine and the schemas of Kubernetes, linters, promtool and Prometheus.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fetched::{once, require, run};

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
    require("python3", "--version", "Python: apt-get install python3");
    let pip = Command::new("python3").args(["-m", "pip", "--version"]).output();
    assert!(pip.is_ok_and(|output| output.status.success()), "these tests need pip: apt-get install python3-pip");
    // The number changes with requirements.txt.
    once("python-tools-2", |partial| {
        let requirements = repository("tests/support/tools/requirements.txt");
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
        run(install.arg("--target").arg(partial));
    })
}
