package testbed

import (
	"fmt"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// hostsPerPair is how many hypervisors a generated pair of leaves carries.
const hostsPerPair = 8

// Generated returns a healthy fabric of n EOS leaves (an even number; an odd one is rounded up) in MLAG pairs, each with
// eight declared hypervisors on a plan of four networks. It is what the benchmarks collect.
func Generated(n int) (*Scenario, error) {
	spec := &model.Scenario{
		Name:     fmt.Sprintf("generated-%d", n),
		About:    "EOS leaves in MLAG pairs with eight hypervisors each; nothing is wrong",
		Switches: map[string]*model.SwitchSpec{},
		Pairs:    map[string]*model.PairSpec{},
		Hosts:    map[string]*model.HostSpec{},
		Networks: map[string]*model.NetworkSpec{
			"management": {VLANs: model.VLANList{VIDSet: state.VIDs(10)}, Role: "management"},
			"vmotion":    {VLANs: model.VLANList{VIDSet: state.VIDs(20)}, Role: "live-migration"},
			"storage":    {VLANs: model.VLANList{VIDSet: state.VIDs(30)}, Role: "storage"},
			"guests":     {VLANs: model.VLANList{VIDSet: state.Range(100, 119)}, Role: "guest"},
		},
	}
	for p := 1; 2*p-1 <= n; p++ {
		a, b := fmt.Sprintf("leaf%d", 2*p-1), fmt.Sprintf("leaf%d", 2*p)
		spec.Switches[a] = &model.SwitchSpec{Platform: "arista_eos"}
		spec.Switches[b] = &model.SwitchSpec{Platform: "arista_eos"}
		spec.Pairs[fmt.Sprintf("p%d", p)] = &model.PairSpec{Switches: []string{a, b}}
		for h := 1; h <= hostsPerPair; h++ {
			spec.Hosts[fmt.Sprintf("esx%d-%d", p, h)] = &model.HostSpec{
				Uplinks: map[string]string{"vmnic0": fmt.Sprintf("%s/%d", a, h), "vmnic1": fmt.Sprintf("%s/%d", b, h)}}
		}
	}
	return Compile(spec)
}
