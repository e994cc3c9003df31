// Package ovs reads the replies of Open vSwitch's own tools, for whoever has an Open vSwitch: the openvswitch driver, for
// which it is the switch, and the linux host source, for which it is the far end of an uplink. It parses and decides nothing.
package ovs

import (
	"bytes"
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/tree"
)

// The lines whose replies Read takes.
const (
	bridgesLine    = "ovs-vsctl --format=json list Bridge"
	portsLine      = "ovs-vsctl --format=json list Port"
	interfacesLine = "ovs-vsctl --format=json list Interface"
	lacpLine       = "ovs-appctl lacp/show"
	statsLine      = "ovs-appctl lacp/show-stats"
	bondLine       = "ovs-appctl bond/show"

	// HostnameLine asks the machine's own name; see Hostname.
	HostnameLine = "hostname"
	// VersionLine asks the running daemon and not the client tool.
	VersionLine = "ovs-appctl version"
	// FDBLine and FlowsLine hold the name of a bridge.
	FDBLine   = "ovs-appctl fdb/show %s"
	FlowsLine = "ovs-ofctl dump-aggregate %s"
)

// Commands returns the commands whose replies Read takes. optional marks them so: a host may have no Open vSwitch.
func Commands(optional bool) []drivers.Command {
	return []drivers.Command{
		{Line: bridgesLine, Format: drivers.JSON, Gives: "bridges, spanning tree, who rules them", Optional: optional},
		{Line: portsLine, Format: drivers.JSON, Gives: "ports, bonds, VLANs", Optional: optional},
		{Line: interfacesLine, Format: drivers.JSON, Gives: "interfaces: state, speed, MTU, address", Optional: optional},
		{Line: lacpLine, Gives: "LACP actor and partner of every member", Optional: optional},
		{Line: statsLine, Gives: "LACPDU counters", Optional: true},
		{Line: bondLine, Gives: "which bond members are enabled, LACP fallback", Optional: optional},
	}
}

// Bridges lists the bridges' names, for commands that are sent once per bridge.
func Bridges(c *capture.Capture) []string {
	rows, _ := table(c.Reply(bridgesLine))
	var names []string
	for _, row := range rows {
		if name := row.cell("name").NonEmpty(); name.Known() {
			names = append(names, name.Value)
		}
	}
	return names
}

// refusals begin, or stand in, a line that says that a tool did not answer.
var refusals = []string{
	"sudo: ", ": command not found", ": not found", ": Permission denied",
	"ovs-vsctl: ", "ovs-appctl: ", "ovs-ofctl: ", `" is not a valid command`,
	"unable to connect to socket", "[WARN/", "no bridge named", "no such bridge",
}

// Refusal returns the line in which a shell, sudo, lldpcli or a tool of Open vSwitch says that there is no answer, "" when
// the reply is one. Only the first lines are looked at: further down such words are somebody's description.
func Refusal(reply []byte) string {
	text := bytes.TrimLeft(reply, " \t\r\n")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[' && !bytes.HasPrefix(text, []byte("[WARN"))) {
		return ""
	}
	for range 3 {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		for _, words := range refusals {
			if strings.HasSuffix(words, ": ") && bytes.HasPrefix(line, []byte(words)) ||
				!strings.HasSuffix(words, ": ") && bytes.Contains(line, []byte(words)) {
				return strings.TrimSpace(string(line))
			}
		}
		if !more {
			break
		}
		text = rest
	}
	return ""
}

// A row of an OVSDB table as ovs-vsctl prints it: {"headings": […], "data": [[…]]}, columns in any order.
type row struct {
	from  tree.Node
	cells map[string]tree.Node
}

func (r row) cell(column string) tree.Node { return r.cells[column] }

// table reads one listing. why is not empty when a usable reply could not be read.
func table(r *capture.Reply) (rows []row, why string) {
	if !r.Usable() {
		return nil, ""
	}
	root, err := tree.JSON(r)
	if err != nil {
		return nil, err.Error()
	}
	var headings []string
	for h := range root.At("headings").Children() {
		headings = append(headings, h.Text())
	}
	if len(headings) == 0 || root.At("data").Kind() != tree.Array {
		return nil, "reply is no OVSDB table"
	}
	for d := range root.At("data").Children() {
		one := row{from: d, cells: make(map[string]tree.Node, len(headings))}
		i := 0
		for cell := range d.Children() {
			if i < len(headings) {
				one.cells[headings[i]] = cell
			}
			i++
		}
		if i != len(headings) {
			return nil, "a row has another number of cells than the heading"
		}
		rows = append(rows, one)
	}
	return rows, ""
}

// tagged returns what follows ["set", …], ["map", …] or ["uuid", …]; absent when the cell is none of that kind.
func tagged(n tree.Node, tag string) tree.Node {
	if n.Kind() != tree.Array || n.Len() != 2 {
		return tree.Node{}
	}
	i := 0
	var second tree.Node
	for c := range n.Children() {
		if i == 0 && c.Text() != tag {
			return tree.Node{}
		}
		i, second = i+1, c
	}
	return second
}

// items yields the elements of a cell: a set of one is printed as the bare value.
func items(cell tree.Node) func(yield func(tree.Node) bool) {
	if set := tagged(cell, "set"); set.Exists() {
		return set.Children()
	}
	return func(yield func(tree.Node) bool) {
		if cell.Exists() {
			yield(cell)
		}
	}
}

// empty reports whether the cell is the empty set: nothing was configured.
func empty(cell tree.Node) bool {
	set := tagged(cell, "set")
	return set.Exists() && set.Len() == 0
}

// optional reads a cell of at most one string; known "" means that nothing was configured.
func optional(cell tree.Node) capture.Fact[string] {
	if empty(cell) {
		return capture.Of("", cell.Span())
	}
	return cell.Str()
}

// Entry returns the value of a key in a map cell.
func Entry(cell tree.Node, key string) tree.Node {
	for pair := range tagged(cell, "map").Children() {
		i := 0
		var k, v tree.Node
		for c := range pair.Children() {
			if i == 0 {
				k = c
			} else {
				v = c
			}
			i++
		}
		if i == 2 && k.Text() == key {
			return v
		}
	}
	return tree.Node{}
}

// uuid returns the text of ["uuid", "…"], "" for anything else.
func uuid(cell tree.Node) string { return tagged(cell, "uuid").Text() }

// hostnames are made of letters, digits, dots, hyphens and, against RFC 1123, underscores.
var hostnames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$`)

// Hostname returns the machine's name: the one line of the reply to HostnameLine that is a name. A line without its end is
// not read, and of several names none.
func Hostname(c *capture.Capture) (name capture.Fact[string]) {
	r := c.Reply(HostnameLine)
	if r == nil {
		return name
	}
	for at, line := range r.Lines() {
		word := strings.TrimSpace(line)
		if !hostnames.MatchString(word) || word == HostnameLine || at+len(line) == len(r.Data) {
			continue
		}
		if name.Known() {
			return capture.Fact[string]{}
		}
		name = capture.Of(word, r.Span(at, at+len(line)))
	}
	return name
}
