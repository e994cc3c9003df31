package checks

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN014: frames of the size that a network needs fit through every uplink.
var VLN014 = add(&verify.Check{
	ID:    "VLN-014",
	Title: "frames of the size that a network needs fit through every uplink",
	Doc: `A frame that is larger than the MTU of a port on its way is dropped, and nobody is told: small ones pass, so that storage or live migration connects and then hangs. Needed is
the mtu: that the inventory gives a network, and what the host's own interfaces on the uplink are set to. It must fit the NIC, the port, its LAG, and the
links to the switch's multi-chassis peer. Platforms count differently: compared is the payload after Ethernet header and tag, and nothing of a platform of
which that is not known. Of one that counts the tag too, four bytes are open. Some switches do not enforce the MTU of bridged ports: what they state is what counts here.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A2", "B")},
	Severity: verify.Medium,
	Run: func(f *topology.Fabric) []verify.Finding {
		return slices.Concat(mtuOfUplinks(f), mtuOfPeerLinks(f))
	},
})

var mtuOfUplinks = verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
	p := portOf(&v, u)
	if p == nil || down(&v, p) {
		return v
	}
	sizes := frameSizes(&v, u)
	if len(sizes) == 0 {
		v.NotApplicable("%s: nothing says how large its frames are: mtu: of its networks has this judged", u)
		return v
	}
	v.Resting(u.Confidence())
	judgeNIC(&v, u, sizes)
	judgePort(&v, largest(sizes), p)
	return v
})

// mtuOfPeerLinks holds the cables between multi-chassis peers against the largest frames that hosts on either of them need.
func mtuOfPeerLinks(f *topology.Fabric) []verify.Finding {
	peerLinks := slices.DeleteFunc(slices.Clone(f.Trunks), func(t *topology.Trunk) bool { return !t.PeerLink })
	peers := map[*topology.Switch]bool{}
	for _, t := range peerLinks {
		peers[t.A.Switch] = true
		if far := farEnd(t); far != nil {
			peers[far.Switch] = true
		}
	}
	need, open := map[*topology.Switch]frameSize{}, map[*topology.Switch]bool{}
	for _, u := range f.Uplinks() {
		p := u.Mapped()
		if p == nil || !peers[p.Switch] {
			continue
		}
		var doubt verify.Verdict
		sizes := frameSizes(&doubt, u)
		if len(sizes) > 0 {
			if x, had := need[p.Switch]; !had || largest(sizes).payload.Value > x.payload.Value {
				need[p.Switch] = largest(sizes)
			}
		}
		open[p.Switch] = open[p.Switch] || doubt.Outcome() == verify.Unknown
	}
	return verify.Each(func(*topology.Fabric) []*topology.Trunk { return peerLinks }, func(t *topology.Trunk) (v verify.Verdict) {
		ends := []*topology.Port{t.A}
		if far := farEnd(t); far != nil {
			ends = append(ends, far)
		} else {
			noFarEnd(&v, t)
		}
		var sizes []frameSize
		for _, p := range ends {
			if x, ok := need[p.Switch]; ok {
				sizes = append(sizes, x)
			}
			if open[p.Switch] || f.Unplaced() != "" {
				v.Unknown("%s: not known how large the frames of all hosts on %s are", t, p.Switch.Name).
					Missing("what the hosts on %s send, and where each of their uplinks ends", p.Switch.Name)
			}
		}
		for _, p := range ends {
			if len(sizes) > 0 && !down(&v, p) {
				judgePort(&v, largest(sizes), p)
			}
		}
		return v
	})(f)
}

func largest(sizes []frameSize) frameSize {
	return slices.MaxFunc(sizes, func(a, b frameSize) int { return a.payload.Value - b.payload.Value })
}

// judgePort judges a port and, where that has another MTU, the LAG that it is in.
func judgePort(v *verify.Verdict, s frameSize, p *topology.Port) {
	own, _ := p.Switch.Payload(p.Interface)
	judgeRoom(v, s, p.String(), p.Switch, p.Interface)
	if p.Aggregator == nil {
		return
	}
	of := p.Switch.Interface(p.Aggregator.Name)
	if of == nil { // where it is not listed, the port is not either
		return
	}
	if room, _ := p.Switch.Payload(of); !room.Known() || room.Value != own.Value {
		judgeRoom(v, s, p.Switch.Name+"/"+p.Aggregator.Name, p.Switch, of)
	}
}

// judgeRoom judges an interface of a switch. What fits without a tag only is open: nobody says here which frames have one.
func judgeRoom(v *verify.Verdict, s frameSize, where string, sw *topology.Switch, i *state.Interface) {
	tagged, untagged := sw.Payload(i)
	if tagged.Known() && tagged.Value < s.payload.Value && untagged.Value >= s.payload.Value {
		v.Unknown("%s takes %d bytes of payload with a tag and %d without, but %s", where, tagged.Value, untagged.Value, s.needs()).
			Missing("whether those frames have a tag, or an MTU of %s that leaves room for one", where)
		return
	}
	judgePayload(v, s, where, tagged)
}

// A frameSize is how large frames on an uplink may be, and who says so.
type frameSize struct {
	name    string // of a network, or of an interface of host
	host    string // "": the inventory says so of a network
	payload capture.Fact[int]
}

// frameSizes gathers what the networks of the uplink need and what the host's own interfaces on it send.
func frameSizes(v *verify.Verdict, u *topology.Uplink) (out []frameSize) {
	for _, r := range u.Host.Required {
		if r.Network.MTU.Known() && slices.Contains(r.Uplinks, u) {
			out = append(out, frameSize{name: r.Network.Name, payload: r.Network.MTU})
		}
	}
	asked := u.Host.Source != "declared" && !u.Host.Inferred
	if asked && !u.Host.Listed.Uses.Known() {
		v.Unknown("%s did not report all that it sends over %s", u.Host.Name, u.NIC.Name).
			Missing("log in to %s with a source that reports its interfaces", u.Host.Name)
	}
	for i := range u.Host.Uses {
		use := &u.Host.Uses[i]
		switch {
		case use.Kind != inventory.HostInterface || !u.Takes(use):
		case !use.MTU.Known():
			v.Unknown("%s of %s: MTU not reported", use.Name, u.Host.Name).Missing("the MTU of %s on %s", use.Name, u.Host.Name)
		default:
			out = append(out, frameSize{use.Name, u.Host.Name, use.MTU})
		}
	}
	return out
}

// judgeNIC holds the NIC against what the inventory means; against the host's own interfaces the host holds it itself.
func judgeNIC(v *verify.Verdict, u *topology.Uplink, sizes []frameSize) {
	for _, s := range sizes {
		switch {
		case s.host != "":
		case u.NIC.MTU.Known():
			judgePayload(v, s, u.String(), u.NIC.MTU)
		case u.Host.Source != "declared" && !u.Host.Inferred:
			v.Unknown("%s: MTU not reported", u).Missing("the MTU of %s", u)
		}
	}
}

func judgePayload(v *verify.Verdict, s frameSize, where string, room capture.Fact[int]) {
	switch {
	case !room.Known():
		v.Unknown("%s: MTU not reported, or not known how its platform counts it", where).Missing("the MTU of %s", where)
	case room.Value < s.payload.Value:
		v.Fail(room.From, "%s takes %d bytes of payload, but %s", where, room.Value, s.needs()).Also(s.payload.From).
			Fix("raise the MTU of %s so that %d bytes of payload fit, or lower what %s", where, s.payload.Value, s.sets())
	default:
		v.Pass(room.From, "%s takes %d bytes of payload, and %s", where, room.Value, s.needs()).Also(s.payload.From)
	}
}

func (s frameSize) needs() string {
	if s.host == "" {
		return fmt.Sprintf("network %s needs %d", s.name, s.payload.Value)
	}
	return fmt.Sprintf("%s of %s sends up to %d", s.name, s.host, s.payload.Value)
}

func (s frameSize) sets() string {
	if s.host == "" {
		return "network " + s.name + " needs"
	}
	return s.name + " of " + s.host + " is set to"
}
