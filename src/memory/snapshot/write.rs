//! Writing: entries are encoded on one thread and written on another.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use serde::Serialize;

use super::super::FrozenMemory;
use super::super::days::Day;
use super::super::entities::Forget;
use super::super::table::Frozen;
use super::super::tally::Tallies;
use super::{BLOCKS_AHEAD, Block, Header, HorizonsForm, MAGIC, VERSION};

/// Entries are gathered into blocks of about this size.
const BLOCK_BYTES: usize = 1 << 20;

/// Writes a snapshot in the place of `path`. Returns its size in bytes. When it fails, what was there before is untouched.
pub fn write(memory: &FrozenMemory, header: &Header, path: &Path) -> io::Result<u64> {
    let beside = beside(path);
    let written = write_file(memory, header, &beside).and_then(|bytes| {
        fs::rename(&beside, path)?;
        sync_folder(path)?;
        Ok(bytes)
    });
    if written.is_err() {
        // Best effort: a full disk is not helped by half a snapshot.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn write_file(memory: &FrozenMemory, header: &Header, path: &Path) -> io::Result<u64> {
    let file = File::create(path)?;
    let (blocks, given) = sync_channel(BLOCKS_AHEAD);
    thread::scope(|scope| {
        // Entries take about as long to encode as to write.
        let writing = thread::Builder::new().spawn_scoped(scope, move || write_blocks(file, given))?;
        let encoded = encode(memory, header, Writer { out: blocks, entries: 0, block: Vec::new() });
        let written = writing.join().map_err(|_| io::Error::other("the thread that writes has ended"))??;
        encoded.map(|()| written)
    })
}

fn write_blocks(mut file: File, blocks: Receiver<Vec<u8>>) -> io::Result<u64> {
    let mut bytes = 0;
    for block in blocks {
        file.write_all(&block)?;
        bytes += block.len() as u64;
    }
    file.sync_all()?;
    Ok(bytes)
}

fn encode(memory: &FrozenMemory, header: &Header, mut writer: Writer) -> io::Result<()> {
    let first = memory.first();
    writer.send([MAGIC.as_slice(), &VERSION.to_le_bytes()].concat())?;
    writer.one(Block::Header, &(header, HorizonsForm::of(memory.horizons), memory.days))?;
    writer.table(Block::Consignments, &memory.consignments, first)?;
    writer.table(Block::Parties, &memory.parties, first)?;
    writer.table(Block::Agents, &memory.agents, first)?;
    writer.table(Block::Bands, &memory.bands, first)?;
    writer.table(Block::Traces, &memory.traces, first)?;
    writer.table(Block::Links, &memory.links, first)?;
    writer.table(Block::Loads, &memory.loads, first)?;
    writer.tallies(&memory.tallies)?;
    let entries = writer.entries;
    writer.one(Block::End, &entries)
}

/// Encodes blocks and hands them to the thread that writes.
struct Writer {
    out: SyncSender<Vec<u8>>,
    entries: u64,
    /// What the next block will hold.
    block: Vec<u8>,
}

impl Writer {
    fn send(&self, bytes: Vec<u8>) -> io::Result<()> {
        // Hung up: the other thread says why.
        self.out.send(bytes).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn one(&mut self, kind: Block, content: &impl Serialize) -> io::Result<()> {
        self.push(content)?;
        self.flush(kind)
    }

    fn table<T: Forget + Serialize>(&mut self, kind: Block, table: &Frozen<T>, first: Day) -> io::Result<()> {
        for (key, entry) in table.iter() {
            let kept = entry.from(first);
            if kept.is_empty() {
                continue;
            }
            self.push(&(key, kept))?;
            self.entries += 1;
            if self.block.len() >= BLOCK_BYTES {
                self.flush(kind)?;
            }
        }
        self.flush(kind)
    }

    fn tallies(&mut self, tallies: &Tallies) -> io::Result<()> {
        for (day, of_day) in tallies {
            for (what, tally) in of_day.iter() {
                self.push(&(day, what, tally))?;
                self.entries += 1;
                if self.block.len() >= BLOCK_BYTES {
                    self.flush(Block::Tallies)?;
                }
            }
        }
        self.flush(Block::Tallies)
    }

    fn push(&mut self, content: &impl Serialize) -> io::Result<()> {
        let block = std::mem::take(&mut self.block);
        self.block = postcard::to_extend(content, block).map_err(io::Error::other)?;
        Ok(())
    }

    fn flush(&mut self, kind: Block) -> io::Result<()> {
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 8));
        let length = u32::try_from(block.len()).map_err(io::Error::other)?;
        let mut frame = vec![kind as u8];
        frame.extend(length.to_le_bytes());
        frame.extend(crc32fast::hash(&block).to_le_bytes());
        self.send(frame)?;
        self.send(block)
    }
}
