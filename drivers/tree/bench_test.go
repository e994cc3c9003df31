package tree_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/tree"
)

// table is a list of learned addresses, as one platform or the other prints it.
func table(open, entry, between, end string) *capture.Reply {
	var out strings.Builder
	out.WriteString(open)
	for i := range 2000 {
		if i > 0 {
			out.WriteString(between)
		}
		fmt.Fprintf(&out, entry, 10+i%24, i>>8, i&255, i%48+1)
	}
	out.WriteString(end)
	return reply(out.String())
}

// BenchmarkXML compares with reading the tokens of encoding/xml: times-faster is how much longer those take.
func BenchmarkXML(b *testing.B) {
	r := table("<macdb>\n", `        <mac-entry style="brief">
            <vlan-name>v%d</vlan-name>
            <mac-address>00:53:00:00:%02x:%02x</mac-address>
            <flags>D</flags>
            <logical-interface>ae%d.0</logical-interface>
        </mac-entry>`, "\n", "\n</macdb>\n")
	against(b, r, tree.XML, func() error {
		d := xml.NewDecoder(bytes.NewReader(r.Data))
		for {
			if _, err := d.Token(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

// BenchmarkJSON compares with decoding into maps.
func BenchmarkJSON(b *testing.B) {
	r := table("{\"tableEntries\": [\n", `        {
            "vlanId": %d,
            "macAddress": "00:53:00:00:%02x:%02x",
            "entryType": "dynamic",
            "interface": "Ethernet%d"
        }`, ",\n", "]}\n")
	against(b, r, tree.JSON, func() error {
		var v any
		return json.Unmarshal(r.Data, &v)
	})
}

func against(b *testing.B, r *capture.Reply, read func(*capture.Reply) (tree.Node, error), other func() error) {
	b.SetBytes(int64(len(r.Data)))
	// The fastest of many runs each, in turns: others may use the machine.
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		if _, err := read(r); err != nil {
			b.Fatal(err)
		}
		ours = min(ours, time.Since(start))
		b.StopTimer()
		start = time.Now()
		if err := other(); err != nil {
			b.Fatal(err)
		}
		theirs = min(theirs, time.Since(start))
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs)/float64(ours), "times-faster")
	b.ReportMetric(float64(len(r.Data))*1000/float64(ours.Nanoseconds()), "MB/s-at-best")
}
