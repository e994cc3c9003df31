package collect

import (
	"strings"
	"testing"

	"uplinkcheck/testbed/device"
)

// Before anything is stored, and without disturbing the proof that JSON is whole.
func TestSecretsAreNotStored(t *testing.T) {
	d := start(t, device.Config{Exec: func(string) ([]byte, int) { return []byte(`{"user": "a", "password": "hun\"ter2"}`), 0 }})
	r := collectOne(t, target(t, d, plan(showVersion)), Options{}).Reply(showVersion.Line)
	if r == nil || strings.Contains(string(r.Data), "ter2") || jsonError(r.Data) != nil {
		t.Errorf("got %+v", r)
	}
}
