package testbed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"uplinkcheck/drivers"
	driverlist "uplinkcheck/drivers/all"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	sourcelist "uplinkcheck/inventory/all"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/all"
)

// A target is a device that is asked: its driver's or source's commands on one side, its personality on the other.
type target struct {
	name        string
	platform    string
	hostname    string
	address     string
	access      []drivers.Access
	commands    []drivers.Command
	prompt      *drivers.Prompt
	refusal     func([]byte) string
	render      func(command string) ([]byte, bool)
	edits       []model.Edit
	refused     []string
	unreachable bool

	mu    sync.Mutex
	cache map[string]answer
}

// exitRefused is the exit status of a refused command over exec: a shell's for a program that is not there.
const exitRefused = 127

// An answer is what the device prints for a command.
type answer struct {
	text    []byte
	refused bool // text says so in the platform's words
}

func (s *Scenario) build() error {
	for _, sw := range s.Fabric.Switches {
		d := driverlist.Driver(sw.Platform)
		p := personality(sw.Platform)
		if d == nil || p == nil || p.Switch == nil {
			return fmt.Errorf("switches.%s: platform %s has no driver or no personality", sw.Name, sw.Platform)
		}
		s.targets = append(s.targets, &target{name: sw.Name, platform: d.Name, hostname: sw.Hostname, address: sw.Address.String() + ":22",
			access: d.Access, commands: d.Commands, prompt: d.Prompt, refusal: d.Refusal,
			render: func(command string) ([]byte, bool) { return p.Switch(sw, command) }})
	}
	for _, h := range s.Fabric.Hosts {
		if h.Kind != model.Hypervisor || h.Source == "declared" {
			continue
		}
		p := personality(h.Source)
		src := sourcelist.Source(h.Source)
		if src == nil || p == nil || p.Host == nil {
			return fmt.Errorf("hosts.%s: source %s has no source or no personality", h.Name, h.Source)
		}
		s.targets = append(s.targets, &target{name: h.Name, platform: src.Name, hostname: h.Hostname, address: h.Address.String() + ":22",
			access: []drivers.Access{drivers.Exec}, commands: src.Commands, refusal: src.Refusal,
			render: func(command string) ([]byte, bool) { return p.Host(h, command) }})
	}
	slices.SortFunc(s.targets, func(a, b *target) int { return state.NaturalCompare(a.name, b.name) })
	for _, t := range s.targets {
		t.cache = map[string]answer{}
	}
	return s.disturb()
}

// disturb hands edits, refusals and unreachability to their devices, and checks that they fit.
func (s *Scenario) disturb() error {
	spec := s.Fabric.Scenario
	for _, name := range spec.Unreachable {
		t := s.target(name)
		if t == nil {
			return fmt.Errorf("unreachable: no device %q is asked", name)
		}
		t.unreachable = true
	}
	for i, r := range spec.Refuse {
		t := s.target(r.Device)
		if t == nil {
			return fmt.Errorf("refuse[%d]: no device %q is asked", i, r.Device)
		}
		lines, err := t.find(r.Command)
		if err != nil {
			return fmt.Errorf("refuse[%d]: %w", i, err)
		}
		t.refused = append(t.refused, lines...)
	}
	for i, e := range spec.Edits {
		t := s.target(e.Device)
		if t == nil {
			return fmt.Errorf("edits[%d]: no device %q is asked", i, e.Device)
		}
		lines, err := t.find(e.Command)
		if err != nil {
			return fmt.Errorf("edits[%d]: %w", i, err)
		}
		line := lines[0]
		before := t.answer(line).text
		want := max(e.Count, 1)
		if n := strings.Count(string(before), e.Old); n != want || e.Old == "" {
			return fmt.Errorf("edits[%d]: %s: %s: %q is there %d times, not %d, in\n%s", i, e.Device, line, e.Old, n, want, before)
		}
		e.Command = line
		t.edits = append(t.edits, e)
		clear(t.cache)
	}
	return nil
}

// find returns the listed commands that text means: one by its whole text, or those that begin with it, which must be forms of
// one question, each standing in for the one before. The %s of a command stands for itself unless text is that command
// filled in.
func (t *target) find(text string) ([]string, error) {
	var found []drivers.Command
	for _, c := range t.commands {
		before, after, each := strings.Cut(c.Line, "%s")
		if each && strings.HasPrefix(text, before) && strings.HasSuffix(text, after) && len(text) >= len(before)+len(after) {
			return []string{text}, nil
		}
		if strings.HasPrefix(c.Line, text) {
			found = append(found, c)
		}
	}
	var lines []string
	for _, c := range found {
		if len(lines) == 0 || slices.Contains(lines, c.InsteadOf) {
			lines = append(lines, c.Line)
		}
	}
	if len(lines) == 0 || len(lines) != len(found) {
		return nil, fmt.Errorf("%s: %q begins %d of the commands that are asked, not one", t.name, text, len(found))
	}
	return lines, nil
}

// answer returns what the device prints. It renders each command once.
func (t *target) answer(command string) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a, ok := t.cache[command]; ok {
		return a
	}
	a := answer{}
	text, ok := t.render(command)
	if !ok || slices.Contains(t.refused, command) {
		a = answer{refusalWords(t.platform, command), true}
	} else {
		for _, e := range t.edits {
			if e.Command == command {
				text = []byte(strings.ReplaceAll(string(text), e.Old, e.New))
			}
		}
		a.text = text
		a.refused = t.refusal != nil && t.refusal(text) != ""
	}
	t.cache[command] = a
	return a
}

// refusalWords are what a platform says to a command that it does not accept.
func refusalWords(platform, command string) []byte {
	switch platform {
	case "arista_eos":
		return []byte("% Invalid input\n")
	case "aruba_aoscx":
		return []byte("Invalid input: " + command[strings.LastIndex(command, " ")+1:] + "\n")
	case "cisco_iosxe":
		return []byte("         ^\n% Invalid input detected at '^' marker.\n\n")
	case "cisco_nxos":
		return []byte("                    ^\n% Invalid command at '^' marker.\n")
	case "nokia_srlinux":
		return []byte("Parsing error: Unknown token '" + command + "'.\n")
	case "juniper_junos":
		if strings.HasPrefix(command, "<") {
			return []byte("<rpc-error>\n<error-type>protocol</error-type>\n<error-tag>operation-failed</error-tag>\n" +
				"<error-severity>error</error-severity>\n<error-message>syntax error</error-message>\n</rpc-error>\n")
		}
		return []byte("error: syntax error\n")
	}
	word, _, _ := strings.Cut(command, " ")
	return []byte("sh: 1: " + word + ": not found\n")
}

// capture asks everything, as package collect does.
func (t *target) capture(start time.Time) *capture.Capture {
	c := &capture.Capture{Device: t.name, Platform: t.platform, Address: t.address, Started: start, Finished: start}
	if t.unreachable {
		c.Err = fmt.Sprintf("%s: dial tcp %s: i/o timeout; is the address right, and is port 22 open from here?", t.name, t.address)
		return c
	}
	c.HostKey = "SHA256:simulated"
	for _, cmd := range t.commands {
		if !t.carries(cmd.Line) || t.replaced(c, cmd) {
			continue
		}
		words := []string{""}
		if cmd.Each != nil {
			words = cmd.Each(c)
		}
		for _, word := range words {
			line := strings.Replace(cmd.Line, "%s", word, 1)
			c.Replies = append(c.Replies, t.reply(cmd, line, &c.Finished))
		}
	}
	if gap := t.gap(c); gap != "" {
		c.Err = t.name + ": " + gap
	}
	return c
}

// gap says which answer that is not optional was asked for and not given, in none of the ways to ask for it.
func (t *target) gap(c *capture.Capture) string {
	for _, cmd := range t.commands {
		last := !slices.ContainsFunc(t.commands, func(x drivers.Command) bool { return x.InsteadOf == cmd.Line })
		if !last || cmd.Optional || cmd.Each != nil || c.Reply(cmd.Line) != nil || t.replaced(c, cmd) {
			continue
		}
		for !t.carries(cmd.Line) && cmd.InsteadOf != "" {
			cmd = t.listed(cmd.InsteadOf)
		}
		if r := c.Asked(cmd.Line); r != nil {
			return fmt.Sprintf("%s: %s; does this login have the rights to ask that?", cmd.Line, r.Err)
		}
	}
	return ""
}

func (t *target) listed(line string) drivers.Command {
	return t.commands[slices.IndexFunc(t.commands, func(x drivers.Command) bool { return x.Line == line })]
}

// reply asks one line. Only a whole reply that is no refusal is Complete.
func (t *target) reply(cmd drivers.Command, line string, clock *time.Time) *capture.Reply {
	a := t.answer(line)
	*clock = clock.Add(perReply)
	r := &capture.Reply{Device: t.name, Command: line, Data: a.text, At: *clock, Took: perReply,
		Optional: cmd.Optional, InsteadOf: cmd.InsteadOf}
	switch {
	case a.refused && t.access[0] == drivers.Session:
		r.Err = t.refusal(a.text)
	case a.refused && t.access[0] == drivers.Exec:
		first, _, _ := strings.Cut(strings.TrimSpace(string(a.text)), "\n")
		r.Err = fmt.Sprintf("%s (exit status %d)", first, exitRefused)
	case a.refused:
		r.Err = "rpc-error: " + t.refusal(a.text)
	}
	if t.access[0] == drivers.NETCONF {
		r.Data = fmt.Appendf(nil, "<rpc-reply xmlns=%q message-id=\"1\">\n%s\n</rpc-reply>", "urn:ietf:params:xml:ns:netconf:base:1.0", a.text)
	}
	if r.Err == "" && !whole(cmd.Format, r.Data) {
		r.Err = fmt.Sprintf("not whole %s", cmd.Format)
	}
	r.Complete = r.Err == ""
	r.Seal()
	return r
}

// whole reports whether a reply is a document of its format, as collecting asks of it.
func whole(format drivers.Format, data []byte) bool {
	switch format {
	case drivers.JSON:
		at := bytes.IndexAny(data, "{[")
		return at >= 0 && json.Valid(data[at:])
	case drivers.XML:
		d := xml.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := d.Token(); err != nil {
				return err == io.EOF
			}
		}
	}
	return true
}

// carries reports whether the best way to ask the device can carry a line: RPCs go by NETCONF, all else does not.
func (t *target) carries(line string) bool {
	return (t.access[0] == drivers.NETCONF) == strings.HasPrefix(line, "<")
}

// replaced reports whether a command need not be sent because one that it stands in for was answered.
func (t *target) replaced(c *capture.Capture, cmd drivers.Command) bool {
	for cmd.InsteadOf != "" {
		cmd = t.listed(cmd.InsteadOf)
		if c.Reply(cmd.Line) != nil {
			return true
		}
	}
	return false
}

func personality(platform string) *model.Personality {
	for i, p := range all.Personalities {
		if p.Platform == platform {
			return &all.Personalities[i]
		}
	}
	return nil
}
