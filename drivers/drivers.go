// Package drivers says what a switch operating system driver is: a list of reading commands and a pure function
// from their replies to state. A driver owns no connection; package collect does.
package drivers

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// A Driver knows one switch operating system. It is a value: make one, fill it, export it as Driver from a folder of
// its own; go generate finds it there.
type Driver struct {
	Name    string   // netmiko / NTC platform name, "arista_eos"
	Title   string   // for people, "Arista EOS"
	Aliases []string // other names inventories use: containerlab kinds, NAPALM names

	// Privileges says which role a login needs, and what stays unknown with less. One or two sentences.
	Privileges string

	// Access lists the ways to ask, best first. collect takes the next one when a device refuses a way as a whole.
	Access []Access

	// Commands is everything that may ever be sent, in this order.
	Commands []Command

	// Prompt describes the interactive session; nil unless Access has Session.
	Prompt *Prompt

	// Refusal returns why a finished reply is not an answer, in one line ("% Invalid input"), and "" when it is one.
	// collect stores it as Reply.Err, so that Parse never sees error texts. nil: nothing is ever refused in words.
	Refusal func(reply []byte) string

	// Parse turns replies into state. It MUST be pure, MUST NOT panic on any bytes, MUST read only usable replies
	// (capture.Reply.Usable), MUST leave out what it does not understand and name it in Unread, and MUST sort its result.
	// The error is for replies from which nothing at all can be read; a missing command is not an error.
	Parse func(*capture.Capture) (*state.Switch, error)
}

// Access is a way to ask a device.
type Access uint8

const (
	Exec    Access = iota // one SSH exec request per command
	NETCONF               // RPCs over the SSH subsystem
	Session               // an interactive session, ended by a prompt
)

// String names the access in words.
func (a Access) String() string { return [...]string{"exec", "NETCONF", "prompt session"}[a%3] }

// Format says what a whole reply looks like. Collect uses it as a proof of the end: JSON that does not parse is not whole.
type Format uint8

const (
	Text Format = iota
	JSON
	XML
)

// String names the format.
func (f Format) String() string { return [...]string{"text", "JSON", "XML"}[f%3] }

// Group is a set of commands that only some checks need. The core set, the zero value, has at most eight commands a platform, what
// stands in for another not counted.
type Group uint8

const (
	Core         Group = iota
	Addresses          // learned MAC addresses
	SpanningTree       // the forwarding state of ports
	Routing            // routed interfaces, VRFs, filters
	Counters           // what is compared over time
	Inventory          // modules, serial numbers
)

// String names the group.
func (g Group) String() string {
	return [...]string{"core", "addresses", "spanning tree", "routing", "counters", "inventory"}[g%6]
}

// A Command is one reading request.
type Command struct {
	// Line is exactly what is sent: a command line, or for NETCONF the XML of one RPC without the rpc element.
	// It must begin with a reading verb of its platform.
	// With Each it holds one %s, which only words of letters, digits, and -_.:/ may replace.
	Line string

	Format Format

	// Gives says in a few words what is read from it, for the README's table.
	Gives string

	// Each lists the words to put for %s, from the replies so far. nil: the line is sent as it stands.
	Each func(*capture.Capture) []string

	// InsteadOf names an earlier Line: this one is only sent when that one gave no usable reply, and neither did the line
	// that that one stands in for, and so on: of such a chain one reply is wanted. A line that the way of asking cannot
	// carry (an RPC over exec, a command line over NETCONF) gives none.
	InsteadOf string

	// Group says which questions need the reply: a run whose checks have none of them does not ask. The zero value is asked always.
	Group Group

	// Optional: the platform may lack the feature, and a refusal is no reason to report the device as half collected.
	Optional bool
}

// Prompt describes an interactive session on one platform.
type Prompt struct {
	// Pattern matches the last line when the device waits for a command. It must hold one %s where the
	// device's own name stands, once learned; before that collect puts [\w.\-()/:@]{1,63} there.
	Pattern string

	// Setup are lines sent first to switch paging off. They count as listed commands.
	Setup []string

	// Enable is the line that asks for privilege and is sent only when a login has an enable secret. Empty: none.
	Enable string
}
