// Command score compares what the drivers read from real recordings with what the recordings' own projects published about them.
//
//	go run ./drivers/score DIR [--tsv]
//
// DIR is a folder of <platform>/<command>/<case>/ with an input, meta.json and, where somebody published a result, expected.json;
// its INDEX.tsv lists the cases. Every case of a platform that has a driver is scored, whether or not the driver asks for the
// command: what it does not ask for is unknown, one fact a case at least. Only facts that a state.Switch can hold are counted. Of one
// recorded command the driver tells less than of a device: VLANs that need a second one stay unknown. It prints for each platform
// and kind the cases and how many facts are right, unknown and wrong, then each wrong one with the line it was read from, and ends
// with status 1 when there is one. Where a published result contradicts its own input the fact is listed in contradictions.tsv and
// not counted. Where nobody published what an output says, a second, naive reading of it (package naive) stands in.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	tsv := flag.Bool("tsv", false, "print the table only, tab-separated")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: go run ./drivers/score DIR [--tsv]") }
	args := os.Args[1:]
	if len(args) > 1 && !strings.HasPrefix(args[0], "-") { // the flag may stand behind the folder
		args = append(args[1:], args[0])
	}
	if err := flag.CommandLine.Parse(args); err != nil || flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	s, err := scoreFolder(flag.Arg(0))
	if err != nil {
		fmt.Fprintf(os.Stderr, "score: %v; is it a folder with an INDEX.tsv?\n", err)
		os.Exit(2)
	}
	if *tsv {
		fmt.Print(s.tsv())
	} else {
		s.write(os.Stdout)
	}
	if len(s.wrong) > 0 {
		os.Exit(1)
	}
}

// write prints the table for people, then what is wrong and what was not compared.
func (s *score) write(w io.Writer) {
	fmt.Fprintf(w, "%-16s %-18s %6s %7s %8s %6s\n", "platform", "kind", "cases", "right", "unknown", "wrong")
	for _, r := range s.rows() {
		fmt.Fprintf(w, "%-16s %-18s %6d %7d %8d %6d\n", r.platform, r.kind, r.cases, r.right, r.unknown, r.wrong)
	}
	for _, m := range s.wrong {
		fmt.Fprintf(w, "\nwrong: %s: %s: read %q, published %q\n  %s\n", m.where, m.what, m.got, m.want, m.line)
	}
	if len(s.silent) > 0 {
		fmt.Fprintf(w, "\npublished results without a fact that a state.Switch holds:\n")
	}
	for _, m := range s.silent {
		fmt.Fprintf(w, "not compared: %s\n", m)
	}
}
