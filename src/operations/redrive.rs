//! Sends dead letters again, after whatever made them unreadable was mended: once each, and so that it can be traced.
//!
//! The message goes back to the topic, the partition and under the key and time it came with, and a header names the letter. In
//! the same transaction a note goes to the topic of dead letters. Whoever redrives reads the notes first, under a transactional
//! id that all share: a second operator fences the first, so two together still send each letter once.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::PATIENCE;
use super::dead_letters::{Entry, Letter, LetterBox, Place, Source};
use super::log::{Log, Take};
use crate::config::Config;
use crate::decode::{Context, Decoder};
use crate::outputs::{Frame, Redriven};
use crate::service::Settings;

/// The header by which a message that was sent again names its letter: topic/partition/offset.
pub const HEADER: &str = "loadgate-redriven-from";

/// Which letters.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Empty: all.
    pub places: BTreeSet<Place>,
    pub reason: Option<String>,
}

impl Selection {
    fn takes(&self, place: Place, letter: &Letter) -> bool {
        (self.places.is_empty() || self.places.contains(&place))
            && self.reason.as_ref().is_none_or(|reason| *reason == letter.reason)
    }
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Sent again, or with a dry run: would be.
    Sent,
    /// Another letter of the same record was: a record is sent once, whole.
    SentWith(Place),
    /// Was sent by an earlier run.
    SentBefore,
    /// Cannot be read yet either, for this reason.
    StillUnreadable(String),
    /// Its payload is longer than a letter carries, and its source no longer has it.
    SourceGone,
    /// It names a topic that is no input: it is not what it says.
    NoInput,
}

/// Who redrives, and why: noted.
#[derive(Debug, Clone, Default)]
pub struct Signature {
    pub by: String,
    pub why: String,
}

pub struct Redrive<'a> {
    pub config: &'a Config,
    pub settings: &'a Settings,
    /// The frame of the notes.
    pub frame: Frame,
    pub selection: Selection,
    pub signature: Signature,
    pub dry_run: bool,
}

impl Redrive<'_> {
    /// Tells each letter's fate, after the transaction that decided it.
    pub fn run(&self, mut tell: impl FnMut(Place, &Letter, &Fate)) -> KafkaResult<()> {
        let producer = self.producer()?;
        let log = Log::connect(&self.settings.connection, &self.settings.group)?;
        let letters = LetterBox::new(&log, &self.config.outputs.dead_letters);
        // After the producer: what an earlier one left open has ended by now, and a later one fences this.
        let before = letters.redriven()?;
        let decoder = Decoder::new(self.settings.decoder.clone());
        let decoder = decoder.map_err(|_| KafkaError::ClientCreation("the schema registry's configuration".into()))?;
        let mut run = Run { redrive: self, producer, decoder, sent: Vec::new(), batch: Vec::new(), batch_bytes: 0 };
        let source = Log::connect(&self.settings.connection, &self.settings.group)?;
        let mut result = Ok(());
        letters.read(|place, entry| {
            let Entry::Letter(mut letter) = entry else { return Take::More };
            if !self.selection.takes(place, &letter) {
                return Take::More;
            }
            let fate = match run.fate(place, &mut letter, &before, &source) {
                Ok(fate) => fate,
                Err(error) => {
                    result = Err(error);
                    return Take::Stop;
                }
            };
            run.add(place, letter, fate);
            if run.is_full() {
                result = run.send(&mut tell);
            }
            if result.is_ok() { Take::More } else { Take::Stop }
        })?;
        result?;
        run.send(&mut tell)
    }

    fn producer(&self) -> KafkaResult<Option<BaseProducer>> {
        if self.dry_run {
            return Ok(None);
        }
        let mut config: ClientConfig = self.settings.connection.client("redrive");
        config
            .set("transactional.id", format!("{}-redrive", self.settings.group))
            .set("transaction.timeout.ms", TRANSACTION.as_millis().to_string())
            .set("message.timeout.ms", TRANSACTION.as_millis().to_string());
        let producer: BaseProducer = config.create()?;
        producer.init_transactions(TRANSACTION)?;
        Ok(Some(producer))
    }
}

const TRANSACTION: Duration = Duration::from_secs(30);
/// One transaction holds this many letters, or bytes of them.
const BATCH: usize = 100;
const BATCH_BYTES: usize = 8 << 20;

struct Run<'a> {
    redrive: &'a Redrive<'a>,
    producer: Option<BaseProducer>,
    decoder: Decoder,
    /// The records sent by this run, each with the letter that it was sent for.
    sent: Vec<(Source, Place)>,
    batch: Vec<(Place, Letter, Fate)>,
    batch_bytes: usize,
}

impl Run<'_> {
    fn fate(&mut self, place: Place, letter: &mut Letter, before: &BTreeSet<Place>, log: &Log) -> KafkaResult<Fate> {
        if before.contains(&place) {
            return Ok(Fate::SentBefore);
        }
        let record = Source { index: 0, ..letter.source.clone() };
        if let Some((_, with)) = self.sent.iter().find(|(sent, _)| *sent == record) {
            return Ok(Fate::SentWith(*with));
        }
        let Some(input) = self.redrive.settings.inputs.iter().find(|input| input.topic == record.topic) else {
            return Ok(Fate::NoInput);
        };
        if letter.is_cut() {
            let whole = |message: &rdkafka::message::BorrowedMessage<'_>| message.payload().unwrap_or_default().to_vec();
            match log.at(&record.topic, record.partition, record.offset, whole)? {
                Some(payload) => letter.payload.0 = payload,
                None => return Ok(Fate::SourceGone),
            }
        }
        let context = Context { received: letter.timestamp, limits: self.redrive.settings.limits };
        let mut decoded = Vec::new();
        self.decoder.decode(input.format(), &letter.payload.0, &context, &mut decoded);
        if let Some(rejected) = decoded.iter().find_map(|message| message.as_ref().err()) {
            return Ok(Fate::StillUnreadable(rejected.to_string()));
        }
        drop(decoded);
        self.sent.push((record, place));
        Ok(Fate::Sent)
    }

    fn add(&mut self, place: Place, letter: Letter, fate: Fate) {
        if fate == Fate::Sent {
            self.batch_bytes += letter.payload.0.len();
        }
        self.batch.push((place, letter, fate));
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES
    }

    /// Sends the batch in one transaction and tells its fates.
    fn send(&mut self, tell: &mut impl FnMut(Place, &Letter, &Fate)) -> KafkaResult<()> {
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        let anything = batch.iter().any(|(_, _, fate)| matches!(fate, Fate::Sent | Fate::SentWith(_)));
        if let Some(producer) = self.producer.as_ref().filter(|_| anything) {
            producer.begin_transaction()?;
            let sent = batch.iter().try_for_each(|(place, letter, fate)| self.send_one(producer, *place, letter, fate));
            let committed =
                sent.and_then(|()| producer.flush(TRANSACTION)).and_then(|()| producer.commit_transaction(TRANSACTION));
            if let Err(error) = committed {
                // Left open it would be aborted by the broker: this only hastens it.
                let _ = producer.abort_transaction(PATIENCE);
                return Err(error);
            }
        }
        batch.iter().for_each(|(place, letter, fate)| tell(*place, letter, fate));
        Ok(())
    }

    fn send_one(&self, producer: &BaseProducer, place: Place, letter: &Letter, fate: &Fate) -> KafkaResult<()> {
        let dead_letters = &self.redrive.config.outputs.dead_letters;
        let key = letter.key.as_ref().map(|key| key.0.as_slice());
        let origin = format!("{dead_letters}/{place}");
        if *fate == Fate::Sent {
            let mut record = BaseRecord::<[u8], [u8]>::to(&letter.source.topic)
                .partition(letter.source.partition)
                .timestamp(letter.timestamp.millis())
                .payload(&letter.payload.0)
                .headers(headers(letter, &origin));
            if let Some(key) = key {
                record = record.key(key);
            }
            queue(producer, record)?;
        }
        if matches!(fate, Fate::Sent | Fate::SentWith(_)) {
            let Signature { by, why } = &self.redrive.signature;
            let note = Redriven { topic: dead_letters, partition: place.partition, offset: place.offset, key, by, why };
            let mut value = Vec::new();
            self.redrive.frame.write(&mut value);
            note.encode(&mut value);
            // Beside its letter, so that the two are read in order.
            let record = BaseRecord::<[u8], [u8]>::to(dead_letters).partition(place.partition).payload(&value);
            queue(producer, if let Some(key) = key { record.key(key) } else { record })?;
        }
        Ok(())
    }
}

/// Those that the message came with, and the letter's place. The mark of an earlier redrive is replaced.
fn headers(letter: &Letter, origin: &str) -> OwnedHeaders {
    let kept = letter.headers.iter().filter(|header| header.name != HEADER);
    let headers = kept.fold(OwnedHeaders::new_with_capacity(letter.headers.len() + 1), |headers, header| {
        headers.insert(Header { key: &header.name, value: header.value.as_ref().map(|value| &value.0) })
    });
    headers.insert(Header { key: HEADER, value: Some(origin) })
}

/// A full queue is waited for.
fn queue(producer: &BaseProducer, mut record: BaseRecord<'_, [u8], [u8]>) -> KafkaResult<()> {
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((error, refused)) if error.rdkafka_error_code() == Some(rdkafka::error::RDKafkaErrorCode::QueueFull) => {
                producer.poll(Duration::from_millis(10));
                record = refused;
            }
            Err((error, _)) => return Err(error),
        }
    }
}
