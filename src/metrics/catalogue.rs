//! The catalogue of metrics: one row a metric, and nothing is exported that is not a row here.
//!
//! Naming follows prometheus.io/docs/practices/naming: prefix `loadgate_`, base units, `_total` on counters, `_info` on facts.

/// One metric.
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    pub kind: Kind,
    /// One line; becomes the `# HELP` line and the documentation.
    pub help: &'static str,
    pub labels: &'static [&'static str],
    /// Upper bounds of a histogram's buckets; empty for the others.
    pub buckets: &'static [f64],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Row {
    Row { name, kind: Kind::Counter, help, labels, buckets: &[] }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Row {
    Row { name, kind: Kind::Gauge, help, labels, buckets: &[] }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], buckets: &'static [f64], help: &'static str) -> Row {
    Row { name, kind: Kind::Histogram, help, labels, buckets }
}

/// From a fetch on the same host to a take-over after a crash.
const LATENCY_SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];
/// From one small batch in memory to a stage that a timeout of the broker holds up.
const WORK_SECONDS: &[f64] = &[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0];
/// From a departure that has passed to the booking of a week ahead.
const AHEAD_SECONDS: &[f64] =
    &[0.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 57_600.0, 86_400.0, 172_800.0, 345_600.0, 691_200.0];
const RECORDS: &[f64] = &[1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0];

// What came in.
pub static RECORDS_READ: Row = counter(
    "loadgate_records_read_total",
    &["topic", "writer"],
    "Records read from an input topic, by who writes to it: terminals, teams, or loadgate itself.",
);
pub static RECORDS_SCREENED: Row =
    counter("loadgate_records_screened_total", &["topic"], "Records whose verdicts and position were committed.");
pub static MESSAGES_DECODED: Row = counter("loadgate_messages_decoded_total", &["kind"], "Messages decoded, by kind of message.");
pub static DEAD_LETTERS: Row =
    counter("loadgate_dead_letters_total", &["reason"], "Messages that could not be read and went to the dead letters.");

// What was found.
pub static CONSIGNMENTS_ASSESSED: Row =
    counter("loadgate_consignments_assessed_total", &["decision"], "Consignments assessed, clear ones included.");
pub static ALERTS: Row = counter("loadgate_alerts_total", &["domain", "decision"], "Alerts published to the screening teams.");
pub static REFERRALS: Row = counter("loadgate_referrals_total", &["code"], "Referrals published to terminals, by status code.");
pub static EVIDENCE: Row = counter("loadgate_evidence_total", &["id"], "Times that an indicator gave evidence, shadow included.");
pub static PROFILE_MATCHES: Row = counter(
    "loadgate_profile_matches_total",
    &["profile"],
    "Times that a profile matched, shadow included; profiles beyond the cap count as other.",
);
pub static PROFILE_ALERTS: Row = counter(
    "loadgate_profile_alerts_total",
    &["profile"],
    "Verdicts that were alerted and of which a profile was a reason; profiles beyond the cap count as other.",
);
pub static EVIDENCE_SUPPRESSED: Row = counter(
    "loadgate_evidence_suppressed_total",
    &["id"],
    "Reasons held back by a suppression of the policy, by its id; suppressions beyond the cap count as other.",
);
pub static PROFILE_DEMOTIONS: Row = counter(
    "loadgate_profile_demotions_total",
    &["profile"],
    "Times that a profile above its cap of the day was put in shadow; profiles beyond the first thousand count as other.",
);
pub static ALERTS_HELD_BACK: Row = counter(
    "loadgate_alerts_held_back_total",
    &["terminal"],
    "Customs alerts held back by the alert budget, by terminal; terminals that the policy does not name count as other.",
);
pub static HOLDS_OPEN: Row = gauge("loadgate_holds_open", &["code"], "Holds that nobody has resolved yet, by status code.");
pub static HOLDS_DEPARTING: Row = gauge(
    "loadgate_holds_departing",
    &["decision", "within"],
    "Open holds of shipments that may depart between now and so long from now, by the clock; of a flight whose day alone is known, all of that day.",
);
pub static HOLDS_DEPARTED: Row =
    gauge("loadgate_holds_departed", &["decision"], "Open holds of shipments that have departed all the same (DEP).");
pub static MOVEMENTS: Row = counter(
    "loadgate_movements_total",
    &["stage", "bill"],
    "Shipments that were accepted, manifested or departed, by whether their bill had been read: without one, nothing was screened.",
);
pub static ALERT_THREATS: Row = counter(
    "loadgate_alert_threats_total",
    &["threat"],
    "Threats that the reasons of a referred consignment point at, each once a verdict; threats that no indicator knows count as other.",
);
pub static OUTCOMES: Row = counter("loadgate_outcomes_total", &["outcome"], "Outcomes that screening teams sent.");
pub static EVIDENCE_INSPECTED: Row = counter(
    "loadgate_evidence_inspected_total",
    &["id"],
    "Inspections of consignments that this reason was told of; profiles and lists beyond the cap count as other.",
);
pub static EVIDENCE_FOUND: Row = counter(
    "loadgate_evidence_found_total",
    &["id"],
    "Those of them that found something: over the inspected ones, the precision of the reason.",
);
pub static DROPPED_VERDICTS: Row = counter(
    "loadgate_dropped_verdicts_total",
    &[],
    "Verdicts dropped before publishing because another replica now owns the partition.",
);

// What is screened again, under another bundle.
pub static RESCREENED: Row = counter(
    "loadgate_rescreened_total",
    &["outcome"],
    "Consignments looked at again because another bundle came into force, by what came of it.",
);
pub static RESCREEN_RECORDS_LEFT: Row = gauge(
    "loadgate_rescreen_records_left",
    &[],
    "Records of open shipments in owned partitions that are still to be screened again.",
);
pub static RESCREEN_PARTITIONS_LEFT: Row = gauge(
    "loadgate_rescreen_partitions_left",
    &[],
    "Owned partitions in which a bill is still judged by another bundle than the one in force.",
);

// What is looked out for.
pub static LIST_ENTRIES: Row = gauge("loadgate_list_entries", &["list"], "Entries of a watchlist in force.");
pub static LIST_UNREAD_ROWS: Row =
    gauge("loadgate_list_unread_rows", &["list"], "Rows of a watchlist in force that could not be read; the others count.");
pub static LIST_AGE: Row = gauge(
    "loadgate_list_age_seconds",
    &["list"],
    "Time since the day of which a watchlist in force is, in seconds; none for a list that says no day.",
);
pub static LIST_AGE_MAX: Row = gauge(
    "loadgate_list_age_max_seconds",
    &["list"],
    "Age from which a watchlist in force counts as stale (`age_days_max` of its setting), in seconds.",
);
pub static LIST_LOOKUPS: Row = counter(
    "loadgate_list_lookups_total",
    &["answer"],
    "Names of parties looked up on the watchlists: known from before, or searched for.",
);

// How fast.
pub static E2E_LATENCY: Row = histogram(
    "loadgate_e2e_latency_seconds",
    &[],
    LATENCY_SECONDS,
    "Time from a record's timestamp to the commit of its verdicts, in seconds.",
);
pub static TIME_TO_DEPARTURE: Row = histogram(
    "loadgate_time_to_departure_seconds",
    &["decision"],
    AHEAD_SECONDS,
    "Time from the commit of a bill's verdict to its departure, in seconds; 0 after it. A flight whose day alone is known departs at its end.",
);
pub static STAGE_DURATION: Row =
    histogram("loadgate_stage_duration_seconds", &["stage"], WORK_SECONDS, "Time that a stage worked on one batch, in seconds.");
pub static STAGE_BUSY: Row =
    counter("loadgate_stage_busy_seconds_total", &["stage"], "Time that the stage's threads worked, in seconds.");
pub static STAGE_WAITING: Row = counter(
    "loadgate_stage_waiting_seconds_total",
    &["stage"],
    "Time that the stage's threads waited for the next stage to take a batch (backpressure), in seconds.",
);

// What is remembered.
pub static MEMORY_ENTRIES: Row = gauge("loadgate_memory_entries", &["kind"], "Entries in memory, by what they are about.");
pub static MEMORY_BYTES: Row = gauge(
    "loadgate_memory_bytes",
    &[],
    "Allocated for the tables and indexes of memory, in bytes; lists of single entries not counted.",
);
pub static MEMORY_CATCH_UP_RECORDS: Row = gauge(
    "loadgate_memory_catch_up_records",
    &[],
    "Offsets left until memory has read the log to where it ended when this replica started; 0 when it has.",
);
pub static SNAPSHOTS: Row = counter("loadgate_snapshots_total", &[], "Snapshots of memory written.");
pub static SNAPSHOT_FAILURES: Row =
    counter("loadgate_snapshot_failures_total", &[], "Snapshots of memory that could not be written; the one before is kept.");
pub static SNAPSHOT_TIME: Row = gauge(
    "loadgate_snapshot_last_timestamp_seconds",
    &[],
    "When the last snapshot of memory was written, in seconds since 1970.",
);
pub static SNAPSHOT_DURATION: Row =
    gauge("loadgate_snapshot_duration_seconds", &[], "Time that writing the last snapshot of memory took, in seconds.");
pub static SNAPSHOT_BYTES: Row = gauge("loadgate_snapshot_bytes", &[], "Size of the last snapshot of memory, in bytes.");

// What was committed.
pub static TRANSACTIONS: Row = counter("loadgate_transactions_total", &["outcome"], "Transactions, by how they ended.");
pub static TRANSACTION_DURATION: Row = histogram(
    "loadgate_transaction_duration_seconds",
    &["phase"],
    WORK_SECONDS,
    "Time of one phase of a transaction, in seconds.",
);
pub static TRANSACTION_RECORDS: Row =
    histogram("loadgate_transaction_records", &[], RECORDS, "Input records whose positions one transaction committed.");
pub static PRODUCER_REBUILDS: Row = counter(
    "loadgate_producer_rebuilds_total",
    &[],
    "Times that the producer was replaced after a fatal error or an unknown outcome.",
);

// Who screens what.
pub static PARTITIONS_OWNED: Row = gauge("loadgate_partitions_owned", &[], "Partitions that this replica screens.");
pub static PARTITIONS_KNOWN: Row =
    gauge("loadgate_partitions_known", &[], "Partitions of the topics that are screened, whoever screens them.");
pub static REBALANCES: Row = counter("loadgate_rebalances_total", &[], "Rebalances of the group that this replica took part in.");
pub static OWNERSHIP_CHANGES: Row =
    counter("loadgate_ownership_changes_total", &["change"], "Partitions gained, given up (gone) or taken away (lost).");
pub static OWNER_STRAY_RECORDS: Row = counter(
    "loadgate_owner_stray_records_total",
    &[],
    "Records that the paused consumer which only learns ownership delivered; any is a fault.",
);
pub static CONSUMER_LAG_RECORDS: Row = gauge(
    "loadgate_consumer_lag_records",
    &["topic", "partition"],
    "Offsets between the last stable offset and the committed position of an owned partition.",
);
pub static CONSUMER_LAG_SECONDS: Row = gauge(
    "loadgate_consumer_lag_seconds",
    &["topic", "partition"],
    "Age of the last record committed while more are waiting, in seconds; 0 when none is. Before the first, since the partition is owned.",
);

// What it depends on.
pub static BROKER_UP: Row =
    gauge("loadgate_broker_up", &["client"], "1 while at least one broker answers this Kafka client, else 0.");
pub static BROKER_ERRORS: Row = counter("loadgate_broker_errors_total", &["client"], "Errors that a Kafka client reported.");
pub static CLIENT_QUEUE_RECORDS: Row =
    gauge("loadgate_client_queue_records", &["client"], "Records waiting in a Kafka client's own queues.");
pub static CLIENT_QUEUE_BYTES: Row =
    gauge("loadgate_client_queue_bytes", &["client"], "Size of the records waiting in a Kafka client's own queues, in bytes.");

// What it is.
pub static READY: Row = gauge("loadgate_ready", &[], "1 when this replica has joined its group and caught up, else 0.");
pub static BUNDLE_INFO: Row = gauge(
    "loadgate_bundle_info",
    &["hash"],
    "The rule bundle in force, by content hash; always 1. Shown once nothing more is published under the one before it.",
);
pub static BUNDLE_SEQUENCE: Row = gauge(
    "loadgate_bundle_sequence",
    &["kind"],
    "Sequence number of the signed bundle in force, and of the emergency lookout on top of it; 0 without.",
);
pub static BUNDLE_AGE: Row =
    gauge("loadgate_bundle_age_seconds", &[], "Time since the signed bundle in force was delivered, in seconds; 0 without.");
pub static BUNDLE_REFUSED: Row = counter(
    "loadgate_bundle_refused_total",
    &["reason"],
    "Bundles that were delivered and refused; the running one stayed. Each is named in the log.",
);
pub static BUILD_INFO: Row = gauge("loadgate_build_info", &["version"], "The version of this program; always 1.");

/// Every row, in the order of the documentation.
pub static CATALOGUE: &[&Row] = &[
    &RECORDS_READ,
    &RECORDS_SCREENED,
    &MESSAGES_DECODED,
    &DEAD_LETTERS,
    &CONSIGNMENTS_ASSESSED,
    &ALERTS,
    &REFERRALS,
    &EVIDENCE,
    &PROFILE_MATCHES,
    &PROFILE_ALERTS,
    &EVIDENCE_SUPPRESSED,
    &PROFILE_DEMOTIONS,
    &ALERTS_HELD_BACK,
    &HOLDS_OPEN,
    &HOLDS_DEPARTING,
    &HOLDS_DEPARTED,
    &MOVEMENTS,
    &ALERT_THREATS,
    &OUTCOMES,
    &EVIDENCE_INSPECTED,
    &EVIDENCE_FOUND,
    &DROPPED_VERDICTS,
    &RESCREENED,
    &RESCREEN_RECORDS_LEFT,
    &RESCREEN_PARTITIONS_LEFT,
    &LIST_ENTRIES,
    &LIST_UNREAD_ROWS,
    &LIST_AGE,
    &LIST_AGE_MAX,
    &LIST_LOOKUPS,
    &E2E_LATENCY,
    &TIME_TO_DEPARTURE,
    &STAGE_DURATION,
    &STAGE_BUSY,
    &STAGE_WAITING,
    &MEMORY_ENTRIES,
    &MEMORY_BYTES,
    &MEMORY_CATCH_UP_RECORDS,
    &SNAPSHOTS,
    &SNAPSHOT_FAILURES,
    &SNAPSHOT_TIME,
    &SNAPSHOT_DURATION,
    &SNAPSHOT_BYTES,
    &TRANSACTIONS,
    &TRANSACTION_DURATION,
    &TRANSACTION_RECORDS,
    &PRODUCER_REBUILDS,
    &PARTITIONS_OWNED,
    &PARTITIONS_KNOWN,
    &REBALANCES,
    &OWNERSHIP_CHANGES,
    &OWNER_STRAY_RECORDS,
    &CONSUMER_LAG_RECORDS,
    &CONSUMER_LAG_SECONDS,
    &BROKER_UP,
    &BROKER_ERRORS,
    &CLIENT_QUEUE_RECORDS,
    &CLIENT_QUEUE_BYTES,
    &READY,
    &BUNDLE_INFO,
    &BUNDLE_SEQUENCE,
    &BUNDLE_AGE,
    &BUNDLE_REFUSED,
    &BUILD_INFO,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The checks of `promtool check metrics`, and ours.
    #[test]
    fn names_follow_the_naming_rules() {
        for row in CATALOGUE {
            let name = row.name;
            assert!(name.starts_with("loadgate_"), "{name}: prefix");
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
                "{name}: snake case"
            );
            assert_eq!(name.ends_with("_total"), row.kind == Kind::Counter, "{name}: _total is the suffix of counters");
            for suffix in ["_count", "_sum", "_bucket"] {
                assert!(!name.ends_with(suffix), "{name}: {suffix} is reserved for histograms");
            }
            for word in name.split('_') {
                let abbreviated = ["ms", "us", "ns", "sec", "secs", "milliseconds", "minutes", "hours", "kb", "mb", "kib", "mib"];
                assert!(!abbreviated.contains(&word), "{name}: base units are seconds and bytes");
                assert!(!["counter", "gauge", "histogram"].contains(&word), "{name}: the type is no part of the name");
            }
            assert!(row.help.ends_with('.') && !row.help.contains(['\n', '|']), "{name}: help is one sentence in one line");
            assert_eq!(name.contains("_seconds"), row.help.contains("in seconds"), "{name}: the unit stands in name and help");
            assert_eq!(!row.buckets.is_empty(), row.kind == Kind::Histogram, "{name}: buckets belong to histograms");
            assert!(row.buckets.windows(2).all(|pair| pair[0] < pair[1]), "{name}: buckets ascend");
            assert!(!name.ends_with("_info") || row.kind == Kind::Gauge, "{name}: an _info metric is a gauge");
        }
    }

    #[test]
    fn names_are_unique_and_labels_are_the_bounded_ones() {
        let bounded = [
            "answer",
            "bill",
            "change",
            "client",
            "code",
            "decision",
            "domain",
            "hash",
            "id",
            "kind",
            "list",
            "outcome",
            "partition",
            "phase",
            "profile",
            "reason",
            "threat",
            "within",
            "writer",
            "terminal",
        ];
        let mut names: Vec<_> = CATALOGUE.iter().map(|row| row.name).collect();
        for row in CATALOGUE {
            for label in row.labels {
                assert!(bounded.contains(label) || ["stage", "topic", "version"].contains(label), "{}: label {label}", row.name);
            }
        }
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
