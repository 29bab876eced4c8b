#!/bin/sh
# Makes the account that the service runs as and that files of the package belong to.
set -e

if ! getent passwd smartsync >/dev/null; then
	useradd --system --user-group --no-create-home --home-dir /var/lib/smartsync \
		--shell /usr/sbin/nologin --comment smartsync smartsync
fi
