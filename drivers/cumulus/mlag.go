package cumulus

import (
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var roles = map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary}

// clag reads what clagctl and "net show clag" print as JSON.
func clag(p *parser, root tree.Node) {
	s := root.At("status")
	if s.Kind() != tree.Object || s.Len() == 0 {
		return
	}
	m := &p.Switch.MLAG
	m.Protocol = capture.Of(state.PeerLinkMLAG, s.Span())
	m.Role = state.Word(p.Draft, s.At("ourRole").NonEmpty(), roles)
	m.Peered = s.At("peerAlive").Bool()
	m.SystemMAC = text.Station(s.At("sysMac").NonEmpty())
	m.PeerMAC = text.Station(s.At("peerId").NonEmpty())
	m.PeerAddress = s.At("peerIp").NonEmpty()
	m.PeerLink = peerLink(s.At("peerIf").NonEmpty())
	m.Keepalive = capture.Then(s.At("backupActive").Bool(), func(on bool) (state.Status, bool) {
		if on {
			return state.Up, true
		}
		return state.Down, true
	})
	if m.Keepalive.Known() && s.At("backupIp").NonEmpty().Known() {
		m.SplitBrain = capture.Of(state.Guarded, s.At("backupIp").Span())
	}
	list := root.At("clagIntfs")
	conflicts, told, whole := false, list.Len() > 0, list.Kind() == tree.Object
	for n := range list.Children() {
		id := n.At("clagId").Uint(16)
		if !id.Known() {
			p.Unread(n.Span(), "a multi-chassis interface without an id")
			told, whole = false, false
			continue
		}
		if id.Value == 0 {
			continue // a tunnel that is the same on both sides
		}
		name := n.Key()
		port := p.MLAGPort(strconv.FormatUint(id.Value, 10), n.Span())
		port.Local = name
		if there := n.At("peerIf").NonEmpty(); there.Value != "-" { // the peer has none
			port.Peer = there
		}
		port.LocalOper = state.Word(p.Draft, n.At("operstate").NonEmpty(), map[string]state.Status{"up": state.Up, "down": state.Down})
		port.State = portState(p, n, port.LocalOper)
		a := p.Aggregator(n.Name(), n.Span())
		a.MLAGID = capture.Of(port.ID, id.From)
		c := n.At("conflicts")
		told = told && c.Exists()
		if c.Len() > 0 || c.NonEmpty().Known() && c.Text() != "-" {
			conflicts = true
			local := c.Text()
			for x := range c.Children() {
				local = strings.TrimPrefix(local+", "+x.Text(), ", ")
			}
			m.Differences = append(m.Differences, state.Difference{Where: n.Name(), Parameter: "conflict", Local: local, From: c.Span()})
		}
	}
	if conflicts || told {
		m.Consistent = capture.Of(!conflicts, list.Span())
	}
	p.Switch.Listed.MLAG = root.Span()
	if whole {
		p.Switch.Listed.MLAGPorts, p.clagd = list.Span(), list.Span()
	}
}

// peerLink is the bond below the VLAN interface over which the peers talk.
func peerLink(f capture.Fact[string]) capture.Fact[string] {
	f.Value, _, _ = strings.Cut(f.Value, ".")
	return f
}

// portState: what this side believes. A bond that is up here and single forwards on this side only.
func portState(p *parser, n tree.Node, oper capture.Fact[state.Status]) capture.Fact[state.MLAGPortState] {
	status := n.At("status").NonEmpty()
	switch {
	case !status.Known() || !oper.Known():
		return capture.Fact[state.MLAGPortState]{}
	case oper.Value == state.Down:
		return capture.Of(state.MLAGInactive, oper.From)
	}
	return state.Word(p.Draft, status, map[string]state.MLAGPortState{"dual": state.DualActive, "single": state.ActivePartial})
}

// nvueMLAG reads "nv show mlag", which does not list the bonds.
func nvueMLAG(p *parser, root tree.Node) {
	m := &p.Switch.MLAG
	on := root.At("enable").NonEmpty()
	if !on.Known() {
		on = root.At("state").NonEmpty()
	}
	m.Protocol = state.Word(p.Draft, on, map[string]state.MLAGProtocol{"on": state.PeerLinkMLAG, "enabled": state.PeerLinkMLAG, "off": state.NoMLAG, "disabled": state.NoMLAG})
	if capture.Is(m.Protocol, state.NoMLAG) && p.HasKind("vxlan") {
		m.Protocol = capture.Fact[state.MLAGProtocol]{} // it may be in Ethernet segments
	}
	if !capture.Is(m.Protocol, state.PeerLinkMLAG) {
		return
	}
	m.Role = state.Word(p.Draft, root.At("local-role").NonEmpty(), roles)
	m.Peered = truth(root.At("peer-alive"))
	m.SystemMAC = text.Station(root.At("mac-address").NonEmpty())
	m.PeerMAC = text.Station(root.At("peer-id").NonEmpty())
	m.PeerAddress = root.At("peer-ip").NonEmpty()
	m.PeerLink = peerLink(root.At("peer-interface").NonEmpty())
	m.Keepalive = capture.Then(truth(root.At("backup-active")), func(on bool) (state.Status, bool) {
		if on {
			return state.Up, true
		}
		return state.Down, true
	})
	if backup := root.At("backup"); m.Keepalive.Known() && backup.Len() > 0 {
		m.SplitBrain = capture.Of(state.Guarded, backup.Span())
	}
	m.ReloadDelay = capture.Then(root.At("init-delay").Uint(31), func(v uint64) (time.Duration, bool) { return time.Duration(v) * time.Second, true })
	p.Switch.Listed.MLAG = root.Span()
}

// truth reads a boolean, which releases print as such or as a word.
func truth(n tree.Node) capture.Fact[bool] {
	if f := n.Bool(); f.Known() {
		return f
	}
	return tree.Word(n, map[string]bool{"True": true, "true": true, "yes": true, "on": true, "False": false, "false": false, "no": false, "off": false})
}
