package redact

import (
	"bytes"
	"strings"
	"testing"
)

func TestOverwrite(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct{ name, in, want string }{
		{"JSON", `{"password": "hunter2", "enableSecret" : "a\"b", "vlan": 7}`, `{"password": "` + x(7) + `", "enableSecret" : "` + x(4) + `", "vlan": 7}`},
		{"XML", "<login><encrypted-password>$6$abcdefgh</encrypted-password></login>", "<login><encrypted-password>" + x(11) + "</encrypted-password></login>"},
		{"XML with a name space", "<junos:secret a='b'>s3</junos:secret>", "<junos:secret a='b'>xx</junos:secret>"},
		{"a user", "username admin privilege 15 secret sha512 $6$salt$hash role x", "username admin privilege 15 secret sha512 " + x(12) + " role x"},
		{"SNMP", "snmp-server community public ro", "snmp-server community " + x(6) + " ro"},
		{"SNMP in set form", "set snmp community \"two words\" authorization read-only", "set snmp community \"xxxxxxxxx\" authorization read-only"},
		{"RADIUS", "radius-server host 192.0.2.1 key 7 0822455D0A16", "radius-server host 192.0.2.1 key 7 " + x(12)},
		{"TACACS", "tacacs-server key topsecret", "tacacs-server key " + x(9)},
		{"enable", "enable secret 5 $1$abcd$efgh", "enable secret 5 " + x(12)},
		{"a crypted password anywhere", "root $9$abcdefgh;", "root $9$" + x(8) + ";"},
		{"a private key", "-----BEGIN PRIVATE KEY-----\nMIIB\nAB==\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\nxxxx\nxxxx\n-----END PRIVATE KEY-----\n"},

		{"LACP keys stay", `{"partnerOperKey": "0x000a", "key": 5}`, `{"partnerOperKey": "0x000a", "key": 5}`},
		{"OVS LACP keys stay", "\tactor key: 4\n\taggregation key: 4\n", "\tactor key: 4\n\taggregation key: 4\n"},
		{"Junos LACP keys stay", "<lacp-port-key>11</lacp-port-key>", "<lacp-port-key>11</lacp-port-key>"},
		{"a VLAN called secret stays", "100  secret    active   Et1", "100  secret    active   Et1"},
		{"a description about passwords stays", "Ethernet1 is up, password reset kiosk", "Ethernet1 is up, password reset kiosk"},
		{"text without any", "Partner system: 8000,00-53-00-00-00-01", "Partner system: 8000,00-53-00-00-00-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := string(Overwrite([]byte(tt.in)))
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if len(got) != len(tt.in) {
				t.Errorf("the length changed: %d to %d", len(tt.in), len(got))
			}
		})
	}
}

// FuzzOverwrite holds that no reply changes its length or its lines, and that nothing is left to read where a secret stood.
func FuzzOverwrite(f *testing.F) {
	for _, s := range []string{`{"password": "a"}`, `{"password":"\`, `<secret`, `"secret" :`, "enable password ", "$6$", `password "`, "enable secret x", "<secret>a\nb</secret>", "$6$abcdefgh", "-----BEGIN PRIVATE KEY-----\nx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := string(Overwrite([]byte(s)))
		if len(got) != len(s) || strings.Count(got, "\n") != strings.Count(s, "\n") {
			t.Errorf("%q became %q", s, got)
		}
		for _, p := range Places([]byte(got)) {
			if !p.Hidden([]byte(got)) {
				t.Errorf("%q became %q, in which %q is a secret", s, got, got[p.Start:p.End])
			}
		}
	})
}

func TestPlacesAreThoseOfBeforeAndAfter(t *testing.T) {
	in := []byte(`{"password": "hunter2", "vlan": 7}`)
	before := Places(in)
	if len(before) != 1 || string(in[before[0].Start:before[0].End]) != "hunter2" || before[0].Hidden(in) {
		t.Fatalf("got %v", before)
	}
	if after := Places(Overwrite(in)); len(after) != 1 || after[0] != before[0] || !after[0].Hidden(in) {
		t.Errorf("got %v after overwriting, %v before", after, before)
	}
}

func BenchmarkPlaces(b *testing.B) {
	row := []byte(`{"Ethernet1": {"description": "esx1 eno1", "bandwidth": 10000000000, "interfaceMembership": "Member of Port-Channel1"}},` + "\n")
	reply := bytes.Repeat(row, 3000)
	b.SetBytes(int64(len(reply)))
	for b.Loop() {
		Places(reply)
	}
}
