// Package juniper_junos reads Juniper EX and QFX switches (Junos with and without ELS, Junos Evolved) by NETCONF, or by the
// same answers in XML over "| display xml".
package juniper_junos

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// Driver reads Juniper Junos. Lines that begin with "<" are RPCs and go over NETCONF only, all others over SSH exec only.
var Driver = &drivers.Driver{
	Name:    "juniper_junos",
	Title:   "Juniper Junos",
	Aliases: []string{"juniper", "junos", "junos-qfx", "junos-ex", "juniper_vqfx", "juniper_vjunosswitch", "juniper_vjunosevolved"},
	Privileges: "A login class with the permission view (the predefined class read-only). With view-configuration also what was " +
		"configured is read: allowed VLAN lists, static LAGs, fallback and Ethernet segments are unknown without it.",
	Access:   []drivers.Access{drivers.NETCONF, drivers.Exec},
	Commands: commands(),
	Refusal:  refusal,
	Parse:    parse,
}

// A topic is one thing to ask: the RPCs and command lines that ask it, best first, and what reads the answer.
// All forms of a topic have the same tree; a line in text form has its own reader.
type topic struct {
	gives    string
	rpcs     []string // NETCONF
	clis     []string // over exec, with "| display xml"
	texts    []string // over exec, as printed for people
	optional bool
	group    drivers.Group
	answer   []string // elements of which one must be in a whole answer
	read     func(p *parser, e elem)
	text     func(p *parser, r *capture.Reply)
}

// topics are in the order in which they are asked and read. The RPC names are those of Juniper's YANG modules of 24.4.
var topics = []topic{
	{
		gives: "host name, model, version",
		rpcs:  []string{"<get-software-information/>", "<get-system-information/>"},
		clis:  []string{"show version", "show system information"},
		texts: []string{"show version"}, text: softwareText,
		answer: []string{"software-information", "system-information"}, read: software,
	},
	{
		gives: "serial number",
		rpcs:  []string{"<get-chassis-inventory/>"},
		clis:  []string{"show chassis hardware"},
		texts: []string{"show chassis hardware"}, text: inventoryText,
		answer: []string{"chassis-inventory"}, read: inventory,
	},
	{
		gives:    "members of a Virtual Chassis",
		rpcs:     []string{"<get-virtual-chassis-information/>"},
		clis:     []string{"show virtual-chassis"},
		optional: true,
		texts:    []string{"show virtual-chassis"}, text: virtualChassisText,
		answer: []string{"virtual-chassis-information"}, read: virtualChassis,
	},
	{
		gives:    "own LLDP chassis id",
		rpcs:     []string{"<get-lldp-local-info/>"},
		clis:     []string{"show lldp local-information"},
		optional: true,
		answer:   []string{"lldp-local-info"}, read: lldpLocal,
	},
	{
		gives: "ports: status, speed, LAG membership, addresses",
		rpcs:  []string{"<get-interface-information/>"},
		clis:  []string{"show interfaces", "show interfaces terse"},
		texts: []string{"show interfaces", "show interfaces terse", "show interfaces descriptions"}, text: interfacesText,
		answer: []string{"interface-information"}, read: interfaces,
	},
	{
		gives: "LACP actor and partner",
		rpcs:  []string{"<get-lacp-interface-information><extensive/></get-lacp-interface-information>", "<get-lacp-interface-information/>"},
		clis:  []string{"show lacp interfaces extensive", "show lacp interfaces"},
		texts: []string{"show lacp interfaces"}, text: lacpText,
		answer: []string{"lacp-interface-information-list"}, read: lacp,
	},
	{
		gives:    "LACPDU counters",
		rpcs:     []string{"<get-lacp-interface-statistics/>"},
		clis:     []string{"show lacp statistics interfaces"},
		optional: true, group: drivers.Counters,
		texts: []string{"show lacp statistics interfaces"}, text: lacpStatisticsText,
		answer: []string{"lacp-interface-statistics-list"}, read: lacpStatistics,
	},
	{
		gives: "VLANs, their member ports and routed interfaces",
		rpcs: []string{"<get-vlan-information><extensive/></get-vlan-information>", "<get-vlan-information/>",
			"<get-bridge-instance-information><detail/></get-bridge-instance-information>"},
		clis:  []string{"show vlans extensive", "show vlans detail", "show vlans", "show bridge domain detail"},
		texts: []string{"show vlans"}, text: vlansText,
		answer: []string{"l2ng-l2ald-vlan-instance-information", "vlan-information", "l2ald-bridge-instance-information"}, read: vlans,
	},
	{
		gives: "tagging and spanning tree state per port and VLAN",
		rpcs: []string{"<get-ethernet-switching-interface-details/>",
			"<get-ethernet-switching-interface-information><detail/></get-ethernet-switching-interface-information>"},
		clis:  []string{"show ethernet-switching interface", "show ethernet-switching interfaces detail"},
		texts: []string{"show ethernet-switching interfaces"}, text: switchingText,
		answer: []string{"l2ng-l2ald-iff-interface-information", "switching-interface-information"}, read: switching,
	},
	{
		gives: "learned addresses",
		group: drivers.Addresses,
		rpcs:  []string{"<get-ethernet-switching-table-information/>", "<get-bridge-mac-table/>"},
		clis:  []string{"show ethernet-switching table", "show bridge mac-table"},
		texts: []string{"show ethernet-switching table", "show bridge mac-table"}, text: macText,
		answer: []string{"l2ng-l2ald-rtb-macdb", "ethernet-switching-table-information", "l2ald-rtb-macdb"}, read: macTable,
	},
	{
		gives: "LLDP neighbours",
		rpcs:  []string{"<get-lldp-neighbors-information/>"},
		clis:  []string{"show lldp neighbors"},
		texts: []string{"show lldp neighbors"}, text: lldpText,
		answer: []string{"lldp-neighbors-information"}, read: lldp,
	},
	{
		gives:    "LLDP neighbours' VLANs and addresses",
		rpcs:     []string{"<get-lldp-neighbor-detail-information/>"},
		clis:     []string{"show lldp neighbors detail"},
		optional: true,
		answer:   []string{"lldp-neighbors-information"}, read: lldpDetail,
	},
	{
		gives:    "MC-LAG peering",
		rpcs:     []string{"<get-inter-chassis-control-protocol-information/>"},
		clis:     []string{"show iccp"},
		optional: true,
		answer:   []string{"iccp-information"}, read: iccp,
	},
	{
		// Nobody publishes the XML names of this answer, so it is asked for as text, which NETCONF gives in an output element.
		gives:    "MC-LAG ports",
		rpcs:     []string{`<get-mc-ae-interface-information format="text"><extensive/></get-mc-ae-interface-information>`},
		texts:    []string{"show interfaces mc-ae extensive"},
		optional: true,
		text:     mcAE,
	},
	{
		gives:    "MC-LAG differences",
		rpcs:     []string{"<get-mclag-config-consistency-information/>"},
		clis:     []string{"show multi-chassis mc-lag configuration-consistency"},
		optional: true,
		answer:   []string{"multichassis-consistency-check-list"}, read: consistency,
	},
	{
		gives: "routing instances",
		rpcs: []string{"<get-instance-information><detail/></get-instance-information>",
			`<get-configuration database="committed">` + wantedInstances + `</get-configuration>`},
		clis:     []string{"show route instance detail"},
		optional: true, group: drivers.Routing,
		texts: []string{"show route instance detail"}, text: instancesText,
		answer: []string{"instance-information", "routing-instances"}, read: instances,
	},
	{
		gives:    "Ethernet segments of EVPN",
		rpcs:     []string{"<get-evpn-instance-information><extensive/></get-evpn-instance-information>"},
		clis:     []string{"show evpn instance extensive"},
		optional: true,
		answer:   []string{"evpn-instance-information"}, read: segments,
	},
	{
		// No operational command tells which VLANs a person allowed: all of them list what came of it.
		gives: "configured VLAN lists, LAG protocol, fallback, Ethernet segments, MC-LAG peer-link",
		rpcs: []string{`<get-configuration database="committed" inherit="inherit">` + wanted + `</get-configuration>`,
			`<get-configuration database="committed">` + wanted + `</get-configuration>`},
		clis:     []string{"show configuration interfaces | display inheritance"},
		optional: true,
		answer:   []string{"configuration"}, read: configuration,
	},
}

// wanted are the parts of the configuration that are asked for: on a switch none of them holds passwords or keys.
const wanted = "<configuration><interfaces/><vlans/><multi-chassis/></configuration>"

// wantedInstances are the names, kinds and interfaces of routing instances, without their protocols, which hold keys.
const wantedInstances = "<configuration><routing-instances><instance><name/><instance-type/><interface><name/></interface></instance></routing-instances></configuration>"

const (
	asXML = " | display xml | no-more"
	plain = " | no-more"
)

// lines returns the topic's requests, best first.
func (t *topic) lines() []drivers.Command {
	var out []drivers.Command
	add := func(line string, format drivers.Format) {
		c := drivers.Command{Line: line, Format: format, Gives: t.gives, Optional: t.optional, Group: t.group}
		if len(out) > 0 {
			c.InsteadOf = out[len(out)-1].Line
		}
		out = append(out, c)
	}
	for _, rpc := range t.rpcs {
		add(rpc, drivers.XML)
	}
	for _, cli := range t.clis {
		add(cli+asXML, drivers.XML)
	}
	for _, cli := range t.texts {
		add(cli+plain, drivers.Text)
	}
	return out
}

func commands() []drivers.Command {
	var out []drivers.Command
	for i := range topics {
		out = append(out, topics[i].lines()...)
	}
	return out
}

// notNeeded is how Junos says that a protocol is configured nowhere: an answer, though it comes as a warning.
const notNeeded = "not needed by configuration"

// refusal returns the error that stands in place of an answer.
func refusal(reply []byte) string {
	if bytes.Contains(reply, []byte(notNeeded)) {
		return ""
	}
	head := string(reply[:min(len(reply), 4096)])
	if r := (&capture.Reply{Data: reply, Complete: true}); strings.Contains(head, "error>") {
		if e, err := root(r); err == nil {
			if msg := errorIn(e); msg != "" {
				return msg
			}
		}
	}
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		for _, start := range []string{"error: ", "syntax error", "unknown command", "missing argument", "invalid value", "permission denied"} {
			if strings.HasPrefix(line, start) {
				return strings.TrimRight(line, ".")
			}
		}
	}
	return ""
}

// errorIn returns the message of the first rpc-error or xnm:error that is no warning, "" when there is none.
func errorIn(e elem) string {
	for _, name := range []string{"rpc-error", "error"} {
		for x := range e.all(name) {
			if strings.EqualFold(x.text("error-severity"), "warning") {
				continue
			}
			for _, leaf := range []string{"error-message", "message", "error-tag"} {
				if msg := x.text(leaf); msg != "" {
					return strings.Join(strings.Fields(msg), " ")
				}
			}
			return "the device answered with an error"
		}
	}
	return ""
}

// A parser gathers the state of one switch from its topics, in their order, and joins them in finish.
type parser struct {
	sw    *state.Switch
	reply *capture.Reply // being read

	words []capture.Fact[string] // of the line that is being read

	aggregators map[string]int    // index by name
	listed      map[state.VID]int // index by VLAN

	units        map[string]*unit                // logical interfaces that switch VLANs, by name
	unitsInOrder []*unit                         // as they were named
	vids         map[string]state.VID            // VLAN by name; 0 where the name has several
	isolated     map[state.VID]string            // routing instance of each VLAN, to notice one id in two of them
	twice        map[state.VID]bool              // ids that stand in more than one routing instance
	fpc          map[int]string                  // Virtual Chassis member by FPC number
	routed       map[string]*logical             // logical interfaces with addresses
	master       capture.Span                    // the list of routing instances: what is in none of them is in the default one
	segments     map[string]capture.Fact[string] // Ethernet segment by aggregate, "" where its units have several
	modes        map[string]capture.Fact[state.ESIMode]
	segment      capture.Span // an Ethernet segment of this switch
	lost         bool         // an entry of the table of addresses was not understood
	database     capture.Span // the list of VLANs
	untold       bool         // the id of one of them was not understood
	config       *config
	differ       map[string]bool // what the chassis of a Virtual Chassis or cluster do not agree about
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{sw: &state.Switch{Name: c.Device, Platform: "juniper_junos", MTUScope: state.MTUWithHeader},
		aggregators: map[string]int{}, listed: map[state.VID]int{}, units: map[string]*unit{}, vids: map[string]state.VID{}, isolated: map[state.VID]string{}, twice: map[state.VID]bool{},
		fpc: map[int]string{}, differ: map[string]bool{}, routed: map[string]*logical{},
		segments: map[string]capture.Fact[string]{}, modes: map[string]capture.Fact[state.ESIMode]{}}
	var failed error
	understood := false
	for i := range topics {
		t := &topics[i]
		for _, line := range t.lines() {
			r := c.Reply(line.Line)
			if r == nil {
				continue
			}
			if err := p.topic(t, r); err != nil {
				p.unread(r.Whole(), err.Error())
				failed = fmt.Errorf("%s: %s: %w", r.Device, line.Line, err)
				continue
			}
			understood = true
			break
		}
	}
	if failed != nil && !understood {
		return nil, failed
	}
	p.finish()
	p.sw.Sort()
	return p.sw, nil
}

// topic reads one reply.
func (p *parser) topic(t *topic, r *capture.Reply) error {
	p.reply = r
	e, err := root(r)
	none := func() bool { return bytes.Contains(r.Data, []byte(notNeeded)) }
	switch {
	case err == errText && t.read != nil && none():
		t.read(p, elem{})
		return nil
	case err == errText && t.text != nil:
		t.text(p, r)
		return nil
	case err != nil:
		return err
	case errorIn(e) != "":
		return fmt.Errorf("error in the answer: %s", errorIn(e))
	}
	if t.read == nil {
		t.text(p, r)
		return nil
	}
	found := false
	for _, name := range t.answer {
		for x := range e.all(name) {
			found = true
			t.read(p, x)
		}
	}
	if !found && none() {
		t.read(p, elem{})
		return nil
	}
	if !found && len(bytes.TrimSpace(r.Data)) > 0 && hasContent(e) {
		return fmt.Errorf("no element %s in the answer", strings.Join(t.answer, " or "))
	}
	return nil
}

// hasContent reports whether the wrapper holds anything but the banner of the command line.
func hasContent(e elem) bool {
	for c := range e.n.Children() {
		if c.Name() != "cli" {
			return true
		}
	}
	return e.str().Known()
}

// unread notes output that should have been understood and was not.
func (p *parser) unread(from capture.Span, why string) {
	const most = 200 // a hostile reply must not fill the report
	if from.Known() && len(p.sw.Unread) < most {
		p.sw.Unread = append(p.sw.Unread, state.Unread{From: from, Why: why})
	}
}

// lines yields the lines of a text. What follows the last line end may be part of a line: it is noted and not read, and whole
// becomes false.
func (p *parser) lines(r *capture.Reply, whole *bool) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for _, l := range text.Lines(r) {
			if !yield(l.At, l.Text) {
				return
			}
		}
		at := bytes.LastIndexByte(r.Data, '\n') + 1
		if rest := bytes.TrimSpace(r.Data[at:]); len(rest) > 0 && !bytes.HasSuffix(rest, []byte(">")) {
			p.unread(r.Span(at, len(r.Data)), "the last line has no end")
			if whole != nil {
				*whole = false
			}
		}
	}
}

// ofSession tells the prompt, and what stands above it such as {master:0}, from the lines of an answer.
func ofSession(line string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.HasPrefix(first, "{") || strings.HasSuffix(first, ">")
}

// finish joins what several topics said.
func (p *parser) finish() {
	p.finishMembers()
	p.finishAggregators()
	p.finishBridge()
	p.finishRouted()
	p.finishMLAG()
}
