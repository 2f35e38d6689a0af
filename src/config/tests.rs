//! The whole of it: text and environment in, configuration or faults out.

use super::*;

fn parse(text: &str) -> Result<Config, Vec<Diagnostic>> {
    Config::parse("x.toml", text, [])
}

fn parse_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<Diagnostic>> {
    Config::parse("x.toml", text, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// `line:column message` of each fault.
fn faults(result: Result<Config, Vec<Diagnostic>>) -> Vec<String> {
    let faults = result.expect_err("no fault was found");
    faults.iter().map(|fault| format!("{}:{} {}", fault.place.line, fault.place.column, fault.message)).collect()
}

fn explained() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/loadgate.toml")).unwrap()
}

#[test]
fn an_empty_file_is_the_defaults_and_they_are_faultless() {
    assert_eq!(parse("").unwrap(), Config::default());
}

#[test]
fn the_explained_file_states_exactly_the_defaults() {
    let Ok(config) = parse(&explained()) else { panic!("{:#?}", parse(&explained())) };
    assert_eq!(config, Config::default());
}

#[test]
fn the_explained_file_speaks_of_every_key_in_its_section() {
    let text = explained();
    let mut missing = Vec::new();
    for (section, key) in keys(&Config::schema(), "") {
        let header = [format!("\n[{section}]\n"), format!("\n[[{section}]]\n")];
        let Some(start) = header.iter().find_map(|header| text.find(header)) else {
            missing.push(format!("[{section}]"));
            continue;
        };
        let body = text[start + 2..].split("\n[").next().unwrap();
        if !key.is_empty() && !body.contains(&format!("\n{key} = ")) && !body.contains(&format!("\n# {key} = ")) {
            missing.push(format!("{section}.{key}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// Every section with every key of it; a section of free keys has the empty key.
fn keys(schema: &serde_json::Value, section: &str) -> Vec<(String, String)> {
    let properties = schema["properties"].as_object().unwrap();
    let mut found = Vec::new();
    for (name, schema) in properties {
        let path = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        match () {
            () if name == "properties" => found.push((path, String::new())),
            () if section.is_empty() && schema.get("items").is_some() => found.extend(keys(&schema["items"], &path)),
            // A secret's reference is a table too, but one that is written in line.
            () if schema.get("properties").is_some() && schema["properties"].get("env").is_none() => {
                found.extend(keys(schema, &path))
            }
            () => found.push((section.to_owned(), name.clone())),
        }
    }
    found
}

#[test]
fn the_schema_is_strict_and_describes_its_keys() {
    let schema = Config::schema();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["kafka"]["properties"]["session_timeout"]["pattern"], "^[0-9]+ *(ms|s|m|h)$");
    assert!(schema["properties"]["kafka"]["properties"]["group"]["description"].as_str().unwrap().contains("consumer group"));
    assert_eq!(keys(&schema, "").len(), 52, "{:?}", keys(&schema, ""));
}

#[test]
fn all_faults_are_reported_at_once_each_with_its_place() {
    let text = "\
[kafka]
grop = \"x\"
session_timeout = \"soon\"
brokers = 3

[batch]
records = 0
bytes = \"8 bananas\"

[[input]]
topic = \"a\"
format = \"jsn\"

[colour]
red = 1
";
    assert_eq!(
        faults(parse(text)),
        [
            "2:1 unknown key `grop` in [kafka]",
            "3:19 invalid value: string \"soon\", expected a duration such as \"50ms\", \"6s\" or \"10m\", at least 1ms and at most 240h",
            "4:11 invalid type: integer `3`, expected a sequence",
            "7:11 invalid value: integer `0`, expected a whole number of at least 1",
            "8:9 invalid value: string \"8 bananas\", expected a size such as \"8MiB\" or \"500kB\", or a number of bytes, at least 1 and at most 1GiB",
            "12:10 unknown variant `jsn`, expected one of `auto`, `cargo_imp`, `json`, `avro`",
            "14:2 unknown key `colour`",
        ]
    );
    let suggestions: Vec<_> = parse(text).unwrap_err().into_iter().filter_map(|fault| fault.suggestion).collect();
    assert_eq!(suggestions, ["did you mean `group`?", "did you mean `json`?"]);
}

#[test]
fn a_fault_is_shown_with_its_line_and_a_caret() {
    let fault = parse("[log]\nlevel = \"info\"\nformat = \"jsno\" # for the collector\n").unwrap_err().remove(0);
    let expected = "\
error: unknown variant `jsno`, expected `text` or `json`
 --> x.toml:3:10
  |
3 | format = \"jsno\" # for the collector
  |          ^^^^^^ did you mean `json`?";
    assert_eq!(fault.to_string(), expected);
}

#[test]
fn broken_toml_is_reported_as_such_and_nothing_else() {
    let found = faults(parse("[kafka]\ngroup = \"x\nbrokers = [\n"));
    assert!(!found.is_empty() && found[0].starts_with("2:"), "{found:?}");
    assert!(found.iter().all(|fault| !fault.contains("unknown key")), "{found:?}");
}

#[test]
fn fields_are_checked_against_each_other() {
    for (text, expected) in [
        ("[kafka]\ntransaction_timeout = \"6s\"", "2:23 transaction_timeout (6s) must be below session_timeout (6s)"),
        ("[kafka]\nsession_timeout = \"5s\"", "2:19 transaction_timeout (5s) must be below session_timeout (5s)"),
        ("[kafka]\nsocket_timeout = \"5101ms\"", "2:18 socket_timeout (5.101s) must be at most transaction_timeout (5s) + 100ms"),
        ("[batch]\nage = \"5s\"", "2:7 batch age (5s) must be below transaction_timeout (5s)"),
        ("[shutdown]\ngrace = \"5s\"", "2:9 grace (5s) must be above transaction_timeout (5s)"),
        ("[admin]\nstall_limit = \"5s\"", "2:15 stall_limit (5s) must be above 22s, the longest that one call"),
        ("[kafka]\nbrokers = [\"a:1\", \"b\"]", "2:19 `b` is not host:port"),
        ("[kafka]\nbrokers = []", "2:11 at least one broker is needed"),
        ("[kafka]\ngroup = \"\"", "2:9 group must not be empty"),
        ("input = []", "1:9 at least one [[input]] is needed"),
        ("[[input]]\ntopic = \"a\"\n[[input]]\ntopic = \"a\"", "4:9 topic `a` is also input.0.topic"),
        ("[outputs]\nreferrals = \"cargo.messages\"", "2:13 topic `cargo.messages` is also input.0.topic"),
        ("[outputs]\nreferrals = \"cargo referrals\"", "2:13 `cargo referrals` cannot name a topic"),
        ("[kafka.security]\nprotocol = \"sasl_ssl\"\nuser = \"u\"", "2:12 protocol sasl_ssl needs the key `password`"),
        ("[kafka.security]\nuser = \"u\"", "2:8 `user` has no effect with protocol plaintext"),
        ("[kafka.security]\nca_file = \"x\"", "2:11 `ca_file` has no effect with protocol plaintext"),
        ("[kafka.security]\nprotocol = \"ssl\"\nkey_file = \"x\"", "3:12 certificate_file and key_file need each other"),
        ("[kafka.properties]\n\"group.id\" = \"x\"", "2:14 `group.id` is not for the properties: use the key `group`"),
        ("[kafka.properties]\n\"linger.mss\" = 1", "2:16 librdkafka refuses `linger.mss`"),
        ("[registry]\nurls = [\"registry:8081\"]", "2:9 `registry:8081` is not an http:// or https:// address"),
        ("[registry]\nuser = \"u\"", "2:8 user and password need each other"),
        ("[registry]\nframing = \"confluent\"", "2:11 framing confluent needs `urls`"),
        ("[log]\nlevel = \"infoo\"", "2:9 `infoo` is not a level"),
    ] {
        let found = faults(parse(text));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{text}\nfound {found:?}\nexpected {expected}");
    }
}

#[test]
fn a_faulty_field_raises_no_second_fault_across_fields() {
    let found = faults(parse("[kafka]\nsession_timeout = \"later\"\ntransaction_timeout = \"8s\""));
    assert!(found.len() == 1 && found[0].starts_with("2:19 invalid value"), "{found:?}");
}

#[test]
fn limits_and_topics_reach_the_decoders() {
    let config =
        parse("[limits]\npayload = \"64KiB\"\nelements = 10\ndepth = 3\n[[input]]\ntopic = \"b\"\n[[input]]\ntopic = \"a\"")
            .unwrap();
    let limits = crate::decode::Limits::from(&config.limits);
    assert_eq!((limits.payload_bytes, limits.elements, limits.depth), (65_536, 10, 3));
    assert_eq!(config.topics(), ["b", "a"]);
}

#[test]
fn the_environment_overrides_the_file() {
    let text = "[kafka]\ngroup = \"a\"\n[log]\nlevel = \"warn\"\n";
    let variables = [
        ("LOADGATE__KAFKA__GROUP", "1234"),
        ("LOADGATE__KAFKA__BROKERS", "a:1, b:2"),
        ("LOADGATE__KAFKA__SESSION_TIMEOUT", "10s"),
        ("LOADGATE__KAFKA__PROPERTIES", "{ \"linger.ms\" = 7 }"),
        ("LOADGATE__KAFKA__SECURITY", "{ protocol = \"sasl_ssl\", user = \"u\", password = { env = \"P\" } }"),
        ("LOADGATE__INPUT", "[{ topic = \"x\" }, { topic = \"y\", format = \"json\" }]"),
        ("LOADGATE__BATCH__RECORDS", "17"),
        ("LOADGATE__BATCH__BYTES", "64KiB"),
        ("LOADGATE__REGISTRY__URLS", "[\"https://r\"]"),
        ("LOADGATE_OTHER", "not ours"),
    ];
    let config = parse_with(text, &variables).unwrap();
    assert_eq!(config.kafka.group, "1234");
    assert_eq!(config.kafka.brokers, ["a:1", "b:2"]);
    assert_eq!(config.kafka.session_timeout, Duration::from_secs(10));
    assert_eq!(config.kafka.properties["linger.ms"], properties::Property("7".into()));
    assert_eq!(config.kafka.security.password, Some(SecretRef::Env("P".into())));
    assert_eq!(config.topics(), ["x", "y"]);
    assert_eq!(config.input[1].format, Format::Json);
    assert_eq!((config.batch.records, config.batch.bytes), (17, 65_536));
    assert_eq!(config.registry.urls, ["https://r"]);
    assert_eq!(config.log.level, "warn");
}

#[test]
fn a_fault_in_the_environment_is_shown_there() {
    let fault = parse_with("[kafka]\ngroup = \"a\"\n", &[("LOADGATE__KAFKA__SESSION_TIMEOUT", "soon")]).unwrap_err().remove(0);
    let shown = fault.to_string();
    assert!(shown.starts_with("error: invalid value: string \"soon\"") && shown.contains("--> environment:1:34"), "{shown}");
    assert!(shown.contains("\n1 | LOADGATE__KAFKA__SESSION_TIMEOUT=soon\n  |                                  ^^^^"), "{shown}");

    let fault = parse_with("", &[("LOADGATE__KAFKA__BROKER", "a:1")]).unwrap_err().remove(0);
    assert_eq!(fault.message, "unknown key `broker` in [kafka]");
    assert_eq!((fault.place.column, fault.suggestion.as_deref()), (1, Some("did you mean `brokers`?")));
}

#[test]
fn an_override_below_a_value_that_is_no_table_is_a_fault() {
    assert_eq!(
        faults(parse_with("[log]\nlevel = \"info\"\n", &[("LOADGATE__LOG__LEVEL__ROOT", "debug")])),
        ["1:1 `log.level.root` is below a value that is no table"]
    );
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    for text in [
        "[registry]\nuser = \"u\"\npassword = \"hunter2\"\n",
        "[registry]\nuser = \"u\"\npassword = 4242\n",
        "[registry]\nuser = \"u\"\npassword = { value = \"hunter2\" }\n",
        "[registry]\nurls = [\"https://u:hunter2@r\"]\n",
        "[registry]\nurls = [\"ftp://u:hunter2@r\"]\n",
        "[registry]\nuser = \"u\"\npassword = \"hunter2\n",
    ] {
        let shown: Vec<String> = parse(text).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(!shown.is_empty());
        assert!(!shown.iter().any(|fault| fault.contains("hunter2") || fault.contains("4242")), "{shown:#?}");
    }
    let shown = parse_with("", &[("LOADGATE__REGISTRY__PASSWORD", "hunter2")]).unwrap_err();
    assert!(shown.iter().all(|fault| !fault.to_string().contains("hunter2")), "{shown:#?}");
}

#[test]
fn a_missing_file_is_one_fault() {
    let found = Config::load(Some(Path::new("/no/such/loadgate.toml")), []).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].to_string().starts_with("error: cannot be read: "), "{}", found[0]);
}

#[test]
fn a_bundle_comes_from_one_place_and_a_delivered_one_needs_trust() {
    assert!(parse("[bundle]\ntopic = \"cargo.bundles\"\ntrust = \"trust.toml\"").is_ok());
    for (text, expected) in [
        (
            "[bundle]\npath = \"a\"\nfile = \"b\"\ntrust = \"t\"",
            "3:8 `path` and `file` exclude each other: the bundle comes from one place",
        ),
        ("[bundle]\ntopic = \"b\"", "2:9 a delivered bundle needs `trust`: the file that says whose signatures count"),
        ("[bundle]\ntrust = \"t\"", "2:9 `trust` has no effect without `file` or `topic`: nothing else is signed"),
        (
            "[bundle]\ntrust = \"t\"\ntopic = \"cargo.messages\"",
            "3:9 topic `cargo.messages` is also input.0.topic; every input and output needs a topic of its own",
        ),
    ] {
        assert_eq!(faults(parse(text)), [expected]);
    }
}
