//! Alert and recording rules, by promtool: well formed, about metrics that exist, each alert shown silent and firing, each with a
//! part in the runbook.

use std::collections::BTreeSet;
use std::fs;

use loadgate::metrics::catalogue::CATALOGUE;

use crate::support::fetched::run;
use crate::support::tools::{promtool, repository};

const FILES: [&str; 2] = ["helm/loadgate/files/rules/alerts.yaml", "helm/loadgate/files/rules/recording.yaml"];
/// The second is about hours and days.
const TESTS: [&str; 2] = ["tests/data/prometheus/alerts_test.yaml", "tests/data/prometheus/slow_alerts_test.yaml"];

/// What follows `key` on each line of a file.
fn values(path: &str, key: &str) -> Vec<String> {
    let text = fs::read_to_string(repository(path)).unwrap();
    text.lines().filter_map(|line| line.trim().strip_prefix(key)).map(|value| value.trim().to_owned()).collect()
}

#[test]
fn promtool_accepts_the_rules() {
    run(promtool().args(["check", "rules", "--lint=all", "--lint-fatal"]).args(FILES.map(repository)));
    run(promtool().args(["check", "config"]).arg(repository("tests/data/prometheus/prometheus.yaml")));
}

#[test]
fn promtool_sees_every_alert_silent_and_firing() {
    run(promtool().args(["test", "rules"]).args(TESTS.map(repository)));
    let text = TESTS.map(|path| fs::read_to_string(repository(path)).unwrap()).concat();
    let cases: Vec<&str> = text.split("  - name: ").collect();
    for alert in values(FILES[0], "- alert:") {
        let about = format!("alertname=\"{alert}\"");
        let fires = text.lines().any(|line| line.contains(&about) && line.contains("exp_samples"));
        assert!(fires, "no case in {TESTS:?} in which {alert} fires");
        let spares = cases.iter().any(|case| case.contains(&about) && case.contains("job=\"near\""));
        assert!(spares, "no case in {TESTS:?} in which {alert} is silent about a loadgate near its threshold");
    }
}

#[test]
fn every_alert_has_a_part_of_the_runbook_and_every_part_an_alert() {
    let alerts = values(FILES[0], "- alert:");
    let links = values(FILES[0], "runbook_url:");
    assert_eq!(alerts.len(), links.len());
    let parts: BTreeSet<String> = values("docs/runbook.md", "### ").iter().map(|title| title.to_lowercase()).collect();
    let mut linked = BTreeSet::new();
    for (alert, link) in alerts.iter().zip(links) {
        let part = link.strip_prefix("docs/runbook.md#").unwrap_or_else(|| panic!("{alert}: {link}")).to_owned();
        assert!(parts.contains(&part), "{alert}: docs/runbook.md has no part {part}");
        linked.insert(part);
    }
    let unlinked: Vec<_> = parts.iter().filter(|part| part.starts_with("loadgate") && !linked.contains(*part)).collect();
    assert!(unlinked.is_empty(), "no alert links to {unlinked:?}");
}

#[test]
fn rules_speak_of_metrics_that_exist() {
    for path in FILES {
        let text = fs::read_to_string(repository(path)).unwrap();
        for name in super::prometheus::metrics_named_in(&text) {
            assert!(CATALOGUE.iter().any(|row| row.name == name), "{path}: {name} is no metric");
        }
    }
}

#[test]
fn every_alert_says_who_is_woken() {
    let severities = values(FILES[0], "severity:");
    assert_eq!(severities.len(), values(FILES[0], "- alert:").len());
    assert!(severities.iter().all(|severity| ["page", "ticket"].contains(&severity.as_str())), "{severities:?}");
}
