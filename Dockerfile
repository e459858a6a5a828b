# One image with the one binary:
#   docker build -t hammock .
#   docker run -p 3000:3000 -v hammock:/data -e HAMMOCK_SERVER__PUBLIC_URL=http://localhost:3000 hammock
# A test (xtask/src/documents.rs) keeps the paths and commands true.

FROM rust:1.95.0-bookworm AS build
# pip fetches the embedding model.
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock rust-toolchain.toml rustfmt.toml clippy.toml ./
COPY app app
COPY crates crates
COPY docs docs
COPY frontend frontend
COPY migrations migrations
COPY public public
COPY server server
COPY style style
COPY widget widget
COPY xtask xtask
RUN cargo xtask dist

FROM debian:bookworm-slim
# `--build-arg EXTRA_PACKAGES=chromium` lets it read pages that need JavaScript; it adds some 400 MB.
ARG EXTRA_PACKAGES=
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates $EXTRA_PACKAGES \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin hammock \
    && install -d -m 0700 -o hammock -g hammock /data
COPY --from=build /src/target/dist/hammock /usr/local/bin/hammock
COPY --from=build /src/target/dist/models /usr/share/hammock/models
# `docker stop` kills after ten seconds: running answers are finished or marked well before.
ENV HAMMOCK_DATA__DIR=/data \
    HAMMOCK_EMBEDDING__MODEL_DIR=/usr/share/hammock/models/all-MiniLM-L6-v2 \
    HAMMOCK_SERVER__LISTEN=0.0.0.0:3000 \
    HAMMOCK_SERVER__SHUTDOWN_TIMEOUT=5
USER hammock
WORKDIR /data
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["/usr/local/bin/hammock"]
CMD ["serve"]
