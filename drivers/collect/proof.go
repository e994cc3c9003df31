package collect

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"uplinkcheck/drivers"
)

// formatError returns why data is no whole document of its format, "" when it is one. Text is always whole.
func formatError(f drivers.Format, data []byte) string {
	var err error
	switch f {
	case drivers.JSON:
		err = jsonError(data)
	case drivers.XML:
		err = xmlError(data)
	}
	if err == nil {
		return ""
	}
	return fmt.Sprintf("not whole %s: %s", f, err)
}

// jsonError wants one JSON value. Names may repeat, which says nothing about the end. Text before its first brace (a warning, an echo) is passed over, as package tree does.
func jsonError(data []byte) error {
	at := bytes.IndexAny(data, "{[")
	if at < 0 {
		first, _, _ := bytes.Cut(bytes.TrimSpace(data), []byte("\n"))
		return fmt.Errorf("it says %q", printable(string(first), 120))
	}
	d := jsontext.NewDecoder(bytes.NewReader(data[at:]), jsontext.AllowDuplicateNames(true))
	if err := d.SkipValue(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("text follows the value")
	}
	return nil
}

// xmlError wants well-formed XML with at least one element, and no document type: that is where entity bombs live.
func xmlError(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	elements := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			elements++
		case xml.Directive:
			return errors.New("a document type is not taken")
		}
	}
	if elements == 0 {
		return errors.New("it holds no element")
	}
	return nil
}
