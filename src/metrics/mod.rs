//! Every metric of the program, with its handles resolved.
//!
//! [`catalogue`] says what exists; [`Metrics`] holds one handle per series, so that nothing on the data path looks a label up
//! or allocates. Labels are bounded: by an enum, by the configured topics, by the catalogues, or by a cap with `other` behind
//! it. No label and no value ever speaks of a shipment or a person.

pub mod catalogue;
mod handles;
pub mod labels;

use std::sync::{Mutex, PoisonError};

use prometheus::{Counter, Gauge, GaugeVec, Histogram, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};

use crate::bundle::Refusal;
use crate::bundle::pack::Kind;
use crate::model::{OutcomeKind, Timestamp};
use crate::record::Reason;
use crate::screen::verdict::{Decision, Domain};
use crate::screen::watch::ListState;
use handles::Register;
pub use handles::{ByName, ByTopic, PerLabel, PerPair};
use labels::{Answer, Bill, Change, Client, EntryKind, Leaving, MessageKind, Outcome, Phase, Rescreened, Stage, Within};

/// What bounds the labels that no enum bounds.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// The input topics and who writes to them, in the order that `Origin::topic` indexes.
    pub topics: &'a [[&'a str; 2]],
    /// The referral codes of the regime.
    pub codes: &'a [&'a str],
    /// The ids of the indicators, and of whatever else gives evidence beside profiles.
    pub evidence: &'a [&'a str],
}

/// The handles, named as in [`catalogue`].
pub struct Metrics {
    registry: Registry,

    pub records_read: ByTopic<IntCounter>,
    pub records_screened: ByTopic<IntCounter>,
    pub messages_decoded: PerLabel<MessageKind, IntCounter>,
    pub dead_letters: PerLabel<Reason, IntCounter>,

    pub consignments_assessed: PerLabel<Decision, IntCounter>,
    pub alerts: PerPair<Domain, Decision, IntCounter>,
    pub referrals: ByName<IntCounter>,
    pub evidence: ByName<IntCounter>,
    profile_matches: IntCounterVec,
    profile_alerts: IntCounterVec,
    evidence_suppressed: IntCounterVec,
    profile_demotions: IntCounterVec,
    alerts_held_back: IntCounterVec,
    pub holds_open: ByName<IntGauge>,
    pub holds_departing: PerPair<Decision, Within, IntGauge>,
    pub holds_departed: PerLabel<Decision, IntGauge>,
    pub movements: PerPair<Leaving, Bill, IntCounter>,
    alert_threats: IntCounterVec,
    pub outcomes: PerLabel<OutcomeKind, IntCounter>,
    evidence_inspected: IntCounterVec,
    evidence_found: IntCounterVec,
    pub dropped_verdicts: IntCounter,

    pub rescreened: PerLabel<Rescreened, IntCounter>,
    pub rescreen_records_left: IntGauge,
    pub rescreen_partitions_left: IntGauge,
    list_entries: IntGaugeVec,
    list_unread_rows: IntGaugeVec,
    list_age: GaugeVec,
    list_age_max: GaugeVec,
    /// The age of each list that says its day, and when that day began.
    list_ages: Mutex<Vec<(Gauge, Timestamp)>>,
    pub list_lookups: PerLabel<Answer, IntCounter>,

    pub e2e_latency: Histogram,
    pub time_to_departure: PerLabel<Decision, Histogram>,
    pub stage_duration: PerLabel<Stage, Histogram>,
    pub stage_busy: PerLabel<Stage, Counter>,
    pub stage_waiting: PerLabel<Stage, Counter>,

    pub memory_entries: PerLabel<EntryKind, IntGauge>,
    pub memory_bytes: IntGauge,
    pub memory_catch_up_records: IntGauge,
    pub snapshots: IntCounter,
    pub snapshot_failures: IntCounter,
    pub snapshot_time: IntGauge,
    pub snapshot_duration: Gauge,
    pub snapshot_bytes: IntGauge,

    pub transactions: PerLabel<Outcome, IntCounter>,
    pub transaction_duration: PerLabel<Phase, Histogram>,
    pub transaction_records: Histogram,
    pub producer_rebuilds: IntCounter,

    pub partitions_owned: IntGauge,
    pub partitions_known: IntGauge,
    pub rebalances: IntCounter,
    pub ownership_changes: PerLabel<Change, IntCounter>,
    pub owner_stray_records: IntCounter,
    consumer_lag_records: IntGaugeVec,
    consumer_lag_seconds: GaugeVec,

    pub broker_up: PerLabel<Client, IntGauge>,
    pub broker_errors: PerLabel<Client, IntCounter>,
    pub client_queue_records: PerLabel<Client, IntGauge>,
    pub client_queue_bytes: PerLabel<Client, IntGauge>,

    pub ready: IntGauge,
    bundle_info: IntGaugeVec,
    pub bundle_sequence: PerLabel<Kind, IntGauge>,
    pub bundle_age: Gauge,
    pub bundle_refused: PerLabel<Refusal, IntCounter>,
}

/// How far behind one owned partition is.
pub struct PartitionLag {
    pub records: IntGauge,
    /// Now less the timestamp of the last record committed; 0 when nothing is left to read.
    pub seconds: Gauge,
}

impl Metrics {
    /// Registers the whole catalogue. Fails only when two rows of it contradict each other, which its tests rule out.
    pub fn new(bounds: Bounds<'_>) -> prometheus::Result<Self> {
        let registry = Registry::new();
        let row = Register(&registry);
        row.int_gauges(&catalogue::BUILD_INFO)?.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let metrics = Self {
            records_read: ByTopic::counters(&row.int_counters(&catalogue::RECORDS_READ)?, bounds.topics.iter().copied()),
            records_screened: ByTopic::counters(
                &row.int_counters(&catalogue::RECORDS_SCREENED)?,
                bounds.topics.iter().map(|[topic, _]| [*topic]),
            ),
            messages_decoded: row.counter_per(&catalogue::MESSAGES_DECODED)?,
            dead_letters: row.counter_per(&catalogue::DEAD_LETTERS)?,
            consignments_assessed: row.counter_per(&catalogue::CONSIGNMENTS_ASSESSED)?,
            alerts: row.counter_per_pair(&catalogue::ALERTS)?,
            referrals: ByName::counters(&row.int_counters(&catalogue::REFERRALS)?, bounds.codes),
            evidence: ByName::counters(&row.int_counters(&catalogue::EVIDENCE)?, bounds.evidence),
            profile_matches: row.int_counters(&catalogue::PROFILE_MATCHES)?,
            profile_alerts: row.int_counters(&catalogue::PROFILE_ALERTS)?,
            evidence_suppressed: row.int_counters(&catalogue::EVIDENCE_SUPPRESSED)?,
            profile_demotions: row.int_counters(&catalogue::PROFILE_DEMOTIONS)?,
            alerts_held_back: row.int_counters(&catalogue::ALERTS_HELD_BACK)?,
            holds_open: ByName::gauges(&row.int_gauges(&catalogue::HOLDS_OPEN)?, bounds.codes),
            holds_departing: row.gauge_per_pair(&catalogue::HOLDS_DEPARTING)?,
            holds_departed: row.gauge_per(&catalogue::HOLDS_DEPARTED)?,
            movements: row.counter_per_pair(&catalogue::MOVEMENTS)?,
            alert_threats: row.int_counters(&catalogue::ALERT_THREATS)?,
            outcomes: row.counter_per(&catalogue::OUTCOMES)?,
            evidence_inspected: row.int_counters(&catalogue::EVIDENCE_INSPECTED)?,
            evidence_found: row.int_counters(&catalogue::EVIDENCE_FOUND)?,
            dropped_verdicts: row.int_counter(&catalogue::DROPPED_VERDICTS)?,
            rescreened: row.counter_per(&catalogue::RESCREENED)?,
            rescreen_records_left: row.int_gauge(&catalogue::RESCREEN_RECORDS_LEFT)?,
            rescreen_partitions_left: row.int_gauge(&catalogue::RESCREEN_PARTITIONS_LEFT)?,
            list_entries: row.int_gauges(&catalogue::LIST_ENTRIES)?,
            list_unread_rows: row.int_gauges(&catalogue::LIST_UNREAD_ROWS)?,
            list_age: row.gauges(&catalogue::LIST_AGE)?,
            list_age_max: row.gauges(&catalogue::LIST_AGE_MAX)?,
            list_ages: Mutex::default(),
            list_lookups: row.counter_per(&catalogue::LIST_LOOKUPS)?,
            e2e_latency: row.histogram(&catalogue::E2E_LATENCY)?,
            time_to_departure: row.histogram_per(&catalogue::TIME_TO_DEPARTURE)?,
            stage_duration: row.histogram_per(&catalogue::STAGE_DURATION)?,
            stage_busy: row.seconds_per(&catalogue::STAGE_BUSY)?,
            stage_waiting: row.seconds_per(&catalogue::STAGE_WAITING)?,
            memory_entries: row.gauge_per(&catalogue::MEMORY_ENTRIES)?,
            memory_bytes: row.int_gauge(&catalogue::MEMORY_BYTES)?,
            memory_catch_up_records: row.int_gauge(&catalogue::MEMORY_CATCH_UP_RECORDS)?,
            snapshots: row.int_counter(&catalogue::SNAPSHOTS)?,
            snapshot_failures: row.int_counter(&catalogue::SNAPSHOT_FAILURES)?,
            snapshot_time: row.int_gauge(&catalogue::SNAPSHOT_TIME)?,
            snapshot_duration: row.gauge(&catalogue::SNAPSHOT_DURATION)?,
            snapshot_bytes: row.int_gauge(&catalogue::SNAPSHOT_BYTES)?,
            transactions: row.counter_per(&catalogue::TRANSACTIONS)?,
            transaction_duration: row.histogram_per(&catalogue::TRANSACTION_DURATION)?,
            transaction_records: row.histogram(&catalogue::TRANSACTION_RECORDS)?,
            producer_rebuilds: row.int_counter(&catalogue::PRODUCER_REBUILDS)?,
            partitions_owned: row.int_gauge(&catalogue::PARTITIONS_OWNED)?,
            partitions_known: row.int_gauge(&catalogue::PARTITIONS_KNOWN)?,
            rebalances: row.int_counter(&catalogue::REBALANCES)?,
            ownership_changes: row.counter_per(&catalogue::OWNERSHIP_CHANGES)?,
            owner_stray_records: row.int_counter(&catalogue::OWNER_STRAY_RECORDS)?,
            consumer_lag_records: row.int_gauges(&catalogue::CONSUMER_LAG_RECORDS)?,
            consumer_lag_seconds: row.gauges(&catalogue::CONSUMER_LAG_SECONDS)?,
            broker_up: row.gauge_per(&catalogue::BROKER_UP)?,
            broker_errors: row.counter_per(&catalogue::BROKER_ERRORS)?,
            client_queue_records: row.gauge_per(&catalogue::CLIENT_QUEUE_RECORDS)?,
            client_queue_bytes: row.gauge_per(&catalogue::CLIENT_QUEUE_BYTES)?,
            ready: row.int_gauge(&catalogue::READY)?,
            bundle_info: row.int_gauges(&catalogue::BUNDLE_INFO)?,
            bundle_sequence: row.gauge_per(&catalogue::BUNDLE_SEQUENCE)?,
            bundle_age: row.gauge(&catalogue::BUNDLE_AGE)?,
            bundle_refused: row.counter_per(&catalogue::BUNDLE_REFUSED)?,
            registry,
        };
        Ok(metrics)
    }

    /// The lag of one partition; its series exist until [`Metrics::forget_partition`].
    pub fn partition_lag(&self, topic: &str, partition: i32) -> PartitionLag {
        let partition = partition.to_string();
        let labels = [topic, partition.as_str()];
        PartitionLag {
            records: self.consumer_lag_records.with_label_values(&labels),
            seconds: self.consumer_lag_seconds.with_label_values(&labels),
        }
    }

    /// Takes the series of a partition away that another replica now owns, or its last lag would stand for ever.
    pub fn forget_partition(&self, topic: &str, partition: i32) {
        let partition = partition.to_string();
        let labels = [topic, partition.as_str()];
        // An unknown series is what the caller wants already.
        let _ = self.consumer_lag_records.remove_label_values(&labels);
        let _ = self.consumer_lag_seconds.remove_label_values(&labels);
    }

    /// Names the bundle in force and tells of its lists, the first [`PROFILES_MAX`].
    pub fn bundle_in_force<'l>(&self, hash: &str, lists: impl IntoIterator<Item = ListState<'l>>) {
        self.bundle_info.reset();
        self.bundle_info.with_label_values(&[hash]).set(1);
        [&self.list_entries, &self.list_unread_rows].into_iter().for_each(IntGaugeVec::reset);
        [&self.list_age, &self.list_age_max].into_iter().for_each(GaugeVec::reset);
        let mut ages = self.list_ages.lock().unwrap_or_else(PoisonError::into_inner);
        ages.clear();
        for list in lists.into_iter().take(PROFILES_MAX) {
            self.list_entries.with_label_values(&[list.id]).set(list.entries as i64);
            self.list_unread_rows.with_label_values(&[list.id]).set(list.unread_rows as i64);
            self.list_age_max.with_label_values(&[list.id]).set(list.age_max.as_secs_f64());
            ages.extend(list.as_of.map(|as_of| (self.list_age.with_label_values(&[list.id]), as_of)));
        }
    }

    /// Counters for each profile of a bundle: of its matches, and of the alerts that it is a reason of.
    pub fn profiles<'n>(&self, profiles: impl Iterator<Item = &'n str> + Clone) -> [ByName<IntCounter>; 2] {
        [&self.profile_matches, &self.profile_alerts].map(|counters| capped(counters, profiles.clone()))
    }

    /// A counter for each suppression of a policy.
    pub fn evidence_suppressed<'n>(&self, suppressions: impl IntoIterator<Item = &'n str>) -> ByName<IntCounter> {
        capped(&self.evidence_suppressed, suppressions)
    }

    /// A counter for each threat that a bundle knows.
    pub fn alert_threats<'n>(&self, threats: impl IntoIterator<Item = &'n str>) -> ByName<IntCounter> {
        capped(&self.alert_threats, threats)
    }

    /// Counters for each reason that a bundle can give: of inspections, and of those that found something.
    pub fn evidence_outcomes(&self, ids: &[&str]) -> [ByName<IntCounter>; 2] {
        [&self.evidence_inspected, &self.evidence_found].map(|counters| capped(counters, ids.iter().copied()))
    }

    /// A counter for each profile with a cap.
    pub fn profile_demotions<'n>(&self, profiles: impl IntoIterator<Item = &'n str>) -> ByName<IntCounter> {
        capped(&self.profile_demotions, profiles)
    }

    /// A counter for each terminal whose alert budget the policy names.
    pub fn alerts_held_back<'n>(&self, terminals: impl IntoIterator<Item = &'n str>) -> ByName<IntCounter> {
        capped(&self.alerts_held_back, terminals)
    }

    /// The page that Prometheus reads, at the time `now`.
    pub fn page(&self, now: Timestamp) -> prometheus::Result<String> {
        for (age, as_of) in self.list_ages.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            age.set(now.millis().saturating_sub(as_of.millis()).max(0) as f64 / 1_000.0);
        }
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// How many profiles, or other names of a bundle, have a series of their own; the others share `other`.
pub const PROFILES_MAX: usize = 1_000;

fn capped<'n>(counters: &IntCounterVec, names: impl IntoIterator<Item = &'n str>) -> ByName<IntCounter> {
    let named: Vec<&str> = names.into_iter().take(PROFILES_MAX).collect();
    ByName::counters(counters, &named)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn metrics() -> Metrics {
        Metrics::new(Bounds { topics: &[["cargo.messages", "terminals"]], codes: &["SF", "8H"], evidence: &["D1", "D2"] })
            .unwrap()
    }

    fn list(id: &str) -> ListState<'_> {
        let as_of = Some(Timestamp::from_millis(-86_400_000));
        ListState { id, entries: 5, unread_rows: 2, as_of, age_max: Duration::from_secs(86_400) }
    }

    #[test]
    fn a_lists_age_is_told_at_the_time_of_asking() {
        let metrics = metrics();
        metrics.bundle_in_force("ab12", [list("lookouts"), ListState { as_of: None, ..list("undated") }]);
        let page = metrics.page(Timestamp::from_millis(1_500)).unwrap();
        for line in [
            "loadgate_list_entries{list=\"lookouts\"} 5",
            "loadgate_list_unread_rows{list=\"lookouts\"} 2",
            "loadgate_list_age_seconds{list=\"lookouts\"} 86401.5",
            "loadgate_list_age_max_seconds{list=\"undated\"} 86400",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not on the page:\n{page}");
        }
        assert!(!page.contains("loadgate_list_age_seconds{list=\"undated\"}"));
        let earlier = metrics.page(Timestamp::from_millis(-90_000_000)).unwrap();
        assert!(earlier.contains("loadgate_list_age_seconds{list=\"lookouts\"} 0\n"), "never negative");
    }

    #[test]
    fn page_has_help_and_type_of_every_metric() {
        let metrics = metrics();
        metrics.partition_lag("cargo.messages", 3).records.set(7);
        metrics.bundle_in_force("ab12", [list("lookouts")]);
        metrics.profiles(["night-shift"].into_iter());
        metrics.evidence_suppressed(["known-lane"]);
        metrics.alert_threats(["drugs"]);
        metrics.evidence_outcomes(&["D1"]);
        metrics.profile_demotions(["night-shift"]);
        metrics.alerts_held_back(["BOG"]);
        let page = metrics.page(Timestamp::default()).unwrap();
        for row in catalogue::CATALOGUE {
            assert!(page.contains(&format!("# HELP {} {}\n", row.name, row.help)), "no HELP of {}", row.name);
            assert!(page.contains(&format!("# TYPE {} {}\n", row.name, row.kind.as_str())), "no TYPE of {}", row.name);
        }
        assert_eq!(page.matches("# TYPE ").count(), catalogue::CATALOGUE.len(), "a metric outside the catalogue");
    }

    #[test]
    fn handles_count_into_their_own_series() {
        let metrics = metrics();
        metrics.records_read.of(0).unwrap().inc_by(3);
        metrics.alerts.of(Domain::Customs, Decision::Rfs).inc();
        metrics.dead_letters.of(Reason::BadAwb).inc();
        metrics.evidence.of("D2").inc();
        metrics.stage_busy.of(Stage::Screen).inc_by(0.25);
        let page = metrics.page(Timestamp::default()).unwrap();
        for line in [
            "loadgate_records_read_total{topic=\"cargo.messages\",writer=\"terminals\"} 3",
            "loadgate_alerts_total{decision=\"rfs\",domain=\"customs\"} 1",
            "loadgate_alerts_total{decision=\"rfs\",domain=\"aviation_security\"} 0",
            "loadgate_dead_letters_total{reason=\"bad_awb\"} 1",
            "loadgate_evidence_total{id=\"D2\"} 1",
            "loadgate_evidence_total{id=\"D1\"} 0",
            "loadgate_stage_busy_seconds_total{stage=\"screen\"} 0.25",
            concat!("loadgate_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not on the page:\n{page}");
        }
    }

    #[test]
    fn names_outside_the_bounds_share_one_series() {
        let metrics = metrics();
        metrics.evidence.of("never heard of").inc();
        metrics.referrals.of("ZZ").inc();
        assert!(metrics.records_read.of(9).is_none(), "topics are all known");
        let page = metrics.page(Timestamp::default()).unwrap();
        assert!(page.contains("loadgate_evidence_total{id=\"other\"} 1\n"));
        assert!(page.contains("loadgate_referrals_total{code=\"other\"} 1\n"));
        assert!(!page.contains("never heard of"));
    }

    #[test]
    fn profiles_beyond_the_cap_count_as_other() {
        let metrics = metrics();
        let ids: Vec<String> = (0..PROFILES_MAX + 2).map(|n| format!("p{n}")).collect();
        let [matches, alerts] = metrics.profiles(ids.iter().map(String::as_str));
        alerts.of("p1001").inc();
        matches.of("p0").inc();
        matches.of("p1000").inc();
        matches.of("p1001").inc();
        let page = metrics.page(Timestamp::default()).unwrap();
        assert!(page.contains("loadgate_profile_matches_total{profile=\"p0\"} 1\n"));
        assert!(page.contains("loadgate_profile_matches_total{profile=\"other\"} 2\n"));
        assert!(page.contains("loadgate_profile_alerts_total{profile=\"other\"} 1\n"));
    }

    #[test]
    fn only_the_bundle_in_force_is_named_and_its_counters_go_on() {
        let metrics = metrics();
        for hash in ["old", "new"] {
            metrics.bundle_in_force(hash, [list(hash)]);
            metrics.profiles(["a"].into_iter())[0].of("a").inc();
        }
        let page = metrics.page(Timestamp::default()).unwrap();
        assert!(page.contains("loadgate_bundle_info{hash=\"new\"} 1\n"));
        assert!(!page.contains("hash=\"old\"") && !page.contains("list=\"old\""));
        assert!(page.contains("loadgate_profile_matches_total{profile=\"a\"} 2\n"));
    }

    #[test]
    fn a_forgotten_partition_leaves_the_page() {
        let metrics = metrics();
        metrics.partition_lag("cargo.messages", 3).seconds.set(1.5);
        assert!(
            metrics
                .page(Timestamp::default())
                .unwrap()
                .contains("loadgate_consumer_lag_seconds{partition=\"3\",topic=\"cargo.messages\"} 1.5\n")
        );
        metrics.forget_partition("cargo.messages", 3);
        assert!(!metrics.page(Timestamp::default()).unwrap().contains("partition=\"3\""));
    }
}
