package aruba_aoscx

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

var roles = map[state.MLAGRole]string{state.Primary: "primary", state.Secondary: "secondary"}

func insync(m *model.MLAG) string {
	if m.Peered {
		return "In-Sync"
	}
	return "Out-Of-Sync"
}

func vsxBrief(s *model.Switch, b *bytes.Buffer) {
	m := &s.MLAG
	device, alive := "Peer-Established", "Keepalive-Init"
	switch {
	case m.HeldBack:
		device = "Sync-Secondary-Linkup-Delay"
	case !m.Peered && m.Keepalive == state.Up:
		device = "Split-System-" + strings.ToUpper(roles[m.Role][:1]) + roles[m.Role][1:]
	case !m.Peered:
		device = "Waiting-For-Peer"
	}
	switch m.Keepalive {
	case state.Up:
		alive = "Keepalive-Established"
	case state.Down:
		alive = "Keepalive-Failed"
	}
	fmt.Fprintf(b, "ISL State                              : %s\nDevice State                           : %s\n", insync(m), device)
	fmt.Fprintf(b, "Keepalive State                        : %s\nDevice Role                            : %s\n", alive, roles[m.Role])
	fmt.Fprintf(b, "Number of Multi-chassis LAG interfaces : %d\n", len(m.Ports))
}

func vsxStatus(s *model.Switch, b *bytes.Buffer) {
	m := &s.MLAG
	channel, reach := "operational", "peer_reachable"
	if !m.Peered {
		channel, reach = "inter_switch_link_down", "peer_unreachable"
	}
	fmt.Fprintf(b, "VSX Operational State\n---------------------\n  ISL channel             : %s\n  ISL mgmt channel        : %s\n", insync(m), channel)
	fmt.Fprintf(b, "  Config Sync Status      : %s\n  NAE                     : %s\n  HTTPS Server            : %s\n\n", insync(m), reach, reach)
	const row = "%-19s %-19s %s\n"
	fmt.Fprintf(b, row, "Attribute", "Local", "Peer")
	fmt.Fprintf(b, row, "------------", "--------", "--------")
	peer := func(value string) string {
		if m.Peered {
			return value
		}
		return ""
	}
	line := func(key, own, far string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-19s %-19s %s", key, own, far), " ") + "\n")
	}
	line("ISL link", m.PeerLink, peer(m.PeerLink))
	line("ISL version", "2", peer("2"))
	line("System MAC", m.SystemMAC.String(), peer(m.SystemMAC.String()))
	line("Platform", "8325", peer("8325"))
	line("Software Version", s.Version, peer(s.Version))
	line("Device Role", roles[m.Role], peer(roles[state.Primary+state.Secondary-m.Role]))
}

func vsxKeepalive(s *model.Switch, b *bytes.Buffer) {
	m := &s.MLAG
	over, vrf, own, far := "", "", "", ""
	if m.Keepalive != 0 {
		over, vrf, own, far = m.KeepaliveOver, "keepalive", m.Address.String(), m.PeerAddress.String()
	}
	for _, x := range []struct{ key, value string }{{"Keepalive Interface", over}, {"Keepalive VRF", vrf}, {"Source IP Address", own},
		{"Peer IP Address", far}, {"UDP Port", "7678"}, {"Hello Interval", "1 Seconds"}, {"Dead Interval", "3 Seconds"}} {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-24s: %s", x.key, x.value), " ") + "\n")
	}
}

func vsxDelay(s *model.Switch, b *bytes.Buffer) {
	m := &s.MLAG
	status, left := "Completed", ""
	var names []string
	for _, p := range m.Ports {
		if p.Local != "" {
			names = append(names, p.Local)
		}
	}
	if m.HeldBack {
		status, left = "Running", "1 minute"
	}
	b.WriteString("\n")
	for _, x := range []struct{ key, value string }{
		{"Configured linkup delay-timer", fmt.Sprintf("%d seconds", int(m.ReloadDelay.Seconds()))}, {"Initial sync status", "Completed"},
		{"Delay timer status", status}, {"Linkup Delay time left", left},
		{"Interfaces that will be brought up after delay timer expires", strings.Join(ranges(names), ",")},
		{"Interfaces that are excluded from delay timer", ""},
	} {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-61s: %s", x.key, x.value), " ") + "\n")
	}
}

// vsxDifferences compares what is configured for the switch as a whole; of a LAG it says nothing.
func vsxDifferences(s *model.Switch, b *bytes.Buffer) {
	m := &s.MLAG
	const row = "%-39s %-33s %s\n"
	fmt.Fprintf(b, row, "Configurations", "Local", "Peer")
	fmt.Fprintf(b, row, "------------------", "------", "------")
	peer := func(far string) string {
		if m.Peered {
			return far
		}
		return ""
	}
	line := func(key, own, far string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-39s %-33s %s", key, own, peer(far)), " ") + "\n")
	}
	line("Software Version", s.Version, s.Version)
	line("System MAC", m.SystemMAC.String(), m.SystemMAC.String())
	line("System Profile", "Leaf", "Leaf")
	line("ISL hello interval", "1", "1")
	line("Keepalive UDP port", "7678", "7678")
	for _, d := range m.Differences {
		if d.Where == "global" {
			line(d.Parameter, d.Local, d.Peer)
		}
	}
	own := ""
	if p := s.BridgePort(m.PeerLink); p != nil {
		own = p.Active.String()
	}
	fmt.Fprintf(b, "\nVSX VLAN List\n-------------\nLocal ISL VLANs : %s\n", own)
	b.WriteString(strings.TrimRight("Peer ISL VLANs  : "+peer(own), " ") + "\n")
}
