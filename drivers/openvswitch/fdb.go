package openvswitch

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
)

// addMACs reads fdb/show of every bridge. The table is whole when every bridge answered and each line was understood.
func addMACs(s *state.Switch, c *capture.Capture, v *ovs.Vswitch) {
	var listed capture.Span
	whole := true
	for i := range v.Bridges {
		b := &v.Bridges[i]
		r := c.Reply(strings.Replace(ovs.FDBLine, "%s", b.Name, 1))
		if !r.Usable() {
			return
		}
		listed = r.Whole()
		whole = readFDB(s, b, r) && whole
	}
	if whole {
		s.Listed.MACs = listed
	}
}

// readFDB reads lines of port, VLAN, MAC and age. The port is an OpenFlow number; of a bond it is some member's, and
// stands for the whole bond. It reports whether all of them were understood.
func readFDB(s *state.Switch, b *ovs.Bridge, r *capture.Reply) bool {
	whole := true
	portOf := map[string]string{}
	for _, p := range b.Ports {
		for _, i := range p.Interfaces {
			portOf[i.Name] = p.Name
			if i.OpenFlow.Known() {
				portOf[strconv.FormatUint(i.OpenFlow.Value, 10)] = p.Name
			}
		}
		if p.Name == b.Name {
			portOf["LOCAL"] = p.Name
		}
	}
	for at, line := range r.Lines() {
		f := strings.Fields(line)
		if len(f) < 3 || at+len(line) >= len(r.Data) {
			continue
		}
		vid, err1 := strconv.ParseUint(f[1], 10, 12)
		mac, err2 := state.ParseMAC(f[2])
		if err1 != nil || err2 != nil {
			continue // the heading
		}
		from := r.Span(at+strings.Index(line, f[0]), at+len(strings.TrimRight(line, " ")))
		port, ok := portOf[f[0]]
		if !ok {
			s.Unread = append(s.Unread, state.Unread{From: from, Why: "port " + f[0] + " of bridge " + b.Name + " was not listed"})
			whole = false
			continue
		}
		kind := state.Dynamic
		if len(f) > 3 && f[3] == "static" {
			kind = state.StaticMAC
		}
		entry := state.MACEntry{VID: state.VID(vid), MAC: mac, Interface: port, From: from}
		if len(f) > 3 {
			entry.Kind = capture.Of(kind, from)
		}
		s.MACs = append(s.MACs, entry)
	}
	return whole
}
