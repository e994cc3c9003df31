#!/bin/sh
# Starts one node of containerlab.yml: Open vSwitch, lldpd and sshd, and then what the node's environment says:
#
#   CONFIG    ports of the node, one line each, in the words below
#   UNIT      number of the node: the last octet of its addresses and the hundreds of its LACP port numbers
#   SYSTEM    LACP system that both switches of a pair present
#   PRIORITY  RSTP priority of a switch; none: no RSTP
#
# containerlab runs it in a container (exec), package lab in the namespaces of a node: the same file in the same place.
set -eu
vsctl='' legs='' parked='' after=: ports='' vlans='' native='' key=''

# words reads native=, vlans= and key= of a line; ports collects the rest.
words() {
	ports='' vlans='' native='' key=''
	for w; do
		case $w in
		vlans=*) vlans="trunks=${w#vlans=}" ;;
		native=*) native="tag=${w#native=} vlan_mode=native-untagged" ;;
		key=*) key=${w#key=} ;;
		*) ports="$ports $w" ;;
		esac
	done
	[ -n "$native" ] || native=vlan_mode=trunk
}

# mlag NAME key=N PORT... [native=VID] vlans=LIST: an LACP aggregator that this switch shares with its peer. The peers
# present one system and key; their port numbers differ. A parked member without carrier stands for the rest of the
# aggregator: Open vSwitch calls a bond of one member "individual".
mlag() {
	name=$1 && shift && words "$@"
	ip tuntap add dev "spare-$name" mode tap
	vsctl="$vsctl -- add-bond br0 $name $ports spare-$name lacp=active bond_mode=balance-tcp $native $vlans"
	vsctl="$vsctl other_config:lacp-time=fast other_config:lacp-system-id=$SYSTEM other_config:lacp-system-priority=100"
	for p in $ports; do member "$p" $((UNIT * 100 + ${p#eth})); done
	member "spare-$name" $((UNIT * 100 + key + 80))
	parked="$parked spare-$name"
}
member() {
	vsctl="$vsctl -- set interface $1 other_config:lacp-port-id=$2 other_config:lacp-port-priority=100"
	vsctl="$vsctl other_config:lacp-aggregation-key=$key"
}

# bond NAME PORT... [native=VID] vlans=LIST: a hypervisor's LACP bond. A system of its own instead of a random address makes
# equal faults look equal: Open vSwitch prefers the partner with the lower one.
bond() {
	name=$1 && shift && words "$@"
	legs=$ports
	vsctl="$vsctl -- add-bond br0 $name $ports lacp=active bond_mode=balance-tcp $native $vlans"
	vsctl="$vsctl other_config:lacp-time=fast other_config:lacp-system-id=02:00:00:01:00:$(printf %02x "$UNIT")"
}

# standby NAME PORT... vlans=LIST: a bond that uses one port at a time and needs nothing of the switches.
standby() {
	name=$1 && shift && words "$@"
	legs=$ports
	vsctl="$vsctl -- add-bond br0 $name $ports bond_mode=active-backup $native $vlans"
}

# trunk PORT [native=VID] vlans=LIST: one port with tagged VLANs.  access PORT VID: one port in one VLAN.
trunk() { words "$@" && vsctl="$vsctl -- add-port br0 $1 $native $vlans"; }
access() { vsctl="$vsctl -- add-port br0 $1 tag=$2 vlan_mode=access"; }

# internal NAME VID NET/LEN: an interface of the hypervisor itself.  guest NAME VID NET/LEN: a guest of that name, with an interface
# and a network of its own, plugged in at a port that has its name too.
internal() {
	vsctl="$vsctl -- add-port br0 $1 tag=$2 -- set interface $1 type=internal"
	after="$after; address $1 $3; drop_own /sys/class/net/$1/address"
}
guest() {
	ip netns add "$1"
	ip link add "$1" type veth peer name eth0 netns "$1"
	ip link set "$1" addrgenmode none up
	ip -n "$1" address add "${3%.*}.$UNIT/${3#*/}" dev eth0
	ip -n "$1" link set eth0 addrgenmode none up
	vsctl="$vsctl -- add-port br0 $1 tag=$2"
	ip netns exec "$1" cat /sys/class/net/eth0/address >"/run/$1.address"
	after="$after; drop_own /run/$1.address"
}

# address PORT NET/LEN: the address of this UNIT in that network.
address() { ip address add "${2%.*}.$UNIT/${2#*/}" dev "$1" && ip link set "$1" addrgenmode none up; }

# drop_own FILE: frames of the address in FILE, which this node sent, are dropped where they come back over another leg. Open
# vSwitch has no split horizon between the switches of a pair: what one floods over the peer-link, the other floods to the second leg.
drop_own() {
	for p in $legs; do
		ovs-ofctl add-flow br0 "priority=100,in_port=$p,dl_src=$(cat "$1"),actions=drop"
	done
}

data_ports=$(cd /sys/class/net && echo eth[1-9]* | tr ' ' ',')
for p in $(echo "$data_ports" | tr ',' ' '); do ip link set "$p" addrgenmode none up; done # a bridge port says nothing itself

# Remote login: by key only.
mkdir -p /run/sshd
/usr/sbin/sshd -f /dev/null -h /run/uplinkcheck/ssh_host_ed25519_key -o AuthorizedKeysFile=/run/uplinkcheck/authorized_keys \
	-o PidFile=/run/sshd.pid -o StrictModes=no -o PermitRootLogin=prohibit-password -o PasswordAuthentication=no \
	-o KbdInteractiveAuthentication=no -o UsePAM=no -o UseDNS=no -o MaxStartups=100 \
	-o SetEnv=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# LLDP on the data ports, each second, forgotten after four.
mkdir -p /run/lldpd
cat >/run/lldpd.conf <<END
configure system hostname $(hostname)
configure lldp portidsubtype ifname
configure lldp tx-interval 1
configure lldp tx-hold 4
END
lldpd -O /run/lldpd.conf -I "$data_ports" -C eth0 -S "uplinkcheck lab"

case $CONFIG in address*)
	eval "$CONFIG"
	exit 0
	;;
esac

mkdir -p /run/openvswitch
rm -f /run/openvswitch/conf.db
ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile \
	--log-file=/run/openvswitch/ovsdb-server.log --detach --no-chdir 2>/dev/null
ovs-vsctl --no-wait init
ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --log-file=/run/openvswitch/ovs-vswitchd.log --detach --no-chdir 2>/dev/null

vsctl='add-br br0 -- set bridge br0 datapath_type=netdev other_config:mac-aging-time=15'
[ -z "${PRIORITY:-}" ] || vsctl="$vsctl rstp_enable=true other_config:rstp-priority=$PRIORITY"
eval "$CONFIG"
# shellcheck disable=SC2086 # words are meant to be split
ovs-vsctl $vsctl
for p in $parked; do ip link set "$p" down; done
eval "$after"
