//! A child process that does not outlive the test, however that ends: a panic, Ctrl-C or kill -9.
//!
//! A second process waits for the end of a pipe whose other end only the test holds; then it kills the child and removes its
//! directory. Signals go through the `kill` program, since the crate allows no unsafe code.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

pub struct Guarded {
    child: Child,
    watchdog: Child,
}

impl Guarded {
    /// Starts `command` with its output appended to `log`; `directory` is removed if the test process dies.
    pub fn spawn(mut command: Command, directory: &Path, log: &Path) -> io::Result<Self> {
        let log = File::options().create(true).append(true).open(log)?;
        // A process group of its own: Ctrl-C reaches the test alone.
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0).spawn()?;
        let watchdog = Command::new("sh")
            .args(["-c", r#"cat >/dev/null; kill -9 "$1"; until rm -rf "$2"; do :; done"#, "watchdog"])
            .arg(child.id().to_string())
            .arg(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Self { child, watchdog })
    }

    /// Sends a signal by name: `STOP`, `CONT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name} {} failed", self.child.id());
    }

    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }
}

impl Drop for Guarded {
    /// kill -9. The watchdog goes first, so that it never meets a process number that was given away again.
    fn drop(&mut self) {
        for process in [&mut self.watchdog, &mut self.child] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Where a log says why: its last lines, for the message of a failed test.
pub fn tail(log: &Path, lines: usize) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
