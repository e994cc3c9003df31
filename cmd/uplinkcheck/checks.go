package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/profile"
	"uplinkcheck/verify/standard"
)

func checksCommand() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "checks [CHECK…]",
		Short: "the catalogue of checks: what, why, how to mend, which standard",
		Long: `Without arguments: one line a check. With ids (LAG-004) or groups (LAG): what each check asks for, why it matters, how to
put it right, and the clauses it rests on. With --profile: the clauses of a document, and which checks decide each.`,
		Example: "  uplinkcheck checks\n  uplinkcheck checks LAG-004\n  uplinkcheck checks --profile m5.153",
		RunE: func(c *cobra.Command, args []string) error {
			var out bytes.Buffer
			p, err := findProfile(name)
			switch {
			case err != nil:
				return err
			case p != nil && len(args) > 0:
				return fmt.Errorf("--profile lists a whole profile: leave out %s", strings.Join(args, " "))
			case p != nil:
				listProfile(&out, p)
			case len(args) == 0:
				listChecks(&out, checks.All())
			default:
				chosen, err := audit.Catalogue(args)
				if err != nil {
					return err
				}
				for i, x := range chosen {
					if i > 0 {
						fmt.Fprintln(&out)
					}
					explain(&out, x)
				}
			}
			_, err = out.WriteTo(c.OutOrStdout())
			return err
		},
	}
	c.Flags().StringVar(&name, "profile", "", "the clauses of "+strings.Join(profile.Names(), ", "))
	return c
}

// listProfile writes the clauses of a profile in their order, each with what it asks, what decides it, and what is beyond it.
func listProfile(w io.Writer, p *verify.Profile) {
	fmt.Fprintf(w, "%s\n\n%s\n", wrap(p.Name+"  "+p.Title, 80), wrap(strings.Join(strings.Fields(p.Doc), " "), 80))
	document := ""
	for _, d := range p.Demands {
		if d.Clause.Document != document {
			document = d.Clause.Document
			fmt.Fprintf(w, "\n%s\n", document)
		}
		ref, _ := standard.Of(d.Clause)
		asks := cmp.Or(d.Asks, ref.Title, ref.About)
		if d.Clause != (standard.Clause{}) && asks != ref.Title {
			asks += " (derived)"
		}
		fmt.Fprintf(w, "\n%s\n", indented(strings.TrimSpace(d.Clause.Clause+"  "+asks), "  "))
		switch {
		case len(d.Checks) == 0:
			fmt.Fprintf(w, "%s\n", indented("not assessable by this tool: "+d.Beyond, "      "))
			continue
		case d.Beyond != "":
			fmt.Fprintf(w, "%s\n", indented("beyond this tool: "+d.Beyond, "      "))
		}
		fmt.Fprintf(w, "%s\n", indented(strings.Join(d.Checks, " "), "      "))
	}
}

// indented wraps text at 80 columns, each line after indent.
func indented(text, indent string) string {
	return indent + strings.ReplaceAll(wrap(text, 80-len(indent)), "\n", "\n"+indent)
}

func listChecks(w io.Writer, all []*verify.Check) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options.DrawBorder = false
	t.Style().Options.SeparateColumns = false
	t.AppendHeader(table.Row{"check", "severity", "what must be true"})
	for _, c := range all {
		title := c.Title
		if c.Undecided != "" {
			title += " (no platform decides it yet)"
		}
		t.AppendRow(table.Row{c.ID, c.Severity, title})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: 58}})
	fmt.Fprintln(w, t.Render())
}

func explain(w io.Writer, c *verify.Check) {
	fmt.Fprintf(w, "%s  %s\nseverity  %s\n\n%s\n\n", c.ID, c.Title, c.Severity, wrap(strings.Join(strings.Fields(c.Doc), " "), 80))
	if c.Undecided != "" {
		fmt.Fprintf(w, "%s\n\n", wrap("No platform decides it yet; missing: "+c.Undecided+".", 80))
	}
	fmt.Fprintln(w, "cites")
	for _, x := range c.Cites {
		fmt.Fprintf(w, "  %s\n", x)
	}
}

// wrap breaks text at spaces so that no line is longer than width, unless a word is.
func wrap(text string, width int) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(text) {
		if i > 0 && at+1+len(word) > width {
			b.WriteByte('\n')
			at = 0
		} else if i > 0 {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	return b.String()
}
