// Package recorded reads folders of device outputs that others recorded: <platform>/<command>/<case>/ with an input and meta.json, listed in
// INDEX.tsv, and gives each output to the driver that asks for such a thing.
package recorded

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/score/naive"
)

// A Recording is a line of INDEX.tsv.
type Recording struct{ Platform, Command, Name, Format, Kind, Schema string }

// Path is the recording's folder below the one of INDEX.tsv.
func (r Recording) Path() string { return r.Platform + "/" + r.Command + "/" + r.Name }

// Index reads INDEX.tsv of a folder.
func Index(dir string) (out []Recording, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		f := append(strings.Split(strings.TrimRight(line, "\r\n"), "\t"), make([]string, 9)...)
		out = append(out, Recording{Platform: f[0], Command: f[1], Name: f[2], Format: f[3], Kind: f[7], Schema: f[8]})
	}
	return out[min(1, len(out)):], nil // the first line names the columns
}

// Load makes a capture of the recording and of what was recorded with it, as far as the driver asks for it.
func Load(dir string, d *drivers.Driver, r Recording) (*capture.Capture, error) {
	c := &capture.Capture{Device: r.Name, Platform: d.Name}
	files, err := filepath.Glob(filepath.Join(dir, r.Path(), "*.*"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name, format := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f)), strings.TrimPrefix(filepath.Ext(f), ".")
		command := r.Command
		if extra, ok := strings.CutPrefix(name, "extra_"); ok {
			command = slug(extra)
		} else if name != "input" {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(data, []byte("<?xml ")) {
			format = "xml" // whatever it is called
		}
		line := Line(d, command, format)
		if line == "" {
			continue
		}
		if n := len(data); format == "txt" && n > 0 && data[n-1] != '\n' {
			data = append(data, '\n') // whoever saved the output cut it off
		}
		c.Replies = append(c.Replies, Reply(d, r.Name, line, data))
		if d.Name == "openvswitch" {
			c.Replies = append(c.Replies, naive.Tables(data)...) // which bonds and ports there are is in no output of ovs-appctl
		}
	}
	return c, nil
}

// Reply is what collect would keep of an output: complete, and with the driver's own word on refusals.
func Reply(d *drivers.Driver, device, line string, data []byte) *capture.Reply {
	r := &capture.Reply{Device: device, Command: line, Data: data, Complete: true}
	if d.Refusal != nil {
		r.Err = d.Refusal(data)
	}
	return r
}

var (
	notWord = regexp.MustCompile(`[^a-z0-9]+`)
	element = regexp.MustCompile(`^<([\w-]+)(?:><filter[^>]*><([\w-]+))?`)
)

func slug(s string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(s), "_"), "_")
}

// named is the folder's name of a listed line: without pipes, and of an RPC the name of its element, with that of what it filters.
func named(line string) string {
	if m := element.FindStringSubmatch(line); m != nil {
		return slug(m[1] + " " + m[2])
	}
	line, _, _ = strings.Cut(line, " | ")
	return slug(strings.ReplaceAll(line, "%s", ""))
}

var formats = map[string][]drivers.Format{
	"json": {drivers.JSON, drivers.XML}, // releases print the same names either way
	"xml":  {drivers.XML}, "txt": {drivers.Text},
}

// Line returns the listed line that a recorded command answers, "" when the driver asks for no such thing.
func Line(d *drivers.Driver, command, format string) string {
	for _, want := range []string{aliases[d.Name][command], command} {
		for _, f := range formats[format] {
			for _, c := range d.Commands {
				if want != "" && c.Format == f && named(c.Line) == want {
					return strings.ReplaceAll(c.Line, "%s", word(c.Line))
				}
			}
		}
	}
	return withWord(d, command, format)
}

// withWord returns the listed line with the word put in that a recorded command has at its end, "" when there is none.
func withWord(d *drivers.Driver, command, format string) string {
	for _, f := range formats[format] {
		for _, c := range d.Commands {
			before, after, each := strings.Cut(c.Line, "%s")
			if word, ok := strings.CutPrefix(command, slug(before)+"_"); each && after == "" && ok && word != "" && c.Format == f {
				return before + word
			}
		}
	}
	return ""
}

// word stands in for what was asked about by name, which no folder tells.
func word(line string) string {
	if strings.Contains(line, "ovs-") {
		return "br0"
	}
	return "word"
}
