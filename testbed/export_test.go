package testbed

import (
	"reflect"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/testbed/model"
)

// CapturesLike is Captures, but of devices that the model has as they are in another scenario with the same devices it takes that one's.
func (s *Scenario) CapturesLike(other *Scenario, captures []*capture.Capture) []*capture.Capture {
	out := make([]*capture.Capture, len(s.targets))
	for i, t := range s.targets {
		if out[i] = captures[i]; !reflect.DeepEqual(view(s.Fabric, t.name), view(other.Fabric, t.name)) {
			out[i] = t.capture(s.Fabric.Time)
		}
	}
	return out
}

func view(f *model.Fabric, name string) any {
	if sw := f.Switch(name); sw != nil {
		return sw
	}
	return f.Host(name)
}
