package verify_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/topology"
)

// BenchmarkVerify measures the way from parsed state to findings: joining the fabric, and all checks. Of the largest fabric that is
// 10,000 switches, 480,000 ports, over 100,000 uplinks, 4,000 VLANs, and 12 networks for each of 20,000 hosts.
//
// Read "walk", which reads each port once, as the floor of the machine. The memory is the heap at its highest, the state itself and what
// nobody uses any more included: GOMEMLIMIT=4GiB asks what it takes to make do with less.
func BenchmarkVerify(b *testing.B) {
	checks, err := audit.Select(nil, skipped())
	if err != nil {
		b.Fatal(err)
	}
	for _, switches := range []int{100, 1000, 10_000} {
		in := synth.New(synth.Options{Seed: 1, Switches: switches, VLANs: min(4000, 40*switches)}).Input()
		b.Run(fmt.Sprintf("%d/walk", switches), func(b *testing.B) {
			for b.Loop() {
				walk(in)
			}
		})
		b.Run(strconv.Itoa(switches), func(b *testing.B) {
			findings := 0
			var peak, used float64
			for b.Loop() {
				stop := watchHeap()
				start := cpu()
				findings = len(verify.Run(topology.Build(in), checks))
				used += cpu() - start
				peak = max(peak, stop())
			}
			b.ReportMetric(used/float64(b.N), "cpu-s")
			b.ReportMetric(float64(findings), "findings")
			b.ReportMetric(peak/(1<<30), "GiB")
		})
	}
}

// BenchmarkCheck measures each check alone on 1,000 switches: the processor time of a fabric of which others have asked nothing yet.
func BenchmarkCheck(b *testing.B) {
	checks, err := audit.Select(nil, skipped())
	if err != nil {
		b.Fatal(err)
	}
	in := synth.New(synth.Options{Seed: 1, Switches: 1000, VLANs: 4000}).Input()
	for _, c := range checks {
		b.Run(c.ID, func(b *testing.B) {
			used := 0.0
			for b.Loop() {
				b.StopTimer()
				f := topology.Build(in)
				runtime.GC()
				start := cpu()
				b.StartTimer()
				verify.Run(f, []*verify.Check{c})
				used += cpu() - start
			}
			b.ReportMetric(used/float64(b.N), "cpu-s")
		})
	}
}

// skipped are the checks to leave out, from the environment: to see what one of them costs.
func skipped() []string {
	return strings.Fields(os.Getenv("SKIP"))
}

func walk(in topology.Input) (up int) {
	for _, s := range in.Switches {
		for i := range s.Interfaces {
			up += int(s.Interfaces[i].Oper.Value)
		}
	}
	return up
}

// watchHeap samples the heap until the function that it returns is called, which gives the highest value seen.
func watchHeap() (stop func() float64) {
	runtime.GC()
	done, result := make(chan bool), make(chan float64)
	go func() {
		var m runtime.MemStats
		highest := 0.0
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			runtime.ReadMemStats(&m)
			highest = max(highest, float64(m.HeapAlloc))
			select {
			case <-done:
				tick.Stop()
				result <- highest
				return
			case <-tick.C:
			}
		}
	}()
	return func() float64 { done <- true; return <-result }
}
