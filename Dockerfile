# syntax=docker/dockerfile:1
# One static choice a stage: the first builds, the second holds the program, certificate authorities and nothing else: no shell.
#
#   docker build --tag loadgate:local --build-arg REVISION="$(git rev-parse HEAD)" .

FROM rust:1.95-slim-bookworm AS build
# librdkafka and OpenSSL are compiled: C++, make, perl. Debian keeps no old versions of them, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ make perl pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Cargo.toml Cargo.lock build.rs ./
COPY benches benches
COPY config config
COPY fuzz fuzz
COPY schemas schemas
COPY src src
COPY tests tests
RUN cargo build --release --locked --bin loadgate

FROM gcr.io/distroless/cc-debian12:nonroot
ARG REVISION=unknown
LABEL org.opencontainers.image.title="loadgate" \
      org.opencontainers.image.description="Air-cargo screening stream processor on Kafka" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /source/target/release/loadgate /usr/local/bin/loadgate
COPY LICENSE /usr/share/doc/loadgate/LICENSE
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["loadgate", "health", "--live"]
ENTRYPOINT ["loadgate"]
CMD ["run"]
