//! Lines for Kafka's own tools, as they can be pasted into a shell.

use crate::config::{Config, SecurityProtocol};

/// A line for one of the tools, with the brokers of a configuration. Where those ask who comes, it names `admin.properties`: the
/// file by which an administrator connects.
pub fn line(config: &Config, tool: &str, arguments: &str) -> String {
    let secured = config.kafka.security.protocol != SecurityProtocol::Plaintext;
    let who = if secured { " --command-config admin.properties" } else { "" };
    format!("{tool} --bootstrap-server {}{who} {arguments}", config.kafka.brokers.join(","))
}

/// As whom a configuration connects; a placeholder where a certificate says it.
pub fn principal(config: &Config) -> String {
    let security = &config.kafka.security;
    let user = security.user.as_deref().filter(|user| security.protocol.has_sasl() && is_word(user));
    format!("User:{}", user.unwrap_or("NAME"))
}

/// True of what a shell takes as it stands.
pub fn is_word(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-=,@".contains(&byte);
    !name.is_empty() && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_brokers_and_where_they_ask_how_an_administrator_connects() {
        let mut config = Config::default();
        config.kafka.brokers = vec!["a:1".into(), "b:2".into()];
        assert_eq!(line(&config, "kafka-configs.sh", "--alter"), "kafka-configs.sh --bootstrap-server a:1,b:2 --alter");
        config.kafka.security.protocol = SecurityProtocol::Ssl;
        assert_eq!(
            line(&config, "kafka-acls.sh", "--add"),
            "kafka-acls.sh --bootstrap-server a:1,b:2 --command-config admin.properties --add"
        );
    }

    #[test]
    fn a_user_is_named_where_it_is_known_and_fits_a_line() {
        let mut config = Config::default();
        config.kafka.security.user = Some("gate-0".into());
        assert_eq!(principal(&config), "User:NAME", "nobody is asked");
        config.kafka.security.protocol = SecurityProtocol::SaslSsl;
        assert_eq!(principal(&config), "User:gate-0");
        config.kafka.security.user = Some("gate; rm".into());
        assert_eq!(principal(&config), "User:NAME");
    }
}
