package framing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

const limit = 1000

func TestEndMarked(t *testing.T) {
	tests := []struct {
		name, in, want string
		err            error
	}{
		{"a message", "<hello/>]]>]]>", "<hello/>", nil},
		{"an empty message", "]]>]]>", "", nil},
		{"a CDATA end that only looks like the marker", "<a><![CDATA[x]]></a>]]>]]>", "<a><![CDATA[x]]></a>", nil},
		{"half a marker before the marker", "a]]>]]]>]]>", "a]]>]", nil},
		{"a hash line in the payload", "a\n##\nb]]>]]>", "a\n##\nb", nil},
		{"nothing", "", "", io.EOF},
		{"ends inside", "<hello/>]]>]", "", io.ErrUnexpectedEOF},
		{"too large", strings.Repeat("a", limit+1) + "]]>]]>", "", ErrTooLarge},
		{"just not too large", strings.Repeat("a", limit) + "]]>]]>", strings.Repeat("a", limit), nil},
		{"endless", strings.Repeat("a", 99*limit), "", ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for how, wrap := range ways {
				got, err := NewReader(wrap(strings.NewReader(tt.in)), limit).EndMarked()
				if string(got) != tt.want || !errors.Is(err, tt.err) {
					t.Errorf("%s: got %q, %v; want %q, %v", how, got, err, tt.want, tt.err)
				}
			}
		})
	}
}

var ways = map[string]func(io.Reader) io.Reader{
	"at once":      func(r io.Reader) io.Reader { return r },
	"byte by byte": iotest.OneByteReader,
}

func TestChunked(t *testing.T) {
	tests := []struct {
		name, in, want, err string
	}{
		{"one chunk", "\n#4\nabcd\n##\n", "abcd", ""},
		{"the example of RFC 6242", "\n#4\n<rpc\n#18\n message-id=\"102\"\n\n#3\n   \n##\n", "<rpc message-id=\"102\"\n   ", ""},
		{"UTF-8 split over chunks", "\n#1\n\xc3\n#1\n\xa9\n##\n", "é", ""},
		{"an end marker in the payload", "\n#6\na\n##\nb\n##\n", "a\n##\nb", ""},
		{"CR LF counted in the payload", "\n#4\na\r\nb\n##\n", "a\r\nb", ""},
		{"line ends before the message", "\r\n\n#1\na\n##\n", "a", ""},
		{"nothing", "", "", "EOF"},
		{"ends in a chunk", "\n#4\nab", "", "unexpected EOF"},
		{"ends before the end", "\n#2\nab", "", "unexpected EOF"},
		{"size 0", "\n#0\n\n##\n", "", `chunk header "#0" is not #size`},
		{"leading zero", "\n#04\nabcd\n##\n", "", `chunk header "#04" is not #size`},
		{"no size", "\n#\nabcd\n##\n", "", `chunk header "#" is not #size`},
		{"signed size", "\n#+4\nabcd\n##\n", "", `chunk header "#+4" is not #size`},
		{"size above 32 bits", "\n#4294967296\na\n##\n", "", `chunk header "#4294967296" is not #size`},
		{"header without end", "\n#1111111111111", "", `chunk header "#111111111111" is too long`},
		{"CR LF after a size", "\n#4\r\nabcd\n##\n", "", "chunk header \"#4\\r\" is not #size"},
		{"end without a chunk", "\n##\n", "", `chunk header "##" is not #size`},
		{"a chunk that is longer than said", "\n#2\nabcd\n##\n", "", `byte 'c' after a chunk, which should end with a line feed`},
		{"base:1.0 where 1.1 was agreed", "<rpc-reply/>]]>]]>", "", `byte '<' where a chunk should begin`},
		{"too large in one chunk", "\n#1001\n", "", ErrTooLarge.Error()},
		{"too large in two chunks", "\n#1\na\n#1000\n", "", ErrTooLarge.Error()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for how, wrap := range ways {
				got, err := NewReader(wrap(strings.NewReader(tt.in)), limit).Chunked()
				if string(got) != tt.want || (err == nil) != (tt.err == "") || (err != nil && err.Error() != tt.err) {
					t.Errorf("%s: got %q, %v; want %q, %s", how, got, err, tt.want, tt.err)
				}
			}
		})
	}
}

// Any messages, cut into any chunks, come back in order; a hello in base:1.0 before them does not disturb.
func TestStreamRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		msgs := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 1, 200)).Draw(t, "messages")
		wire := AppendEndMarked(nil, []byte("<hello/>"))
		for _, m := range msgs {
			for rest := m; len(rest) > 0; {
				n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
				wire = fmt.Appendf(wire, "\n#%d\n%s", n, rest[:n])
				rest = rest[n:]
			}
			wire = append(wire, "\n##\n"...)
		}
		r := NewReader(bytes.NewReader(wire), limit)
		if got, err := r.EndMarked(); err != nil || string(got) != "<hello/>" {
			t.Fatalf("hello: got %q, %v", got, err)
		}
		for _, m := range msgs {
			if got, err := r.Chunked(); err != nil || !bytes.Equal(got, m) {
				t.Fatalf("got %q, %v; want %q", got, err, m)
			}
		}
		if _, err := r.Chunked(); err != io.EOF {
			t.Fatalf("after the last message: got %v, want EOF", err)
		}
	})
}

func TestAppendChunked(t *testing.T) {
	if got, want := string(AppendChunked(nil, []byte("<rpc/>"))), "\n#6\n<rpc/>\n##\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzChunked holds that no bytes make the reader panic, exceed its limit, or return what was not framed.
func FuzzChunked(f *testing.F) {
	for _, s := range []string{"\n#4\nabcd\n##\n", "\n#1\na\n#2\nbc\n##\n", "\n##\n", "\n#0\n", "\n#999\n", "\r\n#1\n\n\n##\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := NewReader(bytes.NewReader(b), limit).Chunked()
		if err != nil {
			return
		}
		if len(got) == 0 || len(got) > limit || len(got) > len(b) {
			t.Fatalf("%q gave %d bytes", b, len(got))
		}
		again, err := NewReader(bytes.NewReader(AppendChunked(nil, got)), limit).Chunked()
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("%q came back as %q, %v", got, again, err)
		}
	})
}

// FuzzEndMarked holds the same for base:1.0.
func FuzzEndMarked(f *testing.F) {
	for _, s := range []string{"<hello/>]]>]]>", "]]>]]>", "]]>]]]>]]>", "]]>]]", strings.Repeat(">", 2*limit)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := NewReader(bytes.NewReader(b), limit).EndMarked()
		if err != nil {
			return
		}
		if want, _, found := bytes.Cut(b, []byte(endOfMessage)); !found || !bytes.Equal(got, want) || len(got) > limit {
			t.Fatalf("%q gave %q, want %q", b, got, want)
		}
	})
}
