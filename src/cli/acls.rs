//! `loadgate acls`

use std::path::PathBuf;

use clap::Args;

use super::{Exit, configuration, say};
use crate::operations::acls::{Role, grants};
use crate::operations::tools::is_word;

/// Prints the rights that a role needs and nothing more, as commands of Kafka's own tool.
///
/// Where the brokers ask who comes, the commands read how an administrator connects from admin.properties (security.protocol, sasl.*,
/// ssl.*) in the folder in which they are run.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate acls --config loadgate.toml --role service --principal User:loadgate
  loadgate acls --role terminal --principal User:terminal-fra | sh -e")]
pub struct Arguments {
    /// Configuration file. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, value_enum)]
    role: Role,
    /// Who is to have them, as in User:loadgate.
    #[arg(long, value_parser = parse_principal)]
    principal: String,
}

/// It becomes a word of a shell's line.
fn parse_principal(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("User:").filter(|name| is_word(name));
    name.map(|_| text.to_owned()).ok_or_else(|| "expected User: and a name of letters, digits and ._-=,@".to_owned())
}

pub fn run(arguments: &Arguments) -> Exit {
    let config = match configuration(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    let user = arguments.principal.trim_start_matches("User:");
    grants(arguments.role, &config, user).iter().for_each(|grant| say(grant.command(&config, &arguments.principal)));
    Exit::Done
}
