package audit

import "testing"

// A capture says by one name what asked: a driver or a source of hosts.
func TestNoDriverIsCalledLikeASource(t *testing.T) {
	for _, name := range Sources() {
		if d := Driver(name); d != nil {
			t.Errorf("the driver %s is found under the name of the source %q: hosts would be read as switches", d.Name, name)
		}
	}
}
