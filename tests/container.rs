//! The Dockerfile and the compose file, by their linters. No image is built here: that takes a container engine.

use std::fs;
use std::process::Command;

use crate::support::tools::{packaged, repository};

#[test]
fn the_dockerfile_has_no_findings() {
    let output = packaged("hadolint").args(["--failure-threshold", "style"]).arg(repository("Dockerfile")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_final_image_has_no_shell_no_root_and_a_health_check_by_the_program() {
    let text = fs::read_to_string(repository("Dockerfile")).unwrap();
    let last = &text[text.rfind("\nFROM ").unwrap()..];
    for line in ["FROM gcr.io/distroless/", "USER 65532:65532", "HEALTHCHECK", "CMD [\"loadgate\", \"health\"", "LABEL "] {
        assert!(last.contains(line), "{line}: {last}");
    }
    assert!(!last.contains("\nRUN "), "there is no shell to run it");
}

#[test]
fn what_the_build_needs_reaches_the_container_engine_and_nothing_else() {
    let ignored = fs::read_to_string(repository(".dockerignore")).unwrap();
    let let_through: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
    assert_eq!(ignored.lines().next(), Some("*"));
    for path in copied() {
        assert!(let_through.contains(&path.as_str()), "{path} is copied, but .dockerignore keeps it out");
        assert!(repository(&path).exists(), "{path}");
    }
}

/// Cargo looks for every member, bench and test that the manifests name before it builds anything.
#[test]
fn what_the_dockerfile_copies_is_a_whole_workspace() {
    let source = tempfile::tempdir().unwrap();
    let mut copy = Command::new("cp");
    copy.arg("-r").args(copied().iter().map(|path| repository(path))).arg(source.path());
    assert!(copy.status().unwrap().success());
    let mut metadata = Command::new(env!("CARGO"));
    metadata.args(["metadata", "--locked", "--offline", "--no-deps", "--format-version=1"]).current_dir(source.path());
    let output = metadata.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the build stage takes from the repository.
fn copied() -> Vec<String> {
    let dockerfile = fs::read_to_string(repository("Dockerfile")).unwrap();
    let lines = dockerfile.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from"));
    lines.flat_map(|line| line.split(' ').skip(1).take(line.matches(' ').count() - 1)).map(str::to_owned).collect()
}

#[test]
fn the_compose_file_has_no_grave_findings() {
    let output = packaged("compose-lint").arg(repository("config/compose/compose.yaml")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn every_image_that_is_pulled_is_named_by_its_digest() {
    for path in ["Dockerfile", "config/compose/compose.yaml"] {
        let text = fs::read_to_string(repository(path)).unwrap();
        let images = text.lines().filter_map(|line| line.strip_prefix("FROM ").or_else(|| line.trim().strip_prefix("image: ")));
        for image in images.filter(|image| *image != "loadgate:local") {
            let digest = image.split_once("@sha256:").map_or("", |(_, digest)| digest);
            assert_eq!(digest.bytes().take_while(u8::is_ascii_hexdigit).count(), 64, "{path}: {image}");
        }
    }
}

#[test]
fn kafka_keeps_its_log_on_its_volume() {
    let text = fs::read_to_string(repository("config/compose/compose.yaml")).unwrap();
    let directory = text.lines().find_map(|line| line.trim().strip_prefix("KAFKA_LOG_DIRS: ")).unwrap();
    assert!(text.contains(&format!("\"kafka:{directory}\"")), "{directory} is on no volume");
}

#[test]
fn the_compose_file_mounts_what_is_there() {
    let text = fs::read_to_string(repository("config/compose/compose.yaml")).unwrap();
    let mounts = text.lines().filter_map(|line| line.trim().strip_prefix("- .")?.split_once(':'));
    let mut count = 0;
    for (path, _) in mounts {
        assert!(repository("config/compose").join(format!(".{path}")).exists(), ".{path}");
        count += 1;
    }
    assert_eq!(count, 5);
}
