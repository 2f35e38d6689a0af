//! A broker with TLS, SCRAM and access rules: certificates by a certification authority of its own, users, and the tool that grants.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{Cluster, jars};
use crate::support::fetched::{maven, once, require, run};
use crate::support::free_port;

/// The listener beside the plain one, on which the tests are superusers.
pub struct Security {
    port: u16,
    certificates: TempDir,
    /// Names; the password of each is [`password`]. [`ADMIN`] is one of them.
    users: Vec<String>,
}

/// Who may do everything on the secured listener.
const ADMIN: &str = "admin";

/// A user's password: nothing else in a run looks like it, so it can be looked for in what must not hold it.
pub fn password(user: &str) -> String {
    format!("open-sesame-{user}")
}

pub struct SecuredCluster {
    /// Whoever comes by its plain listener may do everything.
    pub cluster: Cluster,
    security: Security,
}

impl SecuredCluster {
    pub fn start(users: &[&str]) -> Self {
        let users = users.iter().chain([&ADMIN]).map(|user| (*user).to_owned()).collect();
        let security = Security { port: free_port(), certificates: certificates(), users };
        Self { cluster: Cluster::started(1, Some(&security), ""), security }
    }

    pub fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.security.port)
    }

    /// The authority to trust.
    pub fn authority(&self) -> PathBuf {
        self.security.certificates.path().join("ca.pem")
    }

    /// An authority that has certified nothing.
    pub fn stranger(&self) -> PathBuf {
        self.security.certificates.path().join("stranger.pem")
    }

    /// Runs lines as loadgate prints them, by a shell that knows Kafka's own tools, where `admin.properties` is an administrator's.
    pub fn run_printed<'a>(&self, lines: impl IntoIterator<Item = &'a str>) {
        let desk = tempfile::tempdir().expect("a temporary directory can be made");
        fs::write(desk.path().join("admin.properties"), self.admin()).expect("it is writable");
        let java = format!(
            "java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '{}/*:{}/*'",
            jars::fetched().display(),
            tools().display()
        );
        let tools = [("kafka-acls.sh", "org.apache.kafka.tools.AclCommand"), ("kafka-configs.sh", "kafka.admin.ConfigCommand")];
        let tools = tools.map(|(name, class)| format!("{name}() {{ {java} {class} \"$@\"; }}\n")).concat();
        std::thread::scope(|scope| {
            for line in lines {
                let mut shell = Command::new("bash");
                shell.arg("-ec").arg(format!("{tools}{line}")).current_dir(desk.path());
                scope.spawn(move || run(&mut shell));
            }
        });
    }

    /// How an administrator connects, as Kafka's tools read it.
    fn admin(&self) -> String {
        let login = "org.apache.kafka.common.security.scram.ScramLoginModule required";
        format!(
            "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nssl.truststore.type=PEM\nssl.truststore.location={}\n\
             sasl.jaas.config={login} username=\"{ADMIN}\" password=\"{}\";\n",
            self.authority().display(),
            password(ADMIN)
        )
    }
}

fn tools() -> PathBuf {
    once("kafka-tools-4.1.1", |partial| {
        let artifact = "-Dartifact=org.apache.kafka:kafka-tools:4.1.1".to_owned();
        maven("copy", &[artifact, format!("-DoutputDirectory={}", partial.display())]);
    })
}

impl Security {
    /// Additions to the list of listeners and to that of protocols, and further lines.
    pub fn properties(&self) -> [String; 3] {
        let keys = self.certificates.path().join("server.pem");
        [
            format!(",SECURED://127.0.0.1:{}", self.port),
            ",SECURED:SASL_SSL".to_owned(),
            format!(
                "sasl.enabled.mechanisms=SCRAM-SHA-512\nssl.keystore.type=PEM\nssl.keystore.location={}\n\
                 listener.name.secured.scram-sha-512.sasl.jaas.config=\
                 org.apache.kafka.common.security.scram.ScramLoginModule required;\n\
                 authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\nsuper.users=User:ANONYMOUS;User:{ADMIN}\n",
                keys.display()
            ),
        ]
    }

    /// Arguments of the tool that formats a broker's log.
    pub fn credentials(&self) -> Vec<String> {
        let one = |user: &String| ["--add-scram".to_owned(), format!("SCRAM-SHA-512=[name={user},password={}]", password(user))];
        self.users.iter().flat_map(one).collect()
    }
}

/// `ca.pem`, `server.pem` with the key and certificate of 127.0.0.1, and `stranger.pem`.
fn certificates() -> TempDir {
    require("openssl", "version", "openssl: apt-get install openssl");
    let directory = tempfile::Builder::new().prefix("certificates-").tempdir().expect("a temporary directory can be made");
    let at = directory.path();
    for name in ["ca", "stranger"] {
        let subject = format!("/CN=loadgate tests {name}");
        let (key, certificate) = (format!("{name}.key"), format!("{name}.pem"));
        openssl(at, &["req", "-x509", "-days", "2", "-subj", &subject, "-keyout", &key, "-out", &certificate]);
    }
    openssl(at, &["req", "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr"]);
    fs::write(at.join("names"), "subjectAltName=IP:127.0.0.1\n").expect("a temporary directory is writable");
    let sign = ["-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
    run(Command::new("openssl").current_dir(at).args(["x509", "-req", "-out", "server.crt"]).args(sign));
    let read = |name: &str| fs::read_to_string(at.join(name)).expect("openssl wrote it");
    fs::write(at.join("server.pem"), read("server.key") + &read("server.crt")).expect("a temporary directory is writable");
    directory
}

/// `openssl req`, with a new key that no password protects.
fn openssl(at: &Path, arguments: &[&str]) {
    let (request, further) = arguments.split_first().expect("a command");
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run(Command::new("openssl").current_dir(at).arg(request).args(key).args(further));
}
