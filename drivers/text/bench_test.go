package text_test

import (
	"fmt"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/text"
)

// BenchmarkText compares the cells of a table, each with its bytes, with those of TextFSM. Drivers compare their whole Parse.
func BenchmarkText(b *testing.B) {
	headings := []string{"Port", "Name", "Status", "Vlan", "Duplex", "Speed", "Type"}
	reply := drivertest.Entries("Port       Name               Status       Vlan     Duplex Speed  Type\n", 500,
		"Et{port} {name} connected    {vlan} full   25G    25GBASE-CR\n", func(i int) map[string]any {
			return map[string]any{"port": fmt.Sprintf("%-8d", i), "name": fmt.Sprintf("%-18s", fmt.Sprintf("host %d nic 1", i)), "vlan": fmt.Sprintf("%-8s", []string{"trunk", "10"}[i%2])}
		})
	template := `Value Port (\S+)
Value Name (.*?)
Value Status (connected|notconnect|disabled|errdisabled)
Value Vlan (\S+)
Value Duplex (\S+)
Value Speed (\S+)
Value Type (.*)

Start
  ^Port\s+Name\s+Status -> Ports

Ports
  ^${Port}\s+${Name}\s+${Status}\s+${Vlan}\s+${Duplex}\s+${Speed}\s+${Type}\s*$$ -> Record

EOF
`
	b.Run("table", func(b *testing.B) {
		drivertest.AgainstTextFSM(b, reply, template, func(r *capture.Reply) func() map[string]int {
			known := make([]int, len(headings))
			table, rows, _ := text.FindTable(text.Lines(r), headings...)
			for _, l := range rows {
				row := table.Row(l)
				for k, h := range headings {
					if row.Cell(h).Known() {
						known[k]++
					}
				}
			}
			return func() map[string]int {
				n := map[string]int{}
				for k, h := range headings {
					n[h] = known[k]
				}
				return n
			}
		})
	})
}
