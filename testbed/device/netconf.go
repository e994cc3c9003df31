package device

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Framing is how a device speaks NETCONF: RFC 6242 leaves servers much freedom, and some take more.
// The zero Framing offers base:1.0 and base:1.1 and sends each reply in one chunk.
type Framing struct {
	Only10       bool // offers base:1.0 alone
	Only11       bool // offers base:1.1 alone
	Chunk        int  // bytes of a chunk, 0: the whole message; chunks split UTF-8 and attributes wherever they end
	SingleQuotes bool // message-id='…'
	CRLF         bool // CR LF for every LF of a reply
	WrongID      bool // answers with another message-id
}

const (
	base10   = "urn:ietf:params:netconf:base:1.0"
	base11   = "urn:ietf:params:netconf:base:1.1"
	space    = "urn:ietf:params:xml:ns:netconf:base:1.0"
	endOf10  = "]]>]]>"
	maxOfRPC = 1 << 20
)

func (d *Device) netconf(ch ssh.Channel, w *wire) {
	caps := []string{base10, base11}
	switch {
	case d.cfg.Framing.Only10:
		caps = caps[:1]
	case d.cfg.Framing.Only11:
		caps = caps[1:]
	}
	hello := `<hello xmlns="` + space + `"><capabilities>`
	for _, c := range caps {
		hello += "<capability>" + c + "</capability>"
	}
	hello += "</capabilities><session-id>4711</session-id></hello>"
	if w.send(ch, []byte(hello+endOf10)) != nil {
		return
	}
	in := bufio.NewReader(ch)
	theirs, err := read10(in)
	if err != nil {
		return
	}
	chunked := !d.cfg.Framing.Only10 && bytes.Contains(theirs, []byte(base11))
	if !chunked && (d.cfg.Framing.Only11 || !bytes.Contains(theirs, []byte(base10))) {
		return // RFC 6241, 8.1: without a common base version the session ends
	}
	for {
		read := read10
		if chunked {
			read = read11
		}
		msg, err := read(in)
		if err != nil {
			return
		}
		reply, last, ok := d.rpc(msg)
		if !ok || !d.pause(0) {
			return
		}
		if d.cfg.Framing.CRLF {
			reply = bytes.ReplaceAll(reply, []byte("\n"), []byte("\r\n"))
		}
		if chunked {
			reply = d.chunks(reply)
		} else {
			reply = append(reply, endOf10...)
		}
		if w.send(ch, reply) != nil {
			return
		}
		w.replied()
		if last {
			return
		}
	}
}

// rpc makes the reply to one message, and says whether it is the last of the session; ok is false when the message is none.
func (d *Device) rpc(msg []byte) (reply []byte, last, ok bool) {
	var call struct {
		XMLName xml.Name `xml:"rpc"`
		ID      string   `xml:"message-id,attr"`
		Inside  string   `xml:",innerxml"`
	}
	if xml.Unmarshal(msg, &call) != nil {
		return nil, false, false
	}
	inside := strings.TrimSpace(call.Inside)
	d.note(inside)
	f := d.faults.Load()
	body := `<rpc-error><error-type>protocol</error-type><error-tag>operation-failed</error-tag>` +
		`<error-severity>error</error-severity><error-message>permission denied</error-message></rpc-error>`
	switch {
	case closing.MatchString(inside): // RFC 6241, 7.8: every server has it
		body, last = "<ok/>", true
	case !f.refuses(inside):
		body = d.cfg.NETCONF(inside)
	}
	if !d.pause(f.late[inside]) {
		return nil, false, false
	}
	if d.cfg.Framing.WrongID {
		call.ID = "1" + call.ID
	}
	quote := `"`
	if d.cfg.Framing.SingleQuotes {
		quote = "'"
	}
	head := `<rpc-reply xmlns="` + space + `" message-id=` + quote + call.ID + quote + ">\n"
	return append(append([]byte(head), f.body([]byte(body))...), "\n</rpc-reply>"...), last, true
}

// closing matches the RPC that ends a session, whatever its prefix.
var closing = regexp.MustCompile(`^<([\w-]+:)?close-session[\s/>]`)

// chunks frames a message as RFC 6242, 4.2 says.
func (d *Device) chunks(b []byte) []byte {
	size := d.cfg.Framing.Chunk
	if size <= 0 {
		size = len(b)
	}
	var out bytes.Buffer
	for len(b) > 0 {
		n := min(size, len(b))
		fmt.Fprintf(&out, "\n#%d\n%s", n, b[:n])
		b = b[n:]
	}
	out.WriteString("\n##\n")
	return out.Bytes()
}

func read10(r *bufio.Reader) ([]byte, error) {
	var msg []byte
	for len(msg) < maxOfRPC {
		b, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		msg = append(msg, b)
		if bytes.HasSuffix(msg, []byte(endOf10)) {
			return msg[:len(msg)-len(endOf10)], nil
		}
	}
	return nil, errors.New("message too long")
}

func read11(r *bufio.Reader) ([]byte, error) {
	var msg []byte
	for {
		var head string
		for !strings.HasSuffix(head, "\n") || len(head) < 3 {
			b, err := r.ReadByte()
			if err != nil {
				return nil, err
			}
			head += string(b)
			if len(head) > 14 {
				return nil, errors.New("no chunk header")
			}
		}
		if head == "\n##\n" {
			return msg, nil
		}
		var n int
		if _, err := fmt.Sscanf(head, "\n#%d\n", &n); err != nil || n <= 0 || n > maxOfRPC-len(msg) {
			return nil, errors.New("bad chunk header")
		}
		at := len(msg)
		msg = append(msg, make([]byte, n)...)
		if _, err := io.ReadFull(r, msg[at:]); err != nil {
			return nil, err
		}
	}
}
