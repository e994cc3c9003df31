package juniper_junos_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"uplinkcheck/drivers/corpus"
	driver "uplinkcheck/drivers/juniper_junos"
	"uplinkcheck/testbed/personality/juniper_junos"
)

// modelled are elements that stand in Juniper's published YANG modules (24.4R1, junos-qfx, rpc and conf) or are common to
// all of NETCONF (RFC 6241), and in no recording.
var modelled = strings.Fields(`
	lldp-local-info lldp-local-chassis-id lldp-local-system-name lldp-local-system-description
	lag-lacp-header lacp-interface-statistics-list lacp-interface-statistics lag-lacp-statistics unknown-rx-packets illegal-rx-packets l2iff-interface-rtt-name
	iccp-information peer-conn-state-information peer-conn-state peer-conn-bfd-state rg-groups rg-group-entry redundancy-group rg-state
	multichassis-consistency-check-list multichassis-global multichassis-ifd-name local-ifd-name peer-ifd-name
	multichassis-consistency-check-entry consistency-check
	instance-interface
	evpn-instance-information evpn-instance evpn-instance-name evpn-esi evpn-esi-value evpn-esi-status
	evpn-esi-local-intf-information evpn-esi-local-intf-name evpn-esi-local-intf-status
	ether-options bundle init-delay-time native-vlan-id esi identifier all-active multi-chassis multi-chassis-protection
	rpc-error error-type error-tag error-severity error-message output`)

// seen is what the recordings hold: the values of each leaf, by element name.
func seen(t *testing.T, dir string) map[string][]string {
	out := map[string][]string{}
	err := filepath.WalkDir(filepath.Join(dir, "corpus", "juniper_junos"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Base(path) {
		case "input.json":
			var v any
			if json.Unmarshal(data, &v) == nil {
				fromJSON(out, "", v)
			}
		default:
			if strings.HasSuffix(path, ".xml") {
				fromXML(out, string(data)) // a few recordings are no XML
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fromJSON(out map[string][]string, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		out[name] = append(out[name], "")
		for k, x := range v {
			if k == "data" {
				k = name
			}
			fromJSON(out, k, x)
		}
	case []any:
		for _, x := range v {
			fromJSON(out, name, x)
		}
	case string:
		out[name] = append(out[name], strings.TrimSpace(v))
	}
}

func fromXML(out map[string][]string, text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	var open []string
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			open = append(open, tok.Name.Local)
			out[tok.Name.Local] = append(out[tok.Name.Local], "")
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(tok)); s != "" && len(open) > 0 {
				out[open[len(open)-1]] = append(out[open[len(open)-1]], s)
			}
		}
	}
}

// TestParity holds every element that is rendered against what real switches print and the platform card names, and
// every value against the shape of the real values of that element.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/juniper_junos")
	real := seen(t, dir)
	card, err := os.ReadFile(filepath.Join(dir, "platforms", "juniper-junos.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range regexp.MustCompile(`[\w.-]+`).FindAllString(string(card), -1) {
		known[name] = true
	}
	for _, prefix := range []string{"l2iff-interface", "peer-conn"} { // the card shortens lists of names: "-vlan-name"
		for _, name := range regexp.MustCompile(`[ ,{]-([\w-]+)`).FindAllStringSubmatch(string(card), -1) {
			known[prefix+"-"+name[1]] = true
		}
	}
	for _, name := range modelled {
		known[name] = true
	}
	rendered := map[string][]string{}
	for _, scenario := range []string{"junos-pair", "junos-vc"} {
		for _, s := range switches(t, scenario, "") {
			for _, cmd := range driver.Driver.Commands {
				if !strings.HasPrefix(cmd.Line, "<") {
					continue
				}
				data, _ := juniper_junos.Personality.Switch(s, cmd.Line)
				if err := fromXML(rendered, string(data)); err != nil {
					t.Fatalf("%s: %v", cmd.Line, err)
				}
			}
		}
	}
	var names []string
	for name := range rendered {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if real[name] == nil && !known[name] {
			t.Errorf("element %s: no recording and no card has it", name)
		}
		shapes := map[string]bool{}
		for _, v := range real[name] {
			shapes[shape(v)] = true
		}
		for _, v := range rendered[name] {
			if freeText[name] || elsewhere[name] == v || len(shapes) < 2 || shapes[shape(v)] {
				continue
			}
			shapes[shape(v)] = true // once is enough
			t.Errorf("element %s: value %q has a shape that no recording has: %v", name, v, real[name][:min(6, len(real[name]))])
		}
	}
}

// elsewhere are values that a recording has in another element of the same kind: no recorded neighbour had a MAC address for
// its port, as hypervisors have, but many for their chassis.
var elsewhere = map[string]string{"lldp-remote-port-id-subtype": "Mac address"}

// freeText are elements in which a person or a neighbour may write anything.
var freeText = map[string]bool{"name": true, "description": true, "host-name": true, "lldp-remote-system-name": true, "instance-name": true,
	"lldp-remote-system-description": true, "lldp-remote-port-description": true, "lldp-remote-port-id": true, "product-model": true,
	"product-name": true, "junos-version": true, "os-version": true, "serial-number": true, "comment": true, "members": true,
	"hardware-model": true, "member-model": true, "member-serial-number": true, "interface-flapped": true, "interface": true,
	"l2ng-l2rtb-vlan-name": true, "l2ng-l2-mac-vlan-name": true, "output": true, "ifa-local": true, "ifa-destination": true,
	"re-name": true, "virtual-chassis-id": true, "vlan-id": true, "local-value": true, "peer-value": true, "config-item": true, "lldp-remote-management-address": true}

var digits = regexp.MustCompile(`[0-9]+`)
var port = regexp.MustCompile(`\b(?:[a-z]{2,3}-[0-9]+/[0-9]+/[0-9]+|ae[0-9]+)`)
var octets = regexp.MustCompile(`(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}`)

// shape is a value with what varies taken out: MAC addresses, ports and numbers.
func shape(v string) string {
	return digits.ReplaceAllString(port.ReplaceAllString(octets.ReplaceAllString(v, "MAC"), "PORT"), "0")
}
