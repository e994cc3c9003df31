package aruba_aoscx

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// vlanOf are the VLAN settings of a port.
type vlanOf struct {
	from                          capture.Span
	mode, access, native, allowed capture.Fact[string]
}

// line reads one setting. A long list of VLANs goes on in the next lines.
func (v *vlanOf) line(key string, value capture.Fact[string], rest []text.Line) {
	switch key {
	case "VLAN Mode":
		v.mode = value
	case "Access VLAN":
		v.access = value
	case "Native VLAN":
		v.native = value
	case "Allowed VLAN List":
		v.allowed, _ = text.Continued(value, rest, 2, func(s string) bool { return strings.Trim(s, "0123456789,- ") == "" })
		if len(rest) == 0 && strings.HasSuffix(v.allowed.Value, ",") {
			v.allowed = capture.Fact[string]{}
		}
	}
}

// vlans reads "show vlan". Lists of ports go on in lines of their own.
func (p *parser) vlans(lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "VLAN", "Name", "Status", "Reason", "Type", "Interfaces")
	if !ok {
		return
	}
	whole := len(rows) > 0
	var last *state.VLAN
	for _, l := range rows {
		if l.Blank() || strings.Trim(l.Text, "- ") == "" {
			continue
		}
		r := table.Row(l)
		number, list := r.Cell("VLAN"), r.Cell("Interfaces")
		if number.Known() {
			id := text.VID(number)
			last = nil
			if id.Known() {
				p.listed++
				last = p.VLAN(id.Value, l.Span())
				last.Name = r.Cell("Name")
				last.Active = active(r.Cell("Status"), r.Cell("Reason"))
			}
		}
		if last == nil {
			whole = false
			p.Unread(l.Span(), "no row of a VLAN")
			continue
		}
		if ports, good := text.Ports(list); good {
			for _, f := range ports {
				f.Value = plain(f.Value)
				last.Ports = append(last.Ports, f)
			}
		} else if list.Known() {
			p.Unread(list.From, state.Quote(list.Value)+" is no list of ports")
		}
	}
	if whole {
		p.Switch.Listed.VLANs = rows[0].Reply.Whole()
	}
}

// active: a VLAN that is down for want of a port that is up exists and will carry; only one that was shut does not.
func active(status, reason capture.Fact[string]) capture.Fact[bool] {
	switch {
	case status.Value == "up":
		return capture.Of(true, status.From)
	case status.Value == "down" && strings.HasPrefix(reason.Value, "no_member"):
		return capture.Of(true, reason.From)
	case status.Value == "down" && strings.HasPrefix(reason.Value, "admin"):
		return capture.Of(false, reason.From)
	}
	return capture.Fact[bool]{}
}

// vlanCount reads "show vlan summary".
func (p *parser) vlanCount(lines []text.Line) {
	for _, l := range lines {
		if key, value, _ := l.KeyValue(); key == "Number of existing VLANs" {
			p.count = text.Int(value)
		}
	}
}

// modes: a native VLAN without a tag, or with one: then frames without a tag are dropped.
var modes = map[string]state.PortMode{"access": state.Access, "native-untagged": state.Trunk, "native-tagged": state.Trunk, "trunk": state.Trunk}

// finishBridgePorts joins the settings of each port with the VLANs that exist.
func (p *parser) finishBridgePorts() {
	activity := map[state.VID]capture.Fact[bool]{}
	for _, v := range p.VLANs() {
		activity[v.ID] = v.Active
	}
	complete := p.count.Known() && p.count.Value == p.listed && p.listed == len(activity)
	for _, i := range p.Interfaces() {
		v := p.trunks[i.Name]
		if v == nil || i.Kind == state.Physical && i.Aggregator.Value != "" {
			continue
		}
		b := p.BridgePort(i.Name, v.from)
		b.Mode = state.Word(p.Draft, v.mode, modes)
		b.Trunking = capture.Then(b.Mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
		switch b.Mode.Value {
		case state.Access:
			b.PVID = text.VID(v.access)
			b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		case state.Trunk:
			b.Configured = text.VLANs(v.allowed)
			b.PVID = native(v, b.Configured)
		default:
			continue
		}
		b.Explicit = capture.Then(b.Configured, func(set state.VIDSet) (bool, bool) { return set != state.AllVIDs, true })
		b.Members = carried(b.Configured, activity, complete)
		if b.PVID.Known() && b.Members.Known() {
			b.Untagged = capture.Of(state.VIDs(b.PVID.Value).Intersect(b.Members.Value), b.PVID.From)
		}
	}
}

// native is the VLAN of frames without a tag: none where it is tagged, or not allowed on the port.
func native(v *vlanOf, allowed capture.Fact[state.VIDSet]) capture.Fact[state.VID] {
	vid := text.VID(v.native)
	switch {
	case v.mode.Value == "native-tagged":
		return capture.Of(state.VID(0), v.mode.From)
	case v.mode.Value != "native-untagged" || !allowed.Known() || !vid.Known():
		return capture.Fact[state.VID]{}
	case !allowed.Value.Has(vid.Value):
		return capture.Of(state.VID(0), allowed.From)
	}
	return vid
}

// carried are the VLANs of a list that exist and were not shut. It is unknown while one of them may be missing from the table.
func carried(configured capture.Fact[state.VIDSet], activity map[state.VID]capture.Fact[bool], complete bool) capture.Fact[state.VIDSet] {
	return capture.Then(configured, func(set state.VIDSet) (state.VIDSet, bool) {
		var on []state.VID
		found := 0
		for vid, is := range activity {
			if !set.Has(vid) {
				continue
			}
			if found++; !is.Known() {
				return state.VIDSet{}, false
			}
			if is.Value {
				on = append(on, vid)
			}
		}
		return state.VIDs(on...), complete || found == set.Len()
	})
}
