package kernel

import (
	"regexp"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// EthtoolLine asks a port for its speed.
const EthtoolLine = "ethtool %s"

var settings = regexp.MustCompile(`^Settings for (\S+):$`)

// Ethtool reads the reply to EthtoolLine.
func (r *Reader) Ethtool(lines []text.Line) {
	var i *state.Interface
	for _, l := range lines {
		if m := l.Match(settings); m != nil && IsName(m[1].Value) {
			i = r.Interface(m[1].Value, m[1].From)
			continue
		}
		key, value, _ := l.KeyValue()
		switch {
		case i == nil:
		case key == "Speed":
			i.Speed = text.Speed(value) // "Unknown!" without a link
		case key == "Duplex":
			i.Duplex = capture.Then(value, func(s string) (state.Duplex, bool) {
				d, ok := map[string]state.Duplex{"Full": state.Full, "Half": state.Half}[s]
				return d, ok
			})
		case key == "Link detected" && !i.Oper.Known():
			i.Oper = capture.Then(value, func(s string) (state.Status, bool) {
				v, ok := map[string]state.Status{"yes": state.Up, "no": state.Down}[s]
				return v, ok
			})
		}
	}
}

// Ports are the names of hardware ports in the reply to LinksLine, for EthtoolLine.
func Ports(c *capture.Capture) []string {
	return namesOf(c, func(l *Link) bool { return l.Ether && l.Kind == "" && l.Below == "" })
}
