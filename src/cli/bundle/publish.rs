//! Publication: to the topic or the file that a configuration names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};

use super::{Done, configuration, fail, now, offer, read_pack, refuse, refused, say, summary, usage};
use crate::bundle::Trust;
use crate::bundle::pack::{Kind, Pack, RECORD_BYTES_MAX};
use crate::bundle::shelf::{Offer, Shelf};
use crate::cli::Exit;
use crate::config::Config;
use crate::kafka::Unheard;
use crate::service::Settings;
use crate::source::bundles::{FileSource, TopicSource, deliver, key, lookout_path};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  loadgate bundle publish 8.bundle --config loadgate.toml")]
pub struct Publish {
    /// The packed bundle.
    file: PathBuf,
    /// The configuration of the service, with `topic` or `file` and `trust` in [bundle].
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// How long brokers are waited for.
const WAIT: Duration = Duration::from_secs(30);

pub fn run(arguments: &Publish) -> Done {
    let config = configuration(Some(&arguments.config))?;
    let Some(trust) = &config.bundle.trust else {
        return Err(usage("this configuration takes no signed bundles: [bundle] names neither `topic` nor `file`"));
    };
    let trust = Trust::load(trust).map_err(|faults| refuse(&faults))?;
    let pack = read_pack(&arguments.file)?;
    let new = offer(&arguments.file, &pack, now());
    match (&config.bundle.file, &config.bundle.topic) {
        (Some(file), _) => to_file(file, new, &pack, trust),
        (None, Some(topic)) => to_topic(topic, &config, new, &pack, trust),
        (None, None) => Err(usage("this configuration names neither `topic` nor `file` in [bundle]")),
    }
}

fn to_file(file: &Path, new: Offer, pack: &Pack, trust: Trust) -> Done {
    let bytes = new.bytes.clone();
    judge(FileSource::new(file.to_owned()).poll(Duration::ZERO), new, trust)?;
    let path = match pack.manifest().kind {
        Kind::Regular => file.to_owned(),
        Kind::Lookout => lookout_path(file),
    };
    deliver(&path, &bytes).map_err(|error| fail(Exit::Failed, format_args!("{}: {error}", path.display())))?;
    say(format_args!("published to {}: {}", path.display(), summary(pack)));
    Ok(())
}

fn to_topic(topic: &str, config: &Config, new: Offer, pack: &Pack, trust: Trust) -> Done {
    let settings = Settings::of(config).map_err(usage)?;
    let name = trust.bundle.clone();
    let failed = |error: KafkaError| fail(Exit::Failed, format_args!("{}: {error}", settings.connection.brokers));
    let mut source =
        TopicSource::connect(&settings.connection, &settings.group, topic, &name, Arc::new(Unheard)).map_err(failed)?;
    let bytes = new.bytes.clone();
    judge(lying_there(&mut source, topic)?, new, trust)?;
    let place =
        send(&settings, topic, &key(&name, pack.manifest().kind), &bytes).map_err(|error| match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::MessageSizeTooLarge) => fail(Exit::Failed, too_large(topic, bytes.len())),
            _ => failed(error),
        })?;
    say(format_args!("published as {topic}/{place}: {}", summary(pack)));
    Ok(())
}

/// The broker's limit is on the compressed record, so only its answer tells.
fn too_large(topic: &str, bytes: usize) -> String {
    format!(
        "the topic {topic} takes no record as large as this pack of {bytes} bytes: raise its limit with kafka-configs.sh --alter \
         --entity-type topics --entity-name {topic} --add-config max.message.bytes={RECORD_BYTES_MAX}"
    )
}

fn lying_there(source: &mut TopicSource, topic: &str) -> Done<Vec<Offer>> {
    let deadline = Instant::now() + WAIT;
    loop {
        let offers = source.poll(Duration::from_millis(50));
        if source.caught_up() {
            return Ok(offers);
        }
        if Instant::now() > deadline {
            let hint = "`loadgate topics --create` makes it";
            return Err(fail(Exit::Failed, format_args!("the topic {topic} could not be read within {WAIT:?}; {hint}")));
        }
    }
}

/// Refuses what replicas would refuse on top of what they have.
fn judge(lying_there: Vec<Offer>, new: Offer, trust: Trust) -> Done {
    let mut shelf = Shelf::new(trust);
    shelf.consider(lying_there);
    let (kind, place) = (new.kind, new.place.clone());
    if let Some((place, reason)) = shelf.consider(vec![new]).refused.first() {
        return Err(refused(place, reason));
    }
    match shelf.in_force(kind).filter(|accepted| accepted.place != place) {
        None => Ok(()),
        Some(accepted) => Err(fail(Exit::Failed, format_args!("it was published already: {}", accepted.place))),
    }
}

/// Where the broker put it: partition and offset.
fn send(settings: &Settings, topic: &str, key: &str, bytes: &[u8]) -> KafkaResult<String> {
    let mut client = settings.connection.client("publish");
    client
        .set("enable.idempotence", "true")
        .set("compression.type", "zstd")
        .set("message.max.bytes", RECORD_BYTES_MAX.to_string())
        .set("message.timeout.ms", WAIT.as_millis().to_string());
    let delivered = Delivered::default();
    let producer: BaseProducer<Delivered> = client.create_with_context(delivered.clone())?;
    producer.send(BaseRecord::to(topic).key(key).payload(bytes)).map_err(|(error, _)| error)?;
    producer.flush(WAIT)?;
    let result = delivered.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    result.unwrap_or(Err(KafkaError::Canceled))
}

/// What became of the one record.
#[derive(Clone, Default)]
struct Delivered(Arc<Mutex<Option<KafkaResult<String>>>>);

impl ClientContext for Delivered {}

impl ProducerContext for Delivered {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let place = match result {
            Ok(message) => Ok(format!("{}@{}", message.partition(), message.offset())),
            Err((error, _)) => Err(error.clone()),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }
}
