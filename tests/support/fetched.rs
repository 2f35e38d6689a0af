//! What the scenarios fetch from package registries: once, into `target/`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::target_dir;

const MAVEN_DEPENDENCY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1";

/// The directory `target/{name}`. `fill` fills a directory beside it, which is then renamed: what is there is whole.
pub fn once(name: &str, fill: impl FnOnce(&Path)) -> PathBuf {
    let (directory, partial) = (target_dir().join(name), target_dir().join(format!("{name}.partial")));
    let lock = File::create(target_dir().join(format!("{name}.lock"))).expect("target/ is writable");
    lock.lock().expect("a file can be locked");
    if !directory.exists() {
        fs::create_dir_all(&partial).expect("target/ is writable");
        fill(&partial);
        fs::rename(&partial, &directory).expect("both are in target/");
    }
    directory
}

/// Fails the test, and says what to install, unless the program is there.
pub fn require(program: &str, version_argument: &str, what: &str) {
    let found = Command::new(program).arg(version_argument).output().is_ok_and(|output| output.status.success());
    assert!(found, "these tests run real brokers and registries and need {what} (or run scripts/test, which installs it)");
}

/// Python packages in a directory of their own, for PYTHONPATH. `wanted` is what pip is told to install.
pub fn python_packages(name: &str, wanted: &[&str]) -> PathBuf {
    let pip = Command::new("python3").args(["-m", "pip", "--version"]).output();
    let found = pip.is_ok_and(|output| output.status.success());
    assert!(found, "these tests need Python with pip: apt-get install python3-pip (or run scripts/test, which installs it)");
    once(name, |partial| {
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(wanted);
        run(install.arg("--target").arg(partial));
    })
}

/// Runs a goal of Maven's dependency plugin.
pub fn maven(goal: &str, arguments: &[String]) {
    require("mvn", "-version", "Maven: apt-get install maven");
    run(Command::new("mvn").args(["-q", "-B"]).arg(format!("{MAVEN_DEPENDENCY}:{goal}")).args(arguments));
}

pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}:\n{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}
