package testbed

import (
	"errors"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/skeema/knownhosts"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/device"
)

func load(t *testing.T, name string) *Scenario {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryCommandOfEveryScenarioIsRendered(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			captures := s.Captures()
			if !reflect.DeepEqual(captures, s.Captures()) {
				t.Error("captures differ between two calls")
			}
			for i, c := range captures {
				target := s.targets[i]
				for _, r := range c.Replies {
					if _, ok := target.render(r.Command); !ok {
						t.Errorf("%s: the personality of %s does not know %q", c.Device, c.Platform, r.Command)
					}
					if !r.At.After(c.Started) || r.At.After(c.Finished) {
						t.Errorf("%s: %s: at %v, not within the collection", c.Device, r.Command, r.At)
					}
				}
				if !slices.ContainsFunc(c.Replies, (*capture.Reply).Usable) {
					t.Errorf("%s: nothing usable", c.Device)
				}
			}
			if !s.Finished().After(s.Fabric.Time) {
				t.Error("the collection took no time")
			}
		})
	}
}

func TestTheInventoryFitsTheScenario(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			text := s.Inventory()
			inv, err := inventory.Load("inventory.yml", []byte(text))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if len(inv.Switches) != len(s.Fabric.Switches) || len(inv.Hosts) != len(s.Fabric.Scenario.Hosts) ||
				len(inv.Networks) != len(s.Fabric.Scenario.Networks) || len(inv.Clusters) == 0 {
				t.Errorf("entries are missing:\n%s", text)
			}
			for _, n := range inv.Networks {
				if n.VLANs != s.Fabric.Scenario.Networks[n.Name].VLANs.VIDSet {
					t.Errorf("network %s has VLANs %v", n.Name, n.VLANs)
				}
				if n.Role == inventory.Management && (len(n.Gateway) == 0 || len(n.Stations) == 0) {
					t.Errorf("network %s: gateway %v, stations %v", n.Name, n.Gateway, n.Stations)
				}
			}
			for _, h := range inv.Hosts {
				if h.Source == "declared" && len(h.Uplinks) != len(s.Fabric.Host(h.Name).NICs) {
					t.Errorf("%s declares %v", h.Name, h.Uplinks)
				}
			}
		})
	}
}

func TestTheInventoryCanBeChanged(t *testing.T) {
	s := parse(t, "base: mlag-pair\ninventory: {clusters: null, policy: {strict_vlans: true}, hosts: {esx1: {maintenance: true}}}")
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Clusters) != 0 || !inv.Policy.StrictVLANs || !inv.Hosts[0].Maintenance {
		t.Errorf("got\n%s", s.Inventory())
	}
}

func TestEditsRefusalsAndUnreachableDevices(t *testing.T) {
	s := parse(t, `
base: mlag-pair
edits:
  - {device: leaf1, command: show version, old: SIM, new: SOME, count: 1}
refuse:
  - {device: leaf1, command: show vlan}
unreachable: [leaf2]
`)
	captures := s.Captures()
	for _, c := range captures {
		switch c.Device {
		case "leaf1":
			for _, r := range c.Replies {
				switch {
				case strings.HasPrefix(r.Command, "show version") && !strings.Contains(string(r.Data), "SOME"):
					t.Errorf("not edited: %s", r.Data)
				case strings.HasPrefix(r.Command, "show vlan") && (r.Usable() || r.Err == ""):
					t.Errorf("not refused: %+v", r)
				}
			}
		case "leaf2":
			if c.Err == "" || len(c.Replies) > 0 {
				t.Errorf("not unreachable: %q with %d replies", c.Err, len(c.Replies))
			}
		}
	}
	wrong := []struct{ name, text, want string }{
		{"an edit that matches nothing", "edits: [{device: leaf1, command: show version, old: 'no such text', new: x}]", "0 times"},
		{"an edit of a command that is not asked", "edits: [{device: leaf1, command: reload, old: a, new: b}]", "begins 0"},
		{"an edit of an unknown device", "edits: [{device: leaf9, command: show version, old: a, new: b}]", "leaf9"},
		{"a refusal of an ambiguous command", "refuse: [{device: leaf1, command: show}]", "not one"},
		{"an unknown unreachable device", "unreachable: [leaf9]", "leaf9"},
	}
	for _, c := range wrong {
		if _, err := Parse("test", []byte("base: mlag-pair\n"+c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestTheFleetSaysOverSSHWhatTheCapturesHold(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := load(t, "mlag-pair")
	f, err := Serve(t.Context(), s, Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, c := range s.Captures() {
		client := dial(t, f, c.Device)
		var want []string
		for _, r := range c.Replies {
			want = append(want, r.Command)
			if got := run(t, client, r.Command); r.Usable() && got != string(r.Data) {
				t.Errorf("%s: %s: got\n%s\nwant\n%s", c.Device, r.Command, got, r.Data)
			}
		}
		if d := cmp.Diff(want, f.Asked(c.Device)); d != "" {
			t.Errorf("%s was asked something else:\n%s", c.Device, d)
		}
		client.Close()
	}
}

func TestADeviceWithAnotherHostKeyIsRefused(t *testing.T) {
	f := StartWith(t, load(t, "mlag-pair"), Options{Faults: map[string][]device.Fault{"leaf1": {device.WrongHostKey}}})
	if _, err := tryDial(f, "leaf1"); !knownhosts.IsHostKeyChanged(err) {
		t.Errorf("got %v, want a changed host key", err)
	}
	c, err := tryDial(f, "leaf2")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestAnUnreachableDeviceDoesNotAnswer(t *testing.T) {
	f := Start(t, parse(t, "base: mlag-pair\nunreachable: [leaf1]"))
	var refused *net.OpError
	if _, err := tryDial(f, "leaf1"); !errors.As(err, &refused) {
		t.Errorf("got %v, want a refused connection", err)
	}
}

func TestTheFleetsInventoryLeadsToItsDevices(t *testing.T) {
	f := Start(t, load(t, "mlag-pair"))
	text, err := os.ReadFile(f.InventoryFile())
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, sw := range inv.Switches {
		if sw.Address != f.Switch(sw.Name).Addr() || sw.KnownHosts != f.KnownHosts() {
			t.Errorf("%s is at %s with %s, not as\n%s", sw.Name, f.Switch(sw.Name).Addr(), f.KnownHosts(), text)
		}
	}
	if inv.Credentials[0].Password.File == "" {
		t.Errorf("no password file in\n%s", text)
	}
}

func TestAServedFleetEndsWithItsContextAndLeavesNothing(t *testing.T) {
	f, err := Serve(t.Context(), load(t, "mlag-pair"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	f.Close()
	if _, err := os.Stat(f.InventoryFile()); !os.IsNotExist(err) {
		t.Errorf("the inventory is still there: %v", err)
	}
}

func TestGeneratedFabricsHaveTheSizeAskedFor(t *testing.T) {
	for _, c := range []struct{ n, switches int }{{1, 2}, {2, 2}, {20, 20}} {
		s, err := Generated(c.n)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Fabric.Switches) != c.switches || len(s.Fabric.Hosts) != c.switches/2*hostsPerPair {
			t.Errorf("Generated(%d): %d switches, %d hosts", c.n, len(s.Fabric.Switches), len(s.Fabric.Hosts))
		}
		for _, sw := range s.Fabric.Switches {
			for _, p := range sw.MLAG.Ports {
				if p.State != 1 {
					t.Errorf("%s: %+v is not dual-active", sw.Name, p)
				}
			}
		}
	}
}

func TestThePersonalitiesListIsFresh(t *testing.T) {
	entries, err := os.ReadDir("personality")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("personality/all/all.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		shared := e.Name() == "all" || e.Name() == "personalitytest" // the list, and the suite: no personalities
		if !shared && !strings.Contains(string(list), "\t"+e.Name()+".Personality,") {
			t.Errorf("%s is not in the list: go generate ./testbed/...", e.Name())
		}
	}
}

func tryDial(f *Fleet, name string) (*ssh.Client, error) {
	db, err := knownhosts.NewDB(f.KnownHosts())
	if err != nil {
		return nil, err
	}
	addr := f.Switch(name).Addr()
	return ssh.Dial("tcp", addr, &ssh.ClientConfig{User: Username, Auth: []ssh.AuthMethod{ssh.Password(Password)},
		HostKeyCallback: db.HostKeyCallback(), HostKeyAlgorithms: db.HostKeyAlgorithms(addr), Timeout: 10 * time.Second})
}

func dial(t *testing.T, f *Fleet, name string) *ssh.Client {
	t.Helper()
	c, err := tryDial(f, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func run(t *testing.T, c *ssh.Client, command string) string {
	t.Helper()
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	out, err := session.Output(command)
	if exit := (*ssh.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", command, err)
	}
	return string(out)
}
