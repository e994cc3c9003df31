package drivertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sirikothe/gotextfsm"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// A Text is a long reply in the form of a command's text, written by the benchmark, and a template of TextFSM that draws the same facts from it.
type Text struct {
	Command  string
	Reply    string
	Template string

	// Facts counts in the state what each Value of the template stands for. Both must have found as many of each, or the two are not
	// compared: a list that the driver takes apart is a List in the template, and what the driver does not read is no Value.
	Facts func(*state.Switch) map[string]int
}

// BenchmarkTexts compares a driver with a TextFSM engine in Go, as AgainstTextFSM does. The driver's time is that of its whole Parse.
func BenchmarkTexts(b *testing.B, d *drivers.Driver, texts ...Text) {
	for _, t := range texts {
		b.Run(t.Command, func(b *testing.B) {
			read := func(r *capture.Reply) func() map[string]int {
				r.Command = t.Command
				s, err := d.Parse(&capture.Capture{Device: r.Device, Platform: d.Name, Replies: []*capture.Reply{r}})
				return func() map[string]int {
					if err != nil || len(s.Unread) > 0 {
						b.Fatalf("%v, not read: %v", err, s.Unread)
					}
					return t.Facts(s)
				}
			}
			AgainstTextFSM(b, t.Reply, t.Template, read)
		})
	}
}

// AgainstTextFSM compares read with a TextFSM engine in Go on the same text, in turns: x-gotextfsm is how many times as long that takes, the
// fastest run of each counted, since others may use the machine. What read returns counts what it found, as Text.Facts does, and is no part
// of its time.
func AgainstTextFSM(b *testing.B, reply, template string, read func(*capture.Reply) (facts func() map[string]int)) {
	var fsm gotextfsm.TextFSM
	if err := fsm.ParseString(template); err != nil {
		b.Fatal(err)
	}
	r := &capture.Reply{Device: "leaf1", Data: []byte(reply), Complete: true}
	b.SetBytes(int64(len(reply)))
	b.ReportAllocs()
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		facts := read(r)
		ours = min(ours, time.Since(start))
		b.StopTimer()
		var out gotextfsm.ParserOutput
		start = time.Now()
		err := out.ParseTextString(reply, fsm, true)
		theirs = min(theirs, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		if got, want := facts(), count(out.Dict); !maps.Equal(got, want) {
			b.Fatalf("we find %v, TextFSM %v", got, want)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs)/float64(ours), "x-gotextfsm")
	b.ReportMetric(float64(theirs.Nanoseconds())/1000, "µs-gotextfsm")
	b.ReportMetric(float64(ours.Nanoseconds())/1000, "µs-ours")
}

// count says how many values that are not empty there are of each name.
func count(records []map[string]any) map[string]int {
	n := map[string]int{}
	for _, record := range records {
		for name, value := range record {
			switch v := value.(type) {
			case string:
				n[name] += min(len(v), 1)
			case []string:
				n[name] += len(v)
			}
		}
	}
	return n
}

// Entries is the text of n entries below a head. Words in braces are put in place of each entry: {i} its number from 1 on, and what words
// return for it.
func Entries(head string, n int, entry string, words func(i int) map[string]any) string {
	var out strings.Builder
	out.WriteString(head)
	for i := 1; i <= n; i++ {
		pairs := []string{"{i}", fmt.Sprint(i)}
		if words != nil {
			own := words(i)
			for _, name := range slices.Sorted(maps.Keys(own)) {
				pairs = append(pairs, "{"+name+"}", fmt.Sprint(own[name]))
			}
		}
		out.WriteString(strings.NewReplacer(pairs...).Replace(entry))
	}
	return out.String()
}

// Known counts those of which something is known.
func Known[T any](all []T, known func(*T) bool) (n int) {
	for i := range all {
		if known(&all[i]) {
			n++
		}
	}
	return n
}

// LAGs counts what the tables of LAGs of several platforms tell: names, states, protocols, members and their flags.
func LAGs(s *state.Switch) map[string]int {
	lags, ports := s.Aggregators, PortsOf(s)
	return map[string]int{
		"NAME":     len(lags),
		"OPER":     Known(lags, func(a *state.Aggregator) bool { return a.Oper.Known() }),
		"PROTOCOL": Known(lags, func(a *state.Aggregator) bool { return a.Protocol.Known() }),
		"MEMBER":   len(ports),
		"FLAG":     Known(ports, func(p *state.AggregationPort) bool { return p.Selected.Known() }),
	}
}

// PortsOf returns the ports of all aggregators.
func PortsOf(s *state.Switch) (out []state.AggregationPort) {
	for i := range s.Aggregators {
		out = append(out, s.Aggregators[i].Ports...)
	}
	return out
}
