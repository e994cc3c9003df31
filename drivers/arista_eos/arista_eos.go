// Package arista_eos is the driver for Arista EOS: show commands with "| json" over SSH exec or, when exec is refused, in a
// session, and the text of a few of them where a release has no JSON for a command.
//
// What differs from other switches:
//   - A multi-chassis LAG lists the members of both switches; those of the other one begin with "Peer" and are left out.
//   - The LACP system that hosts see on a multi-chassis LAG is the MLAG system id, on every other LAG the switch's own. A LAG
//     that is an EVPN Ethernet segment may have a system id of its own: where there is a Vxlan interface, it is unknown.
//   - "ALL" allowed VLANs are all but those of trunk groups that the port is not in. Which those are is seen where
//     "show vlan" lists a port in some of its VLANs only.
//   - The MTU is that of the payload, of bridged ports as well: 9214 there stands for frames of up to 9236 bytes.
//   - No protocol decides whether a port is a trunk; VLANs may be added by others than the configuration (MVRP, VM Tracer).
//   - Addresses that the MLAG peer learned are listed on the local LAG: they prove no local link.
package arista_eos

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// Driver reads Arista EOS.
var Driver = &drivers.Driver{
	Name:    "arista_eos",
	Title:   "Arista EOS",
	Aliases: []string{"eos", "arista", "arista_ceos", "ceos", "arista_veos", "veos"},
	Privileges: "A login of privilege level 1, or any role that permits \"show .*\"; no enable secret is needed. " +
		"A command that a role refuses leaves its facts unknown.",
	Access:   []drivers.Access{drivers.Exec, drivers.Session},
	Commands: commands(),
	Prompt: &drivers.Prompt{
		Pattern: `^%s(\([^()\s]{0,40}\))?[>#]\s?$`,
		Setup:   []string{"terminal length 0", "terminal width 32767"},
		Enable:  "enable",
	},
	Refusal: refusal,
	Parse:   parse,
}

// A topic is a command and what reads its answer: JSON that has one of the keys at its top, or text.
type topic struct {
	line      string
	gives     string
	insteadOf string
	optional  bool
	keys      []string
	json      func(p *parser, n tree.Node)
	text      func(p *parser, r *capture.Reply)
}

const (
	vlanLine       = "show vlan | json"
	switchportLine = "show interfaces switchport | json"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic{
	{line: "show version | json", gives: "model, serial number, version, chassis MAC",
		keys: []string{"version", "modelName", "systemMacAddress"}, json: version},
	{line: "show version", insteadOf: "show version | json", gives: "the same", text: versionText},
	{line: "show interfaces | json", gives: "ports: status, speed, MTU, LAG membership, fallback",
		keys: []string{"interfaces"}, json: interfaces},
	{line: "show lacp interface detailed | json", gives: "LACP actor and partner", keys: []string{"portChannels"}, json: lacp},
	{line: "show lacp neighbor | json", insteadOf: "show lacp interface detailed | json", gives: "LACP partner",
		keys: []string{"portChannels"}, json: lacp},
	{line: "show port-channel | json", gives: "LAGs: members, why one is inactive, min-links",
		keys: []string{"portChannels"}, json: portChannels},
	{line: "show port-channel summary", insteadOf: "show port-channel | json", gives: "LAGs and members", text: summary},
	{line: vlanLine, gives: "VLANs, and which ports carry them", keys: []string{"vlans"}, json: vlans},
	{line: switchportLine, gives: "port mode, allowed VLANs, native VLAN", keys: []string{"switchports"}, json: switchports},
	{line: "show lldp neighbors detail | json", gives: "LLDP neighbours", keys: []string{"lldpNeighbors"}, json: lldp},
	{line: "show lldp neighbors detail", insteadOf: "show lldp neighbors detail | json", gives: "the same", text: lldpText},
	{line: "show mlag detail | json", gives: "MLAG peering", optional: true, keys: []string{"state"}, json: mlag},
	{line: "show mlag interfaces | json", gives: "multi-chassis LAGs", optional: true, keys: []string{"interfaces"}, json: mlagPorts},
	{line: "show hostname | json", gives: "host name", keys: []string{"hostname"}, json: hostname},
	{line: "show mlag config-sanity | json", gives: "whether both peers are configured alike", optional: true,
		keys: []string{"mlagActive", "globalConfiguration", "interfaceConfiguration"}, json: sanity},
	{line: "show lacp sys-id", gives: "LACP system id", optional: true, text: systemID},
	{line: "show spanning-tree blockedports | json", gives: "ports that spanning tree blocks", optional: true,
		keys: []string{"spanningTreeInstances"}, json: blockedPorts},
	{line: "show mac address-table | json", gives: "learned addresses", optional: true, keys: []string{"unicastTable"}, json: macTable},
	{line: "show ip interface | json", gives: "addresses of routed interfaces", optional: true, keys: []string{"interfaces"}, json: ipInterfaces},
	{line: "show vrf | json", gives: "routing instances", optional: true, keys: []string{"vrfs"}, json: vrfs},
}

func commands() (out []drivers.Command) {
	for _, t := range topics {
		c := drivers.Command{Line: t.line, Gives: t.gives, InsteadOf: t.insteadOf, Optional: t.optional}
		if t.json != nil {
			c.Format = drivers.JSON
		}
		out = append(out, c)
	}
	return out
}

// refusal finds the words of refusal at the head of a reply: before them there is at most an echo.
func refusal(reply []byte) string {
	seen := 0
	for line := range strings.Lines(string(reply[:min(len(reply), 1000)])) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "% ") {
			return line
		}
		if line != "" {
			seen++
		}
		if seen == 2 {
			break
		}
	}
	if len(reply) > 10_000 || !strings.Contains(string(reply), `"errors"`) {
		return ""
	}
	root, err := tree.JSON(&capture.Reply{Data: reply})
	if err != nil || !root.At("errors").Exists() || root.Len() > 3 {
		return ""
	}
	for e := range root.At("errors").Children() {
		if why, _, _ := strings.Cut(strings.TrimSpace(e.Text()), "\n"); why != "" {
			return why
		}
	}
	return "errors"
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	sw *state.Switch

	aggregators map[string]int // index by name
	members     map[string]int // index by aggregator and port
	svis        map[string]int // index by name

	inactive  map[string]tree.Node            // by aggregator and port: the entry among inactivePorts
	active    map[string]capture.Span         // by aggregator and port: its entry among activePorts
	lacpPorts map[string]capture.Fact[string] // by aggregator and port: actorPortStatus
	orphans   []tree.Node                     // ports that LACP runs on outside any active aggregator
	system    capture.Fact[state.SystemID]    // own LACP system
	vxlan     bool                            // there is a Vxlan interface
	carried   map[string]map[state.VID]bool   // by port: VLANs that list it
	ports     []switchport
	mlagID    map[string]capture.Fact[string] // by aggregator
	off       capture.Span                    // where it says that MLAG is off
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{sw: &state.Switch{Name: c.Device, Platform: "arista_eos", MTUScope: state.MTUOfPayload},
		inactive: map[string]tree.Node{}, active: map[string]capture.Span{}, lacpPorts: map[string]capture.Fact[string]{},
		aggregators: map[string]int{}, members: map[string]int{}, svis: map[string]int{}, carried: map[string]map[state.VID]bool{}, mlagID: map[string]capture.Fact[string]{}}
	var failed error
	read := map[string]bool{}
	for i := range topics {
		t := &topics[i]
		r := c.Reply(t.line)
		if r == nil || read[t.insteadOf] {
			continue
		}
		if err := p.topic(t, r); err != nil {
			p.unread(r.Whole(), err.Error())
			failed = err
			continue
		}
		read[t.line] = true
	}
	if failed != nil && len(read) == 0 {
		return nil, failed
	}
	p.finish()
	p.sw.Sort()
	return p.sw, nil
}

// topic reads one reply. An empty object says that a feature is off, or nothing at all: it is no evidence.
func (p *parser) topic(t *topic, r *capture.Reply) error {
	if t.json == nil {
		t.text(p, r)
		return nil
	}
	root, err := tree.JSON(r)
	if err != nil {
		return err
	}
	n, found := answer(root, t.keys)
	if !found && n.Kind() == tree.Object && n.Len() == 0 {
		return nil
	}
	if !found {
		return fmt.Errorf("%s: %s: the answer has no %s", r.Device, r.Command, strings.Join(t.keys, " or "))
	}
	t.json(p, n)
	return nil
}

// answer finds the object that has one of the keys: the root itself, or what eAPI and its clients wrap round it, a list of
// answers or a member "result".
func answer(n tree.Node, keys []string) (tree.Node, bool) {
	for _, key := range keys {
		if n.Kind() == tree.Object && n.At(key).Exists() {
			return n, true
		}
	}
	inner := n
	if n.Kind() == tree.Object {
		inner = n.At("result")
	}
	if inner.Kind() == tree.Object {
		return answer(inner, keys)
	}
	if inner.Kind() == tree.Array {
		for item := range inner.Children() {
			if found, ok := answer(item, keys); ok && item.Kind() == tree.Object {
				return found, true
			}
		}
	}
	return n, false
}

// unread notes output that should have been understood and was not.
func (p *parser) unread(from capture.Span, why string) {
	const most = 200 // a hostile reply must not fill the report
	if from.Known() && len(p.sw.Unread) < most {
		p.sw.Unread = append(p.sw.Unread, state.Unread{From: from, Why: why})
	}
}

// word maps a word through words. One that is not among them is unknown and noted.
func word[T any](p *parser, n tree.Node, words map[string]T) capture.Fact[T] {
	f := tree.Word(n, words)
	if text := n.NonEmpty(); text.Known() && !f.Known() {
		p.unread(text.From, "unknown word "+quote(text.Value)+" in "+n.Name())
	}
	return f
}

// quote returns a word from a device for a message, cut to a length that fits on a line.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return fmt.Sprintf("%q", s)
}

// withName returns the span of a member together with its name, which is what states the name.
func withName(n tree.Node) capture.Span {
	s := n.Span()
	if s.Reply == nil {
		return s
	}
	from := max(0, int(s.Start)-len(n.Name())-200) // after it come a colon and white space
	if at := bytes.LastIndex(s.Reply.Data[from:s.Start], []byte(`"`+n.Name()+`"`)); at >= 0 {
		s.Start = uint32(from + at)
	}
	return s
}

// through returns the span from the start of a to the end of b.
func through(a, b capture.Span) capture.Span {
	if a.Reply == nil || a.Reply != b.Reply || b.End < a.Start {
		return b
	}
	return a.Reply.Span(int(a.Start), int(b.End))
}

func toMAC(s string) (state.MAC, bool) {
	m, err := state.ParseMAC(s)
	return m, err == nil
}

// toStation is toMAC without the zero address, which EOS prints for "none".
func toStation(s string) (state.MAC, bool) {
	m, ok := toMAC(s)
	return m, ok && !m.IsZero()
}

func toVID(v uint64) (state.VID, bool) { return state.VID(v), v <= 4094 && state.VID(v).Valid() }

// shortNames are how EOS shortens names in text.
var shortNames = []struct{ short, long string }{
	{"Et", "Ethernet"}, {"Ma", "Management"}, {"Po", "Port-Channel"}, {"Vl", "Vlan"}, {"Lo", "Loopback"}, {"Vx", "Vxlan"}, {"Tu", "Tunnel"},
}

// longName returns the full name of an interface, "" when it is no name that we know.
func longName(s string) string {
	for _, n := range shortNames {
		rest, ok := strings.CutPrefix(s, n.long)
		if !ok {
			rest, ok = strings.CutPrefix(s, n.short)
		}
		if ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return n.long + rest
		}
	}
	return ""
}

// isPeer tells a member of a multi-chassis LAG that is on the other switch: PeerEthernet7.
func isPeer(name string) bool { return strings.HasPrefix(name, "Peer") }

// finish joins what several replies said.
func (p *parser) finish() {
	p.finishAggregators()
	p.finishMLAG()
	p.finishSystems()
	p.finishInterfaces()
	p.finishBridgePorts()
	slices.SortStableFunc(p.sw.Unread, func(a, b state.Unread) int { return strings.Compare(a.From.Reply.Command, b.From.Reply.Command) })
}
