// Package framing cuts a NETCONF byte stream into messages, as RFC 6242 says for base:1.0 and base:1.1.
// It never searches a base:1.1 payload for a marker, and it never keeps more than its limit in memory.
package framing

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// endOfMessage ends a base:1.0 message (RFC 6242, 4.3).
const endOfMessage = "]]>]]>"

// maxHeader bounds a chunk header: "#", at most ten digits (RFC 6242, 4.2: up to 4294967295), LF.
const maxHeader = 12

// ErrTooLarge says that a message is longer than the limit. The stream cannot be read any further.
var ErrTooLarge = errors.New("message is larger than the limit")

// A Reader reads messages from one stream. After an error it must not be used again.
// A stream that ends inside a message gives io.ErrUnexpectedEOF, one that ends before it io.EOF.
type Reader struct {
	r     *bufio.Reader
	limit int
}

// NewReader returns a Reader whose messages hold at most limit bytes.
func NewReader(r io.Reader, limit int) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 32<<10), limit: limit}
}

// EndMarked reads a base:1.0 message: everything up to ]]>]]>.
func (r *Reader) EndMarked() ([]byte, error) {
	var msg []byte
	for {
		part, err := r.r.ReadSlice('>')
		msg = append(msg, part...)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, ended(err, len(msg) > 0)
		}
		if bytes.HasSuffix(msg, []byte(endOfMessage)) {
			msg = msg[:len(msg)-len(endOfMessage)]
			if len(msg) > r.limit {
				return nil, ErrTooLarge
			}
			return msg, nil
		}
		if len(msg) > r.limit+len(endOfMessage) {
			return nil, ErrTooLarge
		}
	}
}

// Chunked reads a base:1.1 message. Line ends before its first chunk are passed over, because servers send them
// after the hello; anywhere else the grammar is kept to the byte.
func (r *Reader) Chunked() ([]byte, error) {
	if err := r.toFirstChunk(); err != nil {
		return nil, err
	}
	var msg bytes.Buffer
	for first := true; ; first = false {
		size, err := r.header(first)
		if err != nil {
			return nil, err
		}
		if size == 0 {
			return msg.Bytes(), nil
		}
		if size > int64(r.limit-msg.Len()) {
			return nil, ErrTooLarge
		}
		// CopyN grows as bytes come: a header that promises much costs nothing by itself.
		if _, err := io.CopyN(&msg, r.r, size); err != nil {
			return nil, ended(err, true)
		}
	}
}

// toFirstChunk leaves the reader at the # of the first chunk.
func (r *Reader) toFirstChunk() error {
	for n := 0; ; n++ {
		b, err := r.r.ReadByte()
		if err != nil {
			return ended(err, false)
		}
		if b == '#' && n > 0 {
			return r.r.UnreadByte()
		}
		if (b != '\n' && b != '\r') || n > maxHeader {
			return fmt.Errorf("byte %q where a chunk should begin", b)
		}
	}
}

// header reads "#size LF" with its leading LF, except for the first of a message, and 0 for "##".
func (r *Reader) header(first bool) (int64, error) {
	if !first {
		b, err := r.r.ReadByte()
		if err != nil {
			return 0, ended(err, true)
		}
		if b != '\n' {
			return 0, fmt.Errorf("byte %q after a chunk, which should end with a line feed", b)
		}
	}
	var head []byte
	for len(head) == 0 || head[len(head)-1] != '\n' {
		b, err := r.r.ReadByte()
		if err != nil {
			return 0, ended(err, true)
		}
		if head = append(head, b); len(head) > maxHeader {
			return 0, fmt.Errorf("chunk header %q is too long", head)
		}
	}
	text := string(head[:len(head)-1])
	if text == "##" && !first {
		return 0, nil
	}
	if len(text) < 2 || text[0] != '#' || text[1] < '1' || text[1] > '9' {
		return 0, fmt.Errorf("chunk header %q is not #size", text)
	}
	size, err := strconv.ParseUint(text[1:], 10, 32)
	if err != nil {
		return 0, fmt.Errorf("chunk header %q is not #size", text)
	}
	return int64(size), nil
}

// ended says that a stream which broke off inside a message did so.
func ended(err error, inside bool) error {
	if inside && errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// AppendEndMarked appends msg to dst, framed for base:1.0. The message must not hold the end marker.
func AppendEndMarked(dst, msg []byte) []byte {
	return append(append(dst, msg...), endOfMessage...)
}

// AppendChunked appends msg to dst, framed for base:1.1 as one chunk. The message must not be empty.
func AppendChunked(dst, msg []byte) []byte {
	dst = fmt.Appendf(dst, "\n#%d\n", len(msg))
	return append(append(dst, msg...), "\n##\n"...)
}
