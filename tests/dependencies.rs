//! What is linked in, by `cargo deny`: its licences, its sources, and what is banned. Advisories come after a release and from a
//! database of their own, so they are for a daily run (docs/threat-model.md).

use crate::support::tools::{packaged, repository};

#[test]
fn every_dependency_is_one_that_is_allowed() {
    let mut deny = packaged("cargo-deny");
    deny.args(["--workspace", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    let output = deny.current_dir(repository("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let answers = String::from_utf8_lossy(&output.stdout);
    assert!(answers.contains("bans ok, licenses ok, sources ok"), "{answers}{said}");
}
