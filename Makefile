# go.mod says which Go; nothing here needs more than it and bash.
FUZZTIME := 10s

.PHONY: check test race crash bench fuzz golden lint build cross
.DEFAULT_GOAL := check

check: ## before a commit
	.ci/run format vet tidy lint tests

test:
	go test ./...

race: ## fails for skipped tests as well, see .ci/may-skip
	.ci/run race

crash: ## kill the program at every point that the tests know
	.ci/run crash

bench: ## some minutes: one benchmark watches an idle process for one
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
