package ovs

import (
	"testing"

	"uplinkcheck/drivers/capture"
)

func TestHostname(t *testing.T) {
	for _, c := range []struct{ name, reply, want string }{
		{"a name", "kvm1.example.net\n", "kvm1.example.net"},
		{"after the echo", "hostname\nkvm1\n", "kvm1"},
		{"after a warning", "perl: warning: Setting locale failed.\nkvm1\n", "kvm1"},
		{"cut short", "kvm", ""},
		{"garbled", "kv\xff\xc3m1\n", ""},
		{"escapes", "\x1b[31mkvm1\n", ""},
		{"several", "kvm1\nkvm2\n", ""},
		{"nothing", "", ""},
	} {
		got := Hostname(&capture.Capture{Replies: []*capture.Reply{{Command: HostnameLine, Data: []byte(c.reply), Complete: true}}})
		if got.Known() != (c.want != "") || got.Value != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got.Value, c.want)
		}
	}
}
