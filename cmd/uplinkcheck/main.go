// Command uplinkcheck proves from live switch state that hypervisor uplinks are redundant over several switches and that
// the management network is isolated, or shows the line that refutes it. It only reads.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"uplinkcheck/verify/audit"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever interrupts twice need not wait for an orderly end
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line. Exit codes: 0 all passed (warn included), 1 something failed, 2 could not tell or
// could not run.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var verdict exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &verdict):
		return int(verdict)
	}
	fmt.Fprintf(stderr, "uplinkcheck: %s\n", printable(err.Error()))
	return 2
}

// exitCode is the result of a run that worked: 1 something failed, 2 could not tell.
type exitCode int

// Error implements error; it is never printed.
func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "uplinkcheck",
		Short: "prove that hypervisor uplinks are redundant and the management network is isolated",
		Long: `uplinkcheck logs in to switches and hypervisors, reads LAG, LACP, VLAN and LLDP state, joins both ends, and proves
or refutes, with the line that says so, that uplinks are redundant over several switches and that the
management network is isolated. It never changes anything.

Exit code: 0 all passed (warnings included), 1 something failed, 2 could not tell or could not run.`,
		Example:       "  uplinkcheck demo\n  uplinkcheck audit -i inventory.yml\n  uplinkcheck checks LAG-004",
		Version:       audit.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w: see %s --help", err, c.CommandPath())
	})
	root.AddCommand(demoCommand(), auditCommand(), recordCommand(), gateCommand(), reloadCommand(), labCommand(), checksCommand(), parseCommand(),
		inventoryCommand(), testbedCommand(), docsCommand())
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 80 "))
	fitHelp(root)
	return root
}

// fitHelp breaks the long texts of all commands for a terminal of 80 columns. Empty lines part paragraphs.
func fitHelp(c *cobra.Command) {
	paragraphs := strings.Split(c.Long, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = wrap(p, 80)
	}
	c.Long = strings.Join(paragraphs, "\n\n")
	for _, sub := range c.Commands() {
		fitHelp(sub)
	}
}

// group makes a command that only holds others: alone it explains itself, and a word that is none of them is an error.
func group(c *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	c.AddCommand(commands...)
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, x := range c.Commands() {
			names = append(names, x.Name())
		}
		return fmt.Errorf("unknown command %q for %s: choose one of %s", args[0], c.CommandPath(), strings.Join(names, ", "))
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return c
}
