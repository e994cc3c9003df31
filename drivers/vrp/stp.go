package vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// Regions are the VLANs of each instance of a spanning tree, by its number; empty where they are not known of all VLANs.
type Regions map[string]state.VIDSet

var regionRow = regexp.MustCompile(`^\s*(\d{1,4})\s+(\d[\d ,to-]*)$`)

// Region reads "display stp region-configuration": of which VLANs the instances are. It is whole when each VLAN is in one.
func Region(d *state.Draft, lines []text.Line) Regions {
	_, rows, ok := text.FindTable(lines, "Instance")
	if !ok {
		return nil
	}
	out, all := Regions{}, state.VIDSet{}
	for k := 0; k < len(rows); k++ {
		m := rows[k].Match(regionRow)
		if m == nil {
			continue
		}
		list, n := text.Continued(m[2], rows[k+1:], 8, func(s string) bool { return strings.Trim(s, "0123456789 ,to-") == "" })
		k += n
		set := text.VLANs(list)
		if !set.Known() {
			d.Unread(list.From, state.Quote(list.Value)+" is no list of VLANs")
			return nil
		}
		out[m[1].Value] = out[m[1].Value].Union(set.Value)
		all = all.Union(set.Value)
	}
	if all != state.AllVIDs {
		return nil
	}
	return out
}

var (
	stpRow   = regexp.MustCompile(`^\s*(\d{1,4})\s+(\S+)\s+([A-Z]{4})\s+([A-Za-z]+)\b`)
	stpWords = map[string]state.STPState{"forwarding": state.Forwarding, "discarding": state.Blocking, "learning": state.Blocking, "listening": state.Blocking, "blocking": state.Blocking}
)

// Brief reads "display stp brief". Its first column is an instance, or the VLAN itself where there is a spanning tree for each.
func Brief(d *state.Draft, lines []text.Line, regions Regions, name Name) {
	byVLAN, whole := false, false
	seen := map[string]bool{}
	for _, l := range lines {
		if strings.Contains(l.Text, "STP State") {
			byVLAN, whole = strings.Contains(l.Text, "VLAN"), true
		}
		if m := l.Match(stpRow); m != nil {
			seen[m[1].Value] = true
		}
	}
	ofAll := true // each instance that has VLANs is there: a bridge that runs no instances lists the first alone
	for instance := range regions {
		ofAll = ofAll && seen[instance]
	}
	for _, l := range lines {
		m := l.Match(stpRow)
		if m == nil {
			if f := l.Fields(); len(f) > 1 && text.Uint(f[0], 16).Known() && name(f[1]).Known() {
				d.Unread(l.Span(), "a port in a form that we do not know")
				whole = false
			}
			continue
		}
		port := name(m[2])
		var of state.VIDSet
		if byVLAN {
			of = text.VLANs(m[1]).Value
		} else if ofAll {
			of = regions[m[1].Value]
		}
		if !port.Known() || of.Empty() {
			d.Unread(l.Span(), "the VLANs of this instance are not reported")
			whole = false
			continue
		}
		x := state.STPPort{Interface: port.Value, VIDs: of, State: state.Word(d, m[4], stpWords)}
		if capture.Is(x.State, state.Blocking) {
			x.Alternate = capture.Then(m[3], func(s string) (bool, bool) { return s == "ALTE" || s == "BACK", true })
		}
		d.Switch.STP = append(d.Switch.STP, x)
	}
	if whole && len(d.Switch.STP) > 0 {
		d.Switch.Listed.STP = lines[0].Reply.Whole()
	}
}
