//! `loadgate run`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, fail};
use crate::admin::Admin;
use crate::bundle::Bundle;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::metrics::{Bounds, Metrics};
use crate::screen::indicators;
use crate::service::{self, Health, ServiceError, Settings, Shutdown, Telemetry};
use crate::{codes, logging};

/// Runs until SIGTERM or SIGINT: then what is under way is committed and the group is left, within the grace period.
///
/// Exit code 0 after a clean end, 1 when the service could not start or go on, 64 when the configuration or the bundle is faulty.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate run --config config/loadgate.toml
  LOADGATE__KAFKA__BROKERS='[\"kafka:9092\"]' loadgate run")]
pub struct Arguments {
    /// Configuration file. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Exit {
    let (config, bundle) = match load(arguments.config.as_deref()) {
        Ok(loaded) => loaded,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return Exit::Usage;
        }
    };
    if let Err(reason) = logging::start(config.log.format, &config.log.level) {
        return fail(Exit::Usage, reason);
    }
    match serve(&config, bundle) {
        Ok(exit) => exit,
        Err(error) => {
            tracing::error!(%error, "the service cannot go on");
            Exit::Failed
        }
    }
}

fn load(file: Option<&Path>) -> Result<(Config, Bundle), Vec<Diagnostic>> {
    let config = Config::load(file, std::env::vars())?;
    let bundle = match &config.bundle.path {
        Some(folder) => Bundle::load(folder)?,
        None => Bundle::starter()?,
    };
    Ok((config, bundle))
}

/// Runs the service on its own thread, and the admin port and the signals on this one.
fn serve(config: &Config, bundle: Bundle) -> Result<Exit, RunError> {
    let settings = Settings::of(config)?;
    let telemetry = telemetry(&settings)?;
    let frames = service::frames(config, &settings)?;
    let shutdown = Shutdown::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let admin = Admin { metrics: Arc::clone(&telemetry.metrics), health: Arc::clone(&telemetry.health) };
    let port = runtime.block_on(admin.bind(config.admin.listen))?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        bundle = %bundle.hash,
        profiles = bundle.profiles.len(),
        admin = %port.address()?,
        group = settings.group,
        transactional_id = settings.transactional_id,
        "starting"
    );
    let (ended, end) = tokio::sync::oneshot::channel();
    let running = shutdown.clone();
    thread::Builder::new().name("publisher".into()).spawn(move || {
        let _ = ended.send(service::run(&settings, &Arc::new(bundle), frames, &telemetry, &running));
    })?;
    runtime.block_on(async {
        tokio::spawn(port.serve());
        supervise(end, &shutdown, config.shutdown.grace).await
    })
}

type End = tokio::sync::oneshot::Receiver<Result<(), ServiceError>>;

/// Waits for the service to end by itself, or for a signal and then for its clean end.
async fn supervise(mut end: End, shutdown: &Shutdown, grace: Duration) -> Result<Exit, RunError> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        ended = &mut end => {
            ended.map_err(|_| RunError::Panicked)??;
            return Ok(Exit::Done);
        }
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!(grace_seconds = grace.as_secs(), "stopping: committing what is under way");
    shutdown.request();
    match tokio::time::timeout(grace, end).await {
        Ok(ended) => {
            ended.map_err(|_| RunError::Panicked)??;
            tracing::info!("stopped");
            Ok(Exit::Done)
        }
        // Nothing is lost: what was not committed will be read again.
        Err(_) => Err(RunError::GraceOver),
    }
}

/// The metrics and health of a service.
pub fn telemetry(settings: &Settings) -> Result<Telemetry, prometheus::Error> {
    let topics: Vec<&str> = settings.inputs.iter().map(|input| input.topic.as_str()).collect();
    let codes: Vec<&str> = codes::lists::REFERRAL.iter().map(|(code, _)| *code).collect();
    let evidence: Vec<&str> = indicators::CATALOGUE.iter().map(|indicator| indicator.id).collect();
    let metrics = Metrics::new(Bounds { topics: &topics, codes: &codes, evidence: &evidence })?;
    Ok(Telemetry::new(Arc::new(metrics), Arc::new(Health::default()), &settings.inputs))
}

#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("{0}")]
    Secret(#[from] crate::config::SecretUnavailable),
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Frames(#[from] service::FrameError),
    #[error("{0}")]
    Service(#[from] ServiceError),
    #[error("the grace period is over before everything under way was committed; it will be read again")]
    GraceOver,
    #[error("the publishing thread panicked")]
    Panicked,
}
