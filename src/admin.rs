//! The operations port: `/metrics` for Prometheus, `/live` and `/ready` for the probes of an orchestrator, `/memory` to compare
//! what replicas remember.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::metrics::Metrics;
use crate::service::Health;

/// What the port shows.
#[derive(Clone)]
pub struct Admin {
    pub metrics: Arc<Metrics>,
    pub health: Arc<Health>,
    /// The digest of memory, as JSON: asked of the thread that owns memory, so it may take a while.
    pub memory: Arc<dyn Fn() -> Result<String, String> + Send + Sync>,
}

/// More connections wait to be accepted.
const CONNECTIONS_MAX: usize = 64;
/// A client that sends its request slower than this is hung up on.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

impl Admin {
    /// Binds the port. Answers only once [`Port::serve`] runs.
    pub async fn bind(self, address: SocketAddr) -> std::io::Result<Port> {
        Ok(Port { listener: TcpListener::bind(address).await?, admin: self })
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n".into());
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match request.uri().path() {
            "/metrics" => self.metrics(),
            "/live" => probe(self.health.live(), "live"),
            "/ready" => probe(self.health.ready(), "ready"),
            "/memory" => self.memory().await,
            _ => text(StatusCode::NOT_FOUND, "try /metrics, /live, /ready or /memory\n".into()),
        }
    }

    async fn memory(&self) -> Response<Full<Bytes>> {
        let memory = Arc::clone(&self.memory);
        match tokio::task::spawn_blocking(move || memory()).await {
            Ok(Ok(digest)) => {
                let mut response = text(StatusCode::OK, digest);
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
            Ok(Err(reason)) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
            Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
        }
    }

    fn metrics(&self) -> Response<Full<Bytes>> {
        match self.metrics.page(SystemTime::now().into()) {
            Ok(page) => {
                let mut response = text(StatusCode::OK, page);
                let exposition = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, exposition);
                response
            }
            Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
        }
    }
}

/// A bound port.
pub struct Port {
    listener: TcpListener,
    admin: Admin,
}

impl Port {
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the task is dropped.
    pub async fn serve(self) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: accepting again at once would spin.
                    tracing::warn!(%error, "admin port cannot accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let admin = self.admin.clone();
            tokio::spawn(async move {
                let _place = place;
                let answer = service_fn(|request| {
                    let admin = admin.clone();
                    async move { Ok::<_, Infallible>(admin.answer(&request).await) }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIMEOUT)
                    .serve_connection(TokioIo::new(stream), answer);
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "admin connection");
                }
            });
        }
    }
}

fn probe(state: Result<(), impl std::fmt::Display>, name: &str) -> Response<Full<Bytes>> {
    match state {
        Ok(()) => text(StatusCode::OK, format!("{name}\n")),
        Err(reason) => text(StatusCode::SERVICE_UNAVAILABLE, format!("not {name}: {reason}\n")),
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Bounds;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn get(address: SocketAddr, request: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[test]
    fn probes_and_metrics_are_served() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bounds = Bounds { topics: &[], codes: &[], evidence: &[] };
            let admin = Admin {
                metrics: Arc::new(Metrics::new(bounds).unwrap()),
                health: Arc::new(Health::new(Duration::from_secs(60))),
                memory: Arc::new(|| Ok("{}".into())),
            };
            let health = Arc::clone(&admin.health);
            let port = admin.bind(([127, 0, 0, 1], 0).into()).await.unwrap();
            let address = port.address().unwrap();
            tokio::spawn(port.serve());

            assert!(get(address, "GET /live").await.starts_with("HTTP/1.1 200"));
            let unready = get(address, "GET /ready").await;
            assert!(unready.starts_with("HTTP/1.1 503") && unready.ends_with("not ready: starting\n"), "{unready}");
            health.set_waiting(None);
            assert!(get(address, "GET /ready").await.ends_with("\r\n\r\nready\n"));
            assert!(get(address, "GET /metrics").await.contains("loadgate_build_info{"));
            assert!(get(address, "GET /memory").await.ends_with("\r\n\r\n{}"));
            assert!(get(address, "GET /").await.starts_with("HTTP/1.1 404"));
            assert!(get(address, "POST /live").await.starts_with("HTTP/1.1 405"));
        });
    }
}
