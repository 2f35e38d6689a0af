//! Parses the command line and decides the exit code.

use std::process::ExitCode;

use clap::Parser;
use loadgate::allocator::{self, Allocator};
use loadgate::cli::{self, Cli, Exit};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    allocator::keep_what_is_freed();
    match Cli::try_parse() {
        Ok(cli) => cli::run(cli).into(),
        Err(error) => {
            // Help and version are answers, not faults. A closed standard output leaves nothing to say.
            let _ = error.print();
            if error.use_stderr() { Exit::Usage } else { Exit::Done }.into()
        }
    }
}
