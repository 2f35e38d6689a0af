//! Brokers with TLS, SCRAM and access rules: the rights that `loadgate acls` prints are enough for each role, and no more.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::dead_letters::FWB;
use crate::support::kafka::secured::{SecuredCluster, password};
use crate::support::reader::{Live, committed};
use crate::support::replica::{Setup, said};
use crate::support::{eventually, waybill};

const DEADLINE: Duration = Duration::from_secs(60);
const NUMBER: u32 = 70;

/// The lines of the configuration by which a user connects.
fn connecting(user: &str, secret: &Path, authority: &Path) -> String {
    format!(
        "[kafka.security]\nprotocol = \"sasl_ssl\"\nmechanism = \"SCRAM-SHA-512\"\nuser = \"{user}\"\n\
         password = {{ file = \"{}\" }}\nca_file = \"{}\"\n",
        secret.display(),
        authority.display()
    )
}

/// A client of somebody else's making.
fn client(cluster: &SecuredCluster, user: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", cluster.bootstrap()).set("security.protocol", "SASL_SSL");
    config.set("sasl.mechanism", "SCRAM-SHA-512").set("sasl.username", user).set("sasl.password", password(user));
    config.set("ssl.ca.location", cluster.authority().display().to_string()).set("group.id", format!("{user}-reader"));
    config.set("auto.offset.reset", "earliest").set("isolation.level", "read_committed");
    config
}

#[test]
fn each_role_can_do_its_work_over_tls_and_scram_and_nothing_else() {
    let cluster = SecuredCluster::start(&["service", "terminal", "operator", "customs"]);
    let secrets = tempfile::tempdir().unwrap();
    let secret = |user: &str| {
        let path = secrets.path().join(user);
        fs::write(&path, password(user) + "\n").unwrap();
        path
    };
    let mut setup = Setup::new(&cluster.cluster, "secured", 2);
    setup.brokers = cluster.bootstrap();
    let as_user = |setup: &mut Setup, user: &str| setup.further = connecting(user, &secret(user), &cluster.authority());

    as_user(&mut setup, "service");
    let denied = setup.command(&["check", "--brokers"]);
    assert_eq!(denied.status.code(), Some(1), "{}", said(&denied));
    let hidden = format!("fault: topic {} does not exist, or this user may not see it", setup.input);
    assert!(said(&denied).contains(&hidden), "{}", said(&denied));
    assert!(said(&denied).contains("the service may not use transactional ids such as"), "{}", said(&denied));

    grant_roles(&cluster, &setup);
    as_user(&mut setup, "service");
    mend_by_the_printed_lines(&cluster, &setup);
    for role in ["service", "operator"] {
        as_user(&mut setup, role);
        let clean = setup.command(&["check", "--brokers", "--as", role]);
        assert_eq!((clean.status.code(), said(&clean).as_str()), (Some(0), "no faults\n"), "{role}");
    }

    // The fault: Cargo-IMP comes to a topic that is configured for JSON.
    setup.format = "json";
    as_user(&mut setup, "service");
    let mut replica = setup.ready_replica("only");
    let terminal: BaseProducer = client(&cluster, "terminal").create().unwrap();
    let (key, message) = (waybill::awb(NUMBER), waybill::risky(NUMBER));
    for payload in [FWB, &message] {
        terminal.send(BaseRecord::to(&setup.input).key(&key).payload(payload)).map_err(|(error, _)| error).unwrap();
    }
    terminal.flush(DEADLINE).unwrap();
    let live = Live::start(&cluster.cluster, &setup.referrals, "referral");
    eventually("the terminal is answered", DEADLINE, || (live.with(<[_]>::len) == 1).then_some(()));
    assert_eq!(committed(&cluster.cluster, &setup.assessments, "assessment").len(), 1);

    let [security, customs] = &setup.alerts;
    assert_eq!(first(&cluster, "terminal", &setup.referrals), Ok(()), "a terminal reads its referrals");
    assert_eq!(first(&cluster, "customs", customs), Ok(()), "a team reads its alerts");
    for (user, topic) in [("terminal", customs), ("terminal", &setup.assessments), ("customs", security), ("operator", security)]
    {
        let denied = [RDKafkaErrorCode::TopicAuthorizationFailed, RDKafkaErrorCode::GroupAuthorizationFailed];
        let answer = first(&cluster, user, topic);
        assert!(answer.is_err_and(|code| denied.contains(&code)), "{user} reads {topic}: {answer:?}");
    }
    as_user(&mut setup, "operator");
    setup.format = "auto";
    assert_eq!(setup.command(&["lag"]).status.code(), Some(0));
    assert_eq!(setup.command(&["topics"]).status.code(), Some(0));
    assert!(said(&setup.command(&["dead-letters", "list"])).ends_with("1 letters: 1 bad_field\n"));
    assert_eq!(setup.command(&["dead-letters", "show", "0/0"]).status.code(), Some(0));
    let redriven = setup.command(&["dead-letters", "redrive"]);
    assert!(said(&redriven).ends_with("1 sent, 0 sent before, 0 left\n"), "{}", said(&redriven));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    let log = replica.whole_log();
    assert!(!log.contains(&password("service")) && !log.contains("AuthorizationFailed"), "{log}");
    refuses_strangers(&cluster, &mut setup, &secret("service"));
}

/// Grants what each role needs. Without the right to look, a check says so and does not pass.
fn grant_roles(cluster: &SecuredCluster, setup: &Setup) {
    let printed = ["service", "terminal", "operator", "customs"]
        .map(|role| said(&setup.command(&["acls", "--role", role, "--principal", &format!("User:{role}")])));
    let (look, work): (Vec<&str>, Vec<&str>) = printed
        .iter()
        .flat_map(|lines| lines.lines())
        .partition(|line| line.contains("User:service ") && line.contains("DescribeConfigs"));
    cluster.run_printed(work);
    let grant = "this user may not look: run what `loadgate acls --role service --principal User:service` prints";
    let last = format!("\nnothing wrong was found, but 7 things could not be checked: {grant}\n");
    let blind = checked(setup, "the rights are in force", 3, &last);
    assert!(blind.contains(&format!("not checked: settings of topic {}", setup.input)), "{blind}");
    cluster.run_printed(look);
}

/// Runs every fix, word by word, until nothing is left to mend.
fn mend_by_the_printed_lines(cluster: &SecuredCluster, setup: &Setup) {
    let found = checked(setup, "the service may look", 1, "\n4 faults\n");
    assert!(found.contains(&format!("topic {}: retention.ms is 604800000", setup.input)), "{found}");
    let fixes: Vec<&str> = found.lines().filter_map(|line| line.strip_prefix("  fix: ")).collect();
    assert_eq!(fixes.len(), 4, "retention of input, referrals, assessments, dead letters: {found}");
    cluster.run_printed(fixes);
    checked(setup, "all is mended", 0, "no faults\n");
}

/// What a check says as soon as it ends with that code and those words.
fn checked(setup: &Setup, what: &str, code: i32, end: &str) -> String {
    let mut before = String::new();
    eventually(what, DEADLINE, || {
        let check = setup.command(&["check", "--brokers"]);
        if said(&check) != before {
            before = said(&check);
            println!("{before}");
        }
        (check.status.code() == Some(code) && before.ends_with(end)).then(|| before.clone())
    })
}

/// A broker that another authority certified is not trusted, and a wrong password opens nothing; neither is printed.
fn refuses_strangers(cluster: &SecuredCluster, setup: &mut Setup, secret: &Path) {
    setup.further = connecting("service", secret, &cluster.stranger());
    let untrusted = setup.command(&["check", "--brokers"]);
    assert_eq!(untrusted.status.code(), Some(1), "{}", said(&untrusted));
    assert!(said(&untrusted).contains("certificate verify failed"), "{}", said(&untrusted));
    assert!(said(&untrusted).contains(&cluster.bootstrap()), "{}", said(&untrusted));
    fs::write(secret, "a wrong guess").unwrap();
    setup.further = connecting("service", secret, &cluster.authority());
    let unknown = setup.command(&["check", "--brokers"]);
    assert_eq!(unknown.status.code(), Some(1), "{}", said(&unknown));
    assert!(!said(&unknown).contains("a wrong guess"), "{}", said(&unknown));
}

/// Whether a user can read the first record of a topic.
fn first(cluster: &SecuredCluster, user: &str, topic: &str) -> Result<(), RDKafkaErrorCode> {
    let consumer: BaseConsumer = client(cluster, user).create().unwrap();
    consumer.subscribe(&[topic]).unwrap();
    eventually("an answer", DEADLINE, || match consumer.poll(Duration::from_millis(100))? {
        Ok(_) => Some(Ok(())),
        Err(KafkaError::MessageConsumption(code)) => Some(Err(code)),
        Err(error) => panic!("{user} {topic}: {error}"),
    })
}
