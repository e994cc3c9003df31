// Package recording reads the recordings that a driver keeps in testdata/<case>/: one raw file for each command, named like it, in
// lower case with every run of other characters as one underscore, and with any extension. A command with a word put in needs a line
// "file<TAB>command" in a file named commands.
package recording

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
)

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// Slug is the file name of a command, without extension.
func Slug(command string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(command), "_"), "_")
}

// Load returns the recording in a folder as a capture. A file that no command is named like is an error. A listed line that differs
// from another one only in what Slug drops needs a line in commands too.
func Load(dir string, commands []drivers.Command, refusal func([]byte) string) (*capture.Capture, error) {
	names := map[string]string{}
	for _, c := range commands {
		names[Slug(c.Line)] = c.Line
	}
	if list, err := os.ReadFile(filepath.Join(dir, "commands")); err == nil {
		for line := range strings.Lines(string(list)) {
			if file, command, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				names[strings.TrimSuffix(file, filepath.Ext(file))] = command
			}
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	c := &capture.Capture{Device: "recording"}
	for _, f := range files {
		if slices.Contains([]string{"want.json", "SOURCE", "commands", ".gitattributes"}, f.Name()) {
			continue
		}
		command := names[strings.TrimSuffix(f.Name(), filepath.Ext(f.Name()))]
		if command == "" {
			return nil, fmt.Errorf("%s: no listed command has this file name", f.Name())
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		c.Replies = append(c.Replies, Reply(command, data, refusal))
	}
	return c, nil
}

// Reply is the reply that collect would keep: complete, and with the driver's own word on refusals.
func Reply(command string, data []byte, refusal func([]byte) string) *capture.Reply {
	r := &capture.Reply{Device: "recording", Command: command, Data: data, Complete: true}
	if refusal != nil {
		r.Err = refusal(data)
	}
	return r
}
