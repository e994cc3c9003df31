package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"uplinkcheck/drivers/capture/bundle"
	"uplinkcheck/inventory"
	"uplinkcheck/inventory/clab"
	"uplinkcheck/inventory/yamldoc"
)

func labCommand() *cobra.Command {
	var rf reportFlags
	var cf collectFlags
	var over, save string
	c := &cobra.Command{
		Use:   "lab FILE.clab.yml",
		Short: "verify a containerlab lab: cabling and checks, no inventory needed",
		Long: `Reads a containerlab topology file as an inventory: nodes become switches and hosts by their kind and labels, links become cables that are
claimed and must prove true, labels that begin with "uplinkcheck." say what is meant. Then as audit. An inventory file (-i) is laid over it.`,
		Example: "  sudo containerlab deploy\n  uplinkcheck lab containerlab.yml",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			plan, err := rf.check()
			if err != nil {
				return err
			}
			if err := errors.Join(cf.check(), writable(save)); err != nil {
				return err
			}
			inv, err := clab.LoadFile(args[0], over)
			if err != nil {
				return err
			}
			if len(inv.Switches) == 0 {
				return fmt.Errorf("%s has no node that is a switch: give one the label uplinkcheck.role: switch", args[0])
			}
			ev, err := collectAll(c, inv, cf, rf.verbose)
			if err != nil {
				return err
			}
			return rf.conclude(c, ev, save, plan)
		},
	}
	rf.add(c)
	cf.add(c)
	c.Flags().StringVarP(&over, "inventory", "i", "", "an inventory file whose entries win over the topology's")
	c.Flags().StringVar(&save, "save", "", "also write the evidence to this bundle")
	return c
}

// loadRecorded reads the inventory of a bundle: an inventory file or a containerlab topology, as its name says.
func loadRecorded(b bundle.Bundle) (*inventory.Inventory, error) {
	if !clab.IsTopology(b.InventoryName) {
		return inventory.Load(b.InventoryName, b.Inventory)
	}
	var over *yamldoc.Doc
	if b.OverName != "" {
		var err error
		if over, err = yamldoc.Parse(b.OverName, b.Over); err != nil {
			return nil, err
		}
	}
	return clab.Parse(b.InventoryName, b.Inventory, nil, over)
}
