package testbed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"uplinkcheck/drivers"
	"uplinkcheck/testbed/device"
)

// Options say how a fleet is served. The zero Options make a directory of their own and take any free port.
type Options struct {
	Dir     string                    // for inventory, known_hosts and password; a temporary one, removed by Close, when empty
	Port    int                       // of the first device, each further one the next; 0: any free ports
	Latency time.Duration             // before each reply
	Faults  map[string][]device.Fault // by device, from the start: the only time for device.WrongHostKey
}

// A Fleet is a scenario that can be logged in to. Its methods may be called from several goroutines.
type Fleet struct {
	Scenario *Scenario
	dir      string
	own      bool // dir is ours to remove
	machines map[string]*Machine
}

// A Machine is one served switch or host.
type Machine struct {
	*device.Device
}

// Fault replaces the faults of a running device.
func (m *Machine) Fault(faults ...device.Fault) { m.SetFaults(faults...) }

// TB is what Start needs of a test.
type TB interface {
	Helper()
	TempDir() string
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start serves a scenario until the test ends. Failing to is fatal.
func Start(t TB, s *Scenario) *Fleet {
	t.Helper()
	return StartWith(t, s, Options{})
}

// StartWith is Start with options.
func StartWith(t TB, s *Scenario, o Options) *Fleet {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	f, err := Serve(context.Background(), s, o)
	if err != nil {
		t.Fatalf("testbed: %v", err)
	}
	t.Cleanup(f.Close)
	return f
}

// Serve serves a scenario on 127.0.0.1 until Close, or until ctx is done. Devices that the scenario calls unreachable have
// an address on which nothing listens.
func Serve(ctx context.Context, s *Scenario, o Options) (*Fleet, error) {
	f := &Fleet{Scenario: s, dir: o.Dir, machines: map[string]*Machine{}}
	if f.dir == "" {
		dir, err := os.MkdirTemp("", "uplinkcheck-testbed-")
		if err != nil {
			return nil, fmt.Errorf("testbed: %w", err)
		}
		f.dir, f.own = dir, true
	}
	for i, t := range s.targets {
		d, err := device.Start(t.config(o, i))
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("testbed: %w", err)
		}
		f.machines[t.name] = &Machine{d}
		if t.unreachable {
			d.Close()
		}
	}
	if err := f.write(); err != nil {
		f.Close()
		return nil, fmt.Errorf("testbed: %w", err)
	}
	context.AfterFunc(ctx, f.Close)
	return f, nil
}

// Close stops every device and removes the directory if Serve made it. It may be called again.
func (f *Fleet) Close() {
	for _, m := range f.machines {
		m.Close()
	}
	if f.own {
		os.RemoveAll(f.dir)
	}
}

// InventoryFile is the path of an inventory with the devices' loopback addresses, which names KnownHosts and a file with the
// password.
func (f *Fleet) InventoryFile() string { return filepath.Join(f.dir, "inventory.yml") }

// KnownHosts is the path of a known_hosts file with every device's key.
func (f *Fleet) KnownHosts() string { return filepath.Join(f.dir, "known_hosts") }

// Switch returns a served switch or host by name, or nil.
func (f *Fleet) Switch(name string) *Machine { return f.machines[name] }

// Asked returns every line that a device received: the proof that a client only read.
func (f *Fleet) Asked(name string) []string { return f.machines[name].Asked() }

// write writes inventory, known_hosts and password file.
func (f *Fleet) write() error {
	var known strings.Builder
	for _, t := range f.Scenario.targets {
		known.WriteString(f.machines[t.name].KnownHostsLine() + "\n")
	}
	password := filepath.Join(f.dir, "password")
	text := f.Scenario.inventory(map[string]any{"file": password}, func(t *target) map[string]any {
		return map[string]any{"address": f.machines[t.name].Addr(), "known_hosts": f.KnownHosts()}
	})
	for path, content := range map[string]string{password: Password + "\n", f.KnownHosts(): known.String(), f.InventoryFile(): text} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// config makes a server of a target: it offers the ways of asking that its driver lists, and no other.
func (t *target) config(o Options, i int) device.Config {
	c := device.Config{Name: t.name, Hostname: t.hostname, Users: map[string]string{Username: Password},
		Latency: o.Latency, Faults: o.Faults[t.name]}
	if o.Port > 0 {
		c.Address = fmt.Sprintf("127.0.0.1:%d", o.Port+i)
	}
	for _, a := range t.access {
		switch a {
		case drivers.Exec:
			c.Exec = t.exec
		case drivers.NETCONF:
			c.NETCONF = t.netconf
		case drivers.Session:
			c.Exec = t.exec
			c.Shell = &device.Shell{Setup: t.prompt.Setup, Enable: t.prompt.Enable}
		}
	}
	return c
}

// exec answers a command line; a refusal ends as a shell's "not found" does. Every simulated login may use sudo.
func (t *target) exec(command string) ([]byte, int) {
	a := t.answer(strings.TrimPrefix(command, "sudo -n "))
	if a.refused {
		return a.text, exitRefused
	}
	return a.text, 0
}

func (t *target) netconf(rpc string) string { return string(t.answer(strings.TrimSpace(rpc)).text) }
