// Package juniper_junos words a simulated switch as Junos with ELS does: the answer to an RPC as XML, and the same XML in an
// rpc-reply for a command line that ends in "| display xml".
package juniper_junos

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"uplinkcheck/testbed/model"
)

// Personality renders Juniper Junos.
var Personality = model.Personality{Platform: "juniper_junos", Switch: render}

// answers are the requests that are understood: the name of an RPC's element, its command line, and what they print.
var answers = []struct {
	rpc, cli string
	render   func(s *model.Switch, d *doc)
}{
	{"get-software-information", "show version", software},
	{"get-system-information", "show system information", system},
	{"get-chassis-inventory", "show chassis hardware", inventory},
	{"get-virtual-chassis-information", "show virtual-chassis", virtualChassis},
	{"get-lldp-local-info", "show lldp local-information", lldpLocal},
	{"get-interface-information", "show interfaces", interfaces},
	{"get-lacp-interface-information", "show lacp interfaces extensive", lacp},
	{"get-lacp-interface-statistics", "show lacp statistics interfaces", lacpStatistics},
	{"get-vlan-information", "show vlans extensive", vlans},
	{"get-ethernet-switching-interface-details", "show ethernet-switching interface", switching},
	{"get-ethernet-switching-table-information", "show ethernet-switching table", macTable},
	{"get-lldp-neighbors-information", "show lldp neighbors", lldp},
	{"get-lldp-neighbor-detail-information", "show lldp neighbors detail", lldpDetail},
	{"get-inter-chassis-control-protocol-information", "show iccp", iccp},
	{"get-mc-ae-interface-information", "show interfaces mc-ae extensive", mcAE},
	{"get-mclag-config-consistency-information", "show multi-chassis mc-lag configuration-consistency", consistency},
	{"get-instance-information", "show route instance detail", instances},
	{"get-evpn-instance-information", "show evpn instance extensive", segments},
	{"get-configuration", "show configuration interfaces | display inheritance", configuration},
}

// others are requests of the driver that this release refuses: other names and other forms of what is asked above.
var others = []string{
	"get-ethernet-switching-interface-information", "show ethernet-switching interfaces detail",
	"get-bridge-instance-information", "get-bridge-mac-table", "show bridge domain detail", "show bridge mac-table",
	"show vlans detail", "show vlans", "show lacp interfaces", "show interfaces terse",
}

func render(s *model.Switch, command string) ([]byte, bool) {
	name, isRPC, isXML := request(command)
	for _, a := range answers {
		if isRPC && a.rpc == name || !isRPC && a.cli == name && (isXML || name == "show interfaces mc-ae extensive") {
			d := &doc{}
			if isRPC || !isXML {
				d.space = "http://xml.juniper.net/junos/" + release(s) + "/junos"
				a.render(s, d)
			} else {
				d.open("rpc-reply", "xmlns:junos", "http://xml.juniper.net/junos/"+release(s)+"/junos")
				a.render(s, d)
				d.open("cli")
				d.leaf("banner", banner(s))
				d.close("cli").close("rpc-reply")
			}
			if !isRPC && !isXML {
				return plain(d.b.Bytes()), true
			}
			return d.b.Bytes(), true
		}
	}
	known := !isRPC && !isXML // text is for releases that cannot print XML
	for _, o := range others {
		known = known || o == name
	}
	if isRPC {
		d := &doc{}
		d.problem("error", "syntax error")
		return d.b.Bytes(), known
	}
	return []byte("error: syntax error\n"), known
}

// request takes a command apart: the name of an RPC, or a command line without its last pipes.
func request(command string) (name string, isRPC, isXML bool) {
	if rest, ok := strings.CutPrefix(command, "<"); ok {
		return rest[:strings.IndexAny(rest+">", " />")], true, true
	}
	name = strings.TrimSuffix(command, " | no-more")
	name, isXML = strings.CutSuffix(name, " | display xml")
	return name, false, isXML
}

// plain is the text within an output element.
func plain(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("<output>"))
	return bytes.TrimSuffix(bytes.TrimSpace(b), []byte("</output>"))
}

func banner(s *model.Switch) string {
	if len(s.Members) == 0 {
		return "{master:0}"
	}
	return "{master:" + s.Members[0].ID + "}"
}

// release is the version as it stands in the names of XML spaces: 23.4R2 of 23.4R2.13.
func release(s *model.Switch) string {
	if i := strings.LastIndex(s.Version, "."); i > strings.Index(s.Version, ".") {
		return s.Version[:i]
	}
	return s.Version
}

// A doc is XML being written, an element a line, as Junos prints it.
type doc struct {
	b     bytes.Buffer
	depth int
	space string // of the prefix junos, where nothing around the answer declares it
}

// open begins an element; attributes are names and values in turn.
func (d *doc) open(name string, attributes ...string) *doc {
	d.line("<" + name)
	if d.depth == 0 && d.space != "" && name != "output" { // an output holds text only
		attributes = append([]string{"xmlns:junos", d.space}, attributes...)
	}
	for i := 0; i+1 < len(attributes); i += 2 {
		fmt.Fprintf(&d.b, " %s=\"%s\"", attributes[i], escape(attributes[i+1]))
	}
	d.b.WriteString(">\n")
	d.depth++
	return d
}

func (d *doc) close(name string) *doc {
	d.depth--
	d.line("</" + name + ">\n")
	return d
}

// leaf writes an element with text; one without text as an empty element.
func (d *doc) leaf(name, text string) *doc {
	if text == "" {
		d.line("<" + name + "/>\n")
		return d
	}
	d.line("<" + name + ">" + escape(text) + "</" + name + ">\n")
	return d
}

// formatted is a leaf whose text Junos would print differently for people.
func (d *doc) formatted(name, format, text string) {
	d.line(fmt.Sprintf("<%s junos:format=\"%s\">%s</%s>\n", name, escape(format), escape(text), name))
}

func (d *doc) line(s string) {
	d.b.WriteString(strings.Repeat("    ", d.depth))
	d.b.WriteString(s)
}

// problem writes an rpc-error; Junos also answers with warnings.
func (d *doc) problem(severity, message string) {
	d.open("rpc-error").leaf("error-type", "protocol").leaf("error-tag", "operation-failed").
		leaf("error-severity", severity).leaf("error-message", message).close("rpc-error")
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
