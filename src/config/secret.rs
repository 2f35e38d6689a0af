//! Secrets: the configuration says where one is, never what it is, and no value of these types prints it.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Where a secret is: `{ env = "NAME" }` or `{ file = "path" }`. It is read when it is needed, so that configuration can be
/// checked where the secrets are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    Env(String),
    File(PathBuf),
}

/// The secret itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

#[derive(Debug, thiserror::Error)]
pub enum SecretUnavailable {
    #[error("the environment variable {0}, which should hold a secret, is not set or not text")]
    NotInEnvironment(String),
    #[error("the file {0}, which should hold a secret, cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("the secret is empty")]
    Empty,
}

impl SecretRef {
    /// Reads the secret. A line end that closes a file is not part of it.
    pub fn read(&self) -> Result<Secret, SecretUnavailable> {
        let text = match self {
            SecretRef::Env(name) => std::env::var(name).map_err(|_| SecretUnavailable::NotInEnvironment(name.clone()))?,
            SecretRef::File(path) => {
                std::fs::read_to_string(path).map_err(|error| SecretUnavailable::Unreadable(path.clone(), error))?
            }
        };
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(SecretUnavailable::Empty),
            secret => Ok(Secret(secret.to_owned())),
        }
    }
}

impl Secret {
    /// The only way to the text; every use stands out.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Its shape in the file and in the JSON Schema: exactly one of the two.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Name of an environment variable.
    env: Option<String>,
    /// Path of a file that holds nothing else.
    file: Option<PathBuf>,
}

impl JsonSchema for SecretRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretRef".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Place::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    /// By way of a value, so that no error message quotes a secret that somebody wrote into the file.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        match Place::deserialize(value) {
            Ok(Place { env: Some(name), file: None }) => Ok(SecretRef::Env(name)),
            Ok(Place { env: None, file: Some(path) }) => Ok(SecretRef::File(path)),
            _ => Err(D::Error::custom("a secret does not stand here: write { env = \"NAME\" } or { file = \"path\" }")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_its_file_without_the_line_end_and_never_printed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        std::fs::write(&path, "open sesame \n").unwrap();
        let secret = SecretRef::File(path).read().unwrap();
        assert_eq!(secret.expose(), "open sesame ");
        assert_eq!(format!("{secret:?}"), "***");
    }

    #[test]
    fn a_missing_or_empty_secret_is_an_error_that_names_the_place() {
        let missing = SecretRef::Env("LOADGATE_TEST_NO_SUCH_VARIABLE".into()).read().unwrap_err();
        assert!(missing.to_string().contains("LOADGATE_TEST_NO_SUCH_VARIABLE"));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("empty");
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(SecretRef::File(path).read(), Err(SecretUnavailable::Empty)));
    }
}
