#!/bin/sh
# Installs Debian packages when this user may. Usage: debian.sh PACKAGE...
set -eu
by_hand() {
  echo "Spanwarden needs: $*. Install them with your system's package manager (Debian: apt-get install $*)." >&2
  exit 1
}
command -v apt-get >/dev/null 2>&1 || by_hand "$@"
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  as_root="sudo -n"
  $as_root true 2>/dev/null || by_hand "$@"
fi
echo "Installing $* ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# A package that starts a server (PostgreSQL) must not fail where no service manager runs.
$as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
