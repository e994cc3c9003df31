package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/audit"
)

// maxFile bounds what parse reads: no reply is larger.
const maxFile = 64 << 20

func parseCommand() *cobra.Command {
	var platform, command string
	c := &cobra.Command{
		Use:   "parse --platform P --command C FILE",
		Short: "one recorded reply as normalised JSON state",
		Long: `Reads one recorded reply (FILE, or - for standard input) with the platform's driver and prints the facts it states, each with the line
that states it. What is not printed is unknown.`,
		Example: `  uplinkcheck parse --platform arista_eos --command "show vlan | json" vlans.json`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p := findPlatform(platform, command)
			if p == nil {
				return fmt.Errorf("no platform %q: choose one of %s", platform, strings.Join(append(audit.Platforms(), audit.Sources()[1:]...), ", "))
			}
			if !audit.Listed(platform, command) {
				return fmt.Errorf("%s does not list the command %q: choose one of\n  %s", platform, command, strings.Join(p.lines, "\n  "))
			}
			data, err := readAll(args[0])
			if err != nil {
				return err
			}
			r := &capture.Reply{Device: "recording", Command: command, Data: data, Complete: true}
			if p.refusal != nil {
				if why := p.refusal(data); why != "" {
					return fmt.Errorf("%s: the device refused: %s: record a reply that answers", args[0], why)
				}
			}
			out, err := p.dump(&capture.Capture{Device: "recording", Platform: platform, Replies: []*capture.Reply{r}})
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(append(bytes.TrimRight(out, "\n"), '\n'))
			return err
		},
	}
	c.Flags().StringVar(&platform, "platform", "", "driver or source, such as arista_eos or linux")
	c.Flags().StringVar(&command, "command", "", "the command whose reply it is, as the driver lists it")
	c.MarkFlagRequired("platform")
	c.MarkFlagRequired("command")
	return c
}

// platformReader is what parse needs of a driver or a source.
type platformReader struct {
	lines   []string
	refusal func([]byte) string
	dump    func(*capture.Capture) ([]byte, error)
}

// findPlatform returns the driver or source of that name; of two that share it the one that lists the command.
func findPlatform(name, command string) *platformReader {
	lines := func(commands []drivers.Command) (out []string) {
		for _, c := range commands {
			out = append(out, c.Line)
		}
		return slices.Compact(out)
	}
	var found []*platformReader
	if d := audit.Driver(name); d != nil {
		found = append(found, &platformReader{lines(d.Commands), d.Refusal, func(c *capture.Capture) ([]byte, error) {
			s, err := d.Parse(c)
			if err != nil {
				return nil, err
			}
			return state.Dump(s)
		}})
	}
	if s := audit.Source(name); s != nil {
		found = append(found, &platformReader{lines(s.Commands), s.Refusal, func(c *capture.Capture) ([]byte, error) {
			h, err := s.Parse(c)
			if err != nil {
				return nil, err
			}
			return state.Dump(h)
		}})
	}
	if len(found) == 2 && !slices.Contains(found[0].lines, command) && slices.Contains(found[1].lines, command) {
		return found[1]
	}
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func readAll(path string) ([]byte, error) {
	f := os.Stdin
	if path != "-" {
		var err error
		if f, err = os.Open(path); err != nil {
			return nil, fmt.Errorf("cannot read it: %w: name a file, or - for standard input", err)
		}
		defer f.Close()
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MiB: nothing that it could be is that large", path, maxFile>>20)
	}
	return data, nil
}
