//! Snapshots: memory on disk, so that a start reads only the log after it. A cache of the fold, never the truth (law 1).
//!
//! ```text
//!  "loadgate memory" │ version u16 │ header block │ table blocks … │ end block
//!  a block: kind u8 │ length u32 │ CRC-32 u32 │ that many bytes          (little-endian; postcard inside)
//! ```
//!
//! Written beside the last one, synced, renamed over it, and the folder synced: after a crash there is the old one or the new one.
//! The end block counts the entries, so that a file cut at a block's end is seen too. A snapshot that cannot be used for any reason
//! is refused with that reason, and the log is read instead; it never becomes an empty memory.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::consignment::Consignment;
use super::days::{Day, DaySet};
use super::entities::Forget;
use super::fold::share;
use super::key::Key;
use super::table::{Frozen, Table};
use super::tally::{Tallies, Tally, What};
use super::{FrozenMemory, Horizons, Memory};

mod old;

/// What a snapshot stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Of the secret that the keys were made under.
    pub keys: u64,
    /// The input topics in their order: entries name them by index.
    pub topics: Vec<String>,
    /// What was folded: next offset by topic index and partition.
    pub positions: Vec<(u16, i32, i64)>,
}

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("there is no snapshot")]
    Missing,
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("is not a snapshot of memory")]
    Foreign,
    #[error("has format {0}, which this version does not read")]
    Version(u16),
    #[error("is torn: {0}")]
    Torn(&'static str),
    #[error("was made under another key; memory starts anew from the log")]
    OtherKey,
    #[error("was made with other input topics or horizons; memory starts anew from the log")]
    OtherConfiguration,
}

const MAGIC: &[u8; 15] = b"loadgate memory";
/// Files of this and of every format before it that is still read are kept in `tests/data/snapshots`.
pub(super) const VERSION: u16 = 4;
/// Consignments of [`old`]; 2 is the same without tallies.
const OLD_VERSIONS: std::ops::RangeInclusive<u16> = 2..=3;
/// Entries are gathered into blocks of about this size.
const BLOCK_BYTES: usize = 1 << 20;
/// No block is larger: an entry is some hundred bytes.
const BLOCK_BYTES_MAX: u32 = 64 << 20;

/// What a block holds. The numbers are the format.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Block {
    Header = 1,
    Consignments,
    Parties,
    Agents,
    Bands,
    Traces,
    Links,
    Loads,
    End,
    Tallies,
}

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
    let mut writer =
        Writer { out: BufWriter::with_capacity(BLOCK_BYTES, File::create(path)?), bytes: 0, entries: 0, block: Vec::new() };
    writer.raw(MAGIC)?;
    writer.raw(&VERSION.to_le_bytes())?;
    let first = memory.first();
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
    writer.one(Block::End, &entries)?;
    let file = writer.out.into_inner().map_err(|error| error.into_error())?;
    file.sync_all()?;
    Ok(writer.bytes)
}

struct Writer {
    out: BufWriter<File>,
    bytes: u64,
    entries: u64,
    block: Vec<u8>,
}

impl Writer {
    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes)
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
        let block = std::mem::take(&mut self.block);
        let length = u32::try_from(block.len()).map_err(io::Error::other)?;
        self.raw(&[kind as u8])?;
        self.raw(&length.to_le_bytes())?;
        self.raw(&crc32fast::hash(&block).to_le_bytes())?;
        self.raw(&block)?;
        self.block = block;
        self.block.clear();
        Ok(())
    }
}

/// Horizons as they are written down.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct HorizonsForm(u16, u16, u16);

impl HorizonsForm {
    fn of(horizons: Horizons) -> Self {
        Self(horizons.identity_days, horizons.contact_days, horizons.document_days)
    }
}

/// Reads a snapshot that was made under these keys, topics and horizons: the memory, and the positions it had folded to.
pub fn load(path: &Path, keys: u64, topics: &[String], horizons: Horizons) -> Result<(Memory, Header), LoadError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::Missing,
        _ => LoadError::Unreadable(error),
    })?;
    let mut reader = Reader { input: BufReader::with_capacity(BLOCK_BYTES, file), block: Vec::new() };
    let is_old = reader.begin()? != VERSION;
    let (header, form, days): (Header, HorizonsForm, DaySet) = match reader.next()? {
        kind if kind == Block::Header as u8 => reader.one()?,
        _ => return Err(LoadError::Torn("the header is missing")),
    };
    if header.keys != keys {
        return Err(LoadError::OtherKey);
    }
    if header.topics != topics || form != HorizonsForm::of(horizons) {
        return Err(LoadError::OtherConfiguration);
    }
    let mut memory = Memory { days, ..Memory::new(horizons) };
    let mut entries = 0;
    loop {
        entries += match reader.next()? {
            kind if kind == Block::Consignments as u8 && is_old => reader.old_consignments(&mut memory.consignments)?,
            kind if kind == Block::Consignments as u8 => reader.entries(&mut memory.consignments)?,
            kind if kind == Block::Parties as u8 => reader.entries(&mut memory.parties)?,
            kind if kind == Block::Agents as u8 => reader.entries(&mut memory.agents)?,
            kind if kind == Block::Bands as u8 => reader.entries(&mut memory.bands)?,
            kind if kind == Block::Traces as u8 => reader.entries(&mut memory.traces)?,
            kind if kind == Block::Links as u8 => reader.entries(&mut memory.links)?,
            kind if kind == Block::Loads as u8 => reader.entries(&mut memory.loads)?,
            kind if kind == Block::Tallies as u8 => reader.tallies(&mut memory.tallies)?,
            kind if kind == Block::End as u8 => break,
            _ => return Err(LoadError::Torn("a block of an unknown kind")),
        };
    }
    if reader.one::<u64>()? != entries {
        return Err(LoadError::Torn("entries are missing"));
    }
    memory.schedule();
    Ok((memory, header))
}

struct Reader {
    input: BufReader<File>,
    block: Vec<u8>,
}

impl Reader {
    /// The format.
    fn begin(&mut self) -> Result<u16, LoadError> {
        let mut magic = [0; MAGIC.len()];
        self.read(&mut magic)?;
        if magic != *MAGIC {
            return Err(LoadError::Foreign);
        }
        match u16::from_le_bytes(self.array()?) {
            version if version == VERSION || OLD_VERSIONS.contains(&version) => Ok(version),
            version => Err(LoadError::Version(version)),
        }
    }

    /// Reads the next block whole and returns its kind.
    fn next(&mut self) -> Result<u8, LoadError> {
        let [kind] = self.array()?;
        let length = u32::from_le_bytes(self.array()?);
        let checksum = u32::from_le_bytes(self.array()?);
        if length > BLOCK_BYTES_MAX {
            return Err(LoadError::Torn("a block is too large"));
        }
        let mut block = std::mem::take(&mut self.block);
        block.resize(length as usize, 0);
        self.read(&mut block)?;
        self.block = block;
        if crc32fast::hash(&self.block) != checksum {
            return Err(LoadError::Torn("a checksum does not match"));
        }
        Ok(kind)
    }

    fn one<T: DeserializeOwned>(&self) -> Result<T, LoadError> {
        postcard::from_bytes(&self.block).map_err(|_| LoadError::Torn("a block does not hold what it should"))
    }

    fn entries<T: DeserializeOwned + Clone + Default>(&self, table: &mut Table<T>) -> Result<u64, LoadError> {
        self.each(|(key, entry): (Key, T)| table.change(key, |place| *place = entry))
    }

    fn old_consignments(&self, table: &mut Table<Consignment>) -> Result<u64, LoadError> {
        self.each(|(key, entry): (Key, old::OldConsignment)| table.change(key, |place| *place = entry.into()))
    }

    fn tallies(&self, tallies: &mut Tallies) -> Result<u64, LoadError> {
        self.each(|(day, what, tally): (Day, What, Tally)| {
            Arc::make_mut(tallies.entry(day).or_default()).put(what, tally);
        })
    }

    /// Reads the block's entries; how many there were.
    fn each<T: DeserializeOwned>(&self, mut take: impl FnMut(T)) -> Result<u64, LoadError> {
        let (mut rest, mut entries) = (self.block.as_slice(), 0);
        while !rest.is_empty() {
            let (entry, after) =
                postcard::take_from_bytes(rest).map_err(|_| LoadError::Torn("an entry does not hold what it should"))?;
            take(entry);
            (rest, entries) = (after, entries + 1);
        }
        Ok(entries)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], LoadError> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), LoadError> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => LoadError::Torn("it ends in the middle"),
            _ => LoadError::Unreadable(error),
        })
    }
}

impl Memory {
    /// Notes anew what is due when, and the record of all together: neither is written down.
    fn schedule(&mut self) {
        for slot in 0..self.consignments.slots() {
            let Some((_, entry)) = self.consignments.at(slot) else { continue };
            share(entry).iter().for_each(|share| self.record.change(1, share));
            let conclusions = entry.conclusions().iter().map(|conclusion| conclusion.stamp.day());
            let loads = entry.parts.iter().filter(|part| !part.load.is_none()).map(|part| part.stamp.day());
            let days: std::collections::BTreeSet<Day> =
                entry.stamp.map(|stamp| stamp.day()).into_iter().chain(conclusions).chain(loads).collect();
            days.into_iter().for_each(|day| self.due.entry(day).or_default().push(slot));
            self.note_deadlines(slot);
        }
    }
}
