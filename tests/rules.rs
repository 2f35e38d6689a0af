//! Alert and recording rules, by promtool: well formed, about metrics that exist, each alert shown silent and firing, each with a
//! part in the runbook that says what it means, where to look and what to do.

use std::collections::BTreeSet;
use std::fs;

use loadgate::metrics::catalogue::CATALOGUE;
use loadgate::record::Reason;

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
fn every_part_says_what_the_alert_means_where_to_look_and_what_to_do() {
    let text = fs::read_to_string(repository("docs/runbook.md")).unwrap();
    let (_, alerts) = text.split_once("\n## Alerts\n").unwrap();
    let (alerts, _) = alerts.split_once("\n## ").unwrap();
    for part in alerts.split("\n### ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap();
        let (meaning, rest) = body.split_once("- **Look**").unwrap_or_else(|| panic!("{title} does not say where to look"));
        assert!(!meaning.trim().is_empty(), "{title} does not say what it means");
        assert!(rest.contains("\n- **Act**"), "{title} does not say what to do");
    }
}

/// In italics stand panels, dashboards, and alerts that share a part.
#[test]
fn the_runbook_names_panels_that_exist() {
    let text = fs::read_to_string(repository("docs/runbook.md")).unwrap().replace("**", "");
    let mut known: BTreeSet<String> = values(FILES[0], "- alert:").into_iter().collect();
    for dashboard in super::prometheus::dashboards() {
        let panels = dashboard["panels"].as_array().unwrap();
        known.extend(panels.iter().chain([&dashboard]).map(|titled| titled["title"].as_str().unwrap().to_owned()));
    }
    for named in text.split('*').skip(1).step_by(2) {
        let named = named.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(known.contains(&named), "docs/runbook.md speaks of {named}, which is no panel");
    }
}

#[test]
fn every_reason_of_a_dead_letter_has_a_row_in_the_runbook() {
    let text = fs::read_to_string(repository("docs/runbook.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let told: BTreeSet<&str> = rows.flat_map(|reasons| reasons.split(", ")).collect();
    for reason in Reason::ALL {
        assert!(told.contains(reason.as_str()), "{reason}");
    }
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
