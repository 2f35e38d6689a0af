//! What no field can tell alone: orders of timeouts, clashes of topics, settings that need each other.

use std::time::Duration;

use tracing_subscriber::filter::LevelFilter;

use super::document::Document;
use super::properties::{self, Property};
use super::{Config, Framing};
use crate::kafka::CALL_MAX;
use crate::memory::Horizons;

pub fn across_fields(config: &Config, document: &mut Document<'_>) {
    timeouts(config, document);
    brokers(config, document);
    topics(config, document);
    security(config, document);
    bundle(config, document);
    registry(config, document);
    memory(config, document);
    log_level(config, document);
}

fn timeouts(config: &Config, document: &mut Document<'_>) {
    let (kafka, batch, shutdown) = (&config.kafka, &config.batch, &config.shutdown);
    if kafka.transaction_timeout >= kafka.session_timeout {
        document.refuse(
            &[&["kafka", "transaction_timeout"], &["kafka", "session_timeout"]],
            format!(
                "transaction_timeout ({:?}) must be below session_timeout ({:?}), so that a hung transaction is dead before \
                 another replica takes the partitions over",
                kafka.transaction_timeout, kafka.session_timeout
            ),
        );
    }
    // librdkafka creates no transactional producer otherwise.
    if kafka.socket_timeout > kafka.transaction_timeout + Duration::from_millis(100) {
        document.refuse(
            &[&["kafka", "socket_timeout"], &["kafka", "transaction_timeout"]],
            format!(
                "socket_timeout ({:?}) must be at most transaction_timeout ({:?}) + 100ms, or no answer comes before the broker aborts",
                kafka.socket_timeout, kafka.transaction_timeout
            ),
        );
    }
    if batch.age >= kafka.transaction_timeout {
        document.refuse(
            &[&["batch", "age"], &["kafka", "transaction_timeout"]],
            format!("batch age ({:?}) must be below transaction_timeout ({:?})", batch.age, kafka.transaction_timeout),
        );
    }
    if shutdown.grace <= kafka.transaction_timeout {
        document.refuse(
            &[&["shutdown", "grace"], &["kafka", "transaction_timeout"]],
            format!(
                "grace ({:?}) must be above transaction_timeout ({:?}), so that the last transaction can end",
                shutdown.grace, kafka.transaction_timeout
            ),
        );
    }
    let longest = kafka.transaction_timeout.max(CALL_MAX);
    if config.admin.stall_limit <= longest {
        document.refuse(
            &[&["admin", "stall_limit"], &["kafka", "transaction_timeout"]],
            format!(
                "stall_limit ({:?}) must be above {longest:?}, the longest that one call to a broker takes, or a slow broker gets this replica restarted",
                config.admin.stall_limit
            ),
        );
    }
}

fn brokers(config: &Config, document: &mut Document<'_>) {
    let kafka = &config.kafka;
    if kafka.brokers.is_empty() {
        document.refuse(&[&["kafka", "brokers"]], "at least one broker is needed, as host:port");
    }
    for (position, broker) in kafka.brokers.iter().enumerate() {
        let port = broker.rsplit_once(':').filter(|(host, _)| !host.is_empty()).and_then(|(_, port)| port.parse::<u16>().ok());
        if port.is_none() {
            document.refuse(
                &[&["kafka", "brokers", &position.to_string()]],
                format!("`{broker}` is not host:port, as in broker-1.example:9092"),
            );
        }
    }
    for (key, value) in [("group", Some(&kafka.group)), ("transactional_id", kafka.transactional_id.as_ref())] {
        if value.is_some_and(String::is_empty) {
            document.refuse(&[&["kafka", key]], format!("{key} must not be empty"));
        }
    }
    for (name, Property(value)) in &kafka.properties {
        if let Some(objection) = properties::objection(name, value) {
            document.refuse(&[&["kafka", "properties", name]], objection);
        }
    }
}

fn topics(config: &Config, document: &mut Document<'_>) {
    if config.input.is_empty() {
        document.refuse(&[&["input"]], "at least one [[input]] is needed, or there is nothing to screen");
    }
    if config.input.len() > INPUTS_MAX {
        document.refuse(&[&["input"]], format!("at most {INPUTS_MAX} inputs are possible"));
    }
    let positions: Vec<String> = (0..config.input.len()).map(|position| position.to_string()).collect();
    let inputs = positions.iter().zip(&config.input).map(|(position, input)| (vec!["input", position, "topic"], &*input.topic));
    let outputs = config.outputs.topics().into_iter().map(|(key, topic)| (vec!["outputs", key], topic));
    let bundles = config.bundle.topic.iter().map(|topic| (vec!["bundle", "topic"], &**topic));
    let all: Vec<(Vec<&str>, &str)> = inputs.chain(outputs).chain(bundles).collect();
    for (at, (path, topic)) in all.iter().enumerate() {
        if !is_topic_name(topic) {
            let rule = "1 to 249 letters, digits, dots, hyphens and underscores, and neither `.` nor `..`";
            document.refuse(&[path], format!("`{topic}` cannot name a topic: {rule}"));
        }
        let former = all.iter().take(at).find(|(_, former)| former == topic);
        if let Some((former, _)) = former {
            document.refuse(
                &[path, former],
                format!("topic `{topic}` is also {}; every input and output needs a topic of its own", former.join(".")),
            );
        }
    }
}

/// `Origin::topic` has 16 bits; far less is useful.
const INPUTS_MAX: usize = 1_000;

/// Kafka's own rule (`org.apache.kafka.common.internals.Topic`).
fn is_topic_name(topic: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=249).contains(&topic.len()) && topic != "." && topic != ".." && topic.bytes().all(legal)
}

fn security(config: &Config, document: &mut Document<'_>) {
    let security = &config.kafka.security;
    let protocol = security.protocol;
    let named = protocol.as_str();
    let needs = [("user", security.user.is_some()), ("password", security.password.is_some())];
    for (key, present) in needs {
        let paths: [&[&str]; 2] = [&["kafka", "security", key], &["kafka", "security", "protocol"]];
        match (present, protocol.has_sasl()) {
            (false, true) => document.refuse(&paths, format!("protocol {named} needs the key `{key}`")),
            (true, false) => document.refuse(&paths, format!("`{key}` has no effect with protocol {named}: use sasl_ssl")),
            _ => {}
        }
    }
    let tls = [
        ("ca_file", security.ca_file.is_some()),
        ("certificate_file", security.certificate_file.is_some()),
        ("key_file", security.key_file.is_some()),
        ("key_password", security.key_password.is_some()),
    ];
    for (key, present) in tls {
        if present && !protocol.has_tls() {
            let message = format!("`{key}` has no effect with protocol {named}: use ssl or sasl_ssl");
            document.refuse(&[&["kafka", "security", key]], message);
        }
    }
    if security.certificate_file.is_some() != security.key_file.is_some() {
        document.refuse(
            &[&["kafka", "security", "certificate_file"], &["kafka", "security", "key_file"]],
            "certificate_file and key_file need each other",
        );
    }
}

fn bundle(config: &Config, document: &mut Document<'_>) {
    let bundle = &config.bundle;
    let places = [("path", bundle.path.is_some()), ("file", bundle.file.is_some()), ("topic", bundle.topic.is_some())];
    let named: Vec<&str> = places.into_iter().filter(|(_, named)| *named).map(|(key, _)| key).collect();
    if let [first, second, ..] = *named.as_slice() {
        document.refuse(
            &[&["bundle", second], &["bundle", first]],
            format!("`{first}` and `{second}` exclude each other: the bundle comes from one place"),
        );
    }
    let delivered = bundle.file.is_some() || bundle.topic.is_some();
    if delivered && bundle.trust.is_none() {
        let place: [&[&str]; 2] = [&["bundle", "file"], &["bundle", "topic"]];
        document.refuse(&place, "a delivered bundle needs `trust`: the file that says whose signatures count");
    }
    if !delivered && bundle.trust.is_some() {
        document.refuse(&[&["bundle", "trust"]], "`trust` has no effect without `file` or `topic`: nothing else is signed");
    }
}

fn registry(config: &Config, document: &mut Document<'_>) {
    let registry = &config.registry;
    for (position, url) in registry.urls.iter().enumerate() {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let path: &[&str] = &["registry", "urls", &position.to_string()];
        if rest.is_none_or(str::is_empty) {
            document.refuse(&[path], format!("`{}` is not an http:// or https:// address", without_user(url)));
        } else if rest.is_some_and(|rest| rest.contains('@')) {
            document.refuse(&[path], "an address holds no user and no password: use the keys `user` and `password`");
        }
    }
    if registry.user.is_some() != registry.password.is_some() {
        document.refuse(&[&["registry", "user"], &["registry", "password"]], "user and password need each other");
    }
    if registry.framing == Framing::Confluent && registry.urls.is_empty() {
        document.refuse(
            &[&["registry", "framing"]],
            "framing confluent needs `urls`: the ids that it writes are the schema registry's",
        );
    }
}

fn memory(config: &Config, document: &mut Document<'_>) {
    let memory = &config.memory;
    let longest = Horizons::LONGEST_DAYS;
    if !(1..=longest).contains(&memory.identity_days) {
        document.refuse(&[&["memory", "identity_days"]], format!("memory reaches back 1 to {longest} days"));
    }
    for (key, days) in [("contact_days", memory.contact_days), ("document_days", memory.document_days)] {
        if !(1..=memory.identity_days).contains(&days) {
            document.refuse(
                &[&["memory", key], &["memory", "identity_days"]],
                format!("{key} ({days}) must be 1 to identity_days ({})", memory.identity_days),
            );
        }
    }
    if memory.snapshot.is_some() && memory.key.is_none() {
        document.refuse(
            &[&["memory", "snapshot"], &["memory", "key"]],
            "a snapshot needs `key`: the hashes in it are worth nothing to a thief only as long as they are keyed",
        );
    }
}

/// What may be repeated of an address in which somebody put a password.
fn without_user(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, host)| host)
}

fn log_level(config: &Config, document: &mut Document<'_>) {
    for part in config.log.level.split(',') {
        // `infoo` alone would otherwise be taken for the name of a module.
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        if level.parse::<LevelFilter>().is_err() {
            document
                .refuse(&[&["log", "level"]], format!("`{level}` is not a level: use off, error, warn, info, debug or trace"));
        }
    }
}
