package collect

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	"golang.org/x/sync/errgroup"

	"uplinkcheck/drivers"
	"uplinkcheck/testbed/device"
)

// The benchmark of design.md section 10 at a size that runs in seconds: what our guards, proofs and records cost on top
// of the SSH library. `go test -run - -bench Collect ./drivers/collect` prints the ratio.
const (
	benchDevices = 200
	benchLatency = 20 * time.Millisecond
)

// benchCommands are those of an EOS switch, with a reply of some kilobytes each.
func benchCommands() (commands []drivers.Command, exec func(string) ([]byte, int)) {
	var row strings.Builder
	for i := range 48 {
		fmt.Fprintf(&row, `"Ethernet%d": {"bandwidth": 10000000000, "lineProtocolStatus": "up", "description": "esx%d"},`, i, i)
	}
	reply := []byte(`{"interfaces": {` + row.String() + `"Management1": {}}}` + "\n")
	for _, c := range []string{"version", "interfaces", "lacp interface detailed", "port-channel", "interfaces switchport", "vlan",
		"lldp neighbors detail", "mlag detail"} {
		commands = append(commands, drivers.Command{Line: "show " + c + " | json", Format: drivers.JSON})
	}
	return commands, func(string) ([]byte, int) { return reply, 0 }
}

func BenchmarkCollect(b *testing.B) {
	commands, exec := benchCommands()
	var devices []*device.Device
	for i := range benchDevices {
		devices = append(devices, start(b, device.Config{Name: fmt.Sprintf("leaf%d", i), Exec: exec, Latency: benchLatency}))
	}
	known := trust(b, devices...)
	var targets []Target
	for _, d := range devices {
		x := target(b, d, plan(commands...))
		x.KnownHosts = known
		targets = append(targets, x)
	}
	ours := func() {
		for _, c := range Run(context.Background(), targets, Options{}) {
			if c.Err != "" || len(c.Replies) != len(commands) {
				b.Fatalf("%s: %d replies, %s", c.Device, len(c.Replies), c.Err)
			}
		}
	}
	bare := func() { collectBare(b, devices, commands, known) }

	var perOurs, perBare time.Duration
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			bare()
		}
		perBare = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			ours()
		}
		perOurs = b.Elapsed() / time.Duration(b.N)
		if perBare > 0 {
			b.ReportMetric(float64(perOurs)/float64(perBare), "x-bare")
		}
	})
}

// collectBare does the same with x/crypto/ssh alone, at the same concurrency and with the same check of host keys.
func collectBare(b *testing.B, devices []*device.Device, commands []drivers.Command, known string) {
	db, err := knownhosts.NewDB(known)
	if err != nil {
		b.Fatal(err)
	}
	var group errgroup.Group
	group.SetLimit(defaultConcurrency)
	for _, d := range devices {
		group.Go(func() error {
			c, err := ssh.Dial("tcp", d.Addr(), &ssh.ClientConfig{User: "netops", Auth: []ssh.AuthMethod{ssh.Password("hunter2")},
				HostKeyCallback: db.HostKeyCallback(), HostKeyAlgorithms: db.HostKeyAlgorithms(d.Addr())})
			if err != nil {
				return err
			}
			defer c.Close()
			for _, cmd := range commands {
				s, err := c.NewSession()
				if err != nil {
					return err
				}
				if _, err := s.Output(cmd.Line); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}
