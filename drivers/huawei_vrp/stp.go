package huawei_vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var regionRow = regexp.MustCompile(`^\s*(\d{1,4})\s+(\d[\d ,to-]*)$`)

// region reads "display stp region-configuration": of which VLANs the instances are. It is whole when each VLAN is in one.
func region(p *parser, lines []text.Line) {
	_, rows, ok := text.FindTable(lines, "Instance")
	if !ok {
		return
	}
	all := state.VIDSet{}
	for k := 0; k < len(rows); k++ {
		m := rows[k].Match(regionRow)
		if m == nil {
			continue
		}
		list, n := text.Continued(m[2], rows[k+1:], 8, func(s string) bool { return strings.Trim(s, "0123456789 ,to-") == "" })
		k += n
		set := text.VLANs(list)
		if !set.Known() {
			p.Unread(list.From, state.Quote(list.Value)+" is no list of VLANs")
			return
		}
		p.regions[m[1].Value] = p.regions[m[1].Value].Union(set.Value)
		all = all.Union(set.Value)
	}
	if all != state.AllVIDs {
		clear(p.regions)
	}
}

var (
	stpRow   = regexp.MustCompile(`^\s*(\d{1,4})\s+(\S+)\s+([A-Z]{4})\s+([A-Z]+)\b`)
	stpWords = map[string]state.STPState{"forwarding": state.Forwarding, "discarding": state.Blocking, "learning": state.Blocking, "listening": state.Blocking, "blocking": state.Blocking}
)

// stp reads "display stp brief". Its first column is an instance, or the VLAN itself where there is a spanning tree for each.
func stp(p *parser, lines []text.Line) {
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
	for instance := range p.regions {
		ofAll = ofAll && seen[instance]
	}
	for _, l := range lines {
		m := l.Match(stpRow)
		if m == nil {
			continue
		}
		port := p.port(m[2])
		var of state.VIDSet
		if byVLAN {
			of = text.VLANs(m[1]).Value
		} else if ofAll {
			of = p.regions[m[1].Value]
		}
		if !port.Known() || of.Empty() {
			p.Unread(l.Span(), "the VLANs of this instance are not reported")
			whole = false
			continue
		}
		x := state.STPPort{Interface: port.Value, VIDs: of, State: state.Word(p.Draft, m[4], stpWords)}
		if capture.Is(x.State, state.Blocking) {
			x.Alternate = capture.Then(m[3], func(s string) (bool, bool) { return s == "ALTE" || s == "BACK", true })
		}
		p.Switch.STP = append(p.Switch.STP, x)
	}
	if whole && len(p.Switch.STP) > 0 {
		p.Switch.Listed.STP = lines[0].Reply.Whole()
	}
}
