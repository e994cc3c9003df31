package state

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
)

// Rows are found by name in whatever order they are named.
func TestDraftFindsRowsAgain(t *testing.T) {
	r := &capture.Reply{Data: []byte("said")}
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		d := NewDraft(&capture.Capture{}, "test", 0)
		want := map[string]map[string]*AggregationPort{}
		for n := range 200 {
			k := random.IntN(1 + n%40)
			if seed%2 == 0 && random.IntN(20) > 0 {
				k = n / 3 // nearly in order
			}
			lag, port := fmt.Sprint("ae", k), fmt.Sprint("xe-0/0/", random.IntN(30))
			x, a := d.AggregationPort(lag, port, r.Whole()), d.Aggregator(lag, r.Whole())
			if x.Name != port || a.Name != lag {
				t.Fatalf("seed %d: %s of %s is %s of %s", seed, port, lag, x.Name, a.Name)
			}
			if want[lag] == nil {
				want[lag] = map[string]*AggregationPort{}
			}
			if was := want[lag][port]; was != nil && was != x {
				t.Fatalf("seed %d: %s of %s was made twice", seed, port, lag)
			}
			want[lag][port] = x
			x.Actor.Key = capture.Of(uint16(n), r.Whole())
			if got := d.AggregationPorts(lag); len(got) != len(want[lag]) {
				t.Fatalf("seed %d: %s has %d ports, want %d", seed, lag, len(got), len(want[lag]))
			}
		}
		s := d.Finish()
		if len(s.Aggregators) != len(want) {
			t.Fatalf("seed %d: %d aggregators, want %d", seed, len(s.Aggregators), len(want))
		}
		for _, a := range s.Aggregators {
			if len(a.Ports) != len(want[a.Name]) {
				t.Fatalf("seed %d: %s has %d ports, want %d", seed, a.Name, len(a.Ports), len(want[a.Name]))
			}
			for _, p := range a.Ports {
				if w := want[a.Name][p.Name]; w == nil || w.Actor.Key != p.Actor.Key {
					t.Fatalf("seed %d: %s of %s is not the port that was filled", seed, p.Name, a.Name)
				}
			}
		}
	}
}

// BenchmarkDraft is what the state alone costs of 500 LAGs with two members each, before a word of a reply is read: the least that a driver can
// take for a table of LAGs. The fastest run counts, as in drivertest.AgainstTextFSM.
func BenchmarkDraft(b *testing.B) {
	r := &capture.Reply{Data: []byte("said")}
	var lags [500]string
	var ports [500][2]string
	for i := range lags {
		lags[i] = fmt.Sprint("Port-channel", i+1)
		ports[i] = [2]string{fmt.Sprint("GigabitEthernet1/0/", i+1), fmt.Sprint("GigabitEthernet2/0/", i+1)}
	}
	fastest := time.Hour
	for b.Loop() {
		start := time.Now()
		d := NewDraft(&capture.Capture{}, "test", 0)
		for i, lag := range lags {
			a := d.Aggregator(lag, r.Whole())
			a.Oper, a.Protocol = capture.Of(Up, r.Whole()), capture.Of(LACP, r.Whole())
			for _, port := range ports[i] {
				d.AggregationPort(lag, port, r.Whole()).Selected = capture.Of(Selected, r.Whole())
				d.Interface(port, r.Whole()).Aggregator = capture.Of(lag, r.Whole())
			}
		}
		if s := d.Finish(); len(s.Interfaces) != 1000 {
			b.Fatal(len(s.Interfaces))
		}
		fastest = min(fastest, time.Since(start))
	}
	b.ReportMetric(float64(fastest.Microseconds()), "µs-fastest")
}
