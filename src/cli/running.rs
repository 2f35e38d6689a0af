//! A service with its operations port, on threads of its own: what `run` and `demo` start.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use tokio::signal::unix::{SignalKind, signal};

use super::registering;
use crate::admin::Admin;
use crate::config::Config;
use crate::service::{self, Rules, Settings, Shutdown, Telemetry};
use crate::source::Partition;

pub struct Running {
    shutdown: Shutdown,
    telemetry: Telemetry,
    grace: Duration,
    end: Receiver<Result<(), RunError>>,
    /// What the service said when it ended, for those who ask again.
    ended: Mutex<Option<Result<(), RunError>>>,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum RunError {
    #[error("{0}")]
    Start(String),
    #[error("{0}")]
    Service(String),
    #[error("the grace period is over before everything under way was committed; it will be read again")]
    GraceOver,
    #[error("the publishing thread panicked")]
    Panicked,
}

impl RunError {
    pub fn start(error: impl std::fmt::Display) -> Self {
        Self::Start(error.to_string())
    }
}

impl Running {
    pub fn start(config: &Config, rules: Rules) -> Result<Self, RunError> {
        let settings = Settings::of(config).map_err(RunError::start)?;
        let telemetry = Telemetry::of(&settings).map_err(RunError::start)?;
        serve_admin(config, &telemetry)?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            rules = %rules,
            admin = %config.admin.listen,
            group = settings.group,
            transactional_id = settings.transactional_id,
            "starting"
        );
        let shutdown = Shutdown::default();
        let (tell, end) = bounded(1);
        let (asked, told, configured) = (shutdown.clone(), telemetry.clone(), config.clone());
        let service = move || drop(tell.send(serve(&configured, &settings, &rules, &told, &asked)));
        thread::Builder::new().name("publisher".into()).spawn(service).map_err(RunError::start)?;
        Ok(Self { shutdown, telemetry, grace: config.shutdown.grace, end, ended: Mutex::default() })
    }

    /// Waits for the service to end by itself, or for `stop`; then for its clean end.
    pub fn wait(&self, stop: &AtomicBool) -> Result<(), RunError> {
        loop {
            if let Some(ended) = self.ended_within(Duration::from_millis(50)) {
                return ended;
            }
            if stop.load(Ordering::Relaxed) {
                tracing::info!(grace_seconds = self.grace.as_secs(), "stopping: committing what is under way");
                return self.stop();
            }
        }
    }

    /// Stops it and waits until everything under way is committed, at most for the grace period. What was not committed by then
    /// is not lost: it will be read again.
    pub fn stop(&self) -> Result<(), RunError> {
        self.shutdown.request();
        self.ended_within(self.grace).unwrap_or(Err(RunError::GraceOver))
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<Result<(), RunError>> {
        self.ended_within(Duration::ZERO)
    }

    /// Positions after what is committed.
    pub fn positions(&self) -> Vec<(Partition, i64)> {
        self.telemetry.committed_positions()
    }

    fn ended_within(&self, wait: Duration) -> Option<Result<(), RunError>> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.is_none() {
            *ended = match self.end.recv_timeout(wait) {
                Ok(result) => Some(result),
                Err(RecvTimeoutError::Disconnected) => Some(Err(RunError::Panicked)),
                Err(RecvTimeoutError::Timeout) => None,
            };
        }
        ended.clone()
    }
}

/// Runs until it is stopped.
fn serve(
    config: &Config,
    settings: &Settings,
    rules: &Rules,
    telemetry: &Telemetry,
    shutdown: &Shutdown,
) -> Result<(), RunError> {
    let Some(frames) = registering::frames(config, settings, telemetry, shutdown)? else { return Ok(()) };
    service::run(settings, rules, frames, telemetry, shutdown).map_err(|error| RunError::Service(error.to_string()))
}

/// Binds the operations port before anything else starts, and answers on a thread of its own.
fn serve_admin(config: &Config, telemetry: &Telemetry) -> Result<(), RunError> {
    let listen = config.admin.listen;
    let fault = |error: std::io::Error| RunError::Start(format!("admin port {listen}: {error}"));
    let asked = telemetry.clone();
    let digest = move || serde_json::to_string(&asked.memory_digest()?).map_err(|error| error.to_string());
    let admin =
        Admin { metrics: Arc::clone(&telemetry.metrics), health: Arc::clone(&telemetry.health), memory: Arc::new(digest) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(fault)?;
    let port = runtime.block_on(admin.bind(listen)).map_err(fault)?;
    thread::Builder::new().name("admin".into()).spawn(move || runtime.block_on(port.serve())).map_err(fault)?;
    Ok(())
}

/// A flag that SIGTERM and SIGINT set.
pub fn interruption() -> std::io::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&interrupted);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let guard = runtime.enter();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    drop(guard);
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        });
        set.store(true, Ordering::Relaxed);
    })?;
    Ok(interrupted)
}
