package cisco_nxos

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// isFEX reports whether a number is one of a FEX: 100 and more, of which no release uses those above 199. No chassis has as many slots.
func isFEX(number string) bool {
	return len(number) == 3 && number[0] != '0' && strings.Trim(number, "0123456789") == ""
}

// fexOf returns the number of the FEX that a port is on, as its name says, "" for a port of the switch itself: Ethernet101/1/5 is on 101,
// and so is a lane of it, Ethernet101/1/5/1.
func fexOf(name string) string {
	rest, ok := strings.CutPrefix(name, "Ethernet")
	number, port, _ := strings.Cut(rest, "/")
	if !ok || !isFEX(number) || !strings.Contains(port, "/") {
		return ""
	}
	return number
}

// fexStates say whether a FEX is in service. A word that is not here may be either.
var fexStates = map[string]bool{"online": true, "offline": false, "connected": false, "discovered": false, "registered": false, "configured": false,
	"image download": false, "aa version mismatch": false, "type mismatch": false, "config timeout": false}

// fex takes what a reply says of a FEX.
func (p *parser) fex(id, word, model, number capture.Fact[string], from capture.Span) *state.Extender {
	if !isFEX(id.Value) {
		p.Unread(from, state.Quote(id.Value)+" is no number of a FEX")
		return nil
	}
	x := p.Extender(id.Value, from)
	x.StateWord, x.Up = word, state.Word(p.Draft, word, fexStates)
	take(&x.Model, present(model))
	take(&x.Serial, present(number))
	return x
}

// present leaves out what stands there for nothing: two FEXes without a number have none in common.
func present(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(serial(f), func(s string) (string, bool) { return s, strings.Trim(s, "-0") != "" })
}

// fabric notes a port or LAG that leads to a FEX.
func (p *parser) fabric(x *state.Extender, port capture.Fact[string]) {
	full := names.Of(port)
	if kind := kindOf(full.Value); !full.Known() || kind != state.Physical && kind != state.Aggregate {
		p.Unread(port.From, state.Quote(port.Value)+" is no name of a port")
		return
	}
	if !slices.ContainsFunc(x.Fabric, func(f capture.Fact[string]) bool { return f.Value == full.Value }) {
		x.Fabric = append(x.Fabric, full)
	}
}

// fexes reads "show fex detail".
func fexes(p *parser, n tree.Node) {
	for row := range rows(n, "fex_info") {
		x := p.fex(word(row, "chas_id"), word(row, "fex_state"), word(row, "model"), word(row, "serial"), row.Span())
		if x == nil {
			continue
		}
		for port := range rows(row, "fbr_state") {
			p.fabric(x, word(port, "fbr_index"))
		}
	}
}

var (
	fexHead   = regexp.MustCompile(`^\s*FEX:\s*(\d+)\s+Description:.*\s[Ss]tate:\s*(\S.*?)\s*$`)
	fexModel  = regexp.MustCompile(`\bExtender Model:\s*([^\s,]+)`)
	fexSerial = regexp.MustCompile(`\bExtender Serial:\s*([^\s,]+)`)
	fexFabric = regexp.MustCompile(`^\s+((?:Po|Eth|port-channel|Ethernet)\d\S*)\s+-\s+Interface\s`)
)

// fexesText reads the same as text. The last line may be cut short.
func fexesText(p *parser, lines []text.Line) {
	var x *state.Extender
	for _, l := range whole(lines) {
		if m := l.Match(fexHead); m != nil {
			x = p.fex(m[1], m[2], capture.Fact[string]{}, capture.Fact[string]{}, l.Span())
			continue
		}
		if x == nil {
			continue
		}
		if m := l.Match(fexModel); m != nil {
			take(&x.Model, present(m[1]))
		}
		if m := l.Match(fexSerial); m != nil {
			take(&x.Serial, present(m[1]))
		}
		if m := l.Match(fexFabric); m != nil {
			p.fabric(x, m[1])
		}
	}
}

// whole leaves out a last line that nothing ends.
func whole(lines []text.Line) []text.Line {
	if n := len(lines); n > 0 && lines[n-1].At+len(lines[n-1].Text) == len(lines[n-1].Reply.Data) {
		return lines[:n-1]
	}
	return lines
}

// finishFEXes says which FEXes both vPC peers have: those that hang on a vPC. Without vPC there is none. The list of what a FEX hangs on may
// be cut short, but all of it is alike.
func (p *parser) finishFEXes() {
	for _, x := range p.Extenders() {
		for _, f := range x.Fabric {
			lag, _ := p.MemberOf(f.Value)
			for _, a := range p.Aggregators() {
				if a.Name == f.Value {
					lag = a
				}
			}
			switch {
			case x.Shared.Known():
			case lag != nil:
				x.Shared = capture.Then(lag.MLAGID, func(id string) (bool, bool) { return id != "", true })
			case kindOf(f.Value) == state.Physical && p.Switch.Listed.Aggregators.Known() && p.Switch.Listed.MLAGPorts.Known(): // only a LAG can be a vPC
				x.Shared = capture.Of(false, p.Switch.Listed.MLAGPorts)
			}
		}
		if p.vpcOff.Known() {
			x.Shared = capture.Of(false, p.vpcOff)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.vpcID)) { // of a FEX that hangs on a vPC each port is a vPC of its own, without a LAG
		if fex := fexOf(name); fex != "" {
			from := p.vpcID[name].From
			p.Extender(fex, from).Shared = capture.Of(true, from)
		}
	}
}
