package collect

import (
	"bytes"
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

// maxLineBefore bounds how far back the beginning of a configuration line is looked for.
const maxLineBefore = 300

func roots(words ...string) (out [][]byte) {
	for _, w := range words {
		out = append(out, []byte(w), []byte(strings.ToUpper(w[:1])+w[1:]), []byte(strings.ToUpper(w)))
	}
	return out
}

// redact overwrites secrets with as many x, in place, so that spans stay true. It is loose in what it takes for the name
// of a secret and strict in where such a name may stand: a JSON member, an XML element, a configuration line. It reads a
// reply a fixed number of times, whatever is in it.
func redact(b []byte) []byte {
	for _, root := range secretRoots {
		for at := 0; ; {
			i := bytes.Index(b[at:], root)
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(root)
			at = max(at, redactNamed(b, start, at))
		}
	}
	redactCrypted(b)
	redactPrivateKeys(b)
	return b
}

// redactNamed overwrites the value of the name that holds b[start:end], and returns where that value ended.
func redactNamed(b []byte, start, end int) int {
	for end < len(b) && isNameByte(b[end]) {
		end++
	}
	from := start
	for from > 0 && start-from < maxLineBefore && isNameByte(b[from-1]) {
		from--
	}
	switch {
	case from > 0 && b[from-1] == '<':
		return redactElement(b, end)
	case end < len(b) && b[end] == '"':
		return redactMember(b, end+1)
	}
	return redactLine(b, from, end)
}

// redactElement overwrites the text after a start tag.
func redactElement(b []byte, at int) int {
	open := bytes.IndexAny(b[at:min(len(b), at+maxLineBefore)], "<>")
	if open < 0 || b[at+open] != '>' || b[at+open-1] == '/' {
		return at
	}
	value := at + open + 1
	end := value + max(bytes.IndexByte(b[value:], '<'), 0)
	overwrite(b[value:end])
	return end
}

// redactMember overwrites the string after the colon of a JSON member.
func redactMember(b []byte, at int) int {
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
	overwrite(b[at+1 : end])
	return end
}

// redactLine overwrites the words behind names of secrets in a configuration line, from the name at b[from:end] on.
func redactLine(b []byte, from, end int) int {
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
	return redactWord(b, at)
}

// redactWord overwrites the next word of a line, or the quoted words, behind what says its kind.
func redactWord(b []byte, at int) int {
	for kinds := 0; ; kinds++ {
		start := skip(b, at, " \t")
		if start == at || start >= len(b) {
			return start
		}
		at = start
		for at < len(b) && !strings.ContainsRune(" \t\r\n", rune(b[at])) {
			at++
		}
		word := string(b[start:min(at, start+20)])
		last := skip(b, at, " \t") >= endOfLine(b, at)
		if kinds == 0 && !last && (slices.Contains(valueKinds, word) || len(word) <= 2 && strings.Trim(word, "0123456789") == "") {
			continue
		}
		if b[start] == '"' {
			start++
			if close := bytes.IndexByte(b[start:endOfLine(b, start)], '"'); close >= 0 {
				at = start + close
			}
		}
		overwrite(b[start:at])
		return at
	}
}

// redactCrypted overwrites crypted passwords wherever they stand: $6$…, and $9$… of Junos.
func redactCrypted(b []byte) {
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
				overwrite(b[at:end])
			}
			at = end
			break
		}
	}
}

// redactPrivateKeys overwrites what stands between the lines of a PEM private key.
func redactPrivateKeys(b []byte) {
	const begins = "PRIVATE KEY-----"
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(begins))
		if i < 0 {
			return
		}
		at += i + len(begins)
		end := len(b)
		if i := bytes.Index(b[at:], []byte("-----END")); i >= 0 {
			end = at + i
		}
		overwrite(b[at:end])
		if i := bytes.Index(b[end:], []byte(begins)); i >= 0 { // of its own end line
			end += i + len(begins)
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

// overwrite leaves line ends as they are, so that lines stay countable.
func overwrite(b []byte) {
	for i := range b {
		if b[i] != '\n' && b[i] != '\r' {
			b[i] = 'x'
		}
	}
}
