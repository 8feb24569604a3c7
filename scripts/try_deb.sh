#!/bin/sh
# Installs our Debian package, uses, upgrades, removes and purges it, in a root that is thrown away: this host's own with a
# layer above it, and without a network. As root: sh scripts/try_deb.sh dist/carecall_….deb
# Ends with 77, and says why, where the kernel or the host do not let it be tried.
set -eu

no() {
    echo "Not tried: $1" >&2
    exit 77
}

package=$(realpath "$1")
checkout=$(realpath "$(dirname "$0")/..")
[ "$(id -u)" = 0 ] || no 'only root can mount a root to throw away.'
command -v dpkg >/dev/null || no 'this host has no dpkg.'
/usr/bin/python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null ||
    no '/usr/bin/python3 is not 3.11, 3.12 or 3.13.'
unshare --mount --net --pid --fork true 2>/dev/null || no 'the kernel lets nobody have mounts of their own.'

root=$(mktemp -d)
trap 'rmdir "$root"' EXIT
unshare --mount --net --pid --fork --kill-child sh -eu -s "$root" "$package" "$checkout" <<'END'
root=$1 package=$2 checkout=$3
mount -t tmpfs tmpfs "$root"
mkdir "$root/above" "$root/work" "$root/whole"
mount -t overlay overlay -o "lowerdir=/,upperdir=$root/above,workdir=$root/work" "$root/whole" || exit 77
cd "$root/whole"
mount -t proc proc proc
mount --rbind /dev dev
for empty in tmp run root home ".$checkout"; do
    [ ! -d "$empty" ] || mount -t tmpfs tmpfs "$empty"
done
mkdir run/sshd
cp "$package" tmp/carecall.deb
cp "$checkout/scripts/deb/try_inside.sh" tmp/try.sh
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root chroot . sh /tmp/try.sh
END
