//! The Helm chart: its values files render to objects that Kubernetes takes and that are hardened; wrong values are refused; the
//! configuration in it is one that the program accepts.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::support::fetched::run;
use crate::support::tools::{promtool, python, repository};

/// The oldest version that the chart is for, and the newest whose schemas the validator has.
const KUBERNETES: [&str; 2] = ["1.27", "1.37"];

/// Values that are taken, beside those of the files. Their release is named 123, which YAML would take for a number.
const TAKEN: [(&str, &str); 6] = [
    ("half a core", "resources: {requests: {cpu: 0.5}}"),
    ("requests that are the limits", "resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 0.5, memory: 1024Mi}}"),
    (
        "references to secrets",
        "env: [{name: LOADGATE__REGISTRY__PASSWORD, value: '{ file = \"/x\" }'}, {name: PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}]",
    ),
    ("a longer transaction", "config: '[kafka]\n\n  transaction_timeout = \"19 s\"'"),
    (
        "own labels",
        "podLabels: {app.kubernetes.io/name: x, team: cargo}\npodAnnotations: {checksum/config: '0', note: x}\n\
         monitoring: {podMonitor: {enabled: true, labels: {app.kubernetes.io/name: x}}}",
    ),
    (
        "an operator",
        "operator: {command: [dead-letters, list], secretName: loadgate-operator, env: [{name: LOADGATE__KAFKA__SECURITY__USER, value: operator}]}",
    ),
];

/// Values, and what the refusal must name.
const REFUSED: [(&str, &str); 46] = [
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
    ("monitoring: {rules: {enabled: true}}", "/monitoring/rules/runbookUrl"),
    ("monitoring: {rules: {enabled: true, runbookUrl: 'https://docs.example/x'}}", "needs monitoring.podMonitor"),
    ("monitoring: {rules: {thresholds: {LoadgateAbsent: 1}}}", "LoadgateAbsent"),
    ("monitoring: {podMonitor: {interval: 0s}}", "/monitoring/podMonitor/interval"),
    ("autoscaling: {minReplicas: null}", "'minReplicas'"),
    ("networkPolicy: {egressPorts: null}", "'egressPorts'"),
    ("image: null", "'image'"),
    ("image: {repository: 'load gate'}", "/image/repository"),
    ("image: {tag: 'a b'}", "/image/tag"),
    ("resources: {limits: {memory: null}}", "'memory'"),
    ("resources: {requests: {cpu: -1}}", "/resources/requests/cpu"),
    ("resources: {requests: {cpu: '0'}}", "/resources/requests/cpu"),
    ("resources: {requests: {memory: 2Gi}}", "resources.requests.memory (2Gi) is above"),
    ("resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}", "resources.requests.cpu (2) is above"),
    ("persistence: {size: 0Gi}", "/persistence/size"),
    ("persistence: {mountPath: /etc/loadgate}", "/persistence/mountPath"),
    ("persistence: {keySecret: 'Bad Name'}", "/persistence/keySecret"),
    ("volumeMounts: [{name: x, mountPath: /etc/loadgate}]", "/volumeMounts/0/mountPath"),
    ("secrets: {kafka: {secretName: 'Bad Name'}}", "/secrets/kafka/secretName"),
    ("secrets: {kafka: {secretName: x, items: [{key: k, path: ../x}]}}", "/secrets/kafka/items/0/path"),
    ("secrets: {kafka: {secretName: x, items: [{key: k, path: a/../../x}]}}", "/secrets/kafka/items/0/path"),
    ("secrets: {operator: {secretName: x}}", "operator"),
    ("env: [{name: LOADGATE__KAFKA__SECURITY__PASSWORD, value: hunter2}]", "/env/0/value"),
    ("env: [{name: LOADGATE__MEMORY__SNAPSHOT, value: /x}]", "/env/0"),
    ("config: '[kafka'", "config: toml"),
    ("config: 'memory.key = \"hunter2\"'", "config holds a secret"),
    ("config: 'bundle.topic = \"cargo.bundles\"'", "needs bundle.trustSecret"),
    ("bundle: {trustSecret: x}", "bundle.trustSecret has no effect"),
    ("shutdown: {graceSeconds: 5}", "shutdown.graceSeconds (5) must be above kafka.transaction_timeout (5s)"),
    ("env: [{name: LOADGATE__KAFKA__TRANSACTION_TIMEOUT, value: 1m}]", "kafka.transaction_timeout (1m)"),
];

/// Fields that are no fields: kind, where, name.
const MISSPELT: [(&str, &str, &str); 7] = [
    ("StatefulSet", "/spec/template/spec/containers/0", "readinesProbe"),
    ("PodDisruptionBudget", "/spec", "maxUnavailabel"),
    ("NetworkPolicy", "/spec/egress/0", "port"),
    ("ConfigMap", "", "datum"),
    ("PodMonitor", "/spec/podMetricsEndpoints/0", "intervall"),
    ("PrometheusRule", "/spec/groups/0/rules/0", "expression"),
    ("ScaledObject", "/spec/triggers/0", "metricsType"),
];

struct Chart {
    /// One for each values file: objects, findings, notes.
    cases: Vec<Value>,
    taken: Vec<Value>,
    refused: Vec<Value>,
}

/// Everything is rendered by one run of the engine.
fn chart() -> &'static Chart {
    static CHART: OnceLock<Chart> = OnceLock::new();
    CHART.get_or_init(|| {
        let mut files: Vec<_> =
            fs::read_dir(repository("helm/loadgate/ci")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let case = |name: &str, release: &str, values: &str| json!({"name": name, "release": release, "values": values});
        let texts = files.iter().map(|path| case(&path.display().to_string(), "gate", &fs::read_to_string(path).unwrap()));
        let taken = TAKEN.iter().map(|(name, values)| case(name, "123", values));
        let wrong = REFUSED.iter().map(|(values, _)| case("wrong", "gate", values));
        let asked: Vec<Value> = texts.chain(taken).chain(wrong).collect();
        let mut answer = ask(&asked, &[]);
        let Value::Array(mut cases) = answer["cases"].take() else { panic!("{answer}") };
        let refused = cases.split_off(files.len() + TAKEN.len());
        let taken = cases.split_off(files.len());
        Chart { cases, taken, refused }
    })
}

/// What the engine and the schemas say of values and of objects.
fn ask(cases: &[Value], objects: &[Value]) -> Value {
    let chart = repository("helm/loadgate");
    let asked = json!({"chart": chart, "kubernetes": KUBERNETES, "cases": cases, "objects": objects});
    serde_json::from_str(&python("chart.py", &asked.to_string())).unwrap()
}

/// What became of values that are taken.
fn taken(name: &str) -> &'static Value {
    chart().taken.iter().find(|case| case["name"] == name).unwrap()
}

fn objects<'c>(case: &'c Value, kind: &str) -> Vec<&'c Value> {
    case["objects"].as_array().unwrap().iter().filter(|object| object["kind"] == kind).collect()
}

/// The replicas' pods, that of `helm test`, and an operator's.
fn pods(case: &Value) -> Vec<&Value> {
    let made = ["StatefulSet", "Job"].into_iter().flat_map(|kind| objects(case, kind));
    let made = made.map(|object| &object["spec"]["template"]["spec"]);
    made.chain(objects(case, "Pod").into_iter().map(|pod| &pod["spec"])).collect()
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
        fs::write(&config, text).unwrap();
        fs::write(directory.path().join("trust.toml"), trust(directory.path())).unwrap();
        let container = &objects(case, "StatefulSet")[0]["spec"]["template"]["spec"]["containers"][0];
        let variables = container["env"].as_array().unwrap();
        let mut check = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        check.args(["check", "--config"]).arg(&config);
        for variable in variables {
            let value = variable["value"].as_str().unwrap();
            let there = value.replace("/run/secrets/loadgate-trust", &directory.path().display().to_string());
            check.env(variable["name"].as_str().unwrap(), there);
        }
        let output = check.output().unwrap();
        assert!(output.status.success(), "{}: {}", case["name"], String::from_utf8_lossy(&output.stderr));
    }
}

/// A trust file that enrols an author and who approves.
fn trust(folder: &Path) -> String {
    let mut trust = "bundle = \"screening\"\nenvironment = \"production\"\napprovals = 1\n".to_owned();
    for person in ["author", "approver"] {
        let mut keygen = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        keygen.args(["bundle", "keygen", "--person", person, "--out"]).arg(folder.join(person));
        trust.push_str(&run(&mut keygen));
    }
    trust
}

#[test]
fn whose_signatures_count_is_told_by_reference() {
    let production = &chart().cases[2];
    for pod in pods(production) {
        let volume = pod["volumes"].as_array().unwrap().iter().find(|volume| volume["name"] == "bundle-trust").unwrap();
        assert_eq!(volume["secret"]["secretName"], "loadgate-bundle-trust");
        assert_eq!(volume["secret"]["items"], json!([{"key": "trust.toml", "path": "trust.toml"}]));
        let container = &pod["containers"][0];
        let mounts = container["volumeMounts"].as_array().unwrap();
        let mount = mounts.iter().find(|mount| mount["name"] == "bundle-trust").unwrap();
        let variables = container["env"].as_array().unwrap();
        let trust = variables.iter().find(|variable| variable["name"] == "LOADGATE__BUNDLE__TRUST").unwrap();
        assert_eq!(trust["value"], format!("{}/trust.toml", mount["mountPath"].as_str().unwrap()));
    }
}

#[test]
fn further_values_are_taken() {
    for case in &chart().taken {
        assert_eq!(case["findings"], json!([]), "{case}");
        assert_eq!(objects(case, "Service")[0]["metadata"]["name"], "loadgate-123", "it begins with a letter");
    }
}

#[test]
fn what_kubernetes_does_not_know_is_refused() {
    let production = &chart().cases[2];
    let misspelt = MISSPELT.iter().map(|(kind, at, field)| {
        let mut object = objects(production, kind)[0].clone();
        object.pointer_mut(at).unwrap()[*field] = json!("x");
        object
    });
    let answer = ask(&[], &misspelt.collect::<Vec<Value>>());
    for (findings, (kind, _, field)) in answer["findings"].as_array().unwrap().iter().zip(MISSPELT) {
        let each = findings.as_array().unwrap();
        assert!(!each.is_empty() && each.iter().all(|finding| finding.as_str().unwrap().contains(field)), "{kind}: {findings}");
    }
}

#[test]
fn the_schema_demands_every_key_so_that_none_can_be_set_to_null() {
    let text = fs::read_to_string(repository("helm/loadgate/values.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let mut left = vec![&schema];
    while let Some(section) = left.pop() {
        let properties = section["properties"].as_object().unwrap();
        let demanded = section["required"].as_array().unwrap();
        for (key, value) in properties.iter().filter(|(key, _)| *key != "global") {
            assert!(demanded.contains(&json!(key)), "{key} may be null");
            left.extend(Some(value).filter(|value| value["properties"].is_object() && key != "thresholds"));
        }
    }
}

#[test]
fn what_the_chart_sets_itself_cannot_be_changed() {
    let case = taken("own labels");
    let pod = &objects(case, "StatefulSet")[0]["spec"]["template"]["metadata"];
    assert_eq!((&pod["labels"]["app.kubernetes.io/name"], &pod["labels"]["team"]), (&json!("loadgate"), &json!("cargo")));
    assert_eq!(pod["annotations"]["checksum/config"].as_str().unwrap().len(), 64);
    assert_eq!(pod["annotations"]["note"], "x");
    assert_eq!(objects(case, "PodMonitor")[0]["metadata"]["labels"]["app.kubernetes.io/name"], "loadgate");
}

#[test]
fn an_operator_runs_one_command_with_credentials_of_their_own() {
    let case = taken("an operator");
    let pod = &objects(case, "Job")[0]["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(container["args"], json!(["dead-letters", "list", "--config", "/etc/loadgate/loadgate.toml"]));
    let variables = container["env"].as_array().unwrap();
    assert!(variables.contains(&json!({"name": "LOADGATE__KAFKA__SECURITY__USER", "value": "operator"})), "{variables:?}");
    let mounts = container["volumeMounts"].as_array().unwrap();
    let mount = json!({"name": "secret-operator", "mountPath": "/run/secrets/loadgate/operator", "readOnly": true});
    assert!(mounts.contains(&mount), "{mounts:?}");
    assert!(objects(&chart().cases[2], "Job").is_empty(), "none is installed");
}

#[test]
fn replicas_are_spread_over_zones_and_nodes() {
    for (case, unsatisfiable) in chart().cases.iter().zip(["ScheduleAnyway", "ScheduleAnyway", "DoNotSchedule"]) {
        let replicas = &objects(case, "StatefulSet")[0]["spec"];
        let spread = &replicas["template"]["spec"]["topologySpreadConstraints"];
        let selector = &replicas["selector"];
        let over =
            |key: &str| json!({"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": unsatisfiable, "labelSelector": selector});
        assert_eq!(*spread, json!([over("topology.kubernetes.io/zone"), over("kubernetes.io/hostname")]));
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
    for pod in chart().cases.iter().chain([taken("an operator")]).flat_map(pods) {
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
    let ignored = &scaled["triggers"][0]["metadata"]["ignoreNullValues"];
    assert_eq!(ignored, "false", "a lag that nobody knows takes no replica away");
}

/// Those of its own release, with the numbers of its values.
#[test]
fn the_rules_of_a_release_look_at_its_series_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [rules, cases] = ["rules.yaml", "release_test.yaml"].map(|name| folder.path().join(name));
    // What is JSON is YAML.
    fs::write(&rules, objects(&chart().cases[2], "PrometheusRule")[0]["spec"].to_string()).unwrap();
    fs::copy(repository("tests/data/prometheus/release_test.yaml"), &cases).unwrap();
    run(promtool().args(["check", "rules", "--lint=all", "--lint-fatal"]).arg(&rules));
    run(promtool().args(["test", "rules"]).arg(&cases));
}

#[test]
fn every_number_that_a_site_may_set_is_one_of_an_alert() {
    let text = fs::read_to_string(repository("helm/loadgate/values.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let pointer = "/properties/monitoring/properties/rules/properties/thresholds/properties";
    let rules = fs::read_to_string(repository("helm/loadgate/files/rules/alerts.yaml")).unwrap();
    for alert in schema.pointer(pointer).unwrap().as_object().unwrap().keys() {
        assert!(rules.contains(&format!("- alert: {alert}\n")), "{alert}");
    }
}

#[test]
fn alerts_in_the_cluster_link_to_the_published_runbook() {
    let rule = &objects(&chart().cases[2], "PrometheusRule")[0]["spec"].to_string();
    assert!(rule.contains("https://docs.example/loadgate/runbook#loadgatelagging"), "{rule}");
    assert!(!rule.contains("docs/runbook.md"));
}

#[test]
fn every_value_has_a_comment() {
    let text = fs::read_to_string(repository("helm/loadgate/values.yaml")).unwrap();
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
