package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Imports point one way. Each rule names who, what it must never reach, and why.
var bans = []struct {
	who    func(pkg string) bool
	banned []string
	except []string
	why    string
}{
	{is("drivers/capture"), []string{"uplinkcheck/"}, nil, "it is the leaf: everything points back into it"},
	{is("drivers/state"), []string{"uplinkcheck/"}, []string{"uplinkcheck/drivers/capture"}, "state is facts and nothing else"},
	{driver, []string{"net", "net/http", "os/exec", "golang.org/x/crypto/ssh", "uplinkcheck/verify", "uplinkcheck/drivers/collect"}, nil,
		"a driver lists commands and parses bytes; it never reaches a network or a verdict"},
	{source, []string{"net", "net/http", "os/exec", "golang.org/x/crypto/ssh", "uplinkcheck/verify", "uplinkcheck/drivers/collect"}, nil,
		"a source lists commands and parses bytes; it never reaches a network or a verdict"},
	{under("verify"), []string{"net", "os/exec", "golang.org/x/crypto/ssh", "uplinkcheck/drivers/collect", "uplinkcheck/testbed"}, nil,
		"verdicts are pure functions of recorded bytes"},
	{is("verify/topology"), []string{"uplinkcheck/verify"}, []string{"uplinkcheck/verify/topology"}, "the fabric knows no checks"},
	{is("drivers/collect"), []string{"uplinkcheck/inventory", "uplinkcheck/verify", "uplinkcheck/testbed"}, nil, "collecting knows no intent and no verdicts"},
	{under("drivers"), []string{"uplinkcheck/verify", "uplinkcheck/testbed", "uplinkcheck/cmd"}, nil, "imports point from cmd down to capture"},
	{under("inventory"), []string{"uplinkcheck/verify", "uplinkcheck/testbed", "uplinkcheck/cmd"}, nil, "imports point from cmd down to capture"},
}

// pure packages name nothing of the operating system themselves, though fmt reaches os.
var impure = []string{"os", "os/signal", "os/user", "syscall", "unsafe", "C", "plugin"}

// pure reports whether a package is read by drivers and sources, or decides: package inventory and clab read files for
// whoever names one, and what only tests import is beside the point.
func pure(p string) bool {
	for _, other := range []string{"drivers/collect", "drivers/drivertest", "drivers/score", "drivers/corpus", "drivers/recording", "inventory/inventorytest", "verify/report"} {
		if under(other)(p) {
			return false
		}
	}
	return (under("drivers")(p) || under("inventory")(p) || under("verify")(p)) && !is("inventory")(p) && !is("inventory/clab")(p)
}

const module = "uplinkcheck/"

func is(path string) func(string) bool { return func(p string) bool { return p == module+path } }

func under(path string) func(string) bool {
	return func(p string) bool { return p == module+path || strings.HasPrefix(p, module+path+"/") }
}

// driver and source folders are those whose package has an exported Driver or Source: the generated lists import them.
func driver(p string) bool { return slices.Contains(importsOf(module+"drivers/all"), p) }
func source(p string) bool { return slices.Contains(importsOf(module+"inventory/all"), p) }

type listed struct {
	ImportPath    string
	Imports, Deps []string
}

var packages = map[string]listed{}

func importsOf(pkg string) (own []string) {
	for _, i := range packages[pkg].Imports {
		if strings.HasPrefix(i, module) && i != module+"drivers" && i != module+"inventory" {
			own = append(own, i)
		}
	}
	return own
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps", "uplinkcheck/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
	if len(importsOf(module+"drivers/all")) < 3 || len(importsOf(module+"inventory/all")) < 1 {
		t.Fatal("the generated lists of drivers and sources are empty: go generate ./...")
	}
	governs := make([]bool, len(bans))
	for path, p := range packages {
		for _, i := range p.Imports {
			if pure(path) && slices.Contains(impure, i) {
				t.Errorf("%s imports %s: it works on bytes that others bring", path, i)
			}
		}
		for n, b := range bans {
			if !b.who(path) {
				continue
			}
			governs[n] = true
			for _, dep := range p.Deps {
				if forbidden(dep, b.banned) && !slices.Contains(b.except, dep) && dep != path {
					t.Errorf("%s reaches %s: %s", path, dep, b.why)
				}
			}
		}
	}
	for n, b := range bans {
		if !governs[n] {
			t.Errorf("no package is what must not reach %v", b.banned)
		}
	}
}

// forbidden matches whole paths, and everything below a path of this module.
func forbidden(dep string, banned []string) bool {
	for _, b := range banned {
		if dep == b || strings.HasPrefix(b, module) && (strings.HasPrefix(dep, b+"/") || strings.HasSuffix(b, "/") && strings.HasPrefix(dep, b)) {
			return true
		}
	}
	return false
}
