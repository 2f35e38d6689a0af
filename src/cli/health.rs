//! `loadgate health`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ureq::Agent;

use super::{Exit, configuration, fail, say};

/// Asks the replica on this host whether it is alive and ready: what a container's health check runs.
///
/// Exit code 0 when it is, 1 when it is not or does not answer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate health
  loadgate health --live --config /etc/loadgate/loadgate.toml
  loadgate health --address 10.0.0.7:9464")]
pub struct Arguments {
    /// Configuration file, for the port. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Another replica's admin port.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "config")]
    address: Option<SocketAddr>,
    /// Only whether its loops advance: a replica that waits for its brokers is alive and not ready.
    #[arg(long)]
    live: bool,
}

const TIMEOUT: Duration = Duration::from_secs(3);

pub fn run(arguments: &Arguments) -> Exit {
    let address = match arguments.address {
        Some(address) => address,
        None => match configuration(arguments.config.as_deref()) {
            Ok(config) => reachable(config.admin.listen),
            Err(exit) => return exit,
        },
    };
    let probes: &[&str] = if arguments.live { &["live"] } else { &["live", "ready"] };
    let agent: Agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build().into();
    let mut exit = Exit::Done;
    for probe in probes {
        match ask(&agent, address, probe) {
            Ok((healthy, answer)) => {
                say(answer);
                exit = if healthy { exit } else { Exit::Failed };
            }
            Err(error) => return fail(Exit::Failed, format_args!("{address} does not answer: {error}")),
        }
    }
    exit
}

fn ask(agent: &Agent, address: SocketAddr, probe: &str) -> Result<(bool, String), ureq::Error> {
    let mut response = agent.get(format!("http://{address}/{probe}")).call()?;
    let healthy = response.status().is_success();
    Ok((healthy, response.body_mut().read_to_string()?.trim_end().to_owned()))
}

/// Where a port that listens on every address is reached from this host.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
