package collect

import "regexp"

const (
	configured = `(?im)^[ \t]*(?:set |no )?`
	value      = `(?:(?:\d{1,2}|sha512|md5|ascii-text|hexadecimal|plain-text)[ \t]+)?("[^"\n]*"|[^\s"<>]+)`
)

// What holds a secret. The pattern is loose in what it takes for a secret's name and strict in where such a name may
// stand: LACP keys and VLANs called "secret" must stay. Group 1 is the value.
var (
	// hint is cheap and matches whatever the others may.
	hint = regexp.MustCompile(`(?i)passw|passphrase|secret|communit|pre-?shared|(auth|authentication|private)-?key|key-string|radius|tacacs|\$[1-9y]|\$2[aby]|PRIVATE KEY`)

	secrets = []*regexp.Regexp{
		// JSON: "enablePassword": "…"
		regexp.MustCompile(`(?i)"[\w .-]*(?:passw(?:or)?d|passphrase|secret|community(?:string|name)?|preshared-?key|pre-shared-key|auth-?key|authentication-?key|private-?key|key-string)"\s*:\s*"((?:[^"\\]|\\.)*)"`),
		// XML: <secret>…</secret>
		regexp.MustCompile(`(?i)<(?:[\w.-]+:)?[\w.-]*(?:password|passphrase|secret|community|pre-shared-key|authentication-key|private-key)(?:\s[^<>]*)?>([^<]*)</`),
		// A configuration line: "username admin privilege 15 secret 5 …". It begins with a word that configures.
		regexp.MustCompile(configured + `(?:username|user|enable|snmp-server|snmp|radius-server|tacacs-server|aaa|neighbor|standby|vrrp)\b[^\n]*?[ \t](?:password|secret|community|passphrase|pre-shared-key|authentication-key|encrypted-password)[ \t]+` + value),
		regexp.MustCompile(configured + `(?:radius-server|tacacs-server)\b[^\n]*[ \t]key[ \t]+` + value),
		regexp.MustCompile(configured + `(?:enable secret|password|passphrase|key-string)[ \t]+` + value),
		// A crypted password, wherever it stands: $6$…, $9$… of Junos.
		regexp.MustCompile(`\$(?:[1-9]|2[aby]|y)\$([^\s"'<>;,]{4,})`),
		// A private key.
		regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END|$)`),
	}
)

// redact overwrites secrets with as many x, so that spans stay true. The bytes are changed in place.
func redact(b []byte) []byte {
	if !hint.Match(b) {
		return b
	}
	for _, s := range secrets {
		for _, m := range s.FindAllSubmatchIndex(b, -1) {
			for i := m[2]; i < m[3]; i++ {
				if b[i] != '\n' && b[i] != '\r' && b[i] != '"' {
					b[i] = 'x'
				}
			}
		}
	}
	return b
}
