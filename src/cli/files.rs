//! Message files: what `screen` and `decode` read, and the lines they write.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::decode::{Format, Limits};
use crate::model::Timestamp;

#[derive(Debug, Args)]
pub struct Input {
    /// Files of messages, one or many in each; standard input when none is named.
    pub files: Vec<PathBuf>,
    /// Format of the files.
    #[arg(long, value_enum, default_value = "auto")]
    pub format: FormatName,
    /// When the messages arrived (RFC 3339): partial dates are completed to the nearest one. Default: the file's modification
    /// time; now for standard input.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub received: Option<Timestamp>,
}

pub fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text).ok_or_else(|| "expected a time like 2026-01-31T12:00:00Z".into())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum FormatName {
    Auto,
    CargoImp,
    Json,
    Avro,
    /// JSON lines {"received": TIME, "payload": TEXT}: each with the time at which it came.
    Recorded,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Auto | FormatName::Recorded => Format::Auto,
            FormatName::CargoImp => Format::CargoImp,
            FormatName::Json => Format::Json,
            FormatName::Avro => Format::Avro,
        }
    }
}

/// A file read whole, or a line of a recorded one.
pub struct Payload {
    pub bytes: Vec<u8>,
    pub received: Timestamp,
    /// How much of all files is behind, this payload included.
    pub share: f64,
}

impl Input {
    /// Reads the files one after the other.
    pub fn payloads(&self) -> impl Iterator<Item = Result<Payload, String>> {
        let stdin = self.files.is_empty().then(|| self.stdin());
        let files = stdin.into_iter().chain(self.files.iter().map(|path| self.file(path)));
        let shares = 1.0 / self.files.len().max(1) as f64;
        (0_u32..).zip(files).flat_map(move |(before, file)| {
            let payloads = match (file, self.format) {
                (Ok(payload), FormatName::Recorded) => recorded(&payload.bytes),
                (file, _) => vec![file],
            };
            let placed = move |payload: Payload| Payload { share: (f64::from(before) + payload.share) * shares, ..payload };
            payloads.into_iter().map(move |payload| payload.map(placed))
        })
    }

    /// A file may hold many messages, so it may be larger than a record.
    pub fn limits(&self) -> Limits {
        Limits { payload_bytes: 1 << 30, elements: 100_000_000, ..Limits::default() }
    }

    fn stdin(&self) -> Result<Payload, String> {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
        Ok(Payload { bytes, received: self.received.unwrap_or_else(|| SystemTime::now().into()), share: 1.0 })
    }

    fn file(&self, path: &Path) -> Result<Payload, String> {
        let fault = |error: io::Error| format!("{}: {error}", path.display());
        let bytes = std::fs::read(path).map_err(fault)?;
        let modified = || std::fs::metadata(path).and_then(|metadata| metadata.modified()).map(Timestamp::from);
        let received = match self.received {
            Some(received) => received,
            None => modified().map_err(fault)?,
        };
        Ok(Payload { bytes, received, share: 1.0 })
    }
}

/// One line of a recorded file.
#[derive(Deserialize)]
struct Recorded {
    received: Timestamp,
    payload: String,
}

fn recorded(bytes: &[u8]) -> Vec<Result<Payload, String>> {
    let mut behind = 0;
    let read = bytes.split_inclusive(|byte| *byte == b'\n').enumerate().map(|(number, line)| {
        behind += line.len();
        let share = behind as f64 / bytes.len() as f64;
        let fault = |error| format!("line {}: {error}; expected {{\"received\": TIME, \"payload\": TEXT}}", number + 1);
        let blank = line.trim_ascii().is_empty();
        (!blank).then(|| {
            let Recorded { received, payload } = serde_json::from_slice(line).map_err(fault)?;
            Ok(Payload { bytes: payload.into_bytes(), received, share })
        })
    });
    read.flatten().collect()
}

/// JSON lines on standard output. A reader that hangs up (`| head`) ends the command quietly.
pub struct Lines<W> {
    out: W,
}

impl Lines<io::BufWriter<io::StdoutLock<'static>>> {
    pub fn stdout() -> Self {
        Self { out: io::BufWriter::new(io::stdout().lock()) }
    }
}

impl<W: Write> Lines<W> {
    /// Writes one line; false when nobody reads any more.
    pub fn write(&mut self, value: &impl Serialize) -> bool {
        serde_json::to_writer(&mut self.out, value).is_ok() && self.out.write_all(b"\n").is_ok()
    }

    /// Writes one line of text.
    pub fn text(&mut self, line: &str) -> bool {
        writeln!(self.out, "{line}").is_ok()
    }

    pub fn finish(mut self) -> bool {
        self.out.flush().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_recorded_files_says_how_much_is_behind() {
        let directory = tempfile::tempdir().unwrap();
        let line = r#"{"received": "2026-01-01T00:00:00Z", "payload": "x"}"#;
        let file = |name: &str, text: String| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let files = vec![file("january", format!("{line}\n{line}\n")), file("february", format!("{line}\n\nx"))];
        let input = Input { files, format: FormatName::Recorded, received: None };
        let read: Vec<_> = input.payloads().map(|payload| payload.map(|payload| payload.share)).collect();
        assert_eq!(read[..2], [Ok(0.25), Ok(0.5)]);
        assert!(read[2].as_ref().is_ok_and(|share| (0.95..1.0).contains(share)), "{read:?}");
        assert!(read[3].as_ref().is_err_and(|fault| fault.starts_with("line 3: ")), "{read:?}");
    }
}
