//! Writing snapshots beside the running service: on a thread of its own, one at a time.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Telemetry;
use crate::memory::snapshot::{self, Header};
use crate::memory::{FrozenMemory, Horizons, Keys, Memory};

/// Where and how often memory is written down.
#[derive(Debug, Clone)]
pub struct SnapshotSettings {
    pub path: PathBuf,
    pub every: Duration,
}

/// Hands a frozen memory to the thread that writes it down. Without a path, nothing is written.
pub struct Snapshots {
    writer: Option<Writer>,
}

struct Writer {
    every: Duration,
    last: Instant,
    jobs: Sender<(FrozenMemory, Header)>,
}

impl Snapshots {
    pub fn start(settings: Option<SnapshotSettings>, telemetry: Telemetry) -> std::io::Result<Self> {
        let Some(SnapshotSettings { path, every }) = settings else { return Ok(Self { writer: None }) };
        // One waits while one is written: a memory that is frozen twice over costs its copies twice.
        let (jobs, taken) = bounded(1);
        thread::Builder::new().name("snapshots".into()).spawn(move || write_all(&path, &taken, &telemetry))?;
        Ok(Self { writer: Some(Writer { every, last: Instant::now(), jobs }) })
    }

    /// It is time for another, and the last one is written.
    pub fn is_due(&self) -> bool {
        self.writer.as_ref().is_some_and(|writer| writer.last.elapsed() >= writer.every && writer.jobs.is_empty())
    }

    pub fn write(&mut self, memory: FrozenMemory, header: Header) {
        if let Some(writer) = &mut self.writer {
            writer.last = Instant::now();
            // Full when the thread is busy: then the next one will do.
            let _ = writer.jobs.try_send((memory, header));
        }
    }
}

fn write_all(path: &std::path::Path, jobs: &Receiver<(FrozenMemory, Header)>, telemetry: &Telemetry) {
    for (memory, header) in jobs {
        let started = Instant::now();
        match snapshot::write(&memory, &header, path) {
            Ok(bytes) => telemetry.snapshot_written(started.elapsed(), bytes),
            Err(error) => telemetry.snapshot_failed(path, &error),
        }
    }
}

/// Memory as it was written down, with the positions it had read to; an empty one, with the reason in the log, when there is none
/// that can be used.
pub fn restore(settings: Option<&SnapshotSettings>, keys: &Keys, topics: &[String], horizons: Horizons) -> (Memory, Header) {
    let fresh = Header { keys: keys.fingerprint(), topics: topics.to_vec(), positions: Vec::new() };
    let Some(SnapshotSettings { path, .. }) = settings else {
        tracing::info!("memory is not written down (memory.snapshot): it is read from the log, as far back as the horizon");
        return (Memory::new(horizons), fresh);
    };
    match snapshot::load(path, keys.fingerprint(), topics, horizons) {
        Ok((memory, header)) => {
            let size = memory.size();
            tracing::info!(path = %path.display(), consignments = size.consignments, parties = size.parties, "memory is restored from its snapshot");
            (memory, header)
        }
        Err(snapshot::LoadError::Missing) => {
            tracing::info!(path = %path.display(), "there is no snapshot of memory yet: reading the log from the horizon");
            (Memory::new(horizons), fresh)
        }
        Err(reason) => {
            tracing::warn!(path = %path.display(), %reason, "the snapshot of memory is not used: reading the log from the horizon");
            (Memory::new(horizons), fresh)
        }
    }
}
