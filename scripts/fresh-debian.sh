#!/usr/bin/env bash
# Times `make demo` and `make check` on a fresh Debian 12: a minimal system is made in a folder with git and make
# and nothing else, this repository's HEAD is cloned into it, and the two commands of the README are run there.
# Needs root and debootstrap. The packages come from where this machine's own come from.
# usage: fresh-debian.sh folder [command...]     commands: default "make demo" "make check"
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 1 ] && [ ! -e "$1" ] || { echo "usage: fresh-debian.sh new-folder [command...]" >&2; exit 2; }
mkdir -p "$1"
machine=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- "make demo" "make check"

clean_up() {
    for point in dev proc; do
        ! mountpoint -q "$machine/$point" || umount -R -l "$machine/$point"
    done
    rm -rf --one-file-system "$machine"
}
trap clean_up EXIT

# The first source of Debian 12 that this machine's apt knows.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
[ -n "$mirror" ] || { echo "this machine's apt has no Debian 12 source" >&2; exit 1; }

begin=$SECONDS
debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$machine" "$mirror" >"$machine.log" ||
    { tail -n 20 "$machine.log" >&2; exit 1; }
rm "$machine.log"
# apt's proxy settings, resolver and certificates, which pip needs, are those of this machine.
cp /etc/resolv.conf "$machine/etc/resolv.conf"
for file in /etc/apt/apt.conf.d/*[Pp]roxy*; do
    [ ! -f "$file" ] || cp "$file" "$machine/etc/apt/apt.conf.d/"
done
cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
mount -t proc proc "$machine/proc"
mount --rbind --make-rslave /dev "$machine/dev"
git clone -q --no-local "$here" "$machine/root/libinspyr"
echo "fresh Debian $(cat "$machine/etc/debian_version") with git and make: $((SECONDS - begin)) s (not counted)"

for command; do
    begin=$SECONDS
    chroot "$machine" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 \
        PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        sh -c "cd /root/libinspyr && $command"
    echo "== $command: $((SECONDS - begin)) s on $(nproc) processors"
done
