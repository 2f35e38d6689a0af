//! One run over the letters: what becomes of each, and batches that go in one transaction.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::error::{KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::super::PATIENCE;
use super::super::dead_letters::{Letter, Place, Sent, Source};
use super::super::log::Log;
use super::{Fate, HEADER, Redrive, Signature, TRANSACTION};
use crate::decode::{Context, Decoder, Format};
use crate::outputs::Redriven;
use crate::source::{Role, Writer};

/// One transaction holds this many letters, or bytes of them.
const BATCH: usize = 100;
const BATCH_BYTES: usize = 8 << 20;

pub struct Run<'a> {
    redrive: &'a Redrive<'a>,
    producer: Option<BaseProducer>,
    decoder: Decoder,
    /// The records sent by this run, each with the letter that it was sent for.
    sent: BTreeMap<Source, Place>,
    batch: Vec<(Place, Letter, Fate)>,
    batch_bytes: usize,
}

impl<'a> Run<'a> {
    pub fn new(redrive: &'a Redrive<'a>, producer: Option<BaseProducer>, decoder: Decoder) -> Self {
        Self { redrive, producer, decoder, sent: BTreeMap::new(), batch: Vec::new(), batch_bytes: 0 }
    }

    pub fn fate(&mut self, place: Place, letter: &mut Letter, before: &Sent, log: &Log) -> KafkaResult<Fate> {
        if before.has(place, letter) {
            return Ok(Fate::SentBefore);
        }
        let record = letter.record();
        if let Some(with) = self.sent.get(&record) {
            return Ok(Fate::SentWith(*with));
        }
        let Some((format, writer)) = self.input(&record.topic) else { return Ok(Fate::NoInput) };
        if letter.is_cut() {
            let whole = |message: &BorrowedMessage<'_>| message.payload().unwrap_or_default().to_vec();
            match log.at(&record.topic, record.partition, record.offset, whole)? {
                Some(payload) => letter.payload.0 = payload,
                None => return Ok(Fate::SourceGone),
            }
        }
        if let Some(refusal) = self.refusal(letter, format, writer) {
            return Ok(Fate::StillRefused(refusal));
        }
        self.sent.insert(record, place);
        Ok(Fate::Sent)
    }

    /// How a topic that messages are read from is read.
    fn input(&self, topic: &str) -> Option<(Format, Writer)> {
        self.redrive.settings.inputs.iter().find_map(|input| match input.role {
            Role::Messages(format, writer) if input.topic == topic => Some((format, writer)),
            _ => None,
        })
    }

    /// Why the service would make the record a letter again, if it would.
    fn refusal(&mut self, letter: &Letter, format: Format, writer: Writer) -> Option<String> {
        let context = Context { received: letter.timestamp, limits: self.redrive.settings.limits };
        let mut decoded = Vec::new();
        self.decoder.decode(format, &letter.payload.0, &context, &mut decoded);
        decoded.iter().find_map(|message| match message {
            Ok(message) => writer.refusal(message).map(|rejected| rejected.to_string()),
            Err(rejected) => Some(rejected.to_string()),
        })
    }

    pub fn add(&mut self, place: Place, letter: Letter, fate: Fate) {
        if fate == Fate::Sent {
            self.batch_bytes += letter.payload.0.len();
        }
        self.batch.push((place, letter, fate));
    }

    pub fn is_full(&self) -> bool {
        self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES
    }

    /// Sends the batch in one transaction and tells its fates.
    pub fn send(&mut self, tell: &mut impl FnMut(Place, &Letter, &Fate)) -> KafkaResult<()> {
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
            let Place { partition, offset } = place;
            let record = &letter.record().to_string();
            let note = Redriven { topic: dead_letters, partition, offset, record, key, by, why };
            let mut value = Vec::new();
            self.redrive.frame.write(&mut value);
            note.encode(&mut value);
            // Beside its letter, so that the two are read in order.
            let record = BaseRecord::<[u8], [u8]>::to(dead_letters).partition(partition).payload(&value);
            queue(producer, if let Some(key) = key { record.key(key) } else { record })?;
        }
        Ok(())
    }
}

/// Those that the message came with, and the letter's place. The mark of an earlier redrive is replaced. No client sends a name with
/// a NUL, so that only a forged letter has one, and the wrapper panics on it.
fn headers(letter: &Letter, origin: &str) -> OwnedHeaders {
    let kept = letter.headers.iter().filter(|header| header.name != HEADER && !header.name.contains('\0'));
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
            Err((error, refused)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull) => {
                producer.poll(Duration::from_millis(10));
                record = refused;
            }
            Err((error, _)) => return Err(error),
        }
    }
}
