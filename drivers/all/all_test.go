package all

import "testing"

// Each name and alias leads to one driver, so that an inventory means one platform.
func TestNamesAreOfOneDriver(t *testing.T) {
	owner := map[string]string{}
	for _, d := range Drivers {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			if other, taken := owner[name]; taken {
				t.Errorf("%s is a name of %s and of %s", name, other, d.Name)
			}
			owner[name] = d.Name
			if got := Driver(name); got != d {
				t.Errorf("%s does not lead to %s", name, d.Name)
			}
		}
	}
}
