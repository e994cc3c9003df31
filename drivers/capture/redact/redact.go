// Package redact finds secrets in what devices say and overwrites them with as many x.
package redact

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// secretRoots stand in every name of a secret. They are looked for as written here, with a capital, and in capitals.
// "key" alone is none: LACP keys are what we came for.
var secretRoots = roots("passw", "passphrase", "secret", "communit", "pre-shared-key", "preshared", "key-string",
	"authentication-key", "auth-key", "authkey", "private-key", "privatekey", "radius-server", "tacacs-server")

// configuringWords begin the configuration lines in which a secret may stand. A VLAN or a description called
// "secret" stands in lines that begin otherwise.
var configuringWords = []string{"username", "user", "enable", "snmp-server", "snmp", "radius-server", "tacacs-server", "aaa",
	"neighbor", "standby", "vrrp", "password", "passphrase", "key-string"}

// secretWords are the names of secrets in configuration lines, and valueKinds may stand between name and value.
var (
	secretWords = []string{"password", "passwd", "secret", "community", "passphrase", "key-string", "pre-shared-key",
		"authentication-key", "encrypted-password", "key"}
	valueKinds = []string{"sha512", "md5", "ascii-text", "hexadecimal", "plain-text"}
)

// keyBegins ends the first line of a PEM private key.
const keyBegins = "PRIVATE KEY-----"

// maxLineBefore bounds how far back the beginning of a configuration line is looked for.
const maxLineBefore = 300

func roots(words ...string) (out [][]byte) {
	for _, w := range words {
		out = append(out, []byte(w), []byte(strings.ToUpper(w[:1])+w[1:]), []byte(strings.ToUpper(w)))
	}
	return out
}

// A Place is where a secret stands, or stood: a byte range of a reply.
type Place struct{ Start, End int }

// Overwrite overwrites secrets with as many x, in place, so that spans stay true, and returns b. It is loose in what it takes for the
// name of a secret and strict in where such a name may stand: a JSON member, an XML element, a configuration line. It reads a
// reply a fixed number of times, whatever is in it.
func Overwrite(b []byte) []byte {
	w := work{b: b}
	w.all()
	return b
}

// Places returns where Overwrite would put its x, and has put them where it was run before. b is left as it is.
func Places(b []byte) []Place {
	w := work{b: b}
	if w.find(); len(w.found) == 0 && bytes.IndexByte(b, '$') < 0 && !bytes.Contains(b, []byte(keyBegins)) {
		return nil
	}
	w.b = bytes.Clone(b)
	w.all()
	return w.places
}

// Hidden reports whether nothing is left to read at a place.
func (p Place) Hidden(b []byte) bool {
	for _, c := range b[p.Start:p.End] {
		if c != 'x' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// A work is a reply in which secrets are being overwritten.
type work struct {
	b      []byte
	found  []occurrence
	passed int // where what the current root's last occurrence covered ends
	places []Place
}

// An occurrence is where a root stood before anything was overwritten.
type occurrence struct{ root, at int }

// rootBegins tells by its first two bytes whether a root may begin: most places of a reply are passed over by it.
var rootBegins = func() (begins [1 << 16]bool) {
	for _, root := range secretRoots {
		begins[int(root[0])<<8|int(root[1])] = true
	}
	return begins
}()

// find notes where each root stands, in one pass over the reply.
func (w *work) find() {
	w.found = nil
	for i := 1; i < len(w.b); i++ {
		if !rootBegins[int(w.b[i-1])<<8|int(w.b[i])] {
			continue
		}
		for n, root := range secretRoots {
			if bytes.HasPrefix(w.b[i-1:], root) {
				w.found = append(w.found, occurrence{n, i - 1})
			}
		}
	}
	slices.SortStableFunc(w.found, func(a, b occurrence) int { return cmp.Compare(a.root, b.root) })
}

func (w *work) all() {
	w.find()
	for i, o := range w.found {
		root := secretRoots[o.root]
		if i > 0 && w.found[i-1].root != o.root {
			w.passed = 0
		}
		if o.at >= w.passed && bytes.HasPrefix(w.b[o.at:], root) { // not behind what the root's last occurrence covered, nor overwritten
			end := o.at + len(root)
			w.passed = max(end, w.named(o.at, end))
		}
	}
	w.crypted()
	w.privateKeys()
}

// hide leaves line ends as they are, so that lines stay countable.
func (w *work) hide(start, end int) {
	if start >= end {
		return
	}
	w.places = append(w.places, Place{start, end})
	for i := start; i < end; i++ {
		if w.b[i] != '\n' && w.b[i] != '\r' {
			w.b[i] = 'x'
		}
	}
}

// named overwrites the value of the name that holds b[start:end], and returns where that value ended.
func (w *work) named(start, end int) int {
	b := w.b
	for end < len(b) && isNameByte(b[end]) {
		end++
	}
	from := start
	for from > 0 && start-from < maxLineBefore && isNameByte(b[from-1]) {
		from--
	}
	switch {
	case from > 0 && b[from-1] == '<':
		return w.element(end)
	case end < len(b) && b[end] == '"':
		return w.member(end + 1)
	}
	return w.line(from, end)
}

// element overwrites the text after a start tag.
func (w *work) element(at int) int {
	b := w.b
	open := bytes.IndexAny(b[at:min(len(b), at+maxLineBefore)], "<>")
	if open < 0 || b[at+open] != '>' || b[at+open-1] == '/' {
		return at
	}
	value := at + open + 1
	end := value + max(bytes.IndexByte(b[value:], '<'), 0)
	w.hide(value, end)
	return end
}

// member overwrites the string after the colon of a JSON member.
func (w *work) member(at int) int {
	b := w.b
	at = skip(b, at, " \t\r\n")
	if at >= len(b) || b[at] != ':' {
		return at
	}
	at = skip(b, at+1, " \t\r\n")
	if at >= len(b) || b[at] != '"' {
		return at
	}
	end := at + 1
	for end < len(b) && b[end] != '"' {
		if b[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end, len(b))
	w.hide(at+1, end)
	return end
}

// line overwrites the words behind names of secrets in a configuration line, from the name at b[from:end] on.
func (w *work) line(from, end int) int {
	b := w.b
	near := max(0, from-maxLineBefore)
	begin := near + bytes.LastIndexByte(b[near:from], '\n') + 1
	if begin == near && near > 0 {
		return end // the line began too far back to know how
	}
	words := strings.Fields(string(b[begin:end]))
	if len(words) > 1 && (words[0] == "set" || words[0] == "no") {
		words = words[1:]
	}
	if len(words) == 0 || !slices.Contains(configuringWords, words[0]) {
		return end
	}
	at := end
	if name := strings.ToLower(string(b[from:end])); name == "radius-server" || name == "tacacs-server" {
		key := bytes.Index(b[at:endOfLine(b, at)], []byte(" key "))
		if key < 0 {
			return end
		}
		at += key + len(" key")
	} else if !slices.Contains(secretWords, name) {
		return end
	}
	return w.word(at)
}

// word overwrites the next word of a line, or the quoted words, behind what says its kind.
func (w *work) word(at int) int {
	b := w.b
	for kinds := 0; ; kinds++ {
		start := skip(b, at, " \t")
		if start == at || start >= len(b) {
			return start
		}
		at = start
		for at < len(b) && !strings.ContainsRune(" \t\r\n", rune(b[at])) {
			at++
		}
		text := string(b[start:min(at, start+20)])
		last := skip(b, at, " \t") >= endOfLine(b, at)
		if kinds == 0 && !last && (slices.Contains(valueKinds, text) || len(text) <= 2 && strings.Trim(text, "0123456789") == "") {
			continue
		}
		if b[start] == '"' {
			start++
			if close := bytes.IndexByte(b[start:endOfLine(b, start)], '"'); close >= 0 {
				at = start + close
			}
		}
		w.hide(start, at)
		return at
	}
}

// crypted overwrites crypted passwords wherever they stand: $6$…, and $9$… of Junos.
func (w *work) crypted() {
	b := w.b
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '$')
		if i < 0 {
			return
		}
		at += i + 1
		for _, kind := range []string{"1$", "5$", "6$", "8$", "9$", "y$", "2a$", "2b$", "2y$"} {
			if !bytes.HasPrefix(b[at:], []byte(kind)) {
				continue
			}
			at += len(kind)
			end := at
			for end < len(b) && !strings.ContainsRune(" \t\r\n\"'<>;,", rune(b[end])) {
				end++
			}
			if end-at >= 4 {
				w.hide(at, end)
			}
			at = end
			break
		}
	}
}

// privateKeys overwrites what stands between the lines of a PEM private key.
func (w *work) privateKeys() {
	b := w.b
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(keyBegins))
		if i < 0 {
			return
		}
		at += i + len(keyBegins)
		end := len(b)
		if i := bytes.Index(b[at:], []byte("-----END")); i >= 0 {
			end = at + i
		}
		w.hide(at, end)
		if i := bytes.Index(b[end:], []byte(keyBegins)); i >= 0 { // of its own end line
			end += i + len(keyBegins)
		}
		at = end
	}
}

func isNameByte(c byte) bool {
	return c == '-' || c == '_' || c == '.' || c == ':' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func skip(b []byte, at int, set string) int {
	for at < len(b) && strings.IndexByte(set, b[at]) >= 0 {
		at++
	}
	return at
}

func endOfLine(b []byte, at int) int {
	if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(b)
}
