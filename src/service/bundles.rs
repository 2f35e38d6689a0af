//! The bundle in force: given once and for all, or delivered while the service runs.
//!
//! A thread of its own takes what a source brings, lets the shelf decide, and replaces what the workers take. The swap of a
//! replica is over, and only then announced (`loadgate_bundle_info`, "bundle in force"), when nothing that the old bundle judged
//! is still to be published: from that point on this replica sends no record that names the old one.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use crossbeam_channel::{Sender, bounded};

use super::health::Wait;
use super::{ServiceError, Settings, Shutdown, Telemetry};
use crate::bundle::pack::Kind;
use crate::bundle::shelf::Shelf;
use crate::bundle::{Bundle, Current, Replaced, Trust};
use crate::config;
use crate::diagnostic::Diagnostic;
use crate::model::Timestamp;
use crate::source::bundles::{BundleSource, Place};

/// Where the rules come from.
#[derive(Debug, Clone)]
pub enum Rules {
    Fixed(Arc<Bundle>),
    Delivered { place: Place, trust: Trust },
}

/// How long the source is waited for; bounds how late the end of a swap is seen.
const TICK: Duration = Duration::from_millis(20);

impl Rules {
    pub fn load(config: &config::Bundle) -> Result<Self, Vec<Diagnostic>> {
        let place = config.file.clone().map(Place::File).or_else(|| config.topic.clone().map(Place::Topic));
        match (place, &config.trust) {
            (Some(place), Some(trust)) => Ok(Self::Delivered { place, trust: Trust::load(trust)? }),
            _ => Ok(Self::Fixed(Arc::new(Bundle::load_or_starter(config.path.as_deref())?))),
        }
    }

    /// What judges; waits for the first acceptable bundle, since without one nothing may be screened. `None` when `shutdown` is
    /// requested before there is one.
    pub(super) fn current(
        &self,
        settings: &Settings,
        telemetry: &Telemetry,
        shutdown: &Shutdown,
    ) -> Result<Option<Arc<Current>>, ServiceError> {
        let (place, trust) = match self {
            Self::Fixed(bundle) => {
                telemetry.bundle_in_force(bundle, None);
                return Ok(Some(Arc::new(Current::new(Arc::clone(bundle)))));
            }
            Self::Delivered { place, trust } => (place, trust),
        };
        let Settings { connection, group, .. } = settings;
        let source = BundleSource::open(place, &trust.bundle, connection, group, telemetry.listener())?;
        let (give, first) = bounded(1);
        let keeper = Keeper {
            shelf: Shelf::new(trust.clone()),
            telemetry: telemetry.clone(),
            current: None,
            replaced: Vec::new(),
            give,
            shutdown: shutdown.clone(),
        };
        thread::Builder::new().name("bundles".into()).spawn(move || keeper.run(source))?;
        telemetry.waits_for(Some(Wait::Bundle));
        // The keeper ends without one only when it is told to.
        Ok(shutdown.receive(&first).unwrap_or_default())
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(bundle) => write!(f, "bundle {} of {} profiles", bundle.hash, bundle.profiles.len()),
            Self::Delivered { place: Place::File(path), .. } => write!(f, "signed bundles in {}", path.display()),
            Self::Delivered { place: Place::Topic(topic), .. } => write!(f, "signed bundles of the topic {topic}"),
        }
    }
}

struct Keeper {
    shelf: Shelf,
    telemetry: Telemetry,
    current: Option<Arc<Current>>,
    /// What batches under way may still be judged by.
    replaced: Vec<Replaced>,
    give: Sender<Arc<Current>>,
    shutdown: Shutdown,
}

impl Keeper {
    fn run(mut self, mut source: BundleSource) {
        while !self.shutdown.is_requested() {
            let offers = source.poll(TICK);
            if !offers.is_empty() {
                let answer = self.shelf.consider(offers);
                answer.refused.iter().for_each(|(place, refused)| self.telemetry.bundle_refused(place, refused));
                answer.bundle.into_iter().for_each(|bundle| self.put_in_force(bundle));
            }
            self.announce_when_over();
            if let Some(regular) = self.shelf.in_force(Kind::Regular) {
                let age_millis = Timestamp::from(SystemTime::now()).millis().saturating_sub(regular.delivered.millis());
                self.telemetry.metrics.bundle_age.set(age_millis.max(0) as f64 / 1_000.0);
            }
        }
    }

    fn put_in_force(&mut self, bundle: Arc<Bundle>) {
        match &self.current {
            Some(current) => {
                tracing::info!(bundle = %bundle.hash, "bundle accepted: it judges from the next batch on");
                self.replaced.push(current.replace(bundle));
            }
            None => {
                let current = Arc::new(Current::new(bundle));
                self.current = Some(Arc::clone(&current));
                self.telemetry.bundle_in_force(&current.take(), Some(&self.shelf));
                // Nobody takes it when the service was stopped meanwhile.
                let _ = self.give.send(current);
            }
        }
    }

    fn announce_when_over(&mut self) {
        if !self.replaced.is_empty() && self.replaced.iter().all(Replaced::is_gone) {
            self.replaced.clear();
            self.current.iter().for_each(|current| self.telemetry.bundle_in_force(&current.take(), Some(&self.shelf)));
        }
    }
}
