package text

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// A Pattern is a regular expression that finds what package regexp finds, several times as fast on lines as devices print them. It tries one
// way after the other, as Perl does, and leaves to package regexp what takes too many steps for that, and text that is not ASCII.
type Pattern struct {
	*regexp.Regexp
	ready    sync.Once // what follows is made when it is first asked for: most commands are never sent
	insts    []inst
	start    int
	anchored bool // it can only match at the beginning
	first    first
	needs    string // stands in whatever it matches
}

// An inst is an instruction of syntax.Prog, made ready. What follows a repetition of single bytes decides whether any of them may have to be
// given back.
type inst struct {
	op       op
	out, arg int
	empty    syntax.EmptyOp
	literal  string // of opLiteral
	bytes    *bytes // of opByte, opGreedy, opLazy
	exit     first  // of opGreedy, opLazy: what may follow
	gives    bool   // of opGreedy: what may follow may also be among the bytes
}

type op uint8

const (
	opFail op = iota
	opMatch
	opAlt
	opCapture
	opEmpty
	opNop
	opLiteral
	opByte
	opGreedy
	opLazy
)

type bytes [256]bool

// A first is what may stand where a part of an expression begins: one of the bytes, the end of the text, or, if empty, anything.
type first struct {
	bytes      bytes
	end, empty bool
}

// MustCompile is regexp.MustCompile for expressions that are matched with lines.
func MustCompile(expression string) *Pattern {
	return &Pattern{Regexp: regexp.MustCompile(expression)}
}

func (p *Pattern) make() {
	tree, err := syntax.Parse(p.String(), syntax.Perl)
	if err != nil {
		panic(err) // package regexp took it
	}
	tree = tree.Simplify()
	prog, err := syntax.Compile(tree)
	if err != nil {
		panic(err)
	}
	p.needs = needed(tree)
	p.start, p.anchored = prog.Start, prog.StartCond()&syntax.EmptyBeginText != 0
	p.insts = make([]inst, len(prog.Inst))
	for pc := range prog.Inst {
		p.insts[pc] = compile(prog, pc)
	}
	for pc := range p.insts {
		if i := &p.insts[pc]; i.op == opGreedy || i.op == opLazy {
			i.exit = p.firstAt(i.arg, map[int]bool{})
			i.gives = i.exit.empty
			for c, in := range i.bytes {
				i.gives = i.gives || in && i.exit.bytes[c]
			}
		}
	}
	p.first = p.firstAt(p.start, map[int]bool{})
}

func compile(prog *syntax.Prog, pc int) inst {
	in := &prog.Inst[pc]
	i := inst{out: int(in.Out), arg: int(in.Arg)}
	switch in.Op {
	case syntax.InstMatch:
		i.op = opMatch
	case syntax.InstAlt, syntax.InstAltMatch:
		i.op = opAlt
		repeats := func(pc2 int) bool { b := &prog.Inst[pc2]; return isByte(b) && int(b.Out) == pc }
		switch {
		case repeats(i.out):
			i.op, i.bytes = opGreedy, bytesOf(&prog.Inst[i.out])
		case repeats(i.arg):
			i.op, i.bytes = opLazy, bytesOf(&prog.Inst[i.arg])
			i.arg = i.out // what follows
		}
	case syntax.InstCapture:
		i.op = opCapture
	case syntax.InstEmptyWidth:
		i.op, i.empty = opEmpty, syntax.EmptyOp(in.Arg)
	case syntax.InstNop:
		i.op = opNop
	default:
		if !isByte(in) {
			break
		}
		i.op, i.bytes = opByte, bytesOf(in)
		for in.Op == syntax.InstRune1 && syntax.Flags(in.Arg)&syntax.FoldCase == 0 && in.Rune[0] < 0x80 {
			i.literal += string(in.Rune[0])
			i.out = int(in.Out)
			in = &prog.Inst[i.out]
		}
		if i.literal != "" {
			i.op = opLiteral
		}
	}
	return i
}

func isByte(in *syntax.Inst) bool {
	return in.Op == syntax.InstRune || in.Op == syntax.InstRune1 || in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL
}

func bytesOf(in *syntax.Inst) *bytes {
	out := new(bytes)
	for c := range rune(0x80) {
		out[c] = in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL && c != '\n' || in.Op != syntax.InstRuneAny && in.Op != syntax.InstRuneAnyNotNL && in.MatchRune(c)
	}
	return out
}

// firstAt returns what may stand where the instruction begins.
func (p *Pattern) firstAt(pc int, seen map[int]bool) (f first) {
	if seen[pc] {
		return f
	}
	seen[pc] = true
	i := &p.insts[pc]
	join := func(g first) {
		for c := range g.bytes {
			f.bytes[c] = f.bytes[c] || g.bytes[c]
		}
		f.end, f.empty = f.end || g.end, f.empty || g.empty
	}
	switch i.op {
	case opMatch:
		f.empty = true
	case opAlt:
		join(p.firstAt(i.out, seen))
		join(p.firstAt(i.arg, seen))
	case opGreedy, opLazy:
		f.bytes = *i.bytes
		join(p.firstAt(i.arg, seen))
	case opEmpty:
		if i.empty&syntax.EmptyEndText != 0 {
			return first{end: true}
		}
		return p.firstAt(i.out, seen)
	case opCapture, opNop:
		return p.firstAt(i.out, seen)
	case opLiteral:
		f.bytes[i.literal[0]] = true
	case opByte:
		f.bytes = *i.bytes
	}
	return f
}

// needed returns the longest literal without which the expression matches nothing.
func needed(tree *syntax.Regexp) (longest string) {
	switch tree.Op {
	case syntax.OpLiteral:
		if tree.Flags&syntax.FoldCase == 0 {
			return string(tree.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(tree.Sub[0])
	case syntax.OpConcat:
		for _, sub := range tree.Sub {
			if s := needed(sub); len(s) > len(longest) {
				longest = s
			}
		}
	}
	return longest
}

// A way is one that was put off: to give back bytes of a repetition, down to least; or what stands below in place of least.
type way struct {
	pc, at, least int
}

const (
	goOn     = -1 - iota // there, from the byte
	takeBack             // a capture, of which pc is the number, to what it was
	takeMore             // one byte more of a lazy repetition
)

type answer uint8

const (
	no answer = iota
	yes
	unsure // ask package regexp
)

// mostSteps bounds the tries for a text: each byte of it may be looked at that often.
const mostSteps = 40

// match looks for the first match at or after from. caps has room for the places of each group and takes -1 for those that had no part in it.
func (p *Pattern) match(s string, from int, caps []int) answer {
	p.ready.Do(p.make)
	if p.anchored && (from > 0 || len(s) > 0 && s[0] < 0x80 && !p.first.empty && !p.first.bytes[s[0]]) {
		return no
	}
	if p.needs != "" && !strings.Contains(s[from:], p.needs) {
		return no
	}
	steps := mostSteps * (len(s) + 8)
	var room [16]way
	for at := from; at <= len(s); at++ {
		switch {
		case at < len(s) && s[at] >= 0x80:
			return unsure
		case p.first.empty, at < len(s) && p.first.bytes[s[at]], at == len(s) && p.first.end:
			if found := p.matchAt(s, at, caps, room[:0], &steps); found != no {
				return found
			}
		}
		if p.anchored {
			break
		}
	}
	return no
}

// matchAt looks for a match that begins at a byte.
func (p *Pattern) matchAt(s string, at int, caps []int, ways []way, steps *int) answer {
	for k := range caps {
		caps[k] = -1
	}
	begin, pc := at, p.start
	for {
		if *steps--; *steps < 0 {
			return unsure
		}
		i := &p.insts[pc]
		fits := true
		switch i.op {
		case opMatch:
			if len(caps) > 1 {
				caps[0], caps[1] = begin, at
			}
			return yes
		case opAlt:
			ways = append(ways, way{i.arg, at, goOn})
		case opCapture:
			if i.arg < len(caps) {
				ways = append(ways, way{i.arg, caps[i.arg], takeBack})
				caps[i.arg] = at
			}
		case opEmpty:
			fits = i.empty&^around(s, at) == 0
		case opNop:
		case opLiteral:
			if fits = strings.HasPrefix(s[at:], i.literal); fits {
				at += len(i.literal)
			}
		case opByte:
			if fits = at < len(s) && i.bytes[s[at]]; fits {
				at++
			} else if at < len(s) && s[at] >= 0x80 {
				return unsure
			}
		case opGreedy:
			least := at
			for at < len(s) && i.bytes[s[at]] {
				at++
			}
			if at < len(s) && s[at] >= 0x80 {
				return unsure
			}
			if *steps -= at - least; i.gives && at > least {
				ways = append(ways, way{pc, at, least})
			}
			pc = i.arg
			continue
		case opLazy:
			ways = append(ways, way{pc, at, takeMore})
		default:
			fits = false
		}
		if fits {
			pc = i.out
			continue
		}
		// the way that was put off last
		for pc = -1; pc < 0; {
			if len(ways) == 0 {
				return no
			}
			w := &ways[len(ways)-1]
			switch w.least {
			case goOn:
				pc, at = w.pc, w.at
				ways = ways[:len(ways)-1]
			case takeBack:
				caps[w.pc] = w.at
				ways = ways[:len(ways)-1]
			case takeMore:
				i := &p.insts[w.pc]
				switch {
				case w.at < len(s) && i.bytes[s[w.at]]:
					w.at++
					for !i.exit.empty && w.at < len(s) && i.bytes[s[w.at]] && !i.exit.bytes[s[w.at]] { // what follows cannot begin here
						w.at++
						*steps--
					}
					pc, at = i.out, w.at
				case w.at < len(s) && s[w.at] >= 0x80:
					return unsure
				default:
					ways = ways[:len(ways)-1]
				}
			default:
				i := &p.insts[w.pc]
				for w.at--; w.at > w.least && !i.exit.empty && !i.exit.bytes[s[w.at]]; {
					w.at--
				}
				pc, at = i.arg, w.at
				if w.at == w.least {
					ways = ways[:len(ways)-1]
				}
			}
		}
	}
}

// around returns which conditions hold between two bytes.
func around(s string, at int) syntax.EmptyOp {
	before, after := rune(-1), rune(-1)
	if at > 0 {
		before = rune(s[at-1])
	}
	if at < len(s) {
		after = rune(s[at])
	}
	return syntax.EmptyOpContext(before, after)
}

// MatchString is that of package regexp.
func (p *Pattern) MatchString(s string) bool {
	switch p.match(s, 0, nil) {
	case yes:
		return true
	case no:
		return false
	}
	return p.Regexp.MatchString(s)
}

// FindStringSubmatchIndex is that of package regexp.
func (p *Pattern) FindStringSubmatchIndex(s string) []int {
	var room [32]int
	caps, found := p.find(s, room[:])
	if !found {
		return nil
	}
	return slices.Clone(caps)
}

// FindStringSubmatch is that of package regexp.
func (p *Pattern) FindStringSubmatch(s string) []string {
	var room [32]int
	caps, found := p.find(s, room[:])
	if !found {
		return nil
	}
	out := make([]string, len(caps)/2)
	for i := range out {
		if caps[2*i] >= 0 {
			out[i] = s[caps[2*i]:caps[2*i+1]]
		}
	}
	return out
}

// find returns the places of all groups, in room if they fit.
func (p *Pattern) find(s string, room []int) (caps []int, found bool) {
	n := 2 * (p.NumSubexp() + 1)
	caps = slices.Grow(room[:0], n)[:n]
	switch p.match(s, 0, caps) {
	case yes:
		return caps, true
	case no:
		return nil, false
	}
	caps = p.Regexp.FindStringSubmatchIndex(s)
	return caps, caps != nil
}

// FindAllStringSubmatchIndex is that of package regexp.
func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) (out [][]int) {
	for caps := range p.All(s) {
		if len(out) == n {
			break
		}
		out = append(out, slices.Clone(caps))
	}
	return out
}

// All yields what FindAllStringSubmatchIndex returns. A match is good until the next.
func (p *Pattern) All(s string) func(yield func(caps []int) bool) {
	return func(yield func([]int) bool) {
		p.ready.Do(p.make)
		var room [32]int
		n := 2 * (p.NumSubexp() + 1)
		caps := slices.Grow(room[:0], n)[:n]
		found, from := unsure, 0
		if !p.first.empty && !p.first.end { // what matches nothing has rules of its own
			found = p.match(s, from, caps)
		}
		for ; found == yes; found = p.match(s, from, caps) {
			from = caps[1]
			if !yield(caps) {
				return
			}
		}
		if found == no {
			return
		}
		for _, caps := range p.Regexp.FindAllStringSubmatchIndex(s, -1) {
			if caps[0] >= from && !yield(caps) {
				return
			}
		}
	}
}
