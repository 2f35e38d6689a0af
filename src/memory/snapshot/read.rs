//! Reading: blocks are checked and decoded on one thread and taken in on another.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use serde::de::DeserializeOwned;

use super::super::consignment::Consignment;
use super::super::days::{Day, DaySet};
use super::super::entities::{Band, Link, Load, Party, Trace};
use super::super::fold::share;
use super::super::key::Key;
use super::super::table::Table;
use super::super::tally::{Tally, What};
use super::super::{Horizons, Memory};
use super::{BLOCKS_AHEAD, Block, Header, HorizonsForm, LoadError, MAGIC, OLD_VERSIONS, VERSION, old};

/// No block is larger: an entry is some hundred bytes.
const BLOCK_BYTES_MAX: u32 = 64 << 20;
const READ_BYTES: usize = 1 << 20;
/// The magic and the version.
const PREAMBLE_BYTES: u64 = MAGIC.len() as u64 + 2;
/// What a block begins with.
const HEAD_BYTES: usize = 9;

/// Reads a snapshot that was made under these keys, topics and horizons: the memory, and the positions it had folded to.
pub fn load(path: &Path, keys: u64, topics: &[String], horizons: Horizons) -> Result<(Memory, Header), LoadError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::Missing,
        _ => LoadError::Unreadable(error),
    })?;
    let left = sizes(&file)?;
    let mut reader = Reader { input: BufReader::with_capacity(READ_BYTES, file), left, block: Vec::new(), entries: 0 };
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
    let (give, given) = sync_channel(BLOCKS_AHEAD);
    thread::scope(|scope| {
        // Entries take about as long to decode as to find their places.
        let decoding = move || reader.each_block(is_old, |block| give.send(block).is_ok());
        thread::Builder::new().spawn_scoped(scope, decoding)?;
        given.into_iter().try_for_each(|block| block.map(|take_in| take_in(&mut memory)))
    })?;
    memory.schedule();
    Ok((memory, header))
}

/// Puts a block's entries into memory.
type TakeIn = Box<dyn FnOnce(&mut Memory) + Send>;

/// Bytes by the kind of their block.
type Sizes = BTreeMap<u8, u64>;

/// How much there is of each kind, as far as the file goes: the heads of the blocks alone are read.
fn sizes(mut file: &File) -> io::Result<Sizes> {
    let mut sizes = Sizes::new();
    file.seek(SeekFrom::Start(PREAMBLE_BYTES))?;
    let mut bytes = [0; HEAD_BYTES];
    while file.read_exact(&mut bytes).is_ok() {
        let (kind, length, _) = head(bytes);
        if length > BLOCK_BYTES_MAX {
            // Reading ends there with the reason.
            break;
        }
        *sizes.entry(kind).or_default() += u64::from(length);
        file.seek(SeekFrom::Current(length.into()))?;
    }
    file.rewind()?;
    Ok(sizes)
}

/// Kind, length and checksum of a block.
fn head([kind, a, b, c, d, checksum @ ..]: [u8; HEAD_BYTES]) -> (u8, u32, u32) {
    (kind, u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes(checksum))
}

struct Reader {
    input: BufReader<File>,
    /// Not read yet.
    left: Sizes,
    block: Vec<u8>,
    /// Read so far.
    entries: u64,
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
        let (kind, length, checksum) = head(self.array()?);
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
        self.left.entry(kind).and_modify(|left| *left = left.saturating_sub(length.into()));
        Ok(kind)
    }

    fn one<T: DeserializeOwned>(&self) -> Result<T, LoadError> {
        postcard::from_bytes(&self.block).map_err(|_| LoadError::Torn("a block does not hold what it should"))
    }

    /// Gives every block of entries until the end block, and why there is none where the file is torn.
    fn each_block(mut self, is_old: bool, give: impl Fn(Result<TakeIn, LoadError>) -> bool) {
        while let Some(block) = self.decoded(is_old).transpose() {
            let is_torn = block.is_err();
            if !give(block) || is_torn {
                return;
            }
        }
    }

    /// The next block; `None` at the end, if there were as many entries as there should be.
    fn decoded(&mut self, is_old: bool) -> Result<Option<TakeIn>, LoadError> {
        let kind = self.next()?;
        let left = self.left.get(&kind).copied().unwrap_or_default();
        Ok(Some(match kind {
            kind if kind == Block::Consignments as u8 && is_old => {
                self.table::<old::OldConsignment, _>(left, |memory| &mut memory.consignments)?
            }
            kind if kind == Block::Consignments as u8 => self.table::<Consignment, _>(left, |memory| &mut memory.consignments)?,
            kind if kind == Block::Parties as u8 => self.table::<Party, _>(left, |memory| &mut memory.parties)?,
            kind if kind == Block::Agents as u8 => self.table::<Party, _>(left, |memory| &mut memory.agents)?,
            kind if kind == Block::Bands as u8 => self.table::<Band, _>(left, |memory| &mut memory.bands)?,
            kind if kind == Block::Traces as u8 => self.table::<Trace, _>(left, |memory| &mut memory.traces)?,
            kind if kind == Block::Links as u8 => self.table::<Link, _>(left, |memory| &mut memory.links)?,
            kind if kind == Block::Loads as u8 => self.table::<Load, _>(left, |memory| &mut memory.loads)?,
            kind if kind == Block::Tallies as u8 => self.tallies()?,
            kind if kind == Block::End as u8 && self.one::<u64>()? == self.entries => return Ok(None),
            kind if kind == Block::End as u8 => return Err(LoadError::Torn("entries are missing")),
            _ => return Err(LoadError::Torn("a block of an unknown kind")),
        }))
    }

    /// Entries of a table, as this or an older format has them, of which so many bytes are left to read.
    fn table<F, T>(&mut self, left: u64, table: fn(&mut Memory) -> &mut Table<T>) -> Result<TakeIn, LoadError>
    where
        F: DeserializeOwned + Into<T>,
        T: Clone + Default + Send + 'static,
    {
        let entries: Vec<(Key, T)> = self.each(|(key, entry): (Key, F)| (key, entry.into()))?;
        // As many to a byte as in this block.
        let more = (entries.len() as u64).saturating_mul(left) / self.block.len().max(1) as u64;
        Ok(Box::new(move |memory| {
            table(memory).expect(entries.len() + more as usize);
            table(memory).put_all(entries);
        }))
    }

    fn tallies(&mut self) -> Result<TakeIn, LoadError> {
        let entries: Vec<(Day, What, Tally)> = self.each(|entry| entry)?;
        Ok(Box::new(move |memory| {
            for (day, what, tally) in entries {
                Arc::make_mut(memory.tallies.entry(day).or_default()).put(what, tally);
            }
        }))
    }

    fn each<F: DeserializeOwned, T>(&mut self, made: impl Fn(F) -> T) -> Result<Vec<T>, LoadError> {
        let (mut rest, mut entries) = (self.block.as_slice(), Vec::new());
        while !rest.is_empty() {
            let (entry, after) =
                postcard::take_from_bytes(rest).map_err(|_| LoadError::Torn("an entry does not hold what it should"))?;
            entries.push(made(entry));
            rest = after;
        }
        self.entries += entries.len() as u64;
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
        let mut days = Vec::new();
        for slot in 0..self.consignments.slots() {
            let Some((_, entry)) = self.consignments.at(slot) else { continue };
            share(entry).iter().for_each(|share| self.record.change(1, share));
            let conclusions = entry.conclusions().iter().map(|conclusion| conclusion.stamp.day());
            let loads = entry.parts.iter().filter(|part| !part.load.is_none()).map(|part| part.stamp.day());
            days.extend(entry.stamp.map(|stamp| stamp.day()).into_iter().chain(conclusions).chain(loads));
            days.sort_unstable();
            days.dedup();
            days.drain(..).for_each(|day| self.due.entry(day).or_default().push(slot));
            self.note_deadlines(slot);
        }
    }
}
