//! Sends dead letters again, after whatever made them unreadable was mended: once each, and so that it can be traced.
//!
//! The message goes back to the topic, the partition and under the key and time it came with, and a header names the letter. In
//! the same transaction a note goes to the topic of dead letters. Whoever redrives reads the notes first, under a transactional
//! id that all share: a second operator fences the first, so two together still send each letter once. What is sent is the whole
//! record, so it counts as sent for every letter of it.

mod run;

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::producer::{BaseProducer, Producer};

use self::run::Run;
use super::dead_letters::{Entry, Letter, LetterBox, Place};
use super::log::{Log, Take};
use crate::config::Config;
use crate::decode::Decoder;
use crate::decode::avro::AvroConfigError;
use crate::outputs::Frame;
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
    /// An earlier run sent it, or another letter of the same record.
    SentBefore,
    /// It would become a letter again, for this reason.
    StillRefused(String),
    /// Its payload is longer than a letter carries, and its source no longer has it.
    SourceGone,
    /// It names a topic that is no input: it is not what it says.
    NoInput,
}

#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    #[error("{0}")]
    Kafka(#[from] KafkaError),
    #[error("decoder: {0}")]
    Decoder(#[from] AvroConfigError),
    #[error(
        "a transaction in {0} stays open and may hide that letters were sent: nothing is sent before it ends (kafka-transactions.sh \
         find-hanging)"
    )]
    Open(String),
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
    pub fn run(&self, mut tell: impl FnMut(Place, &Letter, &Fate)) -> Result<(), RedriveError> {
        let producer = self.producer()?;
        let log = Log::connect(&self.settings.connection, &self.settings.group)?;
        self.settle(&log)?;
        let letters = LetterBox::new(&log, &self.config.outputs.dead_letters);
        // After the producer: what an earlier one left open has ended by now, and a later one fences this.
        let before = letters.redriven()?;
        let decoder = Decoder::new(self.settings.decoder.clone())?;
        let mut run = Run::new(self, producer, decoder);
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
        Ok(run.send(&mut tell)?)
    }

    /// A replica's transaction, or one that a dead replica left, hides the notes behind it.
    fn settle(&self, log: &Log) -> Result<(), RedriveError> {
        let (Settings { connection, group, transaction_timeout, .. }, topic) = (self.settings, &self.config.outputs.dead_letters);
        let written = Log::uncommitted(connection, group)?;
        let settled = log.settle(&written, topic, *transaction_timeout + TRANSACTION)?;
        if settled { Ok(()) } else { Err(RedriveError::Open(topic.clone())) }
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
