// Package sonic is the driver for community SONiC: dumps of its databases and teamdctl over a shell, and the "show" tables where those were
// refused.
//
// What differs from other switches:
//   - The databases say what is configured (CONFIG_DB), what was handed to the switch chip (APPL_DB) and what was found (STATE_DB).
//     A LAG below its minimum of links is down although single members are selected.
//   - LACP keys and priorities are in no database: teamdctl has them.
//   - The tables may name ports by their alias; what one of them calls a port by is not looked up.
//   - Tables have no end mark, so that none is the list of all.
//   - The standby of a multi-chassis pair takes the LACP system of the active one.
package sonic

import (
	"cmp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/lldpd"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// Driver reads SONiC.
var Driver = &drivers.Driver{
	Name:    "sonic",
	Title:   "SONiC",
	Aliases: []string{"sonic-vs", "sonic-vm", "sonic_ssh", "dell_sonic"},
	Privileges: "A login that may read the databases (sonic-db-dump) and run teamdctl, lldpctl and mclagdctl: root, or sudo without a password (sudo: true). " +
		"Without it the \"show\" tables are read, which lack LACP keys and system identifiers.",
	Access:   []drivers.Access{drivers.Exec},
	Commands: topic.Commands(topics),
	Refusal:  refusal,
	Parse:    parse,
}

const (
	portLine     = "sonic-db-dump -n APPL_DB -k PORT_TABLE* -y"
	lagStateLine = "sonic-db-dump -n STATE_DB -k LAG_* -y"
	lagApplLine  = "sonic-db-dump -n APPL_DB -k LAG_* -y"
	lagLine      = "sonic-db-dump -n CONFIG_DB -k PORTCHANNEL* -y"
	vlanLine     = "sonic-db-dump -n CONFIG_DB -k VLAN* -y"
	lldpDBLine   = "sonic-db-dump -n APPL_DB -k LLDP_ENTRY_TABLE* -y"
	featureLine  = "sonic-db-dump -n CONFIG_DB -k FEATURE* -y"
	mclagLine    = "sonic-db-dump -n CONFIG_DB -k MCLAG* -y"
	mclagState   = "mclagdctl -i %s dump state"
	mclagLocal   = "mclagdctl -i %s dump portlist local"
	mclagPeer    = "mclagdctl -i %s dump portlist peer"
)

type command = drivers.Command

// topics are in the order in which they are asked and read.
var topics = []topic.Topic[*parser]{
	{Command: command{Line: "show version", Gives: "version, model, serial number"}, Text: version},
	{Command: command{Line: "show platform inventory", InsteadOf: "show version", Gives: "model, serial number"}, Text: inventory},
	{Command: command{Line: ovs.HostnameLine, Gives: "host name"}, Text: hostname},
	{Command: command{Line: portLine, Gives: "ports: status, speed, MTU, description"}, JSON: database},
	{Command: command{Line: "show interfaces status", InsteadOf: portLine, Gives: "ports: status, speed, MTU"}, Text: status},
	{Command: command{Line: "show interfaces description", InsteadOf: portLine, Gives: "ports: status, description"}, Text: description},
	{Command: command{Line: lagLine, Gives: "LAGs, members, min-links"}, JSON: database},
	{Command: command{Line: lagApplLine, Gives: "LAGs: status"}, JSON: database},
	{Command: command{Line: lagStateLine, Gives: "LACP actor and partner, which members are selected"}, JSON: database},
	{Command: command{Line: "show interfaces portchannel", InsteadOf: lagStateLine, Gives: "LAGs and members"}, Text: portChannels},
	{Command: command{Line: kernel.TeamLine, Each: lags, Gives: "LACP keys and priorities", Optional: true}, JSON: (*parser).Team},
	{Command: command{Line: vlanLine, Gives: "VLANs, which ports carry them, routed interfaces"}, JSON: database},
	{Command: command{Line: "show vlan config", InsteadOf: vlanLine, Gives: "VLANs and ports"}, Text: vlanConfig},
	{Command: command{Line: "show vlan brief", InsteadOf: "show vlan config", Gives: "VLANs, ports, addresses"}, Text: vlanBrief},
	{Command: command{Line: "show interfaces switchport config", InsteadOf: vlanLine, Gives: "port mode and VLANs"}, Text: switchport},
	{Command: command{Line: "show interfaces switchport status", InsteadOf: "show interfaces switchport config", Gives: "port mode"}, Text: switchport},
	{Command: command{Line: lldpd.NeighboursJSON0Line, Gives: "LLDP neighbours"}, JSON: neighbours},
	{Command: command{Line: lldpd.NeighboursPlainLine, InsteadOf: lldpd.NeighboursJSON0Line, Gives: "the same"}, JSON: neighbours},
	{Command: command{Line: lldpDBLine, InsteadOf: lldpd.NeighboursPlainLine, Gives: "the same"}, JSON: database},
	{Command: command{Line: "show lldp neighbors", InsteadOf: lldpDBLine, Gives: "the same"}, Text: neighboursText},
	{Command: command{Line: "show lldp table", InsteadOf: "show lldp neighbors", Gives: "neighbours in short"}, Text: neighbourTable},
	{Command: command{Line: "show spanning-tree", Gives: "port states; whether spanning tree runs", Group: drivers.SpanningTree, Optional: true}, Text: spanningTree},
	{Command: command{Line: featureLine, InsteadOf: "show spanning-tree", Gives: "whether there is spanning tree", Group: drivers.SpanningTree, Optional: true}, JSON: features},
	{Command: command{Line: "show mac", Gives: "learned addresses", Group: drivers.Addresses}, Text: macTable},
	{Command: command{Line: "fdbshow", InsteadOf: "show mac", Gives: "the same", Group: drivers.Addresses}, Text: macTable},
	{Command: command{Line: "sonic-db-dump -n CONFIG_DB -k VRF* -y", Gives: "VRFs", Group: drivers.Routing, Optional: true}, JSON: database},
	{Command: command{Line: "sonic-db-dump -n CONFIG_DB -k ACL_TABLE* -y", Gives: "filters on routed interfaces", Group: drivers.Routing, Optional: true}, JSON: database},
	{Command: command{Line: mclagLine, Gives: "multi-chassis domain", Optional: true}, JSON: database},
	{Command: command{Line: mclagState, Each: mclagDomains, Gives: "multi-chassis peering", Optional: true}, Text: mclag},
	{Command: command{Line: mclagLocal, Each: mclagDomains, Gives: "multi-chassis LAGs", Optional: true}, Text: portList},
	{Command: command{Line: mclagPeer, Each: mclagDomains, Gives: "the peer's LAGs", Optional: true}, Text: portList},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*kernel.Reader
	vlans    capture.Span // all VLANs with their ports
	members  map[string]*memberships
	order    []string                // of members
	filtered map[string]capture.Span // by interface: what filters what arrives
	filters  capture.Span            // all filters
	lagged   map[string]capture.Span // by port: where it says of which LAG it is
	runners  map[[2]string]capture.Fact[string]
	multi    map[string]bool // LAGs that are multi-chassis
	clags    capture.Span    // all of those
}

// memberships are the VLANs of a port.
type memberships struct {
	from             capture.Span
	tagged, untagged state.VIDSet
	unclear          bool
	// where it says of one of them that it is tagged, and that it is not
	tag, plain capture.Span
}

func parse(c *capture.Capture) (*state.Switch, error) {
	d := state.NewDraft(c, "sonic", state.MTUOfPayload)
	d.Switch.NoVLANNames = true
	p := &parser{Reader: kernel.NewReader(d), members: map[string]*memberships{}, filtered: map[string]capture.Span{}, lagged: map[string]capture.Span{},
		runners: map[[2]string]capture.Fact[string]{}, multi: map[string]bool{}}
	err := topic.Read(c, d, p, topics)
	p.Reader.Finish()
	p.finish()
	return d.Finish(), err
}

// refusal finds the words of a shell, of sudo and of the tools at the head of a reply.
func refusal(reply []byte) string {
	return cmp.Or(ovs.Refusal(reply), text.Refused(reply, 1, text.Begins("Usage: ", "Error: ", "Error response from daemon", "Root privileges", "Traceback", "teamdctl: ", "Unable to ", "Invalid ")))
}

func neighbours(p *parser, root tree.Node) {
	lldpd.NeighboursPlain(p.Draft, root)
	if id := root.At("lldp_loc_chassis", "local-chassis", "chassis"); id.Exists() {
		for c := range id.Children() {
			if m := text.Station(c.At("id", "value").NonEmpty()); m.Known() && c.At("id", "type").Text() == "mac" {
				p.Switch.Device.ChassisMAC = m
			}
			if !p.Switch.Device.Hostname.Known() {
				p.Switch.Device.Hostname = c.Key()
			}
		}
	}
}

func neighboursText(p *parser, lines []text.Line) { lldpd.NeighboursText(p.Draft, lines) }

// kindOf tells what an interface is by how the platform names it.
func kindOf(name string) state.InterfaceKind {
	for _, k := range []struct {
		prefix string
		kind   state.InterfaceKind
	}{{"Ethernet", state.Physical}, {"PortChannel", state.Aggregate}, {"Vlan", state.Routed}, {"Loopback", state.Logical}, {"eth0", state.OutOfBand}} {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return 0
}

var upDown = map[string]state.Status{"up": state.Up, "down": state.Down}

// word is state.Word without those that stand for "not told".
func word[T any](p *parser, f capture.Fact[string], words map[string]T) capture.Fact[T] {
	if f.Value == "N/A" || f.Value == "" {
		return capture.Fact[T]{}
	}
	return state.Word(p.Draft, f, words)
}
