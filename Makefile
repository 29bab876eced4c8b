# go.mod says which Go; nothing here needs more than it and bash.
FUZZTIME := 10s
GORELEASER := github.com/goreleaser/goreleaser/v2@v2.15.1

.PHONY: check test race crash bench fuzz golden lint build cross packages snapshot
.DEFAULT_GOAL := check

check: ## before a commit
	.ci/run format vet tidy lint tests

test:
	go test ./...

race: ## fails for skipped tests as well, see .ci/may-skip
	.ci/run race

crash: ## kill the program at every point that the tests know
	.ci/run crash

bench: ## some minutes: one benchmark watches an idle process for two
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## each target for FUZZTIME
	FUZZTIME=$(FUZZTIME) .ci/run fuzz

golden: ## rewrite the golden files, then read the diff
	UPDATE_GOLDEN=1 go test ./...

lint:
	.ci/run lint

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o smartsync .

cross: ## a static binary a system, in dist/
	.ci/run cross

packages: ## the Debian package: built, installed here, tried, removed; as root
	.ci/run packages

snapshot: ## all that a release holds but for images, in dist/goreleaser
	go run $(GORELEASER) check
	go run $(GORELEASER) release --snapshot --clean --skip=publish,docker,announce
