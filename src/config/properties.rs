//! librdkafka properties that are handed on: which are ours to set, and whether the library knows the others.

use std::fmt;

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// A property's value, as librdkafka takes it: text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property(pub String);

/// Why a property may not be set, or what librdkafka says against it.
pub fn objection(name: &str, value: &str) -> Option<String> {
    if let Some((_, reason)) = OWNED.iter().find(|(owned, _)| owns(owned, name)) {
        return Some(format!("`{name}` is not for the properties: {reason}"));
    }
    match ClientConfig::new().set(name, value).create_native_config() {
        Err(KafkaError::ClientConfig(_, description, ..)) => Some(format!("librdkafka refuses `{name}`: {description}")),
        Err(error) => Some(format!("librdkafka refuses `{name}`: {error}")),
        Ok(_) => None,
    }
}

/// `sasl.*` owns every name below it.
fn owns(owned: &str, name: &str) -> bool {
    owned.strip_suffix('*').map_or(owned == name, |prefix| name.starts_with(prefix))
}

const EXACTLY_ONCE: &str = "exactly-once processing depends on it, so loadgate sets it";
const REBALANCE: &str = "the take-over of partitions depends on it, so loadgate sets it";
const SECURITY: &str = "it belongs in [kafka.security]";

/// The properties that loadgate sets, with the reason or the key to use instead. Aliases are listed too.
const OWNED: &[(&str, &str)] = &[
    ("bootstrap.servers", "use the key `brokers` of [kafka]"),
    ("metadata.broker.list", "use the key `brokers` of [kafka]"),
    ("group.id", "use the key `group` of [kafka]"),
    ("transactional.id", "use the key `transactional_id` of [kafka]"),
    ("session.timeout.ms", "use the key `session_timeout` of [kafka]"),
    ("transaction.timeout.ms", "use the key `transaction_timeout` of [kafka]"),
    ("socket.timeout.ms", "use the key `socket_timeout` of [kafka]"),
    ("message.timeout.ms", "it follows from the key `transaction_timeout` of [kafka]"),
    ("delivery.timeout.ms", "it follows from the key `transaction_timeout` of [kafka]"),
    ("heartbeat.interval.ms", "it follows from the key `session_timeout` of [kafka]"),
    ("acks", EXACTLY_ONCE),
    ("request.required.acks", EXACTLY_ONCE),
    ("enable.idempotence", EXACTLY_ONCE),
    ("isolation.level", EXACTLY_ONCE),
    ("enable.auto.commit", EXACTLY_ONCE),
    ("auto.commit.*", EXACTLY_ONCE),
    ("enable.auto.offset.store", EXACTLY_ONCE),
    ("auto.offset.reset", EXACTLY_ONCE),
    ("enable.partition.eof", REBALANCE),
    ("partition.assignment.strategy", REBALANCE),
    ("group.protocol", REBALANCE),
    ("group.instance.id", REBALANCE),
    ("max.poll.interval.ms", REBALANCE),
    ("statistics.interval.ms", "the metrics depend on it, so loadgate sets it"),
    ("security.protocol", SECURITY),
    ("sasl.*", SECURITY),
    ("ssl.ca.location", SECURITY),
    ("ssl.certificate.location", SECURITY),
    ("ssl.key.location", SECURITY),
    ("ssl.key.password", SECURITY),
    ("ssl.keystore.password", SECURITY),
];

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = Property;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, true or false; a property's name goes in quotes, as in \"linger.ms\" = 5")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Property, E> {
                Ok(Property(text.to_owned()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Property, E> {
                Ok(Property(number.to_string()))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Property, E> {
                Ok(Property(number.to_string()))
            }
            fn visit_bool<E: Error>(self, truth: bool) -> Result<Property, E> {
                Ok(Property(truth.to_string()))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owned_properties_are_refused_with_the_reason() {
        assert!(objection("group.id", "x").unwrap().contains("use the key `group`"));
        assert!(objection("sasl.password", "x").unwrap().contains("[kafka.security]"));
        assert!(objection("isolation.level", "read_uncommitted").unwrap().contains("exactly-once"));
    }

    #[test]
    fn the_library_itself_says_whether_it_knows_a_property_and_its_value() {
        assert_eq!(objection("linger.ms", "5"), None);
        assert_eq!(objection("compression.type", "lz4"), None);
        assert!(objection("linger.mss", "5").unwrap().contains("linger.mss"));
        assert!(objection("linger.ms", "soon").is_some());
    }
}
