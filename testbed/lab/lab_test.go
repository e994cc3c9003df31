package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"uplinkcheck/drivers/corpus"
)

const topologyFile = "../../containerlab.yml"

var crash = flag.String("lab.crash", "", "bring a lab up in this directory and wait to be killed")

// needLab skips the test where no lab can run, and says so; with UPLINKCHECK_LAB=require it fails instead.
func needLab(t *testing.T) {
	t.Helper()
	switch lacks := Missing(); {
	case lacks == "":
	case os.Getenv("UPLINKCHECK_LAB") == "require":
		t.Fatalf("LIVE LAB REQUIRED, BUT: %s", lacks)
	default:
		t.Skipf("LIVE LAB NOT RUN: %s (UPLINKCHECK_LAB=require makes this a failure)", lacks)
	}
}

// start brings the lab up, converged, until the test ends.
func start(t *testing.T) *Lab {
	t.Helper()
	needLab(t)
	began := time.Now()
	l, err := Up(t.Context(), t.TempDir(), topologyFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		began := time.Now()
		if err := l.Down(); err != nil {
			t.Error(err)
		}
		t.Logf("down in %v", time.Since(began).Round(time.Millisecond))
	})
	up := time.Since(began)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := l.WaitConverged(ctx); err != nil {
		t.Fatalf("%v\n%s", err, l.facts(t))
	}
	t.Logf("up in %v, converged in %v", up.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	return l
}

func TestTopologyFileIsValidForContainerlab(t *testing.T) {
	const name = "lab/clab.schema.json"
	text := corpus.Texts(t, corpus.Shared(t, name), name)[0]
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("clab.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("clab.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(topologyFile)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := yaml.YAMLToJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	topology, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(topology); err != nil {
		t.Error(err)
	}
	topology.(map[string]any)["intent"] = "of one's own"
	if err := compiled.Validate(topology); err == nil {
		t.Error("the schema accepts a top-level key of our own: it checks nothing")
	}
}

func TestTopologyRefusesWhatNamespacesCannotBe(t *testing.T) {
	const head = "name: x\nmgmt: {ipv4-subnet: 198.18.100.0/24}\ntopology:\n  defaults: {kind: linux}\n  nodes:\n"
	const a, b = "    a: {mgmt-ipv4: 198.18.100.2}\n", "    b: {mgmt-ipv4: 198.18.100.3}\n"
	for name, c := range map[string]struct{ text, want string }{
		"another kind":         {head + "    a: {kind: arista_ceos, mgmt-ipv4: 198.18.100.2}\n", `kind "arista_ceos" cannot run`},
		"no address":           {head + "    a: {}\n", "mgmt-ipv4"},
		"a link to nowhere":    {head + a + `  links: [{endpoints: ["a:eth1", "c:eth1"]}]`, "c:eth1: no such node"},
		"a link with one end":  {head + a + `  links: [{endpoints: ["a:eth1"]}]`, "1 endpoints"},
		"a port used twice":    {head + a + b + `  links: [{endpoints: ["a:eth1", "b:eth1"]}, {endpoints: ["a:eth1", "b:eth2"]}]`, "a:eth1: used twice"},
		"an endpoint by dots":  {head + a + b + `  links: [{endpoints: ["a.eth1", "b:eth1"]}]`, "is not node:port"},
		"names that are long":  {head + a + b + `  links: [{endpoints: ["a:FourHundredGigE1", "b:eth1"]}]`, "more than 14 characters"},
		"no management subnet": {"name: x\ntopology: {}\n", "ipv4-subnet"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.clab.yml")
			if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := ReadTopology(file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q, for\n%s", err, c.want, c.text)
			}
		})
	}
}

func TestNodesInheritAsInContainerlab(t *testing.T) {
	topology, err := ReadTopology(topologyFile)
	if err != nil {
		t.Fatal(err)
	}
	kvm1 := topology.Node("kvm1")
	if kvm1.Env["UNIT"] != "1" || !strings.Contains(kvm1.Env["CONFIG"], "bond bond0 eth1 eth2") {
		t.Errorf("kvm1 has environment %q, want UNIT of its own and CONFIG of its group", kvm1.Env)
	}
	if len(kvm1.Exec) != 1 || len(kvm1.Binds) != 3 {
		t.Errorf("kvm1 has %d exec lines and %d binds, want the kind's 1 and 3", len(kvm1.Exec), len(kvm1.Binds))
	}
	for _, l := range topology.Links {
		if far, ok := topology.Far(l.Z); !ok || far != l.A {
			t.Errorf("the far end of %s is %s, want %s", l.Z, far, l.A)
		}
	}
	legs := topology.Ends("kvm1")
	if want := []End{{"kvm1", "eth1"}, {"kvm1", "eth2"}}; !slices.Equal(legs, want) {
		t.Errorf("kvm1 has ports %v, want %v", legs, want)
	}
}

func TestLiveHypervisorsReachEachOther(t *testing.T) {
	l := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for _, from := range []string{"kvm1", "kvm2", "kvm3", "kvm4"} {
		for _, to := range []string{"198.18.10.1", "198.18.10.4", "198.18.10.254", "198.18.20.2", "198.18.31.3", "198.18.99.4"} {
			if err := l.Reaches(ctx, from, to); err != nil {
				t.Error(err)
			}
		}
	}
	if out, err := l.Exec(ctx, "kvm1", "timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/198.18.110.254/22"); err == nil {
		t.Errorf("kvm1 reaches the guests' gateway, of whose network it has no address: %s", out)
	}
}

func TestLiveLoginByKey(t *testing.T) {
	l := start(t)
	keys := filepath.Join(filepath.Dir(l.File), "clab-uplinkcheck")
	for _, n := range l.Topology.Nodes {
		out, err := l.Command(t.Context(), "ssh", "-F", "none", "-o", "BatchMode=yes", "-i", filepath.Join(keys, "id_ed25519"),
			"-o", "UserKnownHostsFile="+filepath.Join(keys, "known_hosts"), "-o", "StrictHostKeyChecking=yes", "-o", "GlobalKnownHostsFile=none",
			"root@"+n.Address.String(), "hostname && ls /sys/class/net && lldpcli -f json0 show neighbors").CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", n.Name, err, out)
		}
		if !strings.HasPrefix(string(out), n.Name+"\n") || !strings.Contains(string(out), "\n"+l.Topology.Ends(n.Name)[0].Port+"\n") {
			t.Errorf("%s answers as\n%s", n.Name, out)
		}
	}
}

func TestLiveCablesMoveAndPortsStay(t *testing.T) {
	l := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	index := func() string {
		out, err := l.Exec(ctx, "kvm1", "cat", "/sys/class/net/eth1/ifindex")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := index()
	a := End{"kvm1", "eth1"}
	if err := l.Patch(ctx, a, End{"leaf4", "eth12"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Wait(ctx, l.LLDPSettled); err != nil {
		t.Error(err)
	}
	if err := l.Rewire(ctx); err != nil {
		t.Fatal(err)
	}
	if err := l.WaitConverged(ctx); err != nil {
		t.Error(err)
	}
	if after := index(); after != before {
		t.Errorf("kvm1:eth1 is another interface after the cable moved: index %q, was %q", after, before)
	}
}

func TestLiveEndsWithItsProcess(t *testing.T) {
	if *crash != "" {
		if _, err := Up(t.Context(), *crash, topologyFile); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("up\n")
		<-t.Context().Done()
		return
	}
	needLab(t)
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLiveEndsWithItsProcess$", "-lab.crash="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 3)
	if _, err := out.Read(line); err != nil || string(line) != "up\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	keepers := readKeepers(t, dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("a killed process ends well")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := poll(ctx, func() bool {
		return !slices.ContainsFunc(keepers, func(k keeper) bool { return started(k.PID) == k.Start })
	}); err != nil {
		t.Errorf("the lab outlives its process: %v", err)
	}
	if err := Clean(dir); err != nil {
		t.Error(err)
	}
}

func TestLiveCleanEndsWhatRuns(t *testing.T) {
	l := start(t)
	keepers := readKeepers(t, l.dir)
	if err := Clean(l.dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, k := range keepers {
		if err := poll(ctx, func() bool {
			stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(k.PID), "stat"))
			return errors.Is(err, os.ErrNotExist) || strings.Contains(string(stat), ") Z ")
		}); err != nil {
			t.Errorf("process %d runs on: %v", k.PID, err)
		}
	}
}

func readKeepers(t *testing.T, dir string) (out []keeper) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "pids.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) < 12 {
		t.Fatalf("%d processes keep the lab, want one a node and the panel's", len(out))
	}
	return out
}

// facts are the lines of every node that tell how its ports fare.
func (l *Lab) facts(t *testing.T, nodes ...string) string {
	if len(nodes) == 0 {
		for _, n := range l.Topology.Nodes {
			nodes = append(nodes, n.Name)
		}
	}
	s, err := l.Observe(context.WithoutCancel(t.Context()))
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for _, n := range nodes {
		for _, m := range s[n].Members {
			fmt.Fprintf(&out, "%s: %s\n", n, m)
		}
		for _, port := range slices.Sorted(maps.Keys(s[n].RSTP)) {
			fmt.Fprintf(&out, "%s: RSTP %s: %s\n", n, port, s[n].RSTP[port])
		}
		for _, port := range slices.Sorted(maps.Keys(s[n].Neighbours)) {
			fmt.Fprintf(&out, "%s: LLDP %s: %v\n", n, port, s[n].Neighbours[port])
		}
	}
	return out.String()
}
