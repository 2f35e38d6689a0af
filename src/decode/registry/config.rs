//! Where the registry is and how long to wait for it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct RegistryConfig {
    /// Base addresses, tried in order.
    pub urls: Vec<String>,
    /// PEM certificates to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Name and password of HTTP basic authentication.
    pub basic_auth: Option<(String, Secret)>,
    /// For one request, connecting included.
    pub timeout: Duration,
    /// Rounds over all addresses after the first.
    pub retries: u32,
    /// Pause before the first retry; doubled for each further one.
    pub backoff: Duration,
    /// How large an answer may be.
    pub response_bytes_max: u64,
    /// How long an id that was unknown or could not be fetched is not asked for again.
    pub absent_for: Duration,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            ca_file: None,
            basic_auth: None,
            timeout: Duration::from_secs(5),
            retries: 3,
            backoff: Duration::from_millis(200),
            response_bytes_max: 4 << 20,
            absent_for: Duration::from_secs(30),
        }
    }
}

/// A password: never shown.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RegistryConfigError {
    #[error("the schema registry has no address")]
    NoUrl,
    #[error("the schema registry's address {0} begins neither with http:// nor with https://")]
    BadUrl(String),
    #[error("the file of trusted certificates {path} cannot be read: {why}")]
    CaFile { path: PathBuf, why: String },
}
