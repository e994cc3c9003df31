package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/reload"
	"uplinkcheck/verify/report"
)

func reloadCommand() *cobra.Command {
	var rf resultFlags
	var cf collectFlags
	var file, from, save string
	c := &cobra.Command{
		Use:   "reload-check NAME...",
		Short: "what is lost if a switch, link, LAG, rack or domain goes away now",
		Long: `Answers whether all that is named may go away at once, now: what would be lost, what would be cut off, what would hang on one leg, which gateways
stay, how the peers are that would have to carry on, and what is missing to tell. What does not work now either is said apart.

NAME is a switch, a stack member ("leaf1 member 2"), a fabric extender ("FEX 101 of leaf1"), a port (leaf1/Ethernet7), a NIC (esx1/vmnic0),
a LAG (leaf1/Port-Channel7, esx1/bond0), a pair, "peer-link PAIR", or a rack, power feed, site or domain of the inventory.

Exit code: 0 nothing is lost and all that decides it is known, 1 something would be lost, 2 nobody can tell.`,
		Example: `  uplinkcheck reload-check leaf1
  uplinkcheck reload-check -i inventory.yml "rack r1" leaf3/Ethernet49
  uplinkcheck reload-check --from before.uce leaf1 --format json -o leaf1.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("what is to go away? Name a switch, port, LAG, pair, rack or domain: uplinkcheck reload-check leaf1")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := rf.check(); err != nil {
				return err
			}
			var bundles []string
			if from != "" {
				bundles = []string{from}
			}
			if from != "" && (c.Flags().Changed("inventory") || save != "") {
				return fmt.Errorf("--from brings its own inventory, and nothing is collected: leave out -i and --save")
			}
			ev, err := evidenceFrom(c, &cf, bundles, file, save, rf.verbose)
			if err != nil {
				return err
			}
			asked := audit.Decide(ev, nil)
			result, err := reload.Check(asked.Fabric, args...)
			if err != nil {
				return err
			}
			code := map[state.Tri]int{state.Yes: 0, state.No: 1, state.Unknown: 2}[result.Answer]
			return rf.write(c, code, func(w io.Writer, o report.Options) error {
				o.Past = from != ""
				return report.WriteReload(w, rf.format, asked, result, o)
			})
		},
	}
	rf.add(c)
	cf.add(c)
	c.Flags().StringVarP(&file, "inventory", "i", "inventory.yml", "what exists and what is meant")
	c.Flags().StringVar(&from, "from", "", "answer from this evidence bundle, as things were when it was made, without logging in anywhere")
	c.Flags().StringVar(&save, "save", "", "also write the evidence to this bundle")
	return c
}
