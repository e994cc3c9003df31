package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uplinkcheck/testbed"
)

// What testbed serve prints can be logged in to as printed, and nothing is left when it is interrupted.
func TestTestbedServeIsServed(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	stdout, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, []string{"testbed", "serve", "healthy"}, w, io.Discard)
		w.Close()
		ended <- code
	}()
	var line string
	for s := bufio.NewScanner(stdout); s.Scan(); {
		if line = s.Text(); strings.HasPrefix(line, "uplinkcheck audit -i ") {
			break
		}
	}
	go io.Copy(io.Discard, stdout)
	var report, errors bytes.Buffer
	if code := run(context.Background(), strings.Fields(line)[1:], &report, &errors); code != 0 {
		t.Errorf("%s: exit code %d\n%s%s", line, code, &errors, &report)
	}
	if !strings.HasPrefix(report.String(), "REDUNDANT ") {
		t.Errorf("%s: got\n%s", line, &report)
	}
	interrupt()
	if code := <-ended; code != 0 {
		t.Errorf("serve ended with exit code %d", code)
	}
	inventory := strings.Fields(line)[3]
	if _, err := os.Stat(filepath.Dir(inventory)); !os.IsNotExist(err) {
		t.Errorf("%s was left behind: %v", filepath.Dir(inventory), err)
	}
}

// A containerlab topology is an inventory: as cabled all is well, and a cable that is not where the file has it is found.
func TestLabOnLoopback(t *testing.T) {
	sc, err := testbed.Parse("lab", []byte("base: ovs-pair\nhosts: {esx1: {source: linux}}"))
	if err != nil {
		t.Fatal(err)
	}
	fleet := testbed.Start(t, sc)
	t.Setenv("LAB_PASSWORD", testbed.Password)
	for _, c := range []struct {
		name, esx1, kvm1 string // where the second legs are, as the file has it
		code             int
		want, says       string
	}{
		{"as cabled", "leaf2:eth1", "leaf2:eth2", 0, "REDUNDANT ", ""},
		{"two cables exchanged", "leaf2:eth2", "leaf2:eth1", 1, "NOT REDUNDANT ", "swap the cables of esx1/eno2 and kvm1/eno2"},
		{"a port that is not there", "leaf2:eth1", "leaf2:eth77", 0, "REDUNDANT ", "is declared on leaf2/eth77"},
	} {
		file := filepath.Join(t.TempDir(), "lab.clab.yml")
		if err := os.WriteFile(file, []byte(labFile(fleet, c.esx1, c.kvm1)), 0o600); err != nil {
			t.Fatal(err)
		}
		var report, errors bytes.Buffer
		code := run(context.Background(), []string{"lab", file, "--interval", "1ms"}, &report, &errors)
		if code != c.code || !strings.HasPrefix(report.String(), c.want) || !strings.Contains(report.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", c.name, code, c.code, c.want, &errors, &report)
		}
	}
}

// labFile is the fabric of ovs-pair as containerlab would deploy it, but for the addresses of a fleet. The second legs
// are written as given.
func labFile(fleet *testbed.Fleet, esx1, kvm1 string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `name: lab
topology:
  defaults:
    kind: linux
    labels:
      uplinkcheck.user: %s
      uplinkcheck.password-env: LAB_PASSWORD
      uplinkcheck.known-hosts: %s
      uplinkcheck.cluster.prod: networks=management,vmotion,storage,guests
      uplinkcheck.network.management: vlans=10 role=management gateway=fw1 stations=admin
      uplinkcheck.network.vmotion: vlans=20 role=live-migration
      uplinkcheck.network.storage: vlans=30 role=storage
      uplinkcheck.network.guests: vlans=100-101 role=guest gateway=fw1
  nodes:
    fw1: {labels: {uplinkcheck.role: gateway}}
    admin: {labels: {uplinkcheck.role: station}}
`, testbed.Username, fleet.KnownHosts())
	for _, name := range []string{"leaf1", "leaf2"} {
		fmt.Fprintf(&b, "    %s: {labels: {uplinkcheck.role: switch, uplinkcheck.pair: p1, uplinkcheck.address: %q}}\n", name, fleet.Switch(name).Addr())
	}
	for _, name := range []string{"esx1", "kvm1"} {
		fmt.Fprintf(&b, "    %s: {labels: {uplinkcheck.role: hypervisor, uplinkcheck.cluster: prod, uplinkcheck.address: %q}}\n", name, fleet.Switch(name).Addr())
	}
	fmt.Fprintf(&b, `  links:
    - endpoints: ["leaf1:eth1", "esx1:eno1"]
    - endpoints: [%q, "esx1:eno2"]
    - endpoints: ["leaf1:eth2", "kvm1:eno1"]
    - endpoints: [%q, "kvm1:eno2"]
    - endpoints: ["leaf1:eth20", "fw1:eth0"]
    - endpoints: ["leaf2:eth20", "fw1:eth1"]
    - endpoints: ["leaf1:eth21", "admin:eth0"]
    - endpoints: ["leaf1:eth47", "leaf2:eth47"]
    - endpoints: ["leaf1:eth48", "leaf2:eth48"]
`, esx1, kvm1)
	return b.String()
}
