package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"uplinkcheck/drivers/capture/bundle"
	"uplinkcheck/drivers/collect"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/profile"
	"uplinkcheck/verify/report"
)

// reportFlags are shared by all commands that write a report.
type reportFlags struct {
	format     string
	out        string
	profile    string
	only, skip []string
	verbose    bool
}

func (f *reportFlags) add(c *cobra.Command) {
	var names []string
	for _, x := range report.All() {
		names = append(names, x.Name)
	}
	fl := c.Flags()
	fl.StringVar(&f.format, "format", "text", "report format: "+strings.Join(names, ", "))
	fl.StringVarP(&f.out, "output", "o", "", "write the report to this file, not to stdout")
	fl.StringVar(&f.profile, "profile", "", "report by clause of "+strings.Join(profile.Names(), ", "))
	fl.StringSliceVar(&f.only, "only", nil, "only these checks or groups, such as LAG-004 or MGT")
	fl.StringSliceVar(&f.skip, "skip", nil, "all checks but these")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "also list what passed, and what is asked of each device")
}

// A plan is what a report is made of and how it is written.
type plan struct {
	format  *report.Format
	profile *verify.Profile // nil: none
	run     []*verify.Check
}

// check refuses unknown formats, profiles and checks before anything is asked of a device.
func (f *reportFlags) check() (plan, error) {
	format := report.Find(f.format)
	if format == nil {
		var names []string
		for _, x := range report.All() {
			names = append(names, x.Name)
		}
		return plan{}, fmt.Errorf("no format %q: choose one of %s", f.format, strings.Join(names, ", "))
	}
	p, err := findProfile(f.profile)
	if err != nil {
		return plan{}, err
	}
	run, err := audit.SelectFor(p, f.only, f.skip)
	if err != nil {
		return plan{}, err
	}
	return plan{format, p, run}, writable(f.out)
}

// findProfile returns the profile of that name; nil when none is named.
func findProfile(name string) (*verify.Profile, error) {
	if name == "" {
		return nil, nil
	}
	p := profile.Find(name)
	if p == nil {
		return nil, fmt.Errorf("no profile %q: choose one of %s", name, strings.Join(profile.Names(), ", "))
	}
	return p, nil
}

// write writes the report and turns its verdict into the exit code.
func (f *reportFlags) write(c *cobra.Command, format *report.Format, r *verify.Report) error {
	if f.out != "" {
		err := writeFile(f.out, reportMode, func(w io.Writer) error { return format.Write(w, r, report.Options{Verbose: f.verbose}) })
		if err != nil {
			return err
		}
	} else {
		w := c.OutOrStdout()
		o := report.Options{Width: min(terminalWidth(w), 120), Color: colourful(w), Verbose: f.verbose}
		if err := format.Write(w, r, o); err != nil {
			return fmt.Errorf("cannot write the report: %w", err)
		}
	}
	if code := r.ExitCode(); code != 0 {
		return exitCode(code)
	}
	return nil
}

// conclude keeps the evidence where save names a file, then judges it and writes the report.
func (f *reportFlags) conclude(c *cobra.Command, ev audit.Evidence, save string, p plan) error {
	if save != "" {
		if err := writeBundle(save, ev); err != nil {
			return err
		}
	}
	return f.write(c, p.format, audit.DecideFor(p.profile, ev, p.run))
}

func auditCommand() *cobra.Command {
	var rf reportFlags
	var cf collectFlags
	var file, from, save string
	c := &cobra.Command{
		Use:   "audit",
		Short: "collect, verify, report",
		Long: `Logs in to every switch and host of the inventory, or reads an evidence bundle (--from), and reports what is redundant, what is
isolated, what is not, and what could not be told.`,
		Example: `  uplinkcheck audit -i inventory.yml
  uplinkcheck audit -i inventory.yml --format html -o report.html
  uplinkcheck audit --from before.uce --only RED,MGT
  uplinkcheck audit --from before.uce --profile m5.153`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			plan, err := rf.check()
			if err != nil {
				return err
			}
			if from != "" && c.Flags().Changed("inventory") {
				return fmt.Errorf("--from brings its own inventory: leave out -i")
			}
			if err := errors.Join(cf.check(), writable(save)); err != nil {
				return err
			}
			var ev audit.Evidence
			if from != "" {
				ev, err = readBundle(from)
			} else {
				if save == "" { // evidence that is kept is kept whole
					cf.needed = audit.Needed(plan.run)
				}
				ev, err = collectFile(c, file, cf, rf.verbose)
			}
			if err != nil {
				return err
			}
			return rf.conclude(c, ev, save, plan)
		},
	}
	rf.add(c)
	cf.add(c)
	c.Flags().StringVarP(&file, "inventory", "i", "inventory.yml", "what exists and what is meant")
	c.Flags().StringVar(&from, "from", "", "decide from this evidence bundle, without logging in anywhere")
	c.Flags().StringVar(&save, "save", "", "also write the evidence to this bundle")
	return c
}

func recordCommand() *cobra.Command {
	var cf collectFlags
	var file, out string
	var verbose bool
	c := &cobra.Command{
		Use:     "record",
		Short:   "collect only: an evidence bundle that audit --from decides again",
		Long:    `Logs in as audit does and writes what was said, byte for byte, with the inventory, into one file. It holds no password.`,
		Example: "  uplinkcheck record -i inventory.yml -o before.uce\n  uplinkcheck audit --from before.uce",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return fmt.Errorf("no file to write to: add -o before.uce")
			}
			if err := errors.Join(cf.check(), writable(out)); err != nil {
				return err
			}
			ev, err := collectFile(c, file, cf, verbose)
			if err != nil {
				return err
			}
			if err := writeBundle(out, ev); err != nil {
				return err
			}
			missed := 0
			for _, x := range ev.Captures {
				if x.Err != "" {
					missed++
				}
			}
			fmt.Fprintf(c.ErrOrStderr(), "uplinkcheck: %s holds %d captures; %d devices were not or not fully collected\n", out, len(ev.Captures), missed)
			if missed > 0 {
				return exitCode(2)
			}
			return nil
		},
	}
	cf.add(c)
	c.Flags().StringVarP(&file, "inventory", "i", "inventory.yml", "what exists and what is meant")
	c.Flags().StringVarP(&out, "output", "o", "", "the bundle to write")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "say what is asked of each device")
	return c
}

func readBundle(path string) (audit.Evidence, error) {
	f, err := os.Open(path)
	if err != nil {
		return audit.Evidence{}, fmt.Errorf("cannot read the bundle: %w: name a file that uplinkcheck record wrote", err)
	}
	defer f.Close()
	b, err := bundle.Read(f)
	if err != nil {
		return audit.Evidence{}, fmt.Errorf("%s: %w", path, err)
	}
	inv, err := loadRecorded(b)
	if err != nil {
		return audit.Evidence{}, fmt.Errorf("%s: the inventory inside: %w", path, err)
	}
	return audit.Evidence{Inventory: inv, Captures: b.Captures, Started: b.Started, Finished: b.Finished}, nil
}

func writeBundle(path string, ev audit.Evidence) error {
	b := bundle.Bundle{Tool: "uplinkcheck", Version: audit.Version, Started: ev.Started, Finished: ev.Finished, Captures: ev.Captures}
	if ev.Inventory.File != nil {
		b.InventoryName, b.Inventory = ev.Inventory.File.Command, ev.Inventory.File.Data
	}
	if ev.Inventory.Over != nil {
		b.OverName, b.Over = ev.Inventory.Over.Command, ev.Inventory.Over.Data
	}
	return writeFile(path, evidenceMode, func(w io.Writer) error { return bundle.Write(w, b) })
}

// collectFile loads an inventory and asks every device in it.
func collectFile(c *cobra.Command, path string, cf collectFlags, verbose bool) (audit.Evidence, error) {
	inv, err := inventory.LoadFile(path)
	if err != nil {
		return audit.Evidence{}, err
	}
	return collectAll(c, inv, cf, verbose)
}

// collectAll asks every device, and a second time those whose LACP state may be passing, which a second sample decides, or all where
// the user wants two samples.
func collectAll(c *cobra.Command, inv *inventory.Inventory, cf collectFlags, verbose bool) (audit.Evidence, error) {
	ctx := c.Context()
	targets, unasked, err := targetsOf(inv, cf)
	if err != nil {
		return audit.Evidence{}, err
	}
	for _, w := range inv.Warnings {
		fmt.Fprintf(c.ErrOrStderr(), "uplinkcheck: %s\n", printable(w.String()))
	}
	ev := audit.Evidence{Inventory: inv, Started: now(), Captures: unasked}
	if len(targets) > 0 {
		ev.Captures = append(ev.Captures, cf.run(ctx, c.ErrOrStderr(), targets, verbose)...)
	}
	ev.Finished = now()
	if again := cf.again(targets, ev); len(again) > 0 && ctx.Err() == nil && pause(ctx, cf.interval) {
		ev.Captures = append(ev.Captures, cf.run(ctx, c.ErrOrStderr(), again, verbose)...)
		ev.Finished = now()
	}
	if ctx.Err() != nil {
		return ev, fmt.Errorf("stopped before all devices were asked: nothing was decided: run it again")
	}
	return ev, nil
}

// again returns the devices of which a second sample is taken.
func (f collectFlags) again(targets []collect.Target, first audit.Evidence) []collect.Target {
	switch f.samples {
	case 1:
		return nil
	case 2:
		return targets
	}
	return chosen(targets, audit.Fabric(first).Unsettled())
}

// now is the clock, cut to the second as bundles keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }
