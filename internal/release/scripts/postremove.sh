#!/bin/sh
# Tells what stays. dpkg gives "remove" or "purge", rpm 0.
set -e

case "$1" in
remove | purge | 0) ;;
*) exit 0 ;;
esac

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload || true
	systemctl reset-failed smartsync.service 2>/dev/null || true
fi
if [ -e /var/lib/smartsync ]; then
	echo "smartsync: the database, the fetched files and the SSH keys stay in /var/lib/smartsync, and so does the account smartsync"
fi
