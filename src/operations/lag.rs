//! How far each partition of the inputs is behind, as the group's committed positions tell.

use std::time::SystemTime;

use rdkafka::error::KafkaResult;
use rdkafka::message::Message;
use serde::Serialize;

use super::log::{Log, Take};
use crate::config::Config;
use crate::kafka::Connection;
use crate::model::Timestamp;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartitionLag {
    pub topic: String,
    pub partition: i32,
    /// Offset to screen next; `None` when nothing was committed yet.
    pub position: Option<i64>,
    /// Last stable offset.
    pub end: i64,
    /// Offsets in between; markers of transactions count, so it is an upper bound.
    pub lag_records: i64,
    /// Age of the oldest record that waits; 0 when none does.
    pub lag_seconds: f64,
}

/// Asks for every partition of every input.
pub fn lag(config: &Config, connection: &Connection) -> KafkaResult<Vec<PartitionLag>> {
    let log = Log::connect(connection, &config.kafka.group)?;
    let mut lags = Vec::new();
    for topic in config.topics() {
        let ends = log.ends(topic)?;
        let partitions: Vec<(&str, i32)> = ends.keys().map(|partition| (topic, *partition)).collect();
        let committed = log.committed(&partitions)?;
        for (partition, (first, end)) in ends {
            let position = committed.get(&(topic.to_owned(), partition)).copied();
            let next = position.unwrap_or(first).max(first);
            let (topic, lag_records) = (topic.to_owned(), (end - next).max(0));
            lags.push(PartitionLag { topic, partition, position, end, lag_records, lag_seconds: 0.0 });
        }
    }
    for behind in lags.iter_mut().filter(|lag| lag.lag_records > 0) {
        age(&log, behind)?;
    }
    Ok(lags)
}

/// Reads the oldest record that waits, for its age. Only markers may be left, which are no records: then nothing waits.
fn age(log: &Log, behind: &mut PartitionLag) -> KafkaResult<()> {
    let mut oldest = None;
    let next = behind.end - behind.lag_records;
    log.read(&[(&behind.topic, behind.partition, next)], |message| {
        oldest = message.timestamp().to_millis();
        Take::Stop
    })?;
    match oldest {
        Some(timestamp) => {
            let now = Timestamp::from(SystemTime::now()).millis();
            behind.lag_seconds = (now - timestamp).max(0) as f64 / 1_000.0;
        }
        None => behind.lag_records = 0,
    }
    Ok(())
}
