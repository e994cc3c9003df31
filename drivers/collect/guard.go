package collect

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers"
)

// A guard stands before every line that is sent. It is an allow-list: a line passes when the plan lists it, or lists it
// with a %s in place of one name. What a plan may list is another allow-list: lines that begin with a reading verb.
type guard struct {
	exact    map[string]bool
	patterns [][2]string // before and after the %s
}

func newGuard(p Plan) (guard, error) {
	g := guard{exact: map[string]bool{}}
	if err := p.Check(); err != nil {
		return g, err
	}
	for _, c := range p.Commands {
		if before, after, ok := strings.Cut(c.Line, "%s"); ok {
			g.patterns = append(g.patterns, [2]string{before, after})
		} else {
			g.exact[c.Line] = true
		}
	}
	if p.Prompt != nil {
		for _, line := range p.Prompt.Setup {
			g.exact[line] = true
		}
		if p.Prompt.Enable != "" {
			g.exact[p.Prompt.Enable] = true
		}
	}
	return g, nil
}

// allows reports whether the line may be sent.
func (g guard) allows(line string) bool {
	if g.exact[line] {
		return true
	}
	return slices.ContainsFunc(g.patterns, func(p [2]string) bool {
		word, ok := strings.CutPrefix(line, p[0])
		if !ok {
			return false
		}
		word, ok = strings.CutSuffix(word, p[1])
		return ok && isWord(word)
	})
}

var wordPattern = regexp.MustCompile(`^[A-Za-z0-9_.:/][A-Za-z0-9_.:/-]{0,127}$`)

// isWord reports whether w is a name and nothing else. A leading - would be an option.
func isWord(w string) bool { return wordPattern.MatchString(w) }

func checkCommand(c drivers.Command) error {
	line := c.Line
	if n := strings.Count(line, "%s"); n > 1 || (n == 1) != (c.Each != nil) {
		return fmt.Errorf("%q: one %%s goes with Each, and none without", line)
	}
	line = strings.Replace(line, "%s", "word", 1)
	var err error
	switch {
	case strings.HasPrefix(line, "<"):
		err = checkRPC(line)
	case isShell(line):
		err = checkShell(line)
	default:
		err = checkCLI(line)
	}
	if err != nil {
		return fmt.Errorf("%q may not be asked: %w", c.Line, err)
	}
	return nil
}

// cliVerbs begin the reading commands of network operating systems.
var cliVerbs = []string{"show", "display", "get"}

// stateVerb begins the command of SR Linux that prints the state; without "from state" it prints the configuration, secrets included.
const stateVerb = "info from state "

// cliFilters may stand behind a | there: they choose or format what is printed.
var cliFilters = []string{"json", "xml", "display", "display-xml", "no-more", "include", "exclude", "match", "except", "begin",
	"section", "grep", "count", "last", "nz", "as"}

// cliText is one command without separators (NX-OS takes several with ;) and redirections (EOS writes files with >).
var cliText = regexp.MustCompile(`^[A-Za-z0-9 _.,:/|=*"^$()-]+$`)

func checkCLI(line string) error {
	if !cliText.MatchString(line) {
		return errors.New("it holds characters that could do more than read")
	}
	parts := strings.Split(line, "|")
	// IOS XR reaches its administration plane with "admin" before one command: the rest must read by itself.
	if words := strings.Fields(strings.TrimPrefix(parts[0], "admin ")); len(words) == 0 || !slices.Contains(cliVerbs, words[0]) && !strings.HasPrefix(line, stateVerb) {
		return fmt.Errorf("it does not begin with one of %s, or a reading shell command", strings.Join(cliVerbs, ", "))
	}
	for _, p := range parts[1:] {
		if words := strings.Fields(p); len(words) == 0 || !slices.Contains(cliFilters, words[0]) {
			return fmt.Errorf("%q is not a known filter", strings.TrimSpace(p))
		}
	}
	return nil
}

// A shellVerb is a program that reads, given certain arguments.
type shellVerb struct {
	program string
	reads   func(args []string) bool
}

// shellVerbs are the programs of a POSIX shell that may be run.
var shellVerbs = []shellVerb{
	{"cat", files}, {"head", files}, {"ls", files},
	{"hostname", onlyOptions("-s", "-f")}, {"uname", onlyOptions("-a", "-n", "-r", "-s", "-m")},
	{"ip", showing("link", "addr", "address", "route", "neigh", "vrf")},
	{"bridge", showing("link", "vlan", "fdb", "vni", "mdb")},
	{"nv", func(a []string) bool { return words(a, "show") }},  // NVUE
	{"net", func(a []string) bool { return words(a, "show") }}, // NCLU
	{"clagctl", onlyOptions("-j")},
	{"sonic-db-dump", dumping},
	{"fdbshow", func(a []string) bool { return len(a) == 0 }},
	{"mclagdctl", func(a []string) bool { return len(a) > 3 && a[0] == "-i" && a[2] == "dump" }},
	{"lldpcli", func(a []string) bool { return words(a, "show") }},
	{"lldpctl", onlyOptions("-f", "json0", "json", "keyvalue")},
	{"ovs-vsctl", func(a []string) bool {
		return !slices.Contains(a, "--") && words(a, "list", "get", "find", "show", "list-br", "list-ports", "list-ifaces")
	}},
	{"ovs-appctl", func(a []string) bool {
		return len(a) > 0 && (a[0] == "version" || strings.Contains(a[0], "/show") || strings.HasSuffix(a[0], "/list"))
	}},
	{"ovs-ofctl", func(a []string) bool {
		return words(a, "dump-aggregate", "dump-flows", "dump-ports", "dump-ports-desc", "show")
	}},
	{"ethtool", func(a []string) bool {
		return len(a) > 0 && (!strings.HasPrefix(a[0], "-") || slices.Contains([]string{"-i", "-m", "-P", "-k", "-S"}, a[0]))
	}},
	{"teamdctl", func(a []string) bool { return len(a) > 1 && a[1] == "state" && (len(a) == 2 || a[2] == "dump") }},
	{"virsh", func(a []string) bool {
		a = slices.DeleteFunc(slices.Clone(a), func(s string) bool { return s == "-r" || s == "--readonly" })
		return words(a, "list", "net-list", "net-dumpxml", "net-info", "iface-list", "domiflist", "dumpxml", "version")
	}},
}

// isShell reports whether the line runs a program of a shell, and so may need sudo.
func isShell(line string) bool {
	program, _, _ := strings.Cut(line, " ")
	return slices.ContainsFunc(shellVerbs, func(v shellVerb) bool { return v.program == program })
}

// shellText has no way to run a second program, write a file, or hide an exit status: no ; & | < > $ ` quotes.
var shellText = regexp.MustCompile(`^[A-Za-z0-9 _.,:/=*@+-]+$`)

func checkShell(line string) error {
	if !shellText.MatchString(line) {
		return errors.New("it holds characters that could do more than run one program")
	}
	f := strings.Fields(line)
	for _, v := range shellVerbs {
		if v.program == f[0] && v.reads(f[1:]) {
			return nil
		}
	}
	return fmt.Errorf("%s with these arguments is not known to only read", f[0])
}

func files(args []string) bool { return len(args) > 0 }

// dumping is the grammar of sonic-db-dump as far as it is used: one database, one pattern of keys.
func dumping(args []string) bool {
	return len(args) == 5 && args[0] == "-n" && args[2] == "-k" && args[4] == "-y"
}

// onlyOptions lets a program have only these arguments: hostname NAME would set it.
func onlyOptions(allowed ...string) func([]string) bool {
	return func(args []string) bool {
		return !slices.ContainsFunc(args, func(a string) bool { return !slices.Contains(allowed, a) })
	}
}

// words reports whether the first argument that is no option is one of verbs. Options with a separate value
// are those of lldpcli.
func words(args []string, verbs ...string) bool {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-f":
			i++
		case !strings.HasPrefix(args[i], "-"):
			return slices.Contains(verbs, args[i])
		}
	}
	return false
}

// showing is the grammar of iproute2: options, an object, and nothing or show or list.
func showing(objects ...string) func([]string) bool {
	return func(args []string) bool {
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			if !slices.Contains([]string{"-j", "-json", "-d", "-details", "-s", "-4", "-6", "-br", "-p"}, args[0]) {
				return false // -batch runs a file, -netns enters one
			}
			args = args[1:]
		}
		return len(args) > 0 && slices.Contains(objects, args[0]) &&
			(len(args) == 1 || args[1] == "show" || args[1] == "list")
	}
}

// checkRPC wants one element whose name begins with get, or a Junos command element that holds a show command.
func checkRPC(rpc string) error {
	d := xml.NewDecoder(strings.NewReader(rpc))
	depth, roots, command := 0, 0, ""
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("it is not XML: %w", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth > 1 {
				continue
			}
			roots++
			switch name := tok.Name.Local; {
			case name == "command":
				command = name
			case name != "get" && !strings.HasPrefix(name, "get-"):
				return fmt.Errorf("<%s> does not begin with get", name)
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			text := strings.TrimSpace(string(tok))
			if text != "" && depth == 0 {
				return errors.New("there is text around its element")
			}
			if command == "command" && text != "" {
				command = text
			}
		case xml.Directive, xml.ProcInst:
			return errors.New("it is more than an element")
		}
	}
	if roots != 1 {
		return errors.New("it is not one element")
	}
	if command != "" {
		return checkCLI(command)
	}
	return nil
}

// enables are the lines that ask for privilege.
var enables = []string{"enable", "super"}

// setupText begins the lines that arrange a session, which is all they change.
var setupText = regexp.MustCompile(`^(terminal (length|width) \d+|terminal pager (0|off)|no page|no paging|screen-length (0|disable)( temporary)?|` +
	`set cli (screen-length|screen-width) \d+|set cli complete-on-space off|environment (more false|cli-engine type basic|console width \d+))$`)

func checkSetup(line string) error {
	if !setupText.MatchString(line) {
		return fmt.Errorf("%q is not known to only arrange the session", line)
	}
	return nil
}
