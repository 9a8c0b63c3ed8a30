#!/usr/bin/env bash
# Builds a fresh Debian machine in a folder, runs the README's two commands in it, and says how that went.
#
#   sudo scripts/fresh.sh trixie          # Python 3.13
#   sudo scripts/fresh.sh sid run         # Python 3.14; only `make run`
#
# Needs root, debootstrap and about 4 GB in $FRESH_DIR (default: a temporary folder, removed afterwards). What is
# tried is the last commit. The machine gets python3 with venv, make and the host's certificates, and no more.
set -euo pipefail

suite=${1:?"usage: scripts/fresh.sh SUITE [run|test ...]   (trixie, sid, ...)"}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(run test)
mirror=${FRESH_MIRROR:-http://deb.debian.org/debian}
source_tree=$(git -C "$(dirname "$0")/.." rev-parse --show-toplevel)

[ "$(id -u)" = 0 ] || { echo "fresh.sh needs root, for debootstrap and chroot" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "fresh.sh needs debootstrap (apt install debootstrap)" >&2; exit 2; }

if [ -n "${FRESH_DIR:-}" ]; then
  root=$FRESH_DIR/$suite
else
  root=$(mktemp -d)/$suite
fi
cleanup() {
  for mount in dev/shm dev proc; do
    mountpoint -q "$root/$mount" && umount -l "$root/$mount"
  done
  [ -n "${FRESH_DIR:-}" ] || rm -rf --one-file-system "$(dirname "$root")"
}
trap cleanup EXIT

if ! [ -x "$root/usr/bin/python3" ]; then
  mkdir -p "$root"
  debootstrap --variant=minbase --include=ca-certificates,git,make,python3,python3-venv "$suite" "$root" "$mirror" \
    >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }
fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"

# Where packages come from, and whom to trust, is the host's business.
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
rm -rf "$root/root/substance-monitor"
git clone -q --no-hardlinks "file://$source_tree" "$root/root/substance-monitor"

inside() {
  env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 \
    ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    chroot "$root" sh -ec "cd /root/substance-monitor && $1"
}

echo "== $suite: $(inside 'python3 --version'), commit $(git -C "$source_tree" rev-parse --short HEAD)"
failed=0
for target in "${targets[@]}"; do
  begun=$SECONDS
  if inside "make $target" >"$root.$target.log" 2>&1; then verdict=passed; else verdict=FAILED; failed=1; fi
  tail -25 "$root.$target.log"
  echo "== $suite: make $target $verdict after $((SECONDS - begun)) s"
done
exit $failed
