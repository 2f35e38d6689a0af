//! HTTP towards the registry: addresses in turn, retries with growing pauses, bounded answers.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

use super::{RegistryConfig, RegistryConfigError, Time};

pub struct Client {
    agent: Agent,
    urls: Vec<String>,
    /// The whole header: a secret.
    authorization: Option<String>,
    retries: u32,
    backoff: Duration,
    response_bytes_max: u64,
    time: Time,
}

/// What the registry said; of statuses below 500 only.
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Client {
    pub fn new(config: RegistryConfig, time: Time) -> Result<Self, RegistryConfigError> {
        if config.urls.is_empty() {
            return Err(RegistryConfigError::NoUrl);
        }
        let bad = config.urls.iter().find(|url| !url.starts_with("http://") && !url.starts_with("https://"));
        if let Some(bad) = bad {
            return Err(RegistryConfigError::BadUrl(without_user(bad)));
        }
        let authorization = config
            .basic_auth
            .as_ref()
            .map(|(name, password)| format!("Basic {}", BASE64.encode(format!("{name}:{}", password.reveal()))));
        Ok(Self {
            agent: agent(&config)?,
            urls: config.urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect(),
            authorization,
            retries: config.retries,
            backoff: config.backoff,
            response_bytes_max: config.response_bytes_max,
            time,
        })
    }

    pub fn now(&self) -> Duration {
        (self.time.now)()
    }

    pub fn get(&self, path: &str) -> Result<Answer, String> {
        self.patiently(|url| self.send(self.request("GET", &format!("{url}{path}")).body(())))
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        self.patiently(|url| {
            let request = self.request("POST", &format!("{url}{path}"));
            self.send(request.header("content-type", MEDIA_TYPE).body(body.to_string()))
        })
    }

    /// Each address in turn, then again after a pause. The last failure is told.
    fn patiently(&self, ask: impl Fn(&str) -> Result<Answer, String>) -> Result<Answer, String> {
        let mut failure = String::new();
        for round in 0..=self.retries {
            if round > 0 {
                (self.time.sleep)(self.backoff.saturating_mul(1 << (round - 1).min(16)));
            }
            for url in &self.urls {
                match ask(url) {
                    Ok(answer) => return Ok(answer),
                    Err(why) => failure = format!("{}: {why}", without_user(url)),
                }
            }
        }
        Err(failure)
    }

    fn request(&self, method: &str, url: &str) -> ureq::http::request::Builder {
        let request = Request::builder().method(method).uri(url).header("accept", MEDIA_TYPE);
        match &self.authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }

    fn send<B: ureq::AsSendBody>(&self, request: Result<Request<B>, ureq::http::Error>) -> Result<Answer, String> {
        let request = request.map_err(|error| error.to_string())?;
        let response = self.agent.run(request).map_err(|error| error.to_string())?;
        self.answer(response)
    }

    /// 5xx, 408 and 429 may pass: they count as failures. So does what is not JSON, unless the status says it all.
    fn answer(&self, mut response: Response<ureq::Body>) -> Result<Answer, String> {
        let status = response.status().as_u16();
        if status >= 500 || matches!(status, 408 | 429) {
            return Err(format!("status {status}"));
        }
        let body = response.body_mut().with_config().limit(self.response_bytes_max).read_to_vec();
        let body = body.map_err(|error| error.to_string())?;
        match serde_json::from_slice(&body) {
            Ok(body) => Ok(Answer { status, body }),
            Err(_) if status >= 400 => Ok(Answer { status, body: Value::Null }),
            Err(_) => Err("the answer is not JSON".into()),
        }
    }
}

const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

fn agent(config: &RegistryConfig) -> Result<Agent, RegistryConfigError> {
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls);
    let tls = match &config.ca_file {
        Some(path) => tls.root_certs(certificates(path)?).build(),
        None => tls.root_certs(RootCerts::PlatformVerifier).build(),
    };
    let agent = Agent::config_builder().timeout_global(Some(config.timeout)).http_status_as_error(false).tls_config(tls);
    Ok(agent.build().into())
}

fn certificates(path: &Path) -> Result<RootCerts, RegistryConfigError> {
    let refuse = |why: String| RegistryConfigError::CaFile { path: path.to_owned(), why };
    let pem = fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let mut found: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| refuse(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(refuse("it holds no certificate".into()));
    }
    Ok(RootCerts::Specific(Arc::new(found)))
}

/// An address may carry a password before its `@`.
fn without_user(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://***@{host}"),
        _ => url.to_owned(),
    }
}
