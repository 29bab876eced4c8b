#!/bin/sh
# Stops and disables the service before a removal; an upgrade leaves it running. dpkg
# gives "remove", rpm 0.
set -e

case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac

if [ -d /run/systemd/system ]; then
	systemctl disable --now smartsync.service || true
elif command -v systemctl >/dev/null; then
	systemctl disable smartsync.service || true
fi
