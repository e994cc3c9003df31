package lldpd

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// NeighboursTextLine is the form to fall back on where there is no JSON.
const NeighboursTextLine = "lldpctl"

var (
	heard = regexp.MustCompile(`^Interface:\s+(\S+), via: (\S+?)(?:,.*)?$`)
	item  = regexp.MustCompile(`^( +)([A-Za-z][A-Za-z -]*): *(.*)$`)
	isVID = regexp.MustCompile(`^(\d+), pvid: (yes|no)`)
)

// NeighboursText reads what lldpctl prints as text into the draft. It has no end mark, so that it is never the list of all. What a neighbour sends may
// hold line breaks: a line is only read in its part of the answer, and a text that goes on in the next line is unknown. A neighbour counts once both
// its identifiers, which every frame has, were read.
func NeighboursText(d *state.Draft, lines []text.Line) {
	for _, section := range text.Sections(lines, func(l text.Line) bool { return l.Match(heard) != nil }) {
		m := section[0].Match(heard)
		protocol := protocols[m[2].Value]
		if protocol == 0 {
			d.Unread(section[0].Span(), "discovery protocol "+m[2].Value+" is not read")
		}
		r := &state.RemoteSystem{Interface: m[1].Value, Protocol: protocol, From: section[0].Span()}
		part := ""
		var last *capture.Fact[string]
		for _, l := range section[1:] {
			m := l.Match(item)
			if m == nil {
				if last != nil && l.Indent() > 4 && !l.Blank() {
					*last = capture.Fact[string]{}
				}
				continue
			}
			indent, key, value := l.Indent(), m[2].Value, m[3]
			if indent > 4 && last != nil {
				*last = capture.Fact[string]{}
				continue
			}
			last = nil
			if indent == 2 {
				if part = key; key == "VLAN" {
					pvidText(r, value)
				}
				continue
			}
			if indent != 4 {
				continue
			}
			switch part + " " + key {
			case "Chassis ChassisID":
				r.ChassisID = typed(d, value)
			case "Chassis SysName":
				r.SystemName = value
			case "Chassis SysDescr":
				r.SystemDescription = value
				last = &r.SystemDescription
			case "Chassis MgmtIP":
				if a := text.Addr(value); a.Known() {
					r.ManagementAddresses = append(r.ManagementAddresses, a)
				}
			case "Port PortID":
				r.PortID = typed(d, value)
			case "Port PortDescr":
				r.PortDescription = value
				last = &r.PortDescription
			case "Port TTL", "Chassis TTL": // it moved
				r.TTL = text.Int(value)
			}
		}
		if !r.ChassisID.Known() || !r.PortID.Known() {
			d.Unread(r.From, "a neighbour without both identifiers")
			continue
		}
		d.Switch.Remotes = append(d.Switch.Remotes, *r)
	}
}

// typed reads an identifier behind the word for its kind.
func typed(d *state.Draft, f capture.Fact[string]) capture.Fact[state.Identifier] {
	word, rest, ok := strings.Cut(f.Value, " ")
	kind, known := subtypes[word]
	if !ok || !known {
		d.Unread(f.From, "identifier "+state.Quote(f.Value)+" is not known")
		return capture.Fact[state.Identifier]{}
	}
	id := strings.TrimSpace(rest)
	if kind == state.MACAddress {
		m, err := state.ParseMAC(id)
		if err != nil {
			d.Unread(f.From, err.Error())
			return capture.Fact[state.Identifier]{}
		}
		id = m.String()
	}
	return capture.Of(state.Identifier{Subtype: kind, ID: id}, f.From)
}

// pvidText reads "10, pvid: yes": the VLAN that the neighbour calls its port's own; unknown when it names two.
func pvidText(r *state.RemoteSystem, f capture.Fact[string]) {
	m := isVID.FindStringSubmatch(f.Value)
	if m == nil || m[2] != "yes" {
		return
	}
	vid := text.VID(capture.Of(m[1], f.From))
	if r.PVID.Known() && r.PVID.Value != vid.Value {
		vid = capture.Fact[state.VID]{}
	}
	r.PVID = vid
}
