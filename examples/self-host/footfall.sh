#!/bin/sh
# /usr/local/bin/footfall: a command of the collector with the settings of the service, as its user.
#   sudo footfall doctor          sudo footfall backup /var/lib/footfall/backups/$(date +%F)
set -eu
if [ "$(id -un)" != footfall ]; then exec runuser -u footfall -- "$0" "$@"; fi
# Where the service runs: a footfall.config.* of the caller's folder, which might be anybody's, is not read.
cd /opt/footfall
if [ -r /etc/footfall/footfall.env ]; then
	set -a
	. /etc/footfall/footfall.env
	set +a
fi
export FOOTFALL_DATA_DIR=/var/lib/footfall
exec "${FOOTFALL_NODE:-/usr/bin/node}" /opt/footfall/node_modules/@footfall/collector/dist/main.js "$@"
