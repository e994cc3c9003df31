package arista_eos

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
)

// manyPorts is a capture of a switch with that many LAGs of one port each.
func manyPorts(n int) *capture.Capture {
	interfaces, lags, lacp, ports := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	bits := map[string]bool{"activity": true, "timeout": false, "aggregation": true, "synchronization": true,
		"collecting": true, "distributing": true, "defaulted": false, "expired": false}
	for i := range n {
		port, lag := fmt.Sprintf("Ethernet%d", i+1), fmt.Sprintf("Port-Channel%d", i+1)
		interfaces[port] = map[string]any{"name": port, "description": "host", "interfaceStatus": "connected", "lineProtocolStatus": "up",
			"hardware": "ethernet", "forwardingModel": "dataLink", "bandwidth": 25_000_000_000, "mtu": 9214, "duplex": "duplexFull",
			"physicalAddress": "00:1c:73:aa:10:11", "interfaceMembership": "Member of " + lag, "interfaceAddress": []any{}}
		lags[lag] = map[string]any{"activePorts": map[string]any{port: map[string]any{}}, "inactivePorts": map[string]any{}, "minLinks": 0}
		lacp[lag] = map[string]any{"interfaces": map[string]any{port: map[string]any{"actorPortStatus": "bundled", "actorPortState": bits,
			"partnerPortState": bits, "partnerSystemId": "8000,0c-42-a1-00-00-01", "partnerOperKey": "0x000f", "partnerPortId": 1, "partnerPortPriority": 255}}}
		ports[lag] = map[string]any{"enabled": true, "switchportInfo": map[string]any{"mode": "trunk", "trunkAllowedVlans": "10,20,30-39",
			"trunkingNativeVlanId": 1, "accessVlanId": 1, "staticTrunkGroups": []any{}, "dynamicAllowedVlans": map[string]any{}}}
	}
	c := &capture.Capture{Device: "leaf1"}
	for line, member := range map[string]map[string]any{
		"show interfaces | json":              {"interfaces": interfaces},
		"show port-channel | json":            {"portChannels": lags},
		"show lacp interface detailed | json": {"portChannels": lacp},
		"show interfaces switchport | json":   {"switchports": ports},
	} {
		data, err := json.MarshalIndent(member, "", "    ")
		if err != nil {
			panic(err) // strings, numbers and booleans
		}
		c.Replies = append(c.Replies, &capture.Reply{Device: "leaf1", Command: line, Data: data, Complete: true})
	}
	return c
}

// BenchmarkParse compares the driver with decoding the same bytes into maps: times-decoding is how often longer it takes.
func BenchmarkParse(b *testing.B) {
	c := manyPorts(500)
	size := 0
	for _, r := range c.Replies {
		size += len(r.Data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var decoding time.Duration
	for b.Loop() {
		if s, err := Driver.Parse(c); err != nil || len(s.Aggregators) != 500 || len(s.Unread) > 0 {
			b.Fatalf("%v", err)
		}
		b.StopTimer()
		start := time.Now()
		for _, r := range c.Replies {
			var v any
			if err := json.Unmarshal(r.Data, &v); err != nil {
				b.Fatal(err)
			}
		}
		decoding += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(decoding), "times-decoding")
}

// A reply that repeats one thing very often must not cost more than its length.
func TestLongRepliesCostTheirLength(t *testing.T) {
	duration := func(n, times int) time.Duration {
		c := manyPorts(n)
		start := time.Now()
		for range times {
			if _, err := Driver.Parse(c); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(start)
	}
	// As much in many small replies as in a large one: where the machine is busy, both wait alike.
	many, one := duration(500, 16), duration(8000, 1)
	for range 2 {
		many, one = min(many, duration(500, 16)), min(one, duration(8000, 1))
	}
	if one > 8*many { // 16 times, if it grew with the square
		t.Errorf("16 times as many LAGs take %s, 16 replies with as many %s", one, many)
	}
}
