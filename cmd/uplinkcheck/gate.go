package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/change"
	"uplinkcheck/verify/report"
)

func gateCommand() *cobra.Command {
	var rf resultFlags
	var cf collectFlags
	var only, skip []string
	var file, save string
	c := &cobra.Command{
		Use:   "gate BEFORE [AFTER]",
		Short: "what a change did, in meaning, not in text; fails on new harm",
		Long: `Compares two evidence bundles, or a bundle with the fabric as it is now: per host, network, LAG, link and VLAN what got worse, better,
or moved. Both sides are judged with the later inventory. What was broken before is not blamed on the change. Counters, ages and learned addresses are no change.

Exit code: 0 no new harm, 1 new harm (something fails and did not, is gone and should not be, or no longer survives what it survived), 2 no new
harm is known, and something cannot be told any more.`,
		Example: `  uplinkcheck record -i inventory.yml -o before.uce
  uplinkcheck gate before.uce after.uce
  uplinkcheck gate before.uce -i inventory.yml --save after.uce
  uplinkcheck gate before.uce after.uce --format json -o gate.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return fmt.Errorf("gate takes one bundle or two, not %d: uplinkcheck gate before.uce after.uce, or before.uce -i inventory.yml", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			run, err := audit.Select(only, skip)
			if err != nil {
				return err
			}
			if err := rf.check(); err != nil {
				return err
			}
			live := len(args) == 1
			if !live && (c.Flags().Changed("inventory") || save != "") {
				return fmt.Errorf("two bundles bring their own inventories, and nothing is collected: leave out -i and --save, or the second bundle")
			}
			before, err := readBundle(args[0])
			if err != nil {
				return err
			}
			after, err := evidenceFrom(c, &cf, args[1:], file, save, rf.verbose)
			if err != nil {
				return err
			}
			result := change.Between(before, after, run)
			return rf.write(c, result.ExitCode(), func(w io.Writer, o report.Options) error { return report.WriteChange(w, rf.format, result, o) })
		},
	}
	rf.add(c)
	cf.add(c)
	c.Flags().StringSliceVar(&only, "only", nil, "only these checks or groups, such as LAG-004 or MGT")
	c.Flags().StringSliceVar(&skip, "skip", nil, "all checks but these")
	c.Flags().StringVarP(&file, "inventory", "i", "inventory.yml", "without AFTER: what is asked now")
	c.Flags().StringVar(&save, "save", "", "without AFTER: also write what was collected to this bundle")
	return c
}

// evidenceFrom reads the one bundle that is named, or asks every device of the inventory and saves what they said where save names a file.
func evidenceFrom(c *cobra.Command, cf *collectFlags, bundles []string, file, save string, verbose bool) (audit.Evidence, error) {
	if len(bundles) > 0 {
		return readBundle(bundles[0])
	}
	if err := cf.check(); err != nil {
		return audit.Evidence{}, err
	}
	if err := writable(save); err != nil {
		return audit.Evidence{}, err
	}
	ev, err := collectFile(c, file, *cf, verbose)
	if err == nil && save != "" {
		err = writeBundle(save, ev)
	}
	return ev, err
}

// resultFlags are shared by the commands whose result is no report of findings.
type resultFlags struct {
	format, out string
	verbose     bool
}

func (f *resultFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.format, "format", "text", "format: "+strings.Join(report.ResultFormats, ", "))
	c.Flags().StringVarP(&f.out, "output", "o", "", "write the result to this file, not to stdout")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "all lines, and what is asked of each device")
}

// check refuses an unknown format and a file that cannot be written before anything is asked of a device.
func (f *resultFlags) check() error {
	if !slices.Contains(report.ResultFormats, f.format) {
		return fmt.Errorf("no format %q: choose one of %s", f.format, strings.Join(report.ResultFormats, ", "))
	}
	return writable(f.out)
}

// write writes the result and returns its exit code as an error.
func (f *resultFlags) write(c *cobra.Command, code int, write func(io.Writer, report.Options) error) error {
	if f.out != "" {
		if err := writeFile(f.out, reportMode, func(w io.Writer) error { return write(w, report.Options{Verbose: f.verbose}) }); err != nil {
			return err
		}
	} else {
		w := c.OutOrStdout()
		if err := write(w, report.Options{Width: min(terminalWidth(w), 120), Color: colourful(w), Verbose: f.verbose}); err != nil {
			return fmt.Errorf("cannot write the result: %w", err)
		}
	}
	if code != 0 {
		return exitCode(code)
	}
	return nil
}
