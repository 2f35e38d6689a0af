//! The frames of what is published, from a registry that may be away when the service starts.

use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;

use super::running::RunError;
use crate::config::{Config, Framing};
use crate::decode::registry::RegisterError;
use crate::outputs::Frames;
use crate::service::{self, FrameError, Settings, Shutdown, Telemetry, Wait};

/// How long is waited before a registry that does not answer is asked again: doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Waits for the registry as for the brokers: alive, not ready. What it refuses cannot get better and is an error. `None` when
/// `shutdown` is requested meanwhile.
pub fn frames(
    config: &Config,
    settings: &Settings,
    telemetry: &Telemetry,
    shutdown: &Shutdown,
) -> Result<Option<Frames>, RunError> {
    if config.registry.framing == Framing::Confluent {
        telemetry.waits_for(Some(Wait::Registry));
    }
    let (tell, told) = bounded(1);
    let (config, settings, asked) = (config.clone(), settings.clone(), shutdown.clone());
    // A request may take long, and a shutdown does not wait for it.
    let register = move || drop(tell.send(register(&config, &settings, &asked)));
    thread::Builder::new().name("registry".into()).spawn(register).map_err(RunError::start)?;
    let frames = shutdown.receive(&told).map_err(|_| RunError::Panicked)?;
    telemetry.waits_for(Some(Wait::Start));
    frames.transpose().map_err(RunError::start)
}

/// Asks until the registry answers.
fn register(config: &Config, settings: &Settings, shutdown: &Shutdown) -> Result<Frames, FrameError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match service::frames(config, settings) {
            Err(FrameError::Register(RegisterError::Unavailable(why))) if !shutdown.is_requested() => {
                tracing::warn!(why, seconds = pause.as_secs_f64(), "the schema registry does not answer; it is asked again");
            }
            answered => return answered,
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
