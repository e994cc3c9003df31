package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/report"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"uplinkcheck": main})
}

// Each script in testdata is a page that a user could follow. The command "fleet NAME" starts a simulated fabric of that
// scenario and leaves its inventory in inventory.yml and its known hosts in known_hosts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fleet":    startFleet,
			"bundle":   writeScenario,
			"validate": validate,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
	})
}

func startFleet(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: fleet SCENARIO")
	}
	sc := scenario(ts, args[0])
	fleet, err := testbed.Serve(context.Background(), sc, testbed.Options{})
	ts.Check(err)
	ts.Defer(fleet.Close)
	for from, to := range map[string]string{fleet.InventoryFile(): "inventory.yml", fleet.KnownHosts(): "known_hosts"} {
		data, err := os.ReadFile(from)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(to), data, 0o600))
	}
}

func scenario(ts *testscript.TestScript, name string) *testbed.Scenario {
	sc, err := testbed.Load(name)
	if err != nil {
		sc, err = testbed.Parse(name, []byte(ts.ReadFile(name)))
	}
	ts.Check(err)
	return sc
}

// writeScenario writes the bundle that record would write of a simulated fabric.
func writeScenario(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: bundle SCENARIO FILE.uce")
	}
	sc := scenario(ts, args[0])
	inv, err := inventory.Load("inventory.yml", []byte(sc.Inventory()))
	ts.Check(err)
	ev := audit.Evidence{Inventory: inv, Captures: sc.Captures(), Started: sc.Fabric.Time, Finished: sc.Finished()}
	ts.Check(writeBundle(ts.MkAbs(args[1]), ev))
}

// validate checks that a JSON result fits its published schema: that of a report, or of the command that is named first.
func validate(ts *testscript.TestScript, _ bool, args []string) {
	schema := report.Schema()
	if len(args) == 2 {
		schema = map[string]string{"gate": report.ChangeSchema(), "reload-check": report.ReloadSchema()}[args[0]]
		args = args[1:]
	}
	if len(args) != 1 || schema == "" {
		ts.Fatalf("usage: validate [gate|reload-check] result.json")
	}
	ts.Check(fits(schema, []byte(ts.ReadFile(args[0]))))
}

// The examples in the help run as they are printed: every command they name exists and takes the flags they show.
func TestExamplesParse(t *testing.T) {
	root := newRoot()
	var walk func(path string)
	walk = func(path string) {
		c, _, err := root.Find(strings.Fields(path)[1:])
		if err != nil {
			t.Fatal(err)
		}
		if c.Example == "" && c.Runnable() && !c.Hidden {
			t.Errorf("%s: the help has no example", path)
		}
		for line := range strings.Lines(c.Example) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "uplinkcheck ") {
				continue
			}
			line, _, _ = strings.Cut(line, " > ")
			words := strings.Fields(strings.ReplaceAll(line, `"`, ""))
			found, rest, err := root.Find(words[1:])
			if err != nil || found == root {
				t.Errorf("%s: example %q names no command", path, line)
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%s: example %q: %v", path, line, err)
			}
		}
		for _, sub := range c.Commands() {
			if !sub.Hidden && sub.Name() != "help" && sub.Name() != "completion" {
				walk(path + " " + sub.Name())
			}
		}
	}
	walk("uplinkcheck")
}

// The generated parts of the documentation are current.
func TestDocumentationIsCurrent(t *testing.T) {
	const repository = "../.."
	for file := range parts(repository) {
		old, err := os.ReadFile(filepath.Join(repository, file))
		if err != nil {
			t.Fatal(err)
		}
		now, err := current(repository, file)
		if err != nil {
			t.Fatal(err)
		}
		if string(now) != string(old) {
			t.Errorf("%s is stale: go generate ./...", file)
		}
	}
}

// Nothing but what the design names is at the top of the repository.
func TestTopLevel(t *testing.T) {
	out, err := exec.Command("git", "-C", "../..", "ls-tree", "--name-only", "HEAD").Output()
	if err != nil {
		t.Skipf("SKIPPED: this is no git checkout (%v), so what is tracked cannot be listed", err)
	}
	allowed := " cmd drivers inventory verify testbed go.mod go.sum containerlab.yml README.md LICENSE "
	for s := bufio.NewScanner(strings.NewReader(string(out))); s.Scan(); {
		if name := s.Text(); !strings.HasPrefix(name, ".") && !strings.Contains(allowed, " "+name+" ") {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}
