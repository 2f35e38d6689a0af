//! The section `[kafka]`: brokers, group, timeouts, security, and properties handed on to the client library.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::properties::Property;
use super::secret::{SecretRef, SecretUnavailable};
use super::text;

#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Kafka {
    /// host:port of some brokers; the others are learnt from them.
    pub brokers: Vec<String>,
    /// The consumer group that divides the screening among the replicas.
    pub group: String,
    /// Fences this replica's former self; stable across restarts, different on each replica. Without it: group-hostname.
    pub transactional_id: Option<String>,
    /// How long a silent replica keeps its partitions.
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub session_timeout: Duration,
    /// How long a transaction may stay open before the broker aborts it.
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub transaction_timeout: Duration,
    /// How long a request to a broker may stay unanswered.
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub socket_timeout: Duration,
    pub security: Security,
    /// Further librdkafka properties, for all clients.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub properties: BTreeMap<String, Property>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    pub protocol: SecurityProtocol,
    pub mechanism: SaslMechanism,
    pub user: Option<String>,
    pub password: Option<SecretRef>,
    /// Certificate authorities to trust, PEM; without it, the system's.
    pub ca_file: Option<PathBuf>,
    /// This client's certificate, PEM.
    pub certificate_file: Option<PathBuf>,
    /// The certificate's key, PEM.
    pub key_file: Option<PathBuf>,
    pub key_password: Option<SecretRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecurityProtocol {
    #[default]
    Plaintext,
    Ssl,
    SaslPlaintext,
    SaslSsl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
pub enum SaslMechanism {
    #[serde(rename = "PLAIN")]
    Plain,
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    #[default]
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

impl Kafka {
    /// What every client of this replica has in common, under librdkafka's names. Contains secrets: do not log.
    pub fn client_properties(&self) -> Result<Vec<(String, String)>, SecretUnavailable> {
        let mut properties: Vec<(String, String)> =
            self.properties.iter().map(|(name, Property(value))| (name.clone(), value.clone())).collect();
        properties.push(("bootstrap.servers".to_owned(), self.brokers.join(",")));
        properties.push(("socket.timeout.ms".to_owned(), self.socket_timeout.as_millis().to_string()));
        self.security.client_properties(&mut properties)?;
        Ok(properties)
    }

    /// The configured id, or the group and the host's name: stable where host names are, as in a Kubernetes StatefulSet.
    pub fn transactional_id(&self) -> String {
        self.transactional_id.clone().unwrap_or_else(|| format!("{}-{}", self.group, hostname()))
    }
}

/// The kernel's word first, since the environment can be inherited from another host.
fn hostname() -> String {
    let sources = [std::fs::read_to_string("/proc/sys/kernel/hostname").ok(), std::env::var("HOSTNAME").ok()];
    let known = sources.into_iter().flatten().map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
    known.unwrap_or_else(|| "localhost".to_owned())
}

impl Security {
    fn client_properties(&self, properties: &mut Vec<(String, String)>) -> Result<(), SecretUnavailable> {
        let mut set = |name: &str, value: String| properties.push((name.to_owned(), value));
        set("security.protocol", self.protocol.as_str().to_owned());
        if self.protocol.has_sasl() {
            set("sasl.mechanism", self.mechanism.as_str().to_owned());
            set("sasl.username", self.user.clone().unwrap_or_default());
            if let Some(password) = &self.password {
                set("sasl.password", password.read()?.expose().to_owned());
            }
        }
        let files = [
            ("ssl.ca.location", &self.ca_file),
            ("ssl.certificate.location", &self.certificate_file),
            ("ssl.key.location", &self.key_file),
        ];
        for (name, file) in files {
            if let Some(path) = file {
                set(name, path.display().to_string());
            }
        }
        if let Some(password) = &self.key_password {
            set("ssl.key.password", password.read()?.expose().to_owned());
        }
        Ok(())
    }
}

impl SecurityProtocol {
    pub fn as_str(self) -> &'static str {
        match self {
            SecurityProtocol::Plaintext => "plaintext",
            SecurityProtocol::Ssl => "ssl",
            SecurityProtocol::SaslPlaintext => "sasl_plaintext",
            SecurityProtocol::SaslSsl => "sasl_ssl",
        }
    }

    pub fn has_sasl(self) -> bool {
        matches!(self, SecurityProtocol::SaslPlaintext | SecurityProtocol::SaslSsl)
    }

    pub fn has_tls(self) -> bool {
        matches!(self, SecurityProtocol::Ssl | SecurityProtocol::SaslSsl)
    }
}

impl SaslMechanism {
    pub fn as_str(self) -> &'static str {
        match self {
            SaslMechanism::Plain => "PLAIN",
            SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
            SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl Default for Kafka {
    /// The timeouts are those that a take-over was measured with: the lowest session timeout that a broker allows by default,
    /// and a transaction that dies before its session does.
    fn default() -> Self {
        Self {
            brokers: vec!["localhost:9092".to_owned()],
            group: "loadgate".to_owned(),
            transactional_id: None,
            session_timeout: Duration::from_secs(6),
            transaction_timeout: Duration::from_secs(5),
            socket_timeout: Duration::from_secs(2),
            security: Security::default(),
            properties: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_properties_hold_security_and_what_is_handed_on() {
        let directory = tempfile::tempdir().unwrap();
        let password = directory.path().join("password");
        std::fs::write(&password, "open sesame\n").unwrap();
        let mut kafka = Kafka { brokers: vec!["a:1".into(), "b:2".into()], ..Kafka::default() };
        kafka.properties.insert("linger.ms".into(), Property("5".into()));
        kafka.security = Security {
            protocol: SecurityProtocol::SaslSsl,
            user: Some("gate".into()),
            password: Some(SecretRef::File(password)),
            ca_file: Some("/etc/ca.pem".into()),
            ..Security::default()
        };
        let properties: BTreeMap<String, String> = kafka.client_properties().unwrap().into_iter().collect();
        let expected = [
            ("bootstrap.servers", "a:1,b:2"),
            ("linger.ms", "5"),
            ("sasl.mechanism", "SCRAM-SHA-512"),
            ("sasl.password", "open sesame"),
            ("sasl.username", "gate"),
            ("security.protocol", "sasl_ssl"),
            ("socket.timeout.ms", "2000"),
            ("ssl.ca.location", "/etc/ca.pem"),
        ];
        assert_eq!(properties, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    #[test]
    fn transactional_id_is_the_configured_one_or_group_and_host() {
        let named = Kafka { transactional_id: Some("gate-0".into()), ..Kafka::default() };
        assert_eq!(named.transactional_id(), "gate-0");
        let derived = Kafka::default().transactional_id();
        assert!(derived.starts_with("loadgate-") && derived.len() > "loadgate-".len(), "{derived}");
        assert_eq!(derived, Kafka::default().transactional_id());
    }
}
