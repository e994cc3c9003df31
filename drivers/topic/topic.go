// Package topic is the shape that drivers share: each topic is a listed command together with what reads its reply.
package topic

import (
	"errors"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A Topic is a command and the one function that reads its replies into a parser of type P. Set the function of the command's
// Format. What stands in for another topic (InsteadOf) is read only when that one gave nothing.
type Topic[P any] struct {
	drivers.Command

	Repeats bool // the platform writes lists as members of one name (tree.Repeats)

	Text func(p P, lines []text.Line)
	JSON func(p P, root tree.Node) // the root is an object or a list that is not empty
	XML  func(p P, root tree.Node)

	// Several: the reply may be several XML documents, one after the other. XML reads each.
	Several bool
}

// Commands returns the commands of the topics, in their order.
func Commands[P any](topics []Topic[P]) (out []drivers.Command) {
	for i := range topics {
		c := topics[i].Command
		switch {
		case topics[i].JSON != nil:
			c.Format = drivers.JSON
		case topics[i].XML != nil:
			c.Format = drivers.XML
		}
		out = append(out, c)
	}
	return out
}

// Read gives each usable reply of the capture to its topic, in the order of the topics, and notes in the draft what cannot be read.
// The error is for a capture of which no reply could be read although there are some.
func Read[P any](c *capture.Capture, d *state.Draft, p P, topics []Topic[P]) error {
	read := map[string]bool{}
	var failed error
	for i := range topics {
		t := &topics[i]
		if t.InsteadOf != "" && read[t.InsteadOf] {
			read[t.Line] = true // and neither is what stands in for this one
			continue
		}
		for _, r := range repliesTo(c, t.Line) {
			err := t.read(p, r)
			if err == errEmpty && t.Optional {
				continue // a feature that is off
			}
			if err != nil {
				d.Unread(r.Whole(), err.Error())
				failed = err
				continue
			}
			read[t.Line] = true
		}
	}
	if failed != nil && len(read) == 0 {
		return failed
	}
	return nil
}

// repliesTo returns the usable replies to a line: the last one to it, or, when it has a place for words, the last to each line
// that came of it.
func repliesTo(c *capture.Capture, line string) (out []*capture.Reply) {
	if !strings.Contains(line, "%s") {
		if r := c.Reply(line); r != nil {
			out = append(out, r)
		}
		return out
	}
	for _, r := range c.Replies {
		if word := Word(line, r.Command); word != "" && !strings.Contains(word, " ") && c.Reply(r.Command) == r {
			out = append(out, r)
		}
	}
	return out
}

// Word returns what stands in place of %s in the command of a reply, "" when it is no reply to the line.
func Word(line, command string) string {
	before, after, _ := strings.Cut(line, "%s")
	word, ok := strings.CutPrefix(command, before)
	if word, ok2 := strings.CutSuffix(word, after); ok && ok2 {
		return word
	}
	return ""
}

// errEmpty is no evidence for anything.
var errEmpty = errors.New("the answer is empty: a feature that is off answers like that, and nothing at all does too")

func (t *Topic[P]) read(p P, r *capture.Reply) error {
	switch {
	case t.JSON != nil:
		read := tree.JSON
		if t.Repeats {
			read = tree.Repeats
		}
		root, err := read(r)
		if err != nil {
			return err
		}
		if root.Len() == 0 {
			return errEmpty
		}
		t.JSON(p, root)
	case t.XML != nil && t.Several:
		roots, err := tree.Documents(r)
		if err != nil {
			return err
		}
		for _, root := range roots {
			t.XML(p, root)
		}
	case t.XML != nil:
		root, err := tree.XML(r)
		if err != nil {
			return err
		}
		t.XML(p, root)
	default:
		t.Text(p, text.Lines(r))
	}
	return nil
}
