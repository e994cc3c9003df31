package lab

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The kernels of Open vSwitch's nodes need no bonding, and many have none. A hypervisor with the kernel's own bond is therefore a virtual
// machine, emulated where it has to be.

//go:embed machine.sh
var machineScript []byte

//go:embed machine-init.sh
var machineInit []byte

// Kernel is the folder with boot/vmlinuz-* and lib/modules/*, bonding among them, that virtual machines boot: what UPLINKCHECK_LAB_KERNEL
// names, else this machine's own.
func Kernel() string { return cmp.Or(os.Getenv("UPLINKCHECK_LAB_KERNEL"), "/") }

// MissingMachine says what this machine lacks, beyond what a lab needs, to boot a virtual machine in it; "" when nothing.
func MissingMachine() string {
	for program, from := range map[string]string{"qemu-system-x86_64": "qemu-system-x86", "busybox": "busybox-static", "cpio": "cpio",
		"modprobe": "kmod", "dash": "dash"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("a virtual machine in the lab needs %s: apt-get install %s", program, from)
		}
	}
	images, _ := filepath.Glob(filepath.Join(Kernel(), "boot/vmlinuz-*"))
	for _, image := range images {
		version := strings.TrimPrefix(filepath.Base(image), "vmlinuz-")
		if m, _ := filepath.Glob(filepath.Join(Kernel(), "lib/modules", version, "kernel/drivers/net/bonding/bonding.ko*")); len(m) > 0 {
			return ""
		}
	}
	return fmt.Sprintf("a virtual machine in the lab needs a kernel with bonding, and %s has none: unpack Debian's linux-image-cloud-amd64 "+
		"and name the folder in UPLINKCHECK_LAB_KERNEL", Kernel())
}

// bootScript takes the node's own programs away and hands its ports to the machine: NAME UNIT ADDRESS MIN_LINKS.
const bootScript = `
ovs-appctl exit
ovs-appctl -t ovsdb-server exit
kill "$(cat /run/sshd.pid)" "$(cat /run/lldpd.pid)"
ip address flush dev eth0
ports=
for n in 0 1 2; do
	ip tuntap add dev "tap$n" mode tap
	ip link set "tap$n" addrgenmode none up
	for way in "tap$n eth$n" "eth$n tap$n"; do
		tc qdisc add dev "${way% *}" clsact
		tc filter add dev "${way% *}" ingress pref 1 protocol all u32 match u32 0 0 action mirred egress redirect dev "${way#* }"
	done
	ports="$ports -netdev tap,id=n$n,ifname=tap$n,script=no,downscript=no"
	ports="$ports -device virtio-net-pci,netdev=n$n,romfile=,mac=52:54:00:00:0$2:0$n,speed=10000,duplex=full"
done
mkdir -p /run/machine/keys
cp /run/uplinkcheck/authorized_keys /run/uplinkcheck/ssh_host_ed25519_key /run/machine/keys
(cat "$5/initrd"; cd /run/machine; find keys | cpio --quiet -o -H newc | gzip -1) >/run/initrd
qemu-system-x86_64 -nodefaults -no-reboot -m 192 -display none -serial file:/run/machine.log -kernel "$5/vmlinuz" -initrd /run/initrd \
	-append "console=ttyS0 quiet name=$1 unit=$2 address=$3 min_links=$4" $ports -daemonize
`

// Boot puts a virtual machine in the place of a hypervisor's Open vSwitch: of the same name, addresses and cables, with a kernel
// bond that carries nothing unless minLinks links are in service. It answers pings and SSH; Exec does not reach into it. PowerOff and
// PowerOn bring Open vSwitch back.
func (l *Lab) Boot(ctx context.Context, node string, minLinks int) error {
	n := l.Topology.Node(node)
	if n == nil {
		return fmt.Errorf("no node %s", node)
	}
	image := filepath.Join(l.dir, "machine")
	if err := os.MkdirAll(image, 0o755); err != nil {
		return err
	}
	for name, text := range map[string][]byte{"machine.sh": machineScript, "machine-init.sh": machineInit} {
		if err := os.WriteFile(filepath.Join(image, name), text, 0o644); err != nil {
			return err
		}
	}
	if out, err := exec.CommandContext(ctx, "sh", filepath.Join(image, "machine.sh"), Kernel(), image).CombinedOutput(); err != nil {
		return fmt.Errorf("make the virtual machine: %w: %s", err, out)
	}
	address := fmt.Sprintf("%s/%d", n.Address, l.Topology.Mgmt.Bits())
	if _, err := l.Exec(ctx, node, "sh", "-euc", bootScript, "boot", node, n.Env["UNIT"], address, fmt.Sprint(minLinks), image); err != nil {
		return err
	}
	l.mu.Lock()
	l.machines[node] = true
	l.mu.Unlock()
	var last error
	err := poll(ctx, func() bool {
		_, last = l.box(node).run(ctx, "", nil, "grep", "-q", "ready", "/run/machine.log")
		return last == nil
	})
	if err != nil {
		return fmt.Errorf("%s does not come up: %w: %w", node, err, last)
	}
	return nil
}

// machine reports whether a virtual machine runs in the node's place.
func (l *Lab) machine(node string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.machines[node]
}
