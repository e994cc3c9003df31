package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"uplinkcheck/inventory"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
)

func inventoryCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:     "inventory",
		Short:   "check the inventory file, or print its schema for editors",
		Example: "  uplinkcheck inventory schema > inventory.schema.json\n  uplinkcheck inventory lint inventory.yml",
	}, &cobra.Command{
		Use: "lint FILE", Short: "all errors and doubts, each with line and column",
		Long:    `Exit code: 0 when the file is usable (doubts are printed all the same), 2 when it is not.`,
		Example: "  uplinkcheck inventory lint inventory.yml",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			data, err := readAll(args[0])
			if err != nil {
				return err
			}
			known := inventory.Known{Platforms: audit.Platforms(), Sources: audit.Sources(), Now: time.Now()}
			for _, x := range checks.All() {
				known.Checks = append(known.Checks, x.ID)
			}
			doubts, err := inventory.Lint(args[0], data, known)
			if err != nil {
				return err
			}
			for _, d := range doubts {
				if _, err := fmt.Fprintln(c.OutOrStdout(), printable(d.String())); err != nil {
					return err
				}
			}
			fmt.Fprintf(c.ErrOrStderr(), "uplinkcheck: %s is usable; doubts: %d\n", args[0], len(doubts))
			return nil
		},
	}, &cobra.Command{
		Use: "schema", Short: "the JSON Schema of the inventory file",
		Example: "  uplinkcheck inventory schema > inventory.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), inventory.Schema)
			return err
		},
	})
}
