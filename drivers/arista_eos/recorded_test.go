package arista_eos

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/state"
)

// recorded parses one real reply.
func recorded(t *testing.T, folder, command string) *state.Switch {
	t.Helper()
	path := filepath.Join("corpus", "arista_eos", folder, "input.json")
	data, err := os.ReadFile(filepath.Join(corpus.Shared(t, path), path))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Driver.Parse(&capture.Capture{Device: "leaf1", Platform: Driver.Name,
		Replies: []*capture.Reply{{Device: "leaf1", Command: command, Data: data, Complete: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestChurnIsReadFromRealReplies(t *testing.T) {
	const folder, line = "show_lacp_interface_detailed/anta__VerifyLACPInterfacesStatus__", "show lacp interface detailed | json"
	found := recorded(t, folder+"failure-validate-actor-churn-state", line).Aggregators[0].Ports[0].Churn
	if !capture.Is(found, true) {
		t.Errorf("churn is %v, the reply says that it was detected", found)
	}
	none := recorded(t, folder+"success-short-timeout", line).Aggregators[0].Ports[0].Churn
	if !capture.Is(none, false) {
		t.Errorf("churn is %v, the reply says that there is none", none)
	}
}

func TestRecoveryAndSplitBrainAreReadFromRealReplies(t *testing.T) {
	m := recorded(t, "show_mlag_detail/suzieq__eos_leaf01", "show mlag detail | json").MLAG
	if !capture.Is(m.ReloadDelay, 150*time.Second) || !capture.Is(m.OthersDelay, 150*time.Second) || !capture.Is(m.SplitBrain, state.Unguarded) {
		t.Errorf("got delays %v and %v, split-brain protection %v; the reply says 150 s, 150 s, disabled", m.ReloadDelay, m.OthersDelay, m.SplitBrain)
	}
}

func TestLinkChangesAreReadFromRealReplies(t *testing.T) {
	s := recorded(t, "show_interfaces/suzieq__eos_spine01", "show interfaces | json")
	for i := range s.Interfaces {
		if n := &s.Interfaces[i]; n.Kind == state.Physical && n.Transitions.Known() {
			return
		}
	}
	t.Error("no port has its number of link changes")
}

func TestWhetherAnInstanceRoutesIsReadFromRealReplies(t *testing.T) {
	s := recorded(t, "show_vrf/napalm-eos__get_network_instances__normal", "show vrf | json")
	answers := map[bool]int{}
	for _, v := range s.VRFs {
		if v.Routes.Known() {
			answers[v.Routes.Value]++
		}
	}
	if answers[true] == 0 || answers[false] == 0 {
		t.Errorf("of %d instances %d route and %d do not; the reply has both", len(s.VRFs), answers[true], answers[false])
	}
}
