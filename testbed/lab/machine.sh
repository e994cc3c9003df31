#!/bin/sh
# Makes the virtual machine that stands for a hypervisor with a bond of the Linux kernel:
#
#   machine.sh KERNEL OUT
#
# KERNEL is a folder with boot/vmlinuz-* and lib/modules/* of Debian's linux-image-cloud package; OUT gets vmlinuz and an initial
# file system of this machine's own programs. What the machine does is in machine-init.sh.
set -eu
kernel=$1 out=$2 here=$(cd "$(dirname "$0")" && pwd)
image=$(ls "$kernel"/boot/vmlinuz-* | sort -V | tail -n 1)
version=${image##*/vmlinuz-}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

cd / && mkdir -p "$root/bin" "$root/mod" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/etc" "$root/tmp" "$root/root"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in mount insmod cat sleep mkdir chmod hostname ls; do ln -s busybox "$root/bin/$applet"; done

# program PATH: with the libraries that it is linked to.
program() {
	mkdir -p "$root$(dirname "$1")" && cp -L "$1" "$root$1"
	ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"
	done
}
for name in dash ip bridge ping head sshd; do program "$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$name")"; done
ln -s "$(command -v dash)" "$root/bin/sh" # the shell of busybox would run its own ip, whatever the path says

depmod -b "$kernel" "$version"
: >"$root/mod/order"
for module in virtio_pci virtio_net bonding 8021q bridge veth af_packet; do
	modprobe -d "$kernel" -S "$version" --show-depends "$module" 2>/dev/null | while read -r verb file _; do
		[ "$verb" = insmod ] || continue
		grep -qx "${file##*/}" "$root/mod/order" || { cp "$file" "$root/mod/" && echo "${file##*/}" >>"$root/mod/order"; }
	done
done

printf 'root:x:0:0::/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
cp "$here/machine-init.sh" "$root/init" && chmod 755 "$root/init"
cp "$image" "$out/vmlinuz"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$out/initrd"
