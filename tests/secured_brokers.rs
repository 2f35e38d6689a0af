//! Brokers with TLS, SCRAM and access rules: the rights that `loadgate acls` prints are enough for each role, and no more.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

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

    for role in ["service", "terminal", "operator", "customs"] {
        let principal = format!("User:{role}");
        cluster.grant(&said(&setup.command(&["acls", "--role", role, "--principal", &principal])));
    }
    let mut before = String::new();
    let granted = eventually("the rights are in force", DEADLINE, || {
        let check = setup.command(&["check", "--brokers"]);
        if said(&check) != before {
            before = said(&check);
            println!("{before}");
        }
        check.status.success().then_some(check)
    });
    assert!(said(&granted).contains("not checked: settings of topic"), "{}", said(&granted));
    assert!(said(&granted).contains("this user may not ask; run it as a user with the role `operator`"), "{}", said(&granted));

    as_user(&mut setup, "operator");
    let examined = said(&setup.command(&["check", "--brokers"]));
    assert!(examined.contains(&format!("topic {}: retention.ms is 604800000", setup.input)), "{examined}");
    assert!(!examined.contains("not checked: settings") && !examined.contains("not checked: limits"), "{examined}");

    as_user(&mut setup, "service");
    let mut replica = setup.ready_replica("only");
    let terminal: BaseProducer = client(&cluster, "terminal").create().unwrap();
    let (key, message) = (waybill::awb(NUMBER), waybill::risky(NUMBER));
    terminal.send(BaseRecord::to(&setup.input).key(&key).payload(&message)).map_err(|(error, _)| error).unwrap();
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
    assert_eq!(setup.command(&["lag"]).status.code(), Some(0));
    assert_eq!(setup.command(&["dead-letters", "redrive"]).status.code(), Some(0));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    let log = replica.whole_log();
    assert!(!log.contains(&password("service")) && !log.contains("AuthorizationFailed"), "{log}");
    refuses_strangers(&cluster, &mut setup, &secret("service"));
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
