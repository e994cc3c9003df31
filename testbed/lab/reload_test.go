package lab

import (
	"context"
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A reload is something that is asked about with reload-check and then really taken away.
type reload struct {
	name    string
	prepare func(context.Context, *Lab) (Undo, error) // what is wrong before; nil: nothing
	shown   func(State) string                        // "" once the nodes show what was prepared
	lose    []string                                  // as reload-check is asked
	off     []string                                  // the nodes that lose their power then
	over    string                                    // an inventory laid over the topology's
	lost    []string                                  // "host/network" that are lost: what the table says, and reload-check and the pings must say
	untold  []string                                  // hosts of which reload-check cannot tell
}

// everything is every network of a hypervisor.
func everything(hosts ...string) (out []string) {
	for _, h := range hosts {
		for network := range lanes {
			out = append(out, h+"/"+network)
		}
	}
	slices.Sort(out)
	return out
}

// lanes are the subnets of each network: one for each VLAN.
var lanes = map[string][]string{
	"management": {"198.18.10.0/24"}, "vmotion": {"198.18.20.0/24"}, "storage": {"198.18.31.0/24"}, "provisioning": {"198.18.99.0/24"},
	"guests": {"198.18.110.0/24", "198.18.111.0/24"},
}

// keeps reports whether a hypervisor has a network still: in each of its subnets it hears the gateway, where there is one with power,
// and else every hypervisor that is heard by anybody.
func keeps(host, network string, seats []Seat, a Answers) bool {
	for _, lane := range lanes[network] {
		subnet := netip.MustParsePrefix(lane)
		var own Seat
		var gateways, mates []Seat
		for _, s := range seats {
			switch {
			case s.Address.Masked() != subnet:
			case s.Node == host:
				own = s
			case s.Node == "gw1" && a.Alive(s):
				gateways = append(gateways, s)
			case strings.HasPrefix(s.Node, "kvm") && a.Alive(s):
				mates = append(mates, s)
			}
		}
		want := gateways
		if len(want) == 0 {
			want = mates
		}
		if len(want) == 0 || slices.ContainsFunc(want, func(w Seat) bool { return !a.Heard(own, w) }) {
			return false
		}
	}
	return true
}

// lostNow are the networks that hypervisors do not have now, as pings tell.
func (l *Lab) lostNow(ctx context.Context, t *testing.T) []string {
	t.Helper()
	seats, err := l.Topology.Seats()
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.Ping(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range l.Topology.Nodes {
		if n.Group != "hypervisor" || l.box(n.Name) == nil {
			continue
		}
		for network := range lanes {
			if !keeps(n.Name, network, seats, a) {
				out = append(out, n.Name+"/"+network)
			}
		}
	}
	slices.Sort(out)
	return out
}

// settles pings until three looks in a row lose the same, and returns that: addresses that were learned before go stale first.
func (l *Lab) settles(ctx context.Context, t *testing.T, want []string) []string {
	t.Helper()
	var last []string
	same := 0
	err := poll(ctx, func() bool {
		now := l.lostNow(ctx, t)
		if slices.Equal(now, last) {
			same++
		} else {
			same, last = 0, now
		}
		return same >= 2 && (slices.Equal(last, want) || same >= 25)
	})
	if err != nil {
		t.Errorf("pings do not settle: %v", err)
	}
	return last
}

var reloads = []reload{
	{name: "the root of the spanning tree", lose: []string{"leaf1"}, off: []string{"leaf1"}},
	{name: "a switch of the other pair", lose: []string{"leaf4"}, off: []string{"leaf4"}},
	{
		name:    "the switch on which a hypervisor hangs that lost its other leg",
		prepare: func(ctx context.Context, l *Lab) (Undo, error) { return l.Rewire, l.Pull(ctx, end("kvm1:eth1")) },
		shown:   all(lost("kvm1:eth1"), lost("leaf1:eth1")),
		lose:    []string{"leaf2"}, off: []string{"leaf2"},
		lost: everything("kvm1"),
	},
	{
		name: "a VLAN is missing on the way that remains between the pairs",
		prepare: func(ctx context.Context, l *Lab) (Undo, error) {
			return l.Set(ctx, "leaf2", "port", "eth49", "trunks=10,31,99,100,101")
		},
		shown: healthy,
		lose:  []string{"leaf1"}, off: []string{"leaf1"},
		lost: []string{"kvm1/vmotion", "kvm2/vmotion", "kvm3/vmotion", "kvm4/vmotion"},
	},
	{
		name:    "the ring is open already",
		prepare: func(ctx context.Context, l *Lab) (Undo, error) { return l.Rewire, l.Pull(ctx, end("leaf2:eth49")) },
		shown:   healthy,
		lose:    []string{"leaf1"}, off: []string{"leaf1"},
		// The pairs have no way to each other: each hypervisor loses mates, and those of the second pair the gateway.
		lost: append(everything("kvm3", "kvm4"), "kvm1/provisioning", "kvm1/storage", "kvm1/vmotion", "kvm2/provisioning", "kvm2/storage", "kvm2/vmotion"),
	},
	{
		name: "the other leg is held out of service, and takes over",
		prepare: func(ctx context.Context, l *Lab) (Undo, error) {
			return both(l.Set(ctx, "leaf2", "interface", "eth1", "other_config:lacp-aggregation-key=99"))(
				l.Set(ctx, "leaf2", "interface", "spare-kvm1", "other_config:lacp-aggregation-key=99"))
		},
		shown: detached("kvm1:eth2", "partner key", "99"),
		lose:  []string{"leaf1"}, off: []string{"leaf1"},
		untold: []string{"kvm1"},
	},
	{name: "a rack with one switch of each pair", lose: []string{"rack a"}, off: []string{"leaf1", "leaf3", "kvm1", "kvm3"}},
	{name: "both switches of a pair", lose: []string{"leaf3", "leaf4"}, off: []string{"leaf3", "leaf4"}, lost: everything("kvm3", "kvm4")},
}

// What reload-check says will be lost is what is lost: it is asked, then the power goes, and pings in every network tell.
func TestLiveReload(t *testing.T) {
	l := start(t)
	verifier := build(t)
	for _, r := range reloads {
		t.Run(r.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			t.Cleanup(func() { heal(t, l, nil) })
			if r.prepare != nil {
				undo, err := r.prepare(ctx, l)
				t.Cleanup(func() { heal(t, l, undo) })
				if err != nil {
					t.Fatal(err)
				}
				if _, err := l.Wait(ctx, all(r.shown, l.RSTPSettled, l.LLDPSettled)); err != nil {
					t.Fatal(err)
				}
			}
			l.reload(ctx, t, verifier, r)
		})
		if t.Failed() && l.WaitConverged(t.Context()) != nil {
			break // heal has said why
		}
	}
}

func (l *Lab) reload(ctx context.Context, t *testing.T, verifier string, r reload) {
	t.Helper()
	if before := l.settles(ctx, t, nil); len(before) > 0 {
		t.Fatalf("lost before anything was taken away: %v", before)
	}
	predicted := slices.DeleteFunc(l.reloadCheck(ctx, t, verifier, r), func(role string) bool {
		host, _, _ := strings.Cut(role, "/")
		return slices.Contains(r.off, host) // it is lost itself
	})
	for _, node := range r.off {
		node := node
		if err := l.PowerOff(ctx, node); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
			defer cancel()
			if err := l.PowerOn(ctx, node); err != nil {
				t.Errorf("power on: %v", err)
			}
		})
	}
	want := slices.Sorted(slices.Values(r.lost))
	began := time.Now()
	got := l.settles(ctx, t, want)
	t.Logf("lost after %v: %v", time.Since(began).Round(100*time.Millisecond), got)
	if !slices.Equal(predicted, got) {
		t.Errorf("reload-check %v predicted\n  %v\nand what was lost is\n  %v", r.lose, predicted, got)
	}
	if !slices.Equal(got, want) {
		t.Errorf("lost is\n  %v\nwant\n  %v", got, want)
	}
}

// reloadCheck records the lab and asks what would be lost.
func (l *Lab) reloadCheck(ctx context.Context, t *testing.T, verifier string, r reload) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "before.uce")
	cmd := l.Command(ctx, append([]string{verifier, "lab", l.File, "--save", file, "--format", "json"}, laid(t, r.over)...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if out, err := cmd.Output(); len(out) == 0 {
		t.Fatalf("uplinkcheck lab: %v\n%s", err, stderr.String())
	}
	stderr.Reset()
	cmd = l.Command(ctx, append([]string{verifier, "reload-check", "--from", file, "--format", "json"}, r.lose...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var answer struct {
		Lost []struct {
			Kind, Name string
			Networks   []string
		}
		Unknown []struct{ Kind, Name string }
	}
	if jsonErr := json.Unmarshal(out, &answer); jsonErr != nil {
		t.Fatalf("uplinkcheck reload-check: %v, %v\n%s%s", err, jsonErr, out, stderr.String())
	}
	var untold []string
	for _, x := range answer.Unknown {
		untold = append(untold, x.Name)
	}
	if !slices.Equal(untold, r.untold) {
		t.Errorf("uplinkcheck reload-check cannot tell of %v, want %v: %s", untold, r.untold, out)
	}
	set := map[string]bool{}
	for _, x := range answer.Lost {
		if x.Kind != "host" {
			continue
		}
		lost := everything(x.Name)
		if len(x.Networks) > 0 {
			lost = nil
		}
		for _, network := range x.Networks {
			lost = append(lost, x.Name+"/"+network)
		}
		for _, role := range lost {
			set[role] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// needMachine is needLab for tests with a virtual machine.
func needMachine(t *testing.T) {
	t.Helper()
	needLab(t)
	switch lacks := MissingMachine(); {
	case lacks == "":
	case os.Getenv("UPLINKCHECK_LAB") == "require":
		t.Fatalf("LIVE LAB REQUIRED, BUT: %s", lacks)
	default:
		t.Skipf("LIVE LAB WITHOUT A KERNEL BOND: %s (UPLINKCHECK_LAB=require makes this a failure)", lacks)
	}
}

// bondCarriesAll says what the virtual machine does not: eth0, over which it is asked, carries none of the networks.
const bondCarriesAll = `
hosts:
  kvm4:
    uplinks:
      - {nic: eth1, networks: [management, vmotion, storage, provisioning, guests]}
      - {nic: eth2, networks: [management, vmotion, storage, provisioning, guests]}
`

// A kernel bond that needs two links has none to spare: the verifier says so while all is well, and so it comes.
func TestLiveKernelBond(t *testing.T) {
	needMachine(t)
	l := start(t)
	verifier := build(t)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	began := time.Now()
	if err := l.Boot(ctx, "kvm4", 2); err != nil {
		t.Fatal(err)
	}
	t.Logf("booted in %v", time.Since(began).Round(100*time.Millisecond))
	if err := l.WaitConverged(ctx); err != nil {
		t.Fatal(err)
	}
	if lost := l.settles(ctx, t, nil); len(lost) > 0 {
		t.Fatalf("with all links: lost is %v", lost)
	}
	none := slices.Concat(alone("kvm4"), each("RED-004", "kvm4"), []string{"RED-012 leaf3", "RED-012 leaf4"})
	compare(t, fault{name: "two links are needed", fails: none}, l.audit(ctx, t, verifier, bondCarriesAll))
	l.reload(ctx, t, verifier, reload{lose: []string{"leaf3"}, off: []string{"leaf3"}, lost: everything("kvm4"), over: bondCarriesAll})
	r := l.audit(ctx, t, verifier, bondCarriesAll) // after the loss
	for _, f := range each("RED-002", "kvm4") {
		if _, ok := r.with("fail")[f]; !ok {
			t.Errorf("two links are needed and one is left: want fail %s", f)
		}
	}
}
