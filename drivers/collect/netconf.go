package collect

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/Juniper/go-netconf/netconf"
	"golang.org/x/crypto/ssh"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/collect/framing"
)

// netconfWay asks by NETCONF RPCs (RFC 6241) over the SSH subsystem (RFC 6242). The session is go-netconf's, which
// makes the messages and reads errors in replies; the transport below it is ours.
type netconfWay struct {
	link    *link
	session *netconf.Session
	wire    *netconfWire
}

func startNETCONF(l *link, limit int) (way, error) {
	ch, requests, err := l.OpenChannel("session", nil)
	if err != nil {
		var no *ssh.OpenChannelError
		if errors.As(err, &no) {
			return nil, errOtherWay{drivers.NETCONF}
		}
		return nil, err
	}
	go ssh.DiscardRequests(requests)
	ok, err := ch.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"netconf"}))
	if err != nil {
		return nil, err
	}
	if !ok {
		ch.Close()
		return nil, errOtherWay{drivers.NETCONF}
	}
	go io.Copy(io.Discard, ch.Stderr())
	w := &netconfWay{link: l, wire: &netconfWire{link: l, channel: ch, in: framing.NewReader(ch, limit)}}
	// Both sides say hello at once (RFC 6241, 8.1). A hello that waited for the server's would reach it together with the first RPC, and
	// netconfd leaves a base:1.1 message lying that comes in one piece with the hello.
	if err := w.wire.greet(); err != nil {
		return nil, err
	}
	w.session = netconf.NewSession(w.wire)
	return w, w.wire.err
}

func (n *netconfWay) ask(ctx context.Context, rpc string, _ drivers.Format) answer {
	defer context.AfterFunc(ctx, func() { n.link.Close() })()
	n.wire.last = nil
	_, err := n.session.Exec(netconf.RawMethod(rpc))
	var said *netconf.RPCError
	switch {
	case errors.As(err, &said):
		return answer{data: n.wire.last, complete: true, err: "rpc-error: " + strings.TrimSpace(said.Message+" "+said.Tag)}
	case n.wire.err != nil:
		return answer{data: n.wire.last, spent: true, err: n.wire.err.Error()}
	case err != nil:
		// The framing was kept, so the next reply begins where this one ended.
		return answer{data: n.wire.last, err: "not whole XML: " + err.Error()}
	}
	return answer{data: n.wire.last, complete: true}
}

// netconfWire is our transport under go-netconf: RFC 6242 framing, replies that answer the question, and the first
// error kept, because go-netconf drops that of the hello.
type netconfWire struct {
	link    *link
	channel ssh.Channel
	in      *framing.Reader
	chunked bool
	asked   string // message-id of the last RPC
	last    []byte // the last message received
	err     error  // the first failure; the stream is then unusable
}

// SetVersion is told by go-netconf what both sides offered.
func (w *netconfWire) SetVersion(v string) { w.chunked = v == "v1.1" }

// greet sends our hello. Hellos are always base:1.0 framed (RFC 6242, 4.1). That it cannot be sent is told by reading the server's.
func (w *netconfWire) greet() error {
	b, err := xml.Marshal(&netconf.HelloMessage{Capabilities: netconf.DefaultCapabilities})
	if err != nil {
		return w.fail(err)
	}
	w.channel.Write(framing.AppendEndMarked([]byte(xml.Header), b))
	return nil
}

// SendHello has nothing left to do.
func (w *netconfWire) SendHello(*netconf.HelloMessage) error { return nil }

// ReceiveHello never returns nil: go-netconf would use it.
func (w *netconfWire) ReceiveHello() (*netconf.HelloMessage, error) {
	h := &netconf.HelloMessage{}
	b, err := w.in.EndMarked()
	if err != nil {
		return h, w.fail(fmt.Errorf("hello: %w", err))
	}
	// Not into HelloMessage itself: that insists on a name space, which old servers leave out.
	var lenient struct {
		XMLName      xml.Name `xml:"hello"`
		Capabilities []string `xml:"capabilities>capability"`
		SessionID    int      `xml:"session-id"`
	}
	if err := xml.Unmarshal(b, &lenient); err != nil {
		return h, w.fail(fmt.Errorf("hello: %w", err))
	}
	h.Capabilities, h.SessionID = lenient.Capabilities, lenient.SessionID
	for _, c := range h.Capabilities {
		if strings.HasPrefix(strings.TrimSpace(c), "urn:ietf:params:netconf:base:1.") {
			return h, nil
		}
	}
	return h, w.fail(errors.New("hello: the device offers neither base:1.0 nor base:1.1"))
}

// Send sends one RPC.
func (w *netconfWire) Send(rpc []byte) error {
	_, id, err := root(rpc)
	if err != nil {
		return w.fail(err)
	}
	w.asked = id
	if w.chunked {
		return w.write(framing.AppendChunked(nil, rpc))
	}
	return w.write(framing.AppendEndMarked(nil, rpc))
}

// Receive returns the reply to the last RPC. Another message is an error: the two sides then disagree where they are.
func (w *netconfWire) Receive() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	read := w.in.EndMarked
	if w.chunked {
		read = w.in.Chunked
	}
	b, err := read()
	if err != nil {
		return nil, w.fail(err)
	}
	w.last = b
	name, id, err := root(b)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reply: %w", err)
	case name != "rpc-reply":
		return nil, w.fail(fmt.Errorf("<%s> came in place of an rpc-reply", printable(name, 40)))
	case id != w.asked:
		return nil, w.fail(fmt.Errorf("the reply answers message %q, asked was %q", printable(id, 60), w.asked))
	}
	return b, nil
}

// Close closes the connection. It may be called again.
func (w *netconfWire) Close() error {
	w.link.Close()
	return nil
}

func (w *netconfWire) write(b []byte) error {
	if w.err != nil {
		return w.err
	}
	_, err := w.channel.Write(b)
	return w.fail(err)
}

func (w *netconfWire) fail(err error) error {
	if w.err == nil {
		w.err = err
	}
	return err
}

// root is the name and the message-id of a message's outermost element.
func root(msg []byte) (name, id string, err error) {
	d := xml.NewDecoder(bytes.NewReader(msg))
	for {
		tok, err := d.Token()
		if err != nil {
			return "", "", err
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "message-id" {
				id = a.Value
			}
		}
		return start.Name.Local, id, nil
	}
}
