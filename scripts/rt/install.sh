#!/bin/bash
# Installs Request Tracker 5 with its stand-alone server, from Debian's packages, as root. Starts no daemon, makes no
# database (each run of the tests has one of its own) and sends no mail.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

[ "$(id -u)" = 0 ] || { echo 'only root can install packages' >&2; exit 1; }
command -v apt-get >/dev/null || { echo 'this is no Debian: there is no apt-get' >&2; exit 1; }

# Debian's way to say that no service starts on its own. One that is there already says so as well, or is somebody's.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi

apt-get update -q
debconf-set-selections <<<'request-tracker5 request-tracker5/dbconfig-install boolean false'
apt-get install -y -q --no-install-recommends request-tracker5 rt5-db-sqlite rt5-standalone
