//! The Helm chart: its values files render to objects that Kubernetes takes and that are hardened; wrong values are refused; the
//! configuration in it is one that the program accepts.

use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::support::tools::{python, repository};

/// The newest version whose schemas the validator has.
const KUBERNETES: &str = "1.37";

/// Values, and what the refusal must name.
const REFUSED: [(&str, &str); 16] = [
    ("replicas: 0", "/replicas"),
    ("replicas: 13", "replicas (13) is above partitions (12)"),
    ("replicas: many", "/replicas"),
    ("replica: 3", "replica"),
    ("config: ''", "/config"),
    ("image: {digest: latest}", "/image/digest"),
    ("adminPort: 80", "/adminPort"),
    ("secrets: {kafka: {name: x}}", "/secrets/kafka"),
    ("secrets: {Kafka_TLS: {secretName: x}}", "Kafka_TLS"),
    ("env: [{name: LOADGATE__SHUTDOWN__GRACE, value: 1h}]", "/env/0"),
    ("persistence: {size: big}", "/persistence/size"),
    ("topologySpread: {whenUnsatisfiable: Never}", "/topologySpread/whenUnsatisfiable"),
    ("autoscaling: {minReplicas: 0}", "/autoscaling/minReplicas"),
    ("autoscaling: {enabled: true, maxReplicas: 13}\nmonitoring: {podMonitor: {enabled: true}}", "autoscaling.maxReplicas (13)"),
    ("autoscaling: {enabled: true}", "needs monitoring.podMonitor"),
    ("monitoring: {rules: {runbookUrl: 'https://docs.example/x#y'}}", "/monitoring/rules/runbookUrl"),
];

struct Chart {
    /// One for each values file: objects, findings, notes.
    cases: Vec<Value>,
    refused: Vec<Value>,
}

/// Everything is rendered by one run of the engine.
fn chart() -> &'static Chart {
    static CHART: OnceLock<Chart> = OnceLock::new();
    CHART.get_or_init(|| {
        let mut files: Vec<_> =
            std::fs::read_dir(repository("helm/loadgate/ci")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let texts = files.iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()));
        let wrong = REFUSED.iter().map(|(values, _)| ("wrong".to_owned(), (*values).to_owned()));
        let cases: Vec<Value> = texts.chain(wrong).map(|(name, values)| json!({"name": name, "values": values})).collect();
        let asked = json!({"chart": repository("helm/loadgate"), "kubernetes": KUBERNETES, "cases": cases});
        let mut cases: Vec<Value> = serde_json::from_str(&python("chart.py", &asked.to_string())).unwrap();
        let refused = cases.split_off(files.len());
        Chart { cases, refused }
    })
}

fn objects<'c>(case: &'c Value, kind: &str) -> Vec<&'c Value> {
    case["objects"].as_array().unwrap().iter().filter(|object| object["kind"] == kind).collect()
}

/// The replicas' pods and that of `helm test`.
fn pods(case: &Value) -> Vec<&Value> {
    let replicas = objects(case, "StatefulSet").into_iter().map(|object| &object["spec"]["template"]["spec"]);
    replicas.chain(objects(case, "Pod").into_iter().map(|pod| &pod["spec"])).collect()
}

#[test]
fn every_values_file_renders_to_objects_that_kubernetes_takes() {
    let [bare, default, production] = chart().cases.as_slice() else { panic!("three values files") };
    for case in [bare, default, production] {
        assert_eq!(case["findings"], json!([]), "{}", case["name"]);
        assert!(case["notes"].as_str().unwrap().contains("helm test gate"), "{}", case["notes"]);
    }
    let kinds = |case: &Value| {
        let mut kinds: Vec<_> =
            case["objects"].as_array().unwrap().iter().map(|object| object["kind"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        kinds.join(" ")
    };
    assert_eq!(kinds(bare), "ConfigMap Pod Service StatefulSet");
    assert_eq!(kinds(default), "ConfigMap NetworkPolicy Pod PodDisruptionBudget Service ServiceAccount StatefulSet");
    let all = "ConfigMap ConfigMap NetworkPolicy Pod PodDisruptionBudget PodMonitor PrometheusRule ScaledObject Service \
               ServiceAccount StatefulSet";
    assert_eq!(kinds(production), all);
}

#[test]
fn wrong_values_are_refused_and_named() {
    for (case, (values, named)) in chart().refused.iter().zip(REFUSED) {
        let refusal = case["refused"].as_str().unwrap_or_else(|| panic!("accepted: {values}"));
        assert!(refusal.contains(named), "{values}: {refusal}");
    }
}

#[test]
fn the_configuration_and_environment_of_the_pods_are_accepted_by_the_program() {
    for case in &chart().cases {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("loadgate.toml");
        let maps = objects(case, "ConfigMap");
        let text = maps.iter().find_map(|map| map["data"]["loadgate.toml"].as_str()).unwrap();
        std::fs::write(&config, text).unwrap();
        let container = &objects(case, "StatefulSet")[0]["spec"]["template"]["spec"]["containers"][0];
        let variables = container["env"].as_array().unwrap();
        let mut check = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        check.args(["check", "--config"]).arg(&config);
        check.envs(variables.iter().map(|variable| (variable["name"].as_str().unwrap(), variable["value"].as_str().unwrap())));
        let output = check.output().unwrap();
        assert!(output.status.success(), "{}: {}", case["name"], String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_program_has_time_to_stop_and_ends_before_it_is_killed() {
    for case in &chart().cases {
        let pod = &objects(case, "StatefulSet")[0]["spec"]["template"]["spec"];
        let variables = pod["containers"][0]["env"].as_array().unwrap();
        let grace = variables.iter().find(|variable| variable["name"] == "LOADGATE__SHUTDOWN__GRACE").unwrap();
        let grace: u64 = grace["value"].as_str().unwrap().trim_end_matches('s').parse().unwrap();
        assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() >= grace + 5, "{pod}");
    }
}

#[test]
fn pods_run_without_root_token_capabilities_or_a_writable_file_system() {
    for pod in chart().cases.iter().flat_map(pods) {
        assert_eq!(pod["automountServiceAccountToken"], false);
        let security = &pod["securityContext"];
        assert_eq!(security["runAsNonRoot"], true);
        assert!(security["runAsUser"].as_u64() > Some(0));
        assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault");
        for container in pod["containers"].as_array().unwrap() {
            let security = &container["securityContext"];
            assert_eq!(security["readOnlyRootFilesystem"], true);
            assert_eq!(security["allowPrivilegeEscalation"], false);
            assert_eq!(security["capabilities"], json!({"drop": ["ALL"]}));
            assert!(container["resources"]["limits"]["memory"].is_string());
            assert!(container["resources"]["limits"]["cpu"].is_null(), "throttling stretches transactions");
            let variables = container["env"].as_array().unwrap();
            assert!(variables.iter().all(|variable| !variable.to_string().to_lowercase().contains("password")));
        }
    }
}

#[test]
fn probes_ask_for_what_they_mean() {
    for case in &chart().cases {
        let container = &objects(case, "StatefulSet")[0]["spec"]["template"]["spec"]["containers"][0];
        for (probe, path) in [("startupProbe", "/live"), ("livenessProbe", "/live"), ("readinessProbe", "/ready")] {
            assert_eq!(container[probe]["httpGet"], json!({"path": path, "port": "admin"}), "{probe}");
        }
    }
}

#[test]
fn memory_is_written_down_where_it_has_a_key_and_only_then_there_is_a_volume() {
    let [bare, default, production] = chart().cases.as_slice() else { panic!("three values files") };
    for (case, persists) in [(bare, false), (default, false), (production, true)] {
        let replicas = &objects(case, "StatefulSet")[0]["spec"];
        let variables = replicas["template"]["spec"]["containers"][0]["env"].to_string();
        let claims = replicas["volumeClaimTemplates"].as_array().map_or(0, Vec::len);
        assert_eq!(
            (variables.contains("/var/lib/loadgate/memory"), claims),
            (persists, usize::from(persists)),
            "{}",
            case["name"]
        );
        let notes = case["notes"].as_str().unwrap();
        assert_eq!(notes.contains("set persistence.keySecret"), !persists, "{notes}");
    }
}

#[test]
fn selectors_find_the_replicas() {
    for case in &chart().cases {
        let replicas = &objects(case, "StatefulSet")[0]["spec"];
        let labels = replicas["template"]["metadata"]["labels"].as_object().unwrap();
        let mut selectors = vec![("StatefulSet", &replicas["selector"]["matchLabels"])];
        selectors.extend(objects(case, "Service").iter().map(|service| ("Service", &service["spec"]["selector"])));
        for kind in ["PodDisruptionBudget", "PodMonitor"] {
            selectors.extend(objects(case, kind).iter().map(|object| (kind, &object["spec"]["selector"]["matchLabels"])));
        }
        for (kind, selector) in selectors {
            let selector = selector.as_object().unwrap();
            assert!(selector.len() == 2 && selector.iter().all(|(name, value)| labels.get(name) == Some(value)), "{kind}");
        }
        assert_eq!(replicas["serviceName"], objects(case, "Service")[0]["metadata"]["name"]);
    }
}

#[test]
fn autoscaling_leaves_the_number_of_replicas_to_keda() {
    let production = &chart().cases[2];
    assert!(objects(production, "StatefulSet")[0]["spec"]["replicas"].is_null());
    let scaled = &objects(production, "ScaledObject")[0]["spec"];
    assert_eq!((&scaled["minReplicaCount"], &scaled["maxReplicaCount"]), (&json!(3), &json!(24)));
    let query = scaled["triggers"][0]["metadata"]["query"].as_str().unwrap();
    assert_eq!(query, r#"max(loadgate_consumer_lag_seconds{namespace="cargo",job="cargo/gate-loadgate"})"#);
}

#[test]
fn alerts_in_the_cluster_link_to_the_published_runbook() {
    let rule = &objects(&chart().cases[2], "PrometheusRule")[0]["spec"].to_string();
    assert!(rule.contains("https://docs.example/loadgate/runbook#loadgatelagging"), "{rule}");
    assert!(!rule.contains("docs/runbook.md"));
}

#[test]
fn every_value_has_a_comment() {
    let text = std::fs::read_to_string(repository("helm/loadgate/values.yaml")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let block = text.lines().position(|line| line.starts_with("config: |")).unwrap();
    for (number, line) in lines.iter().enumerate().filter(|(number, _)| !(block + 1..block + 4).contains(number)) {
        let is_key = !line.trim_start().starts_with('#') && line.contains(':');
        let opens_a_section = line.ends_with(':');
        if is_key && !opens_a_section {
            assert!(lines[number - 1].trim_start().starts_with('#'), "no comment above line {}: {line}", number + 1);
        }
    }
}
