//! Where packed bundles come from: a compacted topic, or a file that is watched at sites without a network for it.
//!
//! A source only carries: it hands over what lies there, and the [`Shelf`](crate::bundle::shelf::Shelf) decides. What lies in the
//! topic under another bundle's key is another service's and not looked at.

mod file;
mod topic;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::KafkaResult;

use crate::bundle::pack::Kind;
use crate::bundle::shelf::Offer;
use crate::kafka::{Connection, Listener};

pub use file::{FileSource, deliver, judge_files, lookout_path};
pub use topic::TopicSource;

/// Where the bundles of a service lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The regular bundle; an emergency lookout lies beside it ([`lookout_path`]).
    File(PathBuf),
    Topic(String),
}

pub enum BundleSource {
    File(FileSource),
    Topic(Box<TopicSource>),
}

impl BundleSource {
    /// `bundle` names what is looked for.
    pub fn open(
        place: &Place,
        bundle: &str,
        connection: &Connection,
        group: &str,
        listener: Arc<dyn Listener>,
    ) -> KafkaResult<Self> {
        Ok(match place {
            Place::File(path) => Self::File(FileSource::new(path.clone())),
            Place::Topic(topic) => Self::Topic(Box::new(TopicSource::connect(connection, group, topic, bundle, listener)?)),
        })
    }

    /// What has come since the last call; waits up to `wait` when there is nothing. At first everything that lies there already,
    /// together.
    pub fn poll(&mut self, wait: Duration) -> Vec<Offer> {
        match self {
            Self::File(file) => file.poll(wait),
            Self::Topic(topic) => topic.poll(wait),
        }
    }
}

/// The key of a bundle's records. A lookout has its own, or compaction would let it push the regular bundle out.
pub fn key(bundle: &str, kind: Kind) -> String {
    match kind {
        Kind::Regular => bundle.to_owned(),
        Kind::Lookout => format!("{bundle}.lookout"),
    }
}
