#!/usr/bin/env bash
# Builds the Debian package, installs it on this machine, tries what an admin would,
# upgrades and removes it. At the end the machine is as it was: .ci/run packages
set -euo pipefail
cd "$(dirname "$0")/.."

nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
exposure=20 # tenths, as systemd-analyze security counts: 100 is a unit that may do everything
schedule=/etc/smartsync/schedule.yaml
state=/var/lib/smartsync
unit=/usr/lib/systemd/system/smartsync.service
documents=/usr/share/doc/smartsync
# How the unit runs its program: as its user, with no rights.
as_service=(setpriv --reuid=smartsync --regid=smartsync --init-groups --no-new-privs --inh-caps=-all --bounding-set=-all
	env -i PATH=/usr/bin:/bin "HOME=$state")
# Small images leave documents and manual pages out.
install=(dpkg --force-confdef --force-confold "--path-include=$documents/*" '--path-include=/usr/share/man/*')

fail() {
	echo ".ci/packages.sh: error: $*" >&2
	exit 1
}

say() { echo "-- $*"; }

work=$(mktemp -d)
running='' began='' had_account=''

cleanup() {
	[[ -z $running ]] || kill -KILL "$running" 2>/dev/null || true
	if [[ $began ]]; then
		dpkg --purge smartsync >/dev/null 2>&1 || true
		rm -rf "$state" /etc/smartsync
		[[ $had_account ]] || userdel smartsync 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap cleanup EXIT

# unused refuses a machine on which smartsync is more than this check.
unused() {
	((EUID == 0)) || fail "it installs a package: run it as root"
	local path
	for path in /usr/bin/smartsync "$unit" /etc/smartsync "$state"; do
		[[ ! -e $path ]] || fail "$path is there: this check would remove a smartsync that somebody uses"
	done
	! getent passwd smartsync >/dev/null || had_account=yes
}

# build makes the package of a version; the name of its file is in $built.
build() {
	local version=$1 folder=$2
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
	export SOURCE_DATE_EPOCH
	go run ./internal/release -version "$version" dist/release
	[[ $version == 0.0.1 ]] || echo '# A newer version of the package has another schedule.' >>dist/release/etc/schedule.yaml
	CGO_ENABLED=0 go build -trimpath -o dist/release/smartsync \
		-ldflags "-s -w -X github.com/smartsync/smartsync/internal/cli.version=$version" .
	mkdir -p "$folder"
	ARCH=$(dpkg --print-architecture) VERSION=$version BINARY=dist/release/smartsync \
		go run "$nfpm" package --config dist/release/nfpm.yaml --packager deb --target "$folder/" >/dev/null
	built=$(echo "$folder"/smartsync_*.deb)
}

check_installed() {
	[[ $(smartsync version) == "smartsync 0.0.1"* ]] || fail "smartsync version: $(smartsync version)"
	local owner
	owner=$(stat -c '%U:%G %a' /etc/smartsync/.env)
	[[ $owner == 'root:smartsync 640' ]] || fail "/etc/smartsync/.env is $owner"

	say "manual pages"
	local page
	for page in /usr/share/man/man1/smartsync*.1.gz; do
		gzip -dc "$page" | mandoc -T lint -W warning || fail "$page is faulty"
	done
	[[ $(MANPAGER=cat man smartsync-run) == *'Checks every source now'* ]] || fail "man smartsync-run does not show it"

	say "completion"
	local words
	words=$(bash -ec 'compopt() { :; } # it works at a prompt only
		source /usr/share/bash-completion/bash_completion
		source /usr/share/bash-completion/completions/smartsync
		COMP_LINE="smartsync val" COMP_POINT=13 COMP_WORDS=(smartsync val) COMP_CWORD=1 COMP_TYPE=9
		__start_smartsync; echo "${COMPREPLY[@]}"')
	[[ $words == validate* ]] || fail "bash completes smartsync val to: $words"
}

check_unit() {
	local said
	grep -qx User=smartsync "$unit" || fail "the unit runs as somebody else"
	said=$(systemd-analyze verify "$unit" 2>&1) && [[ -z $said ]] || fail "systemd-analyze verify: $said"
	said=$(systemd-analyze security --no-pager --offline=true --threshold="$exposure" "$unit") ||
		fail "the unit may do more than it should: $said"
	tail -n 1 <<<"$said"
}

check_schedule() {
	local said code=0
	said=$("${as_service[@]}" smartsync validate "$schedule" 2>&1) || code=$?
	((code == 3)) && [[ $said == *'SSH_USER is not set'*'SSH_HOST is not set'*'has 2 faults'* ]] ||
		fail "the schedule as it is shipped, exit code $code: $said"
	sed -i 's/^#SSH_HOST/SSH_HOST/; s/^#SSH_USER/SSH_USER/' /etc/smartsync/.env
	"${as_service[@]}" smartsync validate "$schedule" || fail "the schedule, with .env filled in, is not valid"
}

# check_run starts what the unit starts, on the package's examples in place of a server.
check_run() {
	local start code=0
	sed -i -e "s|^    url: sftp:.*|    url: $documents/examples/gamestats|" -e '/^    key: /d' -e '/^    known_hosts: /d' "$schedule"
	"${as_service[@]}" smartsync validate "$schedule" >/dev/null
	read -ra start < <(sed -n 's/^ExecStart=//p' "$unit")
	"${as_service[@]}" "${start[@]}" >"$work/log" 2>&1 &
	running=$!
	for _ in {1..150}; do
		! grep -q '4 imported' "$work/log" || break
		kill -0 "$running" 2>/dev/null || break
		sleep 0.2
	done
	cat "$work/log"
	grep -q '4 imported' "$work/log" || fail "it has not imported the examples within 30 s"
	# Not into a pipe: grep -q would leave it before status has ended.
	"${as_service[@]}" smartsync status -c "$schedule" >"$work/status"
	grep -q "smartsync runs: pid $running" "$work/status" || fail "status does not see it run: $(cat "$work/status")"
	kill -TERM "$running"
	wait "$running" || code=$?
	running=''
	((code == 0)) || fail "SIGTERM ended it with exit code $code: $(tail -n 3 "$work/log")"
}

# check_systemd lets the machine's systemd run services, where it has one.
check_systemd() {
	if [[ ! -d /run/systemd/system ]]; then
		echo "there is no systemd here"
		return
	fi
	SMARTSYNC_TEST_SYSTEMD=yes go test -count=1 -run UnderSystemd ./internal/service
	systemctl enable --quiet --now smartsync
	[[ $(smartsync service status) == *"running; smartsync status -c $schedule"* ]] || fail "the service does not run: $(smartsync service status)"
	systemctl reload smartsync
	! smartsync service install -c "$schedule" --run-as smartsync 2>"$work/said" && grep -q 'belongs to an installed package' "$work/said" ||
		fail "install in place of the package's service: $(cat "$work/said")"
	systemctl stop smartsync
}

check_upgrade() {
	local newer=$1 before
	cp "$schedule" "$work/edited"
	before=$(stat -c '%U:%G %a' /etc/smartsync/.env)
	"${install[@]}" -i "$newer"
	[[ $(smartsync version) == "smartsync 0.0.2"* ]] || fail "after the upgrade: $(smartsync version)"
	cmp "$schedule" "$work/edited" || fail "the upgrade changed the schedule"
	[[ -e $schedule.dpkg-dist ]] || fail "the upgrade does not offer the package's new schedule"
	[[ $(stat -c '%U:%G %a' /etc/smartsync/.env) == "$before" ]] || fail "the upgrade changed the owner of .env"
}

check_removal() {
	dpkg -r smartsync
	[[ ! -e $unit && ! -e /usr/bin/smartsync ]] || fail "dpkg -r left the program or its unit"
	cmp "$schedule" "$work/edited" || fail "dpkg -r changed the schedule"
	"${install[@]}" -i "$1"
	cmp "$schedule" "$work/edited" || fail "installing it again changed the schedule"
	dpkg --purge smartsync
	local left
	left=$(find /etc /usr/lib/systemd /lib/systemd -name '*smartsync*' 2>/dev/null)
	[[ -z $left ]] || fail "dpkg --purge left: $left"
	[[ -e $state/smartsync.db ]] || fail "dpkg --purge took the database"
}

unused
say "build"
build 0.0.1 "$work/again"
again=$built
build 0.0.1 "$work/first"
first=$built
cmp "$first" "$again" || fail "the same source gave two different packages"
build 0.0.2 "$work/second"
second=$built
ls -l "$first" | awk '{print $5, "bytes"}'

say "lintian"
lintian --allow-root --fail-on error,warning "$first"

began=yes
"${install[@]}" -i "$first"
check_installed
say "unit"
check_unit
say "schedule"
check_schedule
say "run"
check_run
say "systemd"
check_systemd
say "upgrade"
check_upgrade "$second"
say "remove, install again, purge"
check_removal "$first"
