# Sourced: checks what building or testing needs, installs what is missing where apt-get and the rights for it are there, and
# otherwise prints the line to run and ends with 1.

readonly RUST_OLDEST=1.95
readonly JAVA_OLDEST=17

# Everything `cargo build` needs: a Rust toolchain, and for librdkafka and OpenSSL a C++ compiler, make, pkg-config and perl.
require_build_tools() {
    require_rust
    local packages=()
    has c++ || packages+=(g++)
    has make || packages+=(make)
    has pkg-config || packages+=(pkg-config)
    # Debian's perl-base is not enough: OpenSSL's configuration wants modules of the whole.
    perl -MFindBin -MIPC::Cmd -e 1 2>/dev/null || packages+=(perl)
    install_packages ${packages[@]+"${packages[@]}"}
}

# What the scenarios need besides: Maven fetches Apache Kafka and a schema registry, Java runs them, pip fetches the newer Java
# that the registry wants and what checks the chart and the dependencies (tests/support/tools/requirements.txt), openssl makes
# certificates, Prometheus scrapes and checks rules.
require_test_tools() {
    local packages=()
    has openssl || packages+=(openssl)
    { has prometheus && has promtool; } || packages+=(prometheus)
    (($(java_version) >= JAVA_OLDEST)) || packages+=(openjdk-17-jre-headless)
    has mvn || packages+=(maven)
    python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
    install_packages ${packages[@]+"${packages[@]}"}
}

has() {
    command -v "$1" >/dev/null
}

require_rust() {
    if ! has cargo; then
        fail "Rust is missing. Run:
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile default"
    fi
    local version
    version=$(cargo --version | cut -d' ' -f2)
    if [[ $(printf '%s\n' "$RUST_OLDEST" "$version" | sort -V | head -n1) != "$RUST_OLDEST" ]]; then
        fail "Rust $version is too old, $RUST_OLDEST is needed. Run:
  rustup update stable"
    fi
}

# The major version of the Java runtime, 0 without one.
java_version() {
    local version
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n1) || true
    echo "${version:-0}"
}

install_packages() {
    (($#)) || return 0
    local as_root=()
    if ((EUID != 0)); then
        as_root=(sudo)
        has sudo && sudo -n true 2>/dev/null || fail "missing: $*. Run:
  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
    fi
    has apt-get || fail "missing, by their Debian names: $*. Install them with this system's package manager."
    echo "installing $*"
    local apt_get=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    # Not left to `set -e`, which does not hold inside a condition.
    { "${apt_get[@]}" update && "${apt_get[@]}" install -y --no-install-recommends "$@" >/dev/null; } || fail "apt-get failed"
}

fail() {
    echo "$*" >&2
    exit 1
}
