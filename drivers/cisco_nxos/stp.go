package cisco_nxos

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// stpPort is what an instance of spanning tree does with a port.
type stpPort struct {
	instance, name  string
	state           capture.Fact[state.STPState]
	alternate, edge capture.Fact[bool]
	from            capture.Span
}

var (
	stpVLAN    = regexp.MustCompile(`^VLAN0*(\d{1,4})$`)
	stpPortIn  = regexp.MustCompile(`^\s*Port \d+ \(([^,()]+)(?:, [^()]*)?\) of (\S+) is (.*?)\s*$`)
	stpType    = regexp.MustCompile(`^\s*The port type is (\w+)`)
	mstHead    = regexp.MustCompile(`^\s*#+\s*MST0*(\d+)\s+vlans mapped:\s*(\S.*?)?\s*$`)
	mstPort    = regexp.MustCompile(`^\s*((?:Eth|Po|port-channel|Ethernet)\S*\d) of MST0*(\d+) is (\S.*?)\s*$`)
	mstRow     = regexp.MustCompile(`^\s*((?:Eth|Po)\S*\d)\s+(Root|Desg|Altn|Back|Mstr|Boun|Shar)\s+(FWD|BLK|LRN|LIS|BKN|DIS)\*?\s*\d(?:.*\s(Edge)\b)?`)
	stpBlanks  = regexp.MustCompile(`\s+`)
	listOfVIDs = regexp.MustCompile(`^\s*[\d,\- ]+$`)
)

// stpState reads "root forwarding", "alternate blocking", "broken  (Bridge Assurance Inconsistent)".
func stpState(f capture.Fact[string]) (st capture.Fact[state.STPState], alternate capture.Fact[bool]) {
	st = capture.Then(f, func(s string) (state.STPState, bool) {
		words := strings.Fields(strings.ToLower(s))
		switch {
		case len(words) > 0 && words[0] == "broken":
			return state.Blocking, true
		case len(words) < 2:
			return 0, false
		}
		switch words[1] {
		case "forwarding":
			return state.Forwarding, true
		case "blocking", "learning", "listening", "discarding", "disabled":
			return state.Blocking, true
		}
		return 0, false
	})
	alternate = capture.Then(f, func(s string) (bool, bool) {
		role, _, _ := strings.Cut(strings.ToLower(s), " ")
		return role == "alternate" || role == "backup", true
	})
	return st, alternate
}

// stpDetail reads "show spanning-tree detail": a block for each port of each VLAN or instance, whose first line may be cut at 80 columns.
func stpDetail(p *parser, lines []text.Line) {
	for k, l := range lines {
		if !strings.HasPrefix(strings.TrimSpace(l.Text), "Port ") {
			continue
		}
		all, end := l.Text, k
		for end+1 < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[end+1].Text), "Port path cost") && end-k < 3 && stpPortIn.FindString(all) == "" {
			end++
			all += lines[end].Text
		}
		if stpPortIn.MatchString(all) && end+1 < len(lines) && end == k && !strings.HasPrefix(strings.TrimSpace(lines[end+1].Text), "Port path cost") {
			end++ // the words that follow a state
		}
		m := stpPortIn.FindStringSubmatch(all)
		if m == nil {
			continue
		}
		name, ok := names.Full(m[1])
		from := text.Through(lines[k : end+1])
		if !ok {
			p.Unread(from, "a port with an unknown name")
			continue
		}
		x := stpPort{instance: instanceOf(m[2]), name: name, from: from}
		x.state, x.alternate = stpState(capture.Of(stpBlanks.ReplaceAllString(m[3], " "), from))
		if !x.state.Known() {
			p.Unread(from, "unknown state "+state.Quote(m[3]))
		}
		for _, more := range lines[end+1:] {
			if strings.TrimSpace(more.Text) == "" {
				break
			}
			if t := more.Match(stpType); t != nil {
				x.edge = capture.Then(t[1], func(s string) (bool, bool) { return s == "edge", s == "edge" || s == "network" || s == "normal" })
			}
		}
		p.stpPorts = append(p.stpPorts, x)
	}
}

// stpMST reads "show spanning-tree mst", with or without detail: which VLANs an instance has stands there only.
func stpMST(p *parser, lines []text.Line) {
	instance := ""
	seen := map[string]bool{}
	for _, x := range p.stpPorts {
		seen[x.instance+" "+x.name] = true
	}
	add := func(x stpPort) {
		if !seen[x.instance+" "+x.name] {
			p.stpPorts = append(p.stpPorts, x)
		}
	}
	for k, l := range lines {
		if m := l.Match(mstHead); m != nil {
			instance = "MST" + m[1].Value
			if vids := text.VLANs(continued(m[2], lines[k+1:], 1, listOfVIDs.MatchString)); vids.Known() {
				p.instances[instance] = vids.Value
			}
			continue
		}
		if m := l.Match(mstPort); m != nil {
			name, _ := names.Full(m[1].Value)
			x := stpPort{instance: "MST" + m[2].Value, name: name, from: l.Span()}
			x.state, x.alternate = stpState(m[3])
			add(x)
		}
		if m := l.Match(mstRow); m != nil && instance != "" {
			name, _ := names.Full(m[1].Value)
			x := stpPort{instance: instance, name: name, from: l.Span()}
			x.state = capture.Then(m[3], func(s string) (state.STPState, bool) {
				if s == "FWD" {
					return state.Forwarding, true
				}
				return state.Blocking, true
			})
			x.alternate = capture.Then(m[2], func(s string) (bool, bool) { return (s == "Altn" || s == "Back") && m[3].Value != "BKN", true })
			x.edge = capture.Then(m[4], func(string) (bool, bool) { return true, true })
			add(x)
		}
	}
}

// finishSTP puts the VLANs of the instances in.
func (p *parser) finishSTP() {
	unknown := map[string]bool{}
	for _, x := range p.stpPorts {
		vids, ok := p.vidsOf(x.instance)
		if !ok {
			if !unknown[x.instance] {
				p.Unread(x.from, "the VLANs of spanning tree instance "+state.Quote(x.instance)+" are not reported")
			}
			unknown[x.instance] = true
			continue
		}
		p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: x.name, VIDs: vids, State: x.state, Alternate: x.alternate, Edge: x.edge})
	}
}

// vidsOf returns the VLANs of an instance: that of VLAN0010, and those that the list of an MST instance names.
func (p *parser) vidsOf(instance string) (state.VIDSet, bool) {
	if m := stpVLAN.FindStringSubmatch(instance); m != nil {
		v, err := state.ParseVID(m[1])
		return state.VIDs(v), err == nil
	}
	vids, ok := p.instances[instance]
	return vids, ok
}

// instanceOf writes an MST instance as its own list does: MST0000 is MST0.
func instanceOf(s string) string {
	number, ok := strings.CutPrefix(s, "MST")
	if ok && len(number) > 1 {
		return "MST" + strings.TrimLeft(number[:len(number)-1], "0") + number[len(number)-1:]
	}
	return s
}
