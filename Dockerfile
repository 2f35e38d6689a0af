# One static choice a stage: the first builds, the second holds the program, certificate authorities and nothing else: no shell.
# Both are named by digest, so that what was scanned is what is built on.
#
#   docker build --tag loadgate:local --build-arg REVISION="$(git rev-parse HEAD)" .

FROM rust:1.95.0-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082 AS build
# librdkafka and OpenSSL are compiled: C++, make, perl. Debian keeps no old versions of them, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ make perl pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock build.rs ./
COPY benches benches
COPY config config
COPY fuzz fuzz
COPY schemas schemas
COPY src src
COPY tests tests
RUN cargo build --release --locked --bin loadgate

FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f
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
