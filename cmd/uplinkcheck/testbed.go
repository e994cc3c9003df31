package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/audit"
)

func testbedCommand() *cobra.Command {
	return group(&cobra.Command{
		Use: "testbed", Short: "a simulated fabric of switches and hypervisors to log in to",
		Example: "  uplinkcheck testbed serve mlag-pair",
	}, &cobra.Command{
		Use:   "serve SCENARIO",
		Short: "serve a simulated fabric on 127.0.0.1 until interrupted",
		Long: `Starts a real SSH or NETCONF server for each device of the scenario, on loopback, and prints where to log in. SCENARIO is a name
or a file, or synth-N-SEED: a generated fabric of N switches. Known names: ` + strings.Join(testbed.Names(), ", "),
		Example: "  uplinkcheck testbed serve mlag-pair\n  uplinkcheck testbed serve synth-20-1",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			sc, err := loadScenario(args[0])
			if err != nil {
				return err
			}
			fleet, err := testbed.Serve(c.Context(), sc, testbed.Options{})
			if err != nil {
				return err
			}
			defer fleet.Close()
			inv, err := inventory.LoadFile(fleet.InventoryFile())
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			for _, s := range inv.Switches {
				fmt.Fprintf(out, "%-12s %-16s %s\n", s.Name, s.Platform, s.Address)
			}
			for _, h := range inv.Hosts {
				if audit.Source(h.Source) != nil {
					fmt.Fprintf(out, "%-12s %-16s %s\n", h.Name, h.Source, h.Address)
				}
			}
			fmt.Fprintf(out, "\nuplinkcheck audit -i %s\n\n", fleet.InventoryFile())
			fmt.Fprintln(c.ErrOrStderr(), "uplinkcheck: serving until interrupted (Ctrl-C)")
			<-c.Context().Done()
			return nil
		},
	})
}

// loadScenario takes a known name, that of a generated fabric, or a file when there is no such name.
func loadScenario(name string) (*testbed.Scenario, error) {
	if strings.HasPrefix(name, "synth-") {
		spec, err := synth.ScenarioNamed(name)
		if err != nil {
			return nil, err
		}
		return testbed.Compile(spec)
	}
	sc, err := testbed.Load(name)
	if err == nil {
		return sc, nil
	}
	text, fileErr := readAll(name)
	if fileErr != nil {
		return nil, err
	}
	return testbed.Parse(name, text)
}

// The simulated devices answer at once and their state does not pass.
const (
	demoTimeout  = 20 * time.Second
	demoInterval = time.Second
)

func isVerdict(err error) bool {
	var e exitCode
	return errors.As(err, &e)
}

func demoCommand() *cobra.Command {
	var rf reportFlags
	cf := collectFlags{concurrency: 32}
	var scenario string
	c := &cobra.Command{
		Use:   "demo",
		Short: "a simulated fabric on loopback, audited: no config, no hardware",
		Long: `Starts simulated switches and hypervisors on 127.0.0.1, with a few of the faults that happen in real life, logs in to them over SSH and
NETCONF as audit would, and prints the report. Nothing outside this machine is contacted.`,
		Example: "  uplinkcheck demo\n  uplinkcheck demo --format html -o demo.html",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			plan, err := rf.check()
			if err != nil {
				return err
			}
			sc, err := loadScenario(scenario)
			if err != nil {
				return err
			}
			fleet, err := testbed.Serve(c.Context(), sc, testbed.Options{})
			if err != nil {
				return err
			}
			defer fleet.Close()
			cf.knownHosts = fleet.KnownHosts()
			cf.timeout, cf.interval = demoTimeout, demoInterval
			ev, err := collectFile(c, fleet.InventoryFile(), cf, rf.verbose)
			if err != nil {
				return err
			}
			if err := rf.write(c, plan.format, audit.DecideFor(plan.profile, ev, plan.run)); err != nil && !isVerdict(err) {
				return err
			}
			return nil // the tool worked: that the simulated fabric is broken is the point
		},
	}
	rf.add(c)
	c.Flags().StringVar(&scenario, "scenario", "demo", "another scenario: synth-N-SEED, a file, or "+strings.Join(testbed.Names(), ", "))
	return c
}
