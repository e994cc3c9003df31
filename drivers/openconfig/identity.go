package openconfig

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/tree"
)

func system(p *parser, n tree.Node) {
	d := &p.Switch.Device
	d.Hostname = leaf(n, "state", "hostname")
	d.Version = leaf(n, "state", "software-version")
}

// components reads the chassis. Where there are several, none of them is the switch.
func components(p *parser, n tree.Node) {
	var chassis []tree.Node
	for c := range n.Named("component") {
		if capture.Is(bare(leaf(c, "state", "type")), "CHASSIS") {
			chassis = append(chassis, c.At("state"))
		}
	}
	if len(chassis) != 1 {
		return
	}
	d := &p.Switch.Device
	d.Serial, d.Model = leaf(chassis[0], "serial-no"), leaf(chassis[0], "model-name")
}
