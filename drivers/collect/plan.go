package collect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
)

// A Plan is what may be asked of a device, and how. ForDriver and ForShell make one.
type Plan struct {
	Platform string
	Access   []drivers.Access
	Commands []drivers.Command
	Prompt   *drivers.Prompt
	Refusal  func(reply []byte) string

	// Privileges ends the message about commands without an answer. It may be empty.
	Privileges string
}

// ForDriver is the plan of a switch driver.
func ForDriver(d *drivers.Driver) Plan {
	return Plan{Platform: d.Name, Access: d.Access, Commands: d.Commands, Prompt: d.Prompt, Refusal: d.Refusal,
		Privileges: d.Privileges}
}

// Only returns the plan without the commands of groups that nobody needs, and without what stands in for them. The core set stays.
func (p Plan) Only(needed func(drivers.Group) bool) Plan {
	var asked []drivers.Command
	dropped := map[string]bool{}
	for _, c := range p.Commands {
		if dropped[c.InsteadOf] || c.Group != drivers.Core && !needed(c.Group) {
			dropped[c.Line] = true
			continue
		}
		asked = append(asked, c)
	}
	p.Commands = asked
	return p
}

// ForShell is the plan of something with a POSIX shell behind SSH exec, such as a host source.
func ForShell(platform, privileges string, commands []drivers.Command, refusal func([]byte) string) Plan {
	return Plan{Platform: platform, Access: []drivers.Access{drivers.Exec}, Commands: commands, Refusal: refusal,
		Privileges: privileges}
}

// Check says what in the plan could do more than read, or could never be sent. Run refuses such a plan as a whole.
func (p Plan) Check() error {
	if len(p.Access) == 0 || len(p.Commands) == 0 {
		return errors.New("the plan lists no access or no command")
	}
	if slices.Contains(p.Access, drivers.Session) {
		if p.Prompt == nil || strings.Count(p.Prompt.Pattern, "%s") != 1 {
			return errors.New("a prompt session needs a prompt pattern with one %s")
		}
		for _, line := range p.Prompt.Setup {
			if err := checkSetup(line); err != nil {
				return err
			}
		}
		if e := p.Prompt.Enable; e != "" && !slices.Contains(enables, e) {
			return fmt.Errorf("%q is no known way to ask for privilege", e)
		}
	}
	seen := map[string]bool{}
	for _, c := range p.Commands {
		if err := checkCommand(c); err != nil {
			return err
		}
		if c.InsteadOf != "" && !seen[c.InsteadOf] {
			return fmt.Errorf("%q stands in for %q, which is not listed before it", c.Line, c.InsteadOf)
		}
		seen[c.Line] = true
	}
	return nil
}

// carries reports whether a way of asking can carry a line: RPCs go over NETCONF, command lines over the others.
func carries(a drivers.Access, line string) bool {
	return strings.HasPrefix(line, "<") == (a == drivers.NETCONF)
}

// lines are what a command comes to now, with its words put in; an error for a word that might be more than a name.
func lines(c drivers.Command, said *capture.Capture) ([]string, error) {
	if c.Each == nil {
		return []string{c.Line}, nil
	}
	var out []string
	for _, word := range c.Each(said) {
		if !isWord(word) {
			return out, fmt.Errorf("%q is not put into %q: only names of letters, digits and -_.:/ are", printable(word, 80), c.Line)
		}
		if line := strings.Replace(c.Line, "%s", word, 1); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out, nil
}
