# syntax=docker/dockerfile:1
# docker build . compiles this folder. A release takes its own binaries instead:
# goreleaser builds the stage "release", which needs no compiler.

FROM --platform=$BUILDPLATFORM alpine:3 AS files
RUN apk add --no-cache ca-certificates-bundle && mkdir -p /made/data

FROM --platform=$BUILDPLATFORM golang:1.26 AS built
ARG TARGETOS TARGETARCH VERSION
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath \
    -ldflags "-s -w -X github.com/smartsync/smartsync/internal/cli.version=$VERSION" -o /smartsync .

# Messages go out over HTTPS: hence the certificates. Time zones are in the binary.
# No health check: smartsync ends when it cannot go on, and a check that fails is
# tried again, not cured by a restart.
FROM scratch AS base
COPY --from=files /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=files --chown=65532:65532 /made/data /data
ENV HOME=/data TMPDIR=/data
WORKDIR /data
VOLUME /data
USER 65532:65532
ENTRYPOINT ["/smartsync"]
CMD ["run"]

FROM base AS release
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/smartsync /smartsync

FROM base
COPY --from=built /smartsync /smartsync
