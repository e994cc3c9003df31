package text_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"uplinkcheck/drivers/text"
)

// expressions returns all that drivers match lines with, and some that are harder than theirs.
func expressions(t testing.TB) []string {
	out := []string{`$`, `^$`, `a|$`, `^(a|ab)(c|bcd)$`, `(a*)*b`, `(a*)+$`, `x*?y`, `(\w+?)(\d*)$`, `(?i)\bab+\b`, `\B.`, `(?:(a)|b)*`, `((?:\S+ )*)(\S+)`, `.*(\d)`, `[^a]b|c`, `a{2,3}?`, `(?m)^b$`,
		`(\S+?)\(([A-Za-z]+)\)`, `^(?:(x)|y)?z`, `a\b$`, `(?i)k`, `(?s).+`, `(|a)+`, `(a|b)*?c`}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "MustCompile" {
				if expression, ok := constant(call.Args[0]); ok {
					out = append(out, expression)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || len(out) < 100 {
		t.Fatalf("%v, %d expressions", err, len(out))
	}
	return out
}

// constant returns the text of a literal, or of several that are joined.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok1 := constant(e.X)
		b, ok2 := constant(e.Y)
		return a + b, ok1 && ok2
	}
	return "", false
}

// same holds a pattern to package regexp.
func same(t *testing.T, p *text.Pattern, want *regexp.Regexp, line string) {
	t.Helper()
	if got, want := p.FindStringSubmatchIndex(line), want.FindStringSubmatchIndex(line); !slices.Equal(got, want) {
		t.Errorf("%s in %q: %v, want %v", p, line, got, want)
	}
	if got, want := p.FindStringSubmatch(line), want.FindStringSubmatch(line); !slices.Equal(got, want) {
		t.Errorf("%s in %q: %q, want %q", p, line, got, want)
	}
	if got, want := p.MatchString(line), want.MatchString(line); got != want {
		t.Errorf("%s in %q: %v, want %v", p, line, got, want)
	}
	if got, want := p.FindAllStringSubmatchIndex(line, -1), want.FindAllStringSubmatchIndex(line, -1); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%s in %q, all: %v, want %v", p, line, got, want)
	}
}

// lines returns different lines of the recordings of all drivers, and worse ones.
func lines(t testing.TB) []string {
	seen := map[string]bool{"": true, "a": true, "ab": true, "abcd": true, "aab": true, "xxxy": true, "b\nb": true, "é": true, "aé b": true, "a b c": true, "\xff": true, "K": true,
		strings.Repeat("a", 200): true, strings.Repeat("a ", 200): true, strings.Repeat("Et1(P) ", 60): true}
	files, err := filepath.Glob("../*/testdata/*/*.txt")
	if err != nil || len(files) < 50 {
		t.Fatalf("%v, %d recordings", err, len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			seen[strings.TrimRight(line, " \r\n")] = true
		}
	}
	var out []string
	for line := range seen {
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// Every expression of every driver finds in recorded lines what package regexp finds.
func TestPatternsFindWhatRegexpFinds(t *testing.T) {
	all := lines(t)
	for k, expression := range expressions(t) {
		p, want := text.MustCompile(expression), regexp.MustCompile(expression)
		for n, line := range all {
			if (n+k)%8 == 0 || p.MatchString(line) != want.MatchString(line) { // the rest takes long and is alike
				same(t, p, want, line)
			}
		}
	}
}

func FuzzPattern(f *testing.F) {
	all := expressions(f)
	for _, line := range lines(f)[:200] {
		f.Add(uint16(len(line)), line)
	}
	f.Fuzz(func(t *testing.T, n uint16, line string) {
		expression := all[int(n)%len(all)]
		same(t, text.MustCompile(expression), regexp.MustCompile(expression), line)
	})
}
