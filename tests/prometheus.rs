//! A real Prometheus scrapes a working replica: every query of the dashboards gives data, every rule is evaluated, and an alert
//! that is silent is silent because of its figures, not because it asks for what is not there.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use loadgate::metrics::catalogue::{CATALOGUE, Kind};
use loadgate::model::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::fetched::require;
use crate::support::process::{Guarded, tail};
use crate::support::replica::Setup;
use crate::support::terminals::{Terminals, send_payload};
use crate::support::tools::{promtool, repository};
use crate::support::{bundle, eventually, free_port, http, kafka, waybill};

const DEADLINE: Duration = Duration::from_secs(60);

/// Queries of dashboards that may be empty, and why.
const EMPTY: [(&str, &str); 1] =
    [("ALERTS{", "nothing fires while all is well: the alerts' own expressions are looked at below")];

/// Alerts that what was sent gives a reason: half of the one manifest's shipments have no bill, and of the first records one is no
/// message.
const PENDING: [&str; 3] = ["LoadgateUnscreened", "LoadgateDeadLetters", "LoadgateManyDeadLetters"];

#[test]
fn every_query_of_dashboards_and_alerts_finds_what_it_asks_for() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "scraped", 2);
    let outcomes = cluster.topic("scraped.outcomes", 1);
    setup.further = format!("[[input]]\ntopic = \"{outcomes}\"\nformat = \"json\"\nwriter = \"teams\"\n");
    let listed = bundle::with_list("id,type,name\n1,person,Arvid Solbakken\n");
    setup.further.push_str(&listed.configuration());
    let replica = setup.ready_replica("only");
    let prometheus = Prometheus::start(replica.address());
    let is = |query: &str, value: f64| {
        let found = || prometheus.query(query).first().and_then(number);
        eventually(&format!("{query} is {value}"), DEADLINE, || (found() == Some(value)).then_some(()));
    };
    is("min(loadgate_ready)", 1.0);
    is("count(loadgate_broker_up == 1)", 3.0);
    is("sum(loadgate_partitions_known)", 3.0);
    is("count(loadgate_consumer_lag_seconds == 0)", 3.0);
    let send = |topic: &str, payload: &str| send_payload(cluster, topic, &waybill::awb(HELD), payload.as_bytes());
    send(&setup.input, "CALL ME WHEN THE TRUCK IS THERE");
    send(&setup.input, &departing_soon(HELD));
    send(&setup.input, &manifest(&[HELD, UNHEARD]));
    is("sum(loadgate_holds_departing{within=\"2h\"})", 1.0);
    is("sum(loadgate_movements_total{stage=\"manifested\", bill=\"known\"})", 1.0);
    is("sum(loadgate_movements_total{stage=\"manifested\", bill=\"missing\"})", 1.0);
    is("sum(loadgate_time_to_departure_seconds_bucket{le=\"3600\"})", 0.0);
    is("sum(loadgate_time_to_departure_seconds_bucket{le=\"7200\"})", 1.0);
    send(&outcomes, &format!(r#"{{"outcome": {{"awb": "{}", "kind": "seized"}}}}"#, waybill::awb(HELD)));
    is("sum(loadgate_outcomes_total{outcome=\"seized\"})", 1.0);
    let _terminals = Terminals::start(cluster, &setup.input, 20);

    for (title, query) in dashboard_queries() {
        let asked = query.replace("$__rate_interval", "15s").replace("$job", "loadgate");
        if EMPTY.iter().any(|(start, _)| query.starts_with(start)) {
            prometheus.query(&asked);
            continue;
        }
        eventually(&format!("data for {title}: {asked}"), DEADLINE, || {
            prometheus.query(&asked).iter().any(is_number).then_some(())
        });
    }
    for (rule, expression) in prometheus.rules() {
        for selector in selectors(&expression) {
            let what = format!("{rule} asks for {selector}");
            eventually(&what, DEADLINE, || (!prometheus.query(&selector).is_empty()).then_some(()));
        }
    }
    for recorded in rules_of("recording.yaml", "- record:") {
        eventually(&recorded, DEADLINE, || prometheus.query(&recorded).iter().any(is_number).then_some(()));
    }
    let in_state = |state: &str| -> BTreeSet<String> {
        let alerts = prometheus.query(&format!("ALERTS{{alertstate=\"{state}\"}}"));
        alerts.iter().filter_map(|alert| alert["metric"]["alertname"].as_str().map(ToOwned::to_owned)).collect()
    };
    assert_eq!(in_state("firing"), ["LoadgateUnscreenedShipments".to_owned()].into(), "one shipment has no bill");
    let unexplained: Vec<_> = in_state("pending").into_iter().filter(|alert| !PENDING.contains(&alert.as_str())).collect();
    assert_eq!(unexplained, Vec::<String>::new(), "these would fire if all went on as it is, and all is well");
    check_metrics(&replica.get("/metrics").unwrap().body);

    let departed = format!("FSU/14\n{}FRAYYZ/T12K480\nDEP/LH400/02MAR/FRAYYZ/T12K480\n", waybill::awb(HELD));
    send(&setup.input, &departed);
    is("sum(loadgate_holds_departed)", 1.0);
    is("count(ALERTS{alertname=\"LoadgateHeldDeparted\", alertstate=\"firing\"})", 1.0);
}

/// Far from the numbers that the terminals reach.
const HELD: u32 = 9_000_000;
/// Nobody sends a bill of it.
const UNHEARD: u32 = 9_000_001;

/// A waybill that has to be held, of a flight an hour and a half from now.
fn departing_soon(number: u32) -> String {
    let departure = Timestamp::from_millis(Timestamp::from(SystemTime::now()).millis() / 1_000 * 1_000 + 5_400_000);
    let flights = format!(r#""flights":[{{"carrier":"LH","number":"0400","departure":"{departure}"}}],"security":[]"#);
    waybill::risky(number).replace(r#""security":[]"#, &flights)
}

fn manifest(numbers: &[u32]) -> String {
    let lines = numbers.iter().map(|number| format!("{}FRAYYZ/T12K480MC2.40/PUMP PARTS\n", waybill::awb(*number)));
    format!("FFM/8\n1/LH400/02MAR1000/FRA\nYYZ\n{}LAST\n", lines.collect::<String>())
}

/// `promtool check metrics`: form and naming of the page.
fn check_metrics(page: &str) {
    let mut check = promtool();
    let piped = check.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn dashboards_ask_for_metrics_that_exist_and_for_all_that_matter() {
    let asked: BTreeSet<String> = dashboard_queries().iter().flat_map(|(_, query)| metrics_named_in(query)).collect();
    let known: BTreeSet<String> = CATALOGUE.iter().map(|row| row.name.to_owned()).collect();
    let unknown: Vec<_> = asked.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no metrics");
    let unseen: Vec<_> = known.difference(&asked).filter(|name| *name != "loadgate_owner_stray_records_total").collect();
    assert!(unseen.is_empty(), "no panel shows {unseen:?}");
}

#[test]
fn dashboards_have_panels_that_explain_themselves() {
    for dashboard in dashboards() {
        let panels = dashboard["panels"].as_array().unwrap();
        let ids: BTreeSet<i64> = panels.iter().map(|panel| panel["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), panels.len(), "ids of panels are unique");
        for panel in panels.iter().filter(|panel| panel["type"] != "row") {
            assert!(!panel["description"].as_str().unwrap().is_empty(), "{}", panel["title"]);
            assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{}", panel["title"]);
        }
        let overlap = |a: &Value, b: &Value| {
            let side = |panel: &Value, at: &str, size: &str| {
                let start = panel["gridPos"][at].as_i64().unwrap();
                start..start + panel["gridPos"][size].as_i64().unwrap()
            };
            let meet =
                |at, size| side(a, at, size).start < side(b, at, size).end && side(b, at, size).start < side(a, at, size).end;
            meet("x", "w") && meet("y", "h")
        };
        for (at, panel) in panels.iter().enumerate() {
            let other = panels[at + 1..].iter().find(|other| overlap(panel, other));
            assert!(other.is_none(), "{} lies over {}", panel["title"], other.unwrap()["title"]);
        }
    }
}

pub fn dashboards() -> Vec<Value> {
    ["operations", "screening"]
        .map(|name| fs::read_to_string(repository(&format!("helm/loadgate/files/dashboards/{name}.json"))).unwrap())
        .map(|text| serde_json::from_str(&text).unwrap())
        .into()
}

/// Title and query of every panel, and of the annotations.
fn dashboard_queries() -> Vec<(String, String)> {
    let mut queries = Vec::new();
    for dashboard in dashboards() {
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                queries.push((panel["title"].as_str().unwrap().to_owned(), target["expr"].as_str().unwrap().to_owned()));
            }
        }
        for annotation in dashboard["annotations"]["list"].as_array().unwrap() {
            queries.push(("annotations".to_owned(), annotation["expr"].as_str().unwrap().to_owned()));
        }
    }
    queries
}

/// What follows `key` in a file of rules.
fn rules_of(file: &str, key: &str) -> Vec<String> {
    let text = fs::read_to_string(repository("helm/loadgate/files/rules").join(file)).unwrap();
    text.lines().filter_map(|line| line.trim().strip_prefix(key)).map(|name| name.trim().to_owned()).collect()
}

/// The names of loadgate's own metrics in an expression; recorded ones are left out.
pub fn metrics_named_in(text: &str) -> Vec<String> {
    let names = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == ':'));
    let metrics = names.filter(|name| name.starts_with("loadgate_") && !name.contains(':'));
    metrics.filter(|name| !["loadgate_rates", "loadgate_objective"].contains(name)).map(without_suffix).collect()
}

/// A histogram is asked for by its parts.
fn without_suffix(name: &str) -> String {
    let parts = ["_bucket", "_sum", "_count"].iter().filter_map(|suffix| name.strip_suffix(suffix));
    let histogram = |stem: &&str| CATALOGUE.iter().any(|row| row.name == *stem && row.kind == Kind::Histogram);
    parts.clone().find(histogram).unwrap_or(name).to_owned()
}

/// Every series that an expression selects, own and recorded, each with its matchers.
fn selectors(expression: &str) -> BTreeSet<String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let mut found = BTreeSet::new();
    let mut rest = expression;
    while let Some(start) = rest.find(is_name) {
        let named = &rest[start..];
        let end = named.find(|letter| !is_name(letter)).unwrap_or(named.len());
        let (name, behind) = named.split_at(end);
        let matchers = if behind.starts_with('{') { &behind[..=behind.find('}').unwrap()] } else { "" };
        if name.contains("loadgate_") {
            found.insert(format!("{name}{matchers}"));
        }
        rest = &behind[matchers.len()..];
    }
    found
}

#[test]
fn selectors_are_found_with_their_matchers() {
    let found = selectors("sum by (job) (rate(loadgate_a_total{outcome!=\"committed\"}[5m])) > 2 * job:loadgate_b:max offset 1d");
    assert_eq!(found, ["job:loadgate_b:max".to_owned(), "loadgate_a_total{outcome!=\"committed\"}".to_owned()].into());
}

fn is_number(sample: &Value) -> bool {
    number(sample).is_some_and(f64::is_finite)
}

fn number(sample: &Value) -> Option<f64> {
    sample["value"][1].as_str()?.parse().ok()
}

struct Prometheus {
    address: SocketAddr,
    _process: Guarded,
    _directory: TempDir,
}

impl Prometheus {
    /// Scrapes one replica and evaluates the chart's rules, every second.
    fn start(replica: SocketAddr) -> Self {
        require("prometheus", "--version", "Prometheus: apt-get install prometheus");
        let directory = tempfile::Builder::new().prefix("prometheus-").tempdir().unwrap();
        let config = fs::read_to_string(repository("tests/data/prometheus/prometheus.yaml")).unwrap();
        let rules = repository("helm/loadgate/files/rules").display().to_string();
        let config = config.replace("127.0.0.1:9464", &replica.to_string()).replace("../../../helm/loadgate/files/rules", &rules);
        let path = directory.path().join("prometheus.yaml");
        fs::write(&path, config).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", path.display())).arg(format!("--web.listen-address={address}"));
        command.arg(format!("--storage.tsdb.path={}", directory.path().join("data").display()));
        let log = directory.path().join("prometheus.log");
        let mut process = Guarded::spawn(command, directory.path(), &log).unwrap();
        eventually("Prometheus is ready", DEADLINE, || {
            assert!(process.exit_status().is_none(), "Prometheus stopped by itself:\n{}", tail(&log, 30));
            http::get(address, "/-/ready").filter(|answer| answer.status == 200)
        });
        Self { address, _process: process, _directory: directory }
    }

    /// The samples that a query gives now. A query that Prometheus does not understand fails the test.
    fn query(&self, query: &str) -> Vec<Value> {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/v1/query?query={encoded}");
        let answer = http::answered(&path, || http::get(self.address, &path));
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["status"], "success", "{query}: {}", answer.body);
        body["data"]["result"].as_array().unwrap().clone()
    }

    /// Name and expression of every rule, each evaluated without an error.
    fn rules(&self) -> Vec<(String, String)> {
        let rules = || {
            let answer = http::get(self.address, "/api/v1/rules")?;
            let body: Value = serde_json::from_str(&answer.body).ok()?;
            let groups = body["data"]["groups"].as_array()?.clone();
            let rules: Vec<Value> = groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect();
            (!rules.is_empty() && rules.iter().all(|rule| rule["health"] == "ok")).then_some(rules)
        };
        let rules = eventually("every rule is evaluated", DEADLINE, rules);
        assert_eq!(rules.len(), rules_of("alerts.yaml", "- alert:").len() + rules_of("recording.yaml", "- record:").len());
        let text = |rule: &Value, key: &str| rule[key].as_str().unwrap().to_owned();
        rules.iter().map(|rule| (text(rule, "name"), text(rule, "query"))).collect()
    }
}
