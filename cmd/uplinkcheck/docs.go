package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"uplinkcheck/drivers"
	driverlist "uplinkcheck/drivers/all"
	sourcelist "uplinkcheck/inventory/all"
	"uplinkcheck/verify/checks"
)

//go:generate go run . docs ../..

// parts are what follows from the code, by file and then by the name between its markers.
func parts(repository string) map[string]map[string]func(io.Writer) error {
	return map[string]map[string]func(io.Writer) error{
		"README.md":           {"checks": writeCatalogue, "matrix": writeMatrix(repository)},
		"drivers/COMMANDS.md": {"commands": writeCommands},
	}
}

// docsCommand rewrites the parts of the documentation that follow from the code.
func docsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "docs REPOSITORY", Hidden: true, Args: cobra.ExactArgs(1),
		Short: "rewrite the generated parts of the documentation",
		RunE: func(_ *cobra.Command, args []string) error {
			for file := range parts(args[0]) {
				path := filepath.Join(args[0], file)
				text, err := current(args[0], file)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				if err := writeFile(path, reportMode, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// current returns what a file of the repository should be.
func current(repository, file string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(repository, file))
	if err != nil {
		return nil, err
	}
	for name, write := range parts(repository)[file] {
		if text, err = replacePart(text, name, write); err != nil {
			return nil, err
		}
	}
	return text, nil
}

// replacePart puts what write writes between the markers of that name.
func replacePart(text []byte, name string, write func(io.Writer) error) ([]byte, error) {
	begin, end := []byte("<!-- generated: "+name+" -->\n"), []byte("<!-- end: "+name+" -->")
	i, j := bytes.Index(text, begin), bytes.Index(text, end)
	if i < 0 || j < i {
		return nil, fmt.Errorf("no part %q between its two markers", name)
	}
	var b bytes.Buffer
	b.Write(text[:i+len(begin)])
	if err := write(&b); err != nil {
		return nil, err
	}
	b.Write(text[j:])
	return b.Bytes(), nil
}

func writeCatalogue(w io.Writer) error {
	fmt.Fprintln(w, "| check | what must be true | severity |\n| --- | --- | --- |")
	for _, c := range checks.All() {
		note := ""
		if c.Undecided != "" {
			note = " (no platform decides it yet)"
		}
		fmt.Fprintf(w, "| %s | %s%s | %s |\n", c.ID, c.Title, note, c.Severity)
	}
	return nil
}

func writeCommands(w io.Writer) error {
	for _, d := range driverlist.Drivers {
		ways := make([]string, len(d.Access))
		for i, a := range d.Access {
			ways[i] = a.String()
		}
		writePlatform(w, d.Name, d.Title, strings.Join(ways, ", then "), d.Privileges, d.Commands, d.Prompt)
	}
	for _, s := range sourcelist.Sources {
		writePlatform(w, "source "+s.Name, s.Title, "exec", s.Privileges, s.Commands, nil)
	}
	return nil
}

func writePlatform(w io.Writer, name, title, ways, privileges string, commands []drivers.Command, prompt *drivers.Prompt) {
	fmt.Fprintf(w, "#### `%s`: %s\n\nAsked by %s. %s\n\n| sent | gives |\n| --- | --- |\n", name, title, ways, privileges)
	for _, c := range commands {
		note := ""
		if c.InsteadOf != "" {
			note = " (only when the form above it was refused)"
		}
		fmt.Fprintf(w, "| `%s` | %s%s |\n", cell(c.Line), cell(c.Gives), note)
	}
	if prompt != nil {
		for _, line := range prompt.Setup {
			fmt.Fprintf(w, "| `%s` | no paging, in a prompt session only |\n", cell(line))
		}
	}
	fmt.Fprintln(w)
}

// cell makes text fit for a cell of a Markdown table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
