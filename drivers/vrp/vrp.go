// Package vrp reads what Huawei VRP and Comware, which come of one root, print alike.
package vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// Known drops the dashes that stand for nothing.
func Known(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, strings.Trim(s, "-") != "" })
}

// Unmarked drops what stands in brackets behind a word.
func Unmarked(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		s, _, _ = strings.Cut(s, "(")
		s = strings.TrimSpace(s)
		return s, s != ""
	})
}

// Uncut drops a word of which a device shows only the beginning.
func Uncut(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, !strings.HasSuffix(s, "...") })
}

// A Name returns the full name of an interface, unknown for what is no name.
type Name func(capture.Fact[string]) capture.Fact[string]

// Sysname reads the host name in a configuration.
func Sysname(d *state.Draft, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(sysname); m != nil && !d.Switch.Device.Hostname.Known() {
			d.Switch.Device.Hostname = m[1]
		}
	}
}

var sysname = regexp.MustCompile(`^ ?sysname (\S+)$`)
