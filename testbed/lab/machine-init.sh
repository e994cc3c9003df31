#!/bin/sh
# The first process of the virtual machine (machine.sh): a hypervisor with one bond of the Linux kernel. The kernel's command line says
#
#   name= unit= address=NET/LEN min_links=N
#
# It takes part in the networks that the hypervisors of containerlab.yml have, with the unit's addresses.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t devtmpfs dev /dev && mount -t tmpfs tmpfs /run
while read -r module; do
	case $module in bonding.ko*) insmod "/mod/$module" max_bonds=0 ;; *) insmod "/mod/$module" ;; esac
done </mod/order
for word in $(cat /proc/cmdline); do
	case $word in name=* | unit=* | address=* | min_links=*) eval "$word" ;; esac
done
hostname "$name"
ip link set lo up
ip address add "$address" dev eth0 && ip link set eth0 up

ip link add bond0 type bond mode 802.3ad miimon 100 lacp_rate fast min_links "$min_links"
for port in eth1 eth2; do ip link set "$port" addrgenmode none down && ip link set "$port" master bond0; done
ip link set bond0 addrgenmode none up
ip address add "198.18.99.$unit/24" dev bond0
for vid in 10 20 31; do
	ip link add link bond0 name "bond0.$vid" type vlan id "$vid"
	ip link set "bond0.$vid" addrgenmode none up && ip address add "198.18.$vid.$unit/24" dev "bond0.$vid"
done

# Guests. Their addresses are never learned: what a switch of the pair floods over the peer-link comes back over the other leg.
mkdir -p /run/netns
guest() {
	ip link add link bond0 name "bond0.$2" type vlan id "$2"
	ip link add "br$2" type bridge forward_delay 0
	ip link set "bond0.$2" addrgenmode none master "br$2" up
	ip link set "br$2" addrgenmode none up
	ip netns add "$1"
	ip link add "$1" type veth peer name eth0 netns "$1"
	ip link set "$1" addrgenmode none master "br$2" up
	ip -n "$1" address add "$3.$unit/24" dev eth0 && ip -n "$1" link set eth0 addrgenmode none up
	bridge link set dev "bond0.$2" learning off
	bridge fdb replace "$(ip netns exec "$1" cat /sys/class/net/eth0/address)" dev "$1" master static
}
guest vnet0 100 198.18.110
guest vnet1 101 198.18.111

# Remote login by key. No LLDP: its identities are LACP's.
mkdir -p /run/sshd && chmod 600 /keys/ssh_host_ed25519_key
/usr/sbin/sshd -f /dev/null -h /keys/ssh_host_ed25519_key -o AuthorizedKeysFile=/keys/authorized_keys -o StrictModes=no \
	-o PermitRootLogin=prohibit-password -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no -o UseDNS=no \
	-o MaxStartups=100 -o PidFile=none -o SetEnv=PATH=/usr/sbin:/usr/bin:/sbin:/bin
echo ready >/dev/console
exec sleep 2147483647
