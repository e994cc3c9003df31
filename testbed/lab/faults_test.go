package lab

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var observe = flag.Bool("lab.observe", false, "show what the nodes say of each fault, and do not audit")

// A fault is one thing done to a healthy lab, and what must come of it.
type fault struct {
	name   string
	inject func(context.Context, *Lab) (Undo, error)
	shown  func(State) string                // "" once Open vSwitch and lldpd show the fault: what is awaited otherwise
	look   []string                          // nodes whose facts are worth printing
	over   string                            // what an inventory laid over the topology says
	proven func(context.Context, *Lab) error // what the frames themselves say of the fault; nil: see broken

	broken bool     // kvm1 does not reach kvm3 in the management network any more
	fails  []string // "CHECK subject" of every check that must fail, and no other fails
	may    []string // may fail as well: true, but it depends on the moment, or where a leg ends is contradicted and so unknown
	warns  []string // must warn
	untold []string // must be unknown
}

var faults = []fault{
	{
		name:   "cable pulled",
		inject: func(ctx context.Context, l *Lab) (Undo, error) { return l.Rewire, l.Pull(ctx, end("kvm1:eth1")) },
		shown:  all(lost("kvm1:eth1"), lost("leaf1:eth1")),
		look:   []string{"kvm1", "leaf1"},
		fails:  hangsOn("kvm1", "kvm1/eth1", "leaf2"),
		warns:  []string{"LAG-001 leaf1+leaf2/kvm1"},
	},
	{
		name: "switch port shut down",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			undo, err := l.Change(ctx, "leaf1", "ip link set eth1 down", "ip link set eth1 up")
			return both(undo, err)(l.Rewire, l.Pull(ctx, end("leaf1:eth1"))) // the panel passes no link state on
		},
		shown: all(lost("kvm1:eth1"), lost("leaf1:eth1")),
		look:  []string{"kvm1", "leaf1"},
		fails: hangsOn("kvm1", "kvm1/eth1", "leaf2"),
		warns: []string{"LAG-001 leaf1+leaf2/kvm1"},
	},
	{
		name: "wrong key on one switch",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			// Open vSwitch takes the key of the whole bond from the member that it saw first.
			return both(l.Set(ctx, "leaf2", "interface", "eth1", "other_config:lacp-aggregation-key=99"))(
				l.Set(ctx, "leaf2", "interface", "spare-kvm1", "other_config:lacp-aggregation-key=99"))
		},
		shown:  detached("kvm1:eth2", "partner key", "99"),
		look:   []string{"kvm1", "leaf2"},
		fails:  []string{"RED-001 kvm1", "RED-007 kvm1/eth2", "LAG-001 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0", "MLG-006 leaf1+leaf2/kvm1"},
		untold: mayHangOn("kvm1", "leaf1"),
	},
	{
		name: "another LACP system on one switch of the pair",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf2", "port", "kvm1", "other_config:lacp-system-id=02:00:00:00:09:09")
		},
		shown:  detached("kvm1:eth2", "partner sys_id", "02:00:00:00:09:09"),
		look:   []string{"kvm1", "leaf2"},
		fails:  []string{"RED-001 kvm1", "RED-007 kvm1/eth2", "LAG-001 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0", "MLG-006 leaf1+leaf2/kvm1"},
		untold: mayHangOn("kvm1", "leaf1"),
	},
	{
		name: "LACP off on one switch",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf2", "port", "kvm1", "lacp=off")
		},
		shown: status("kvm1:eth2", "defaulted"),
		look:  []string{"kvm1", "leaf2"},
		fails: hangsOn("kvm1", "kvm1/eth2", "leaf1", "LAG-008 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0"),
	},
	{
		name: "frames to one switch port are lost",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Rewire, l.LoseTowards(ctx, end("leaf1:eth1"))
		},
		shown: all(status("leaf1:eth1", "defaulted"), status("kvm1:eth1", "defaulted")), // see deafness
		look:  []string{"kvm1", "leaf1"},
		fails: hangsOn("kvm1", "kvm1/eth1", "leaf2", "LAG-001 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0"),
		may:   []string{"LAG-002 leaf1+leaf2/kvm1"},
	},
	{
		name: "frames to one hypervisor port are lost",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Rewire, l.LoseTowards(ctx, end("kvm1:eth1"))
		},
		shown: all(status("kvm1:eth1", "defaulted"), status("leaf1:eth1", "defaulted")), // see deafness
		look:  []string{"kvm1", "leaf1"},
		fails: hangsOn("kvm1", "kvm1/eth1", "leaf2", "LAG-001 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0"),
		may:   []string{"LAG-002 leaf1+leaf2/kvm1"},
	},
	{
		name: "leg patched to another hypervisor's port",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Rewire, l.Patch(ctx, end("kvm1:eth1"), end("leaf1:eth2"))
		},
		shown: all(has("kvm1:eth1", "partner key", "12"), detached("kvm1:eth2", "partner key", "11"), lost("kvm2:eth1"), lost("leaf1:eth1")),
		look:  []string{"kvm1", "kvm2", "leaf1", "leaf2"},
		fails: []string{"LAG-001 leaf1+leaf2/kvm1", "LAG-004 leaf1+leaf2/kvm2", "LAG-019 kvm1/bond0", "RED-001 kvm2", "RED-005 leaf1+leaf2/kvm2",
			"RED-007 kvm1/eth2", "RED-007 kvm2/eth1", "RED-008 kvm1/eth1", "RED-008 kvm2/eth1"},
		may: append(hangsOn("kvm1", "kvm1/eth2", "leaf1"), hangsOn("kvm2", "kvm2/eth1", "leaf2")...),
	},
	{
		name: "legs of two hypervisors swapped",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Rewire, l.SwapFar(ctx, end("leaf1:eth1"), end("leaf1:eth2"))
		},
		shown: all(has("kvm1:eth1", "partner key", "12"), has("kvm2:eth1", "partner key", "11")),
		look:  []string{"kvm1", "kvm2", "leaf1", "leaf2"},
		fails: []string{"LAG-001 leaf1+leaf2/kvm1", "LAG-001 leaf1+leaf2/kvm2", "LAG-004 leaf1+leaf2/kvm1", "LAG-004 leaf1+leaf2/kvm2",
			"LAG-019 kvm1/bond0", "LAG-019 kvm2/bond0", "RED-005 leaf1+leaf2/kvm1", "RED-005 leaf1+leaf2/kvm2",
			"RED-007 kvm1/eth2", "RED-007 kvm2/eth2", "RED-008 kvm1/eth1", "RED-008 kvm2/eth1"},
		may: append(hangsOn("kvm1", "kvm1/eth2", "leaf1"), hangsOn("kvm2", "kvm2/eth2", "leaf1")...),
	},
	{
		name:   "both legs on one switch",
		inject: bothLegsOnLeaf4,
		shown:  all(carries("kvm3:eth1"), carries("kvm3:eth2"), carries("leaf4:eth12"), lost("leaf3:eth3")),
		look:   []string{"kvm3", "leaf3", "leaf4"},
		fails:  []string{"RED-008 kvm3/eth1"},
		may:    append(alone("kvm3"), "RED-001 kvm3", "RED-015 kvm3"), // the topology file still declares the old cable
		warns:  []string{"LAG-001 leaf3+leaf4/kvm3"},
	},
	{
		name: "VLAN missing on one switch of the pair",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf2", "port", "kvm1", "trunks=10,31,99,100,101")
		},
		shown: healthy,
		fails: []string{"LAG-010 leaf1+leaf2/kvm1", "VLN-001 kvm1/eth2", "VLN-002 kvm1/bond0", "RED-002 kvm1/vmotion", "RED-003 kvm1/vmotion",
			"MLG-007 leaf1+leaf2/kvm1", "CLU-002 prod", "CLU-006 kvm1", "RED-012 leaf1"},
	},
	{
		name: "another untagged VLAN on one switch of the pair",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf2", "port", "kvm1", "tag=998")
		},
		shown: healthy,
		fails: []string{"LAG-010 leaf1+leaf2/kvm1", "MLG-007 leaf1+leaf2/kvm1", "VLN-002 kvm1/bond0", "VLN-005 kvm1/bond0",
			"RED-002 kvm1/provisioning", "RED-003 kvm1/provisioning", "RED-012 leaf1", "CLU-006 kvm1"},
		may:   []string{"VLN-001 kvm1/eth2"},
		warns: []string{"VLN-003 kvm1/eth2"},
	},
	{
		name: "management VLAN at a guests' edge port",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf4", "port", "eth12", "tag=10")
		},
		shown: healthy,
		fails: []string{"MGT-002 management"},
	},
	{
		name: "trunk that lets every VLAN through",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf2", "port", "kvm1", "trunks=[]")
		},
		shown: healthy,
		fails: []string{"LAG-010 leaf1+leaf2/kvm1", "MLG-007 leaf1+leaf2/kvm1", "VLN-002 kvm1/bond0", "VLN-004 kvm1/eth2", "VLN-007 kvm1/eth2"},
		warns: []string{"VLN-003 kvm1/eth2"},
	},
	{
		name: "switches static, hypervisor with LACP",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return both(l.Set(ctx, "leaf1", "port", "kvm1", "lacp=off"))(l.Set(ctx, "leaf2", "port", "kvm1", "lacp=off"))
		},
		shown:  all(status("kvm1:eth1", "defaulted"), status("kvm1:eth2", "defaulted")),
		look:   []string{"kvm1", "leaf1"},
		broken: true,
		fails:  cutOff("kvm1", "LAG-008 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0"),
	},
	{
		name: "hypervisor static, switches with LACP",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "kvm1", "port", "bond0", "lacp=off")
		},
		shown:  all(status("leaf1:eth1", "defaulted"), status("leaf2:eth1", "defaulted")),
		look:   []string{"kvm1", "leaf1"},
		broken: true,
		fails:  cutOff("kvm1", "LAG-001 leaf1+leaf2/kvm1", "LAG-002 leaf1+leaf2/kvm1", "LAG-008 leaf1+leaf2/kvm1"),
	},
	{
		name:   "passive at both ends",
		inject: passiveEverywhere,
		shown: all(status("kvm1:eth1", "defaulted"), status("kvm1:eth2", "defaulted"), status("leaf1:eth1", "defaulted"),
			status("leaf2:eth1", "defaulted")),
		look:   []string{"kvm1", "leaf1"},
		broken: true,
		fails:  cutOff("kvm1", "LAG-001 leaf1+leaf2/kvm1", "LAG-002 leaf1+leaf2/kvm1", "LAG-008 leaf1+leaf2/kvm1", "LAG-019 kvm1/bond0"),
	},
	{
		name: "passive switches, active hypervisor: no fault",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return both(l.Set(ctx, "leaf1", "port", "kvm1", "lacp=passive"))(l.Set(ctx, "leaf2", "port", "kvm1", "lacp=passive"))
		},
		shown: all(carries("kvm1:eth1"), carries("kvm1:eth2"), passive("leaf1:eth1"), passive("leaf2:eth1")),
		look:  []string{"leaf1"},
	},
	{
		name:   "port in the other hypervisor's aggregator",
		inject: eth1InTheWrongBond,
		shown:  all(has("kvm1:eth1", "partner key", "12"), carries("leaf1:eth1"), detached("kvm1:eth2", "partner key", "11"), status("kvm2:eth1", "current")),
		look:   []string{"kvm1", "kvm2", "leaf1", "leaf2"},
		fails: append(hangsOn("kvm2", "kvm2/eth1", "leaf2"), "LAG-001 leaf1+leaf2/kvm1", "LAG-001 leaf1+leaf2/kvm2", "LAG-004 leaf1+leaf2/kvm2",
			"LAG-019 kvm1/bond0", "LAG-019 kvm2/bond0", "RED-001 kvm1", "RED-005 leaf1+leaf2/kvm2", "RED-007 kvm1/eth2"),
		untold: mayHangOn("kvm1", "leaf1"),
	},
	{
		name:   "peer-link pulled",
		inject: func(ctx context.Context, l *Lab) (Undo, error) { return l.Rewire, l.Pull(ctx, end("leaf1:eth51")) },
		shown:  forwards("leaf4:eth49"),
		look:   []string{"leaf1", "leaf2", "leaf4"},
		fails:  parted("leaf3", "leaf4"), // what leads from leaf1 to leaf2 leads over both
	},
	{
		name: "peer-link cut, and the way round as well",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Rewire, errors.Join(l.Pull(ctx, end("leaf1:eth51")), l.Pull(ctx, end("leaf1:eth49")))
		},
		shown:  forwards("leaf4:eth49"),
		look:   []string{"leaf1", "leaf2", "leaf4"},
		proven: pairsPartlyReachEachOther,
		fails:  cutFromLeaf1(),
	},
	{
		name:   "cable that joins the management VLAN with a guests' VLAN, past the spanning tree",
		inject: loopCable,
		shown:  healthy,
		look:   []string{"leaf1", "leaf4"},
		proven: guestReachesManagement,
		fails: []string{"MGT-002 management", "MGT-008 management", "SEP-006 management", "SEP-006 guests", "VLN-018 management", "VLN-018 guests",
			"VLN-005 leaf1/eth12 to leaf4/eth12"},
	},
	{
		name:   "orphan: a hypervisor with one link",
		inject: orphan,
		shown:  healthy,
		look:   []string{"kvm2", "leaf1", "leaf2"},
		fails:  append(alone("kvm2"), "RED-001 kvm2", "RED-012 leaf2"),
		warns:  []string{"RED-015 kvm2"},
	},
	{
		name:   "both switches of a pair in one rack",
		inject: func(context.Context, *Lab) (Undo, error) { return nil, nil },
		shown:  healthy,
		over:   "switches: {leaf2: {rack: a}}\n",
		warns:  []string{"RED-011 kvm1", "RED-011 kvm2"},
	},
	{
		name: "lldpd silent on a hypervisor",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Change(ctx, "kvm1", "lldpcli configure lldp status disabled", "lldpcli configure lldp status rx-and-tx")
		},
		shown: all(unheard("leaf1:eth1"), unheard("leaf2:eth1"), unheard("kvm1:eth1"), unheard("kvm1:eth2")),
		look:  []string{"kvm1"},
	},
	{
		name: "hypervisor does not answer",
		inject: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Change(ctx, "kvm4", "ip link set eth0 down", "ip link set eth0 up")
		},
		shown:  healthy,
		untold: []string{"EVD-001 kvm4"},
	},
}

// Of deafness at one end: that end forgets its partner after six seconds and from then on talks at the slow rate, as nobody asks
// for more. So the other end, which waits three seconds, forgets it as well, and remembers for three seconds out of thirty.

// each is the check about every network that a hypervisor must offer.
func each(check, host string) (out []string) {
	for _, network := range []string{"management", "vmotion", "storage", "provisioning", "guests"} {
		out = append(out, check+" "+host+"/"+network)
	}
	return out
}

// alone are the checks that fail when a hypervisor has one way left for everything, over a switch, or none.
func alone(host string) []string {
	return slices.Concat(each("RED-002", host), each("RED-003", host), []string{"MGT-009 " + host + "/management", "CLU-006 " + host})
}

// hangsOn are the checks that fail when a hypervisor has lost an uplink and hangs on the other, which leads to a switch, and more.
func hangsOn(host, lost, last string, more ...string) []string {
	return slices.Concat(more, []string{"RED-001 " + host, "RED-007 " + lost, "RED-012 " + last}, alone(host))
}

// mayHangOn are the checks that cannot tell when one uplink of a hypervisor is held out of service because it is in another aggregator: it
// takes over when the other one goes, as the live reload shows, and nothing on the devices shows that beforehand.
func mayHangOn(host, last string) []string { return append(alone(host), "RED-012 "+last) }

// cutOff are the checks that fail when neither uplink of a hypervisor works, and more.
func cutOff(host string, more ...string) []string {
	return slices.Concat(more, []string{"RED-001 " + host, "RED-007 " + host + "/eth1", "RED-007 " + host + "/eth2", "CLU-001 " + host, "CLU-002 prod"}, alone(host))
}

// parted are the checks that fail when the loss of either switch parts one of the first pair from the second.
func parted(switches ...string) (out []string) {
	for _, host := range []string{"kvm1", "kvm2"} {
		for _, check := range []string{"RED-002", "RED-003", "RED-010"} {
			for _, network := range []string{"vmotion", "storage", "provisioning"} {
				out = append(out, check+" "+host+"/"+network)
			}
		}
		out = append(out, "CLU-006 "+host)
	}
	for _, s := range switches {
		out = append(out, "RED-012 "+s)
	}
	return append(out, "CLU-003 prod")
}

// cutFromLeaf1 are the checks that fail when nothing leads from leaf1 to leaf2 any more, or to the second pair: a part of what kvm1 and
// kvm2 send is lost in leaf1, and the second pair hangs on the link between leaf2 and leaf4. The gateway is on both.
func cutFromLeaf1() []string {
	out := []string{"CLU-002 prod", "CLU-003 prod", "CLU-006 kvm1", "CLU-006 kvm2", "RED-012 leaf2", "RED-012 leaf4", "SVC-003 management", "SVC-003 guests"}
	for _, check := range []string{"RED-002", "RED-003"} {
		for _, network := range []string{"vmotion", "storage", "provisioning"} {
			out = append(out, check+" kvm1/"+network, check+" kvm2/"+network)
		}
	}
	for _, host := range []string{"kvm3", "kvm4"} {
		out = slices.Concat(out, each("RED-010", host), alone(host))
	}
	return out
}

// pairsPartlyReachEachOther wants some frames between the pairs lost and others not: over which leg one goes, its addresses decide.
func pairsPartlyReachEachOther(ctx context.Context, l *Lab) error {
	seats, err := l.Topology.Seats()
	if err != nil {
		return err
	}
	var heard, lost int
	err = poll(ctx, func() bool { // until the addresses learned before are forgotten
		var a Answers
		if a, err = l.Ping(ctx); err != nil {
			return true
		}
		heard, lost = 0, 0
		for _, s := range seats {
			for _, far := range seats {
				switch near := s.Node == "kvm1" || s.Node == "kvm2"; {
				case !near || far.Node != "kvm3" && far.Node != "kvm4" || s.Address.Masked() != far.Address.Masked():
				case a.Heard(s, far):
					heard++
				default:
					lost++
				}
			}
		}
		return heard > 0 && lost > 0
	})
	if heard == 0 || lost == 0 {
		err = errors.Join(err, fmt.Errorf("of the pings between the pairs %d are answered and %d are not: want some of both", heard, lost))
	}
	return err
}

func bothLegsOnLeaf4(ctx context.Context, l *Lab) (Undo, error) {
	if err := l.Patch(ctx, end("kvm3:eth1"), end("leaf4:eth12")); err != nil {
		return l.Rewire, err
	}
	undo, err := rebundle(ctx, l, "leaf4", "ovs-vsctl del-port eth12 -- add-bond-iface kvm3 eth12 -- set interface eth12 "+
		"other_config:lacp-port-id=412 other_config:lacp-port-priority=100 other_config:lacp-aggregation-key=13",
		"ovs-vsctl del-bond-iface kvm3 eth12 -- add-port br0 eth12 tag=100 vlan_mode=access")
	return both(undo, err)(l.Rewire, nil)
}

// eth1InTheWrongBond puts kvm1's port into kvm2's aggregator. Of the two, leaf1 takes kvm1's, whose priority is the better; now and then, by
// the order in which it hears them after its start, kvm2's: then it is started once more.
func eth1InTheWrongBond(ctx context.Context, l *Lab) (Undo, error) {
	const identity = " other_config:lacp-port-id=101 other_config:lacp-port-priority=100 other_config:lacp-aggregation-key="
	undo, err := rebundle(ctx, l, "leaf1",
		"ovs-vsctl del-bond-iface kvm1 eth1 -- add-bond-iface kvm2 eth1 -- set interface eth1"+identity+"12",
		"ovs-vsctl del-bond-iface kvm2 eth1 -- add-bond-iface kvm1 eth1 -- set interface eth1"+identity+"11")
	for range 3 {
		if err != nil || l.soon(ctx, carries("leaf1:eth1")) {
			break
		}
		err = l.restart(ctx, "leaf1")
	}
	return undo, err
}

// soon reports whether the lab comes to rest in that state within some seconds.
func (l *Lab) soon(ctx context.Context, settled func(State) string) bool {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	_, err := l.Wait(ctx, settled)
	return err == nil
}

// loopCable plugs a port of the management VLAN to one of a guests' VLAN. With RSTP they would find each other.
func loopCable(ctx context.Context, l *Lab) (Undo, error) {
	undo, err := Undo(l.Rewire), error(nil)
	for _, node := range []string{"leaf1", "leaf4"} {
		vlan := map[string]string{"leaf1": "10", "leaf4": "100"}[node]
		port := "ovs-vsctl del-port eth12 -- add-port br0 eth12 vlan_mode=access tag=" + vlan
		undo, err = both(undo, err)(rebundle(ctx, l, node, port+" other_config:rstp-enable=false", port))
	}
	return undo, errors.Join(err, l.Patch(ctx, end("leaf1:eth12"), end("leaf4:eth12")))
}

// guestReachesManagement lets a guest take an address of the management network and ping a hypervisor there.
func guestReachesManagement(ctx context.Context, l *Lab) error {
	guest := []string{"ip", "netns", "exec", "vnet0"}
	if _, err := l.Exec(ctx, "kvm1", slices.Concat(guest, []string{"ip", "address", "replace", "198.18.10.77/24", "dev", "eth0"})...); err != nil {
		return err
	}
	defer func() {
		_, _ = l.Exec(context.WithoutCancel(ctx), "kvm1", slices.Concat(guest, []string{"ip", "address", "del", "198.18.10.77/24", "dev", "eth0"})...)
	}()
	var last error
	err := poll(ctx, func() bool {
		_, last = l.Exec(ctx, "kvm1", slices.Concat(guest, []string{"ping", "-n", "-q", "-c", "1", "-W", "1", "198.18.10.3"})...)
		return last == nil
	})
	return errors.Join(err, last)
}

// orphan leaves kvm2 one link, used alone at both ends. Both nodes are started anew to undo it.
func orphan(ctx context.Context, l *Lab) (Undo, error) {
	undo := func(ctx context.Context) error {
		for _, node := range []string{"kvm2", "leaf2"} {
			if err := errors.Join(l.PowerOff(ctx, node), l.PowerOn(ctx, node)); err != nil {
				return err
			}
		}
		return l.Rewire(ctx)
	}
	const alone = " -- add-port br0 eth2 tag=99 vlan_mode=native-untagged trunks=10,20,31,99,100,101"
	for node, port := range map[string]string{"kvm2": "bond0", "leaf2": "kvm2"} {
		if _, err := l.Exec(ctx, node, strings.Fields("ovs-vsctl del-port "+port+alone)...); err != nil {
			return undo, err
		}
	}
	return undo, l.Pull(ctx, end("kvm2:eth1"))
}

// rebundle changes which ports a bond has, or which take part in RSTP, and back. Until it is started anew, Open vSwitch 3.1 sends nothing
// over a balance-tcp bond whose members were changed, and floods nothing to a port that was taken out of RSTP.
func rebundle(ctx context.Context, l *Lab, node, command, back string) (Undo, error) {
	again := func(ctx context.Context) error { return l.restart(ctx, node) }
	undo, err := l.Change(ctx, node, command, back)
	if err == nil {
		err = again(ctx)
	}
	return both(again, nil)(undo, err)
}

// restart starts Open vSwitch of a node anew.
func (l *Lab) restart(ctx context.Context, node string) error {
	_, err := l.Exec(ctx, node, "sh", "-c", `ovs-appctl exit; while [ -e /run/openvswitch/ovs-vswitchd.pid ]; do :; done
		ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --log-file=/run/openvswitch/ovs-vswitchd.log --detach --no-chdir 2>/dev/null`)
	return err
}

// passiveEverywhere pulls both cables until everybody has forgotten everybody: Open vSwitch goes on talking, passive or not,
// for as long as it hears.
func passiveEverywhere(ctx context.Context, l *Lab) (Undo, error) {
	undo, err := both(l.Set(ctx, "leaf1", "port", "kvm1", "lacp=passive"))(l.Set(ctx, "leaf2", "port", "kvm1", "lacp=passive"))
	undo, err = both(undo, err)(l.Set(ctx, "kvm1", "port", "bond0", "lacp=passive"))
	if err != nil {
		return undo, err
	}
	undo, _ = both(undo, nil)(l.Rewire, nil)
	if err := errors.Join(l.Pull(ctx, end("kvm1:eth1")), l.Pull(ctx, end("kvm1:eth2"))); err != nil {
		return undo, err
	}
	if _, err := l.Wait(ctx, all(status("kvm1:eth1", "defaulted"), status("kvm1:eth2", "defaulted"),
		status("leaf1:eth1", "defaulted"), status("leaf2:eth1", "defaulted"))); err != nil {
		return undo, err
	}
	return undo, l.Rewire(ctx)
}

// both joins two changes into one that is undone as a whole.
func both(first Undo, err error) func(Undo, error) (Undo, error) {
	return func(second Undo, err2 error) (Undo, error) {
		return func(ctx context.Context) error {
			var err error
			for _, undo := range []Undo{second, first} {
				if undo != nil {
					err = errors.Join(err, undo(ctx))
				}
			}
			return err
		}, errors.Join(err, err2)
	}
}

func end(s string) End {
	e, err := ParseEnd(s)
	if err != nil {
		panic(err)
	}
	return e
}

// all is shown when each part is.
func all(parts ...func(State) string) func(State) string {
	return func(s State) string {
		for _, shown := range parts {
			if missing := shown(s); missing != "" {
				return missing
			}
		}
		return ""
	}
}

func member(e string, want string, ok func(Member) bool) func(State) string {
	return func(s State) string {
		if m := s.Member(end(e)); !ok(m) {
			return e + ": want " + want + ", is " + m.String()
		}
		return ""
	}
}

func status(e, word string) func(State) string {
	return member(e, word, func(m Member) bool { return strings.HasPrefix(m.Status, word) })
}

func has(e, field, value string) func(State) string {
	return member(e, field+" "+value, func(m Member) bool { return m.Fields[field] == value })
}

func detached(e, field, value string) func(State) string {
	return all(has(e, field, value), member(e, "detached", func(m Member) bool { return strings.HasSuffix(m.Status, "detached") }))
}

func lost(e string) func(State) string {
	return member(e, "defaulted and not enabled", func(m Member) bool {
		return strings.HasPrefix(m.Status, "defaulted") && m.Fields["may_enable"] == "false"
	})
}

func carries(e string) func(State) string { return member(e, "carrying frames", Member.Carries) }

func passive(e string) func(State) string {
	return member(e, "passive", func(m Member) bool { return !strings.Contains(m.Fields["actor state"], "activity") })
}

func forwards(e string) func(State) string {
	return func(s State) string {
		if state := s[end(e).Node].RSTP[end(e).Port]; state != "Forwarding" {
			return e + ": want RSTP forwarding, is " + state
		}
		return ""
	}
}

func unheard(e string) func(State) string {
	return func(s State) string {
		if n := s[end(e).Node].Neighbours[end(e).Port]; len(n) > 0 {
			return e + ": LLDP still knows " + n[0].String()
		}
		return ""
	}
}

// healthy is for faults that LACP and LLDP do not show.
func healthy(State) string { return "" }

func TestLiveFaults(t *testing.T) {
	l := start(t)
	verifier := ""
	if !*observe {
		verifier = build(t)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			began := time.Now()
			undo, err := f.inject(ctx, l)
			t.Cleanup(func() { heal(t, l, undo) })
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Wait(ctx, all(f.shown, l.RSTPSettled, l.lldpUnless(f))); err != nil {
				t.Fatal(err)
			}
			t.Logf("shown after %v\n%s", time.Since(began).Round(100*time.Millisecond), l.facts(t, f.look...))
			if f.proven == nil {
				l.holdsManagement(ctx, t, !f.broken)
			} else {
				ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
				defer cancel()
				if err := f.proven(ctx, l); err != nil {
					t.Errorf("the frames say otherwise: %v", err)
				}
			}
			if !*observe {
				compare(t, f, l.audit(ctx, t, verifier, f.over))
			}
		})
		if t.Failed() && l.WaitConverged(t.Context()) != nil {
			break // heal has said why
		}
	}
}

// lldpUnless waits for LLDP to hear what is plugged, unless the fault is about LLDP itself.
func (l *Lab) lldpUnless(f fault) func(State) string {
	if strings.HasPrefix(f.name, "lldpd") {
		return healthy
	}
	return l.LLDPSettled
}

func heal(t *testing.T, l *Lab, undo Undo) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	began := time.Now()
	if undo != nil {
		if err := undo(ctx); err != nil {
			t.Errorf("undo: %v", err)
		}
	}
	if err := l.WaitConverged(ctx); err != nil {
		t.Errorf("the lab does not recover: %v", err)
	}
	t.Logf("healed after %v", time.Since(began).Round(100*time.Millisecond))
}

// holdsManagement asks the frames themselves whether the fault cut kvm1 off.
func (l *Lab) holdsManagement(ctx context.Context, t *testing.T, want bool) {
	t.Helper()
	wait := 20 * time.Second // addresses learned before the fault go stale
	if !want {
		wait = 3 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	began := time.Now()
	err := l.Reaches(ctx, "kvm1", "198.18.10.3")
	if got := err == nil; got != want {
		t.Errorf("kvm1 reaches kvm3: %t, want %t: %v", got, want, err)
	}
	t.Logf("kvm1 reaches kvm3: %t after %v", err == nil, time.Since(began).Round(100*time.Millisecond))
}

// A report is what `uplinkcheck lab --format json` prints, as far as the lab needs it.
type report struct {
	Findings []struct {
		Check, Verdict, Reason string
		Subject                struct{ Kind, Name string }
	}
}

// with returns the reasons of all findings with that verdict, by "CHECK subject".
func (r report) with(verdict string) map[string]string {
	out := map[string]string{}
	for _, f := range r.Findings {
		if f.Verdict == verdict {
			out[f.Check+" "+f.Subject.Name] = f.Reason
		}
	}
	return out
}

// build makes the verifier's binary.
func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "uplinkcheck")
	if out, err := exec.Command("go", "build", "-o", file, "uplinkcheck/cmd/uplinkcheck").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

// audit runs the verifier where an operator would: on this machine, in the management network.
func (l *Lab) audit(ctx context.Context, t *testing.T, verifier, over string) report {
	t.Helper()
	began := time.Now()
	cmd := l.Command(ctx, append([]string{verifier, "lab", l.File, "--format", "json"}, laid(t, over)...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var r report
	if jsonErr := json.Unmarshal(out, &r); jsonErr != nil || len(r.Findings) == 0 {
		t.Fatalf("uplinkcheck lab: %v, %v, %d findings\n%s", err, jsonErr, len(r.Findings), stderr.String())
	}
	t.Logf("audited in %v", time.Since(began).Round(100*time.Millisecond))
	return r
}

// laid are the arguments that lay an inventory over the topology's.
func laid(t *testing.T, over string) []string {
	t.Helper()
	if over == "" {
		return nil
	}
	file := filepath.Join(t.TempDir(), "over.yml")
	if err := os.WriteFile(file, []byte(over), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"-i", file}
}

// compare wants the fault's verdicts, and no other fail. What else warns or cannot be told is logged: a fault hides things.
func compare(t *testing.T, f fault, r report) {
	t.Helper()
	for _, c := range []struct {
		verdict string
		want    []string
	}{{"fail", f.fails}, {"warn", f.warns}, {"unknown", f.untold}} {
		got := r.with(c.verdict)
		for _, w := range c.want {
			if _, ok := got[w]; !ok {
				t.Errorf("%s: want %s %s", f.name, c.verdict, w)
			}
		}
		for _, subject := range slices.Sorted(maps.Keys(got)) {
			switch {
			case slices.Contains(c.want, subject):
			case c.verdict != "fail" || slices.Contains(f.may, subject):
				t.Logf("also %s %s: %s", c.verdict, subject, got[subject])
			default:
				t.Errorf("%s: want no %s %s: %s", f.name, c.verdict, subject, got[subject])
			}
		}
	}
}

func TestLiveHealthyFabricHasNothingToSay(t *testing.T) {
	l := start(t)
	r := l.audit(t.Context(), t, build(t), "")
	for _, verdict := range []string{"fail", "warn", "unknown"} {
		got := r.with(verdict)
		for _, subject := range slices.Sorted(maps.Keys(got)) {
			t.Errorf("a healthy fabric: %s %s: %s", verdict, subject, got[subject])
		}
	}
	if len(r.with("pass")) < 100 {
		t.Errorf("only %d findings pass: something was not asked", len(r.with("pass")))
	}
}
