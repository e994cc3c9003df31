package state

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"uplinkcheck/drivers/capture"
)

// Dump writes a state (a *Switch, an *inventory.Host, or any struct of facts) as indented JSON: what is known, each fact with the
// command and line that state it. What is unknown or empty is left out. Equal states give equal bytes.
func Dump(v any) ([]byte, error) {
	var b bytes.Buffer
	if !dumpValue(&b, reflect.ValueOf(v)) {
		b.WriteString("{}")
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

var spanType = reflect.TypeFor[capture.Span]()

// factOf returns the parts of a capture.Fact, ok false for any other type.
func factOf(v reflect.Value) (value reflect.Value, from capture.Span, ok bool) {
	t := v.Type()
	if t.Kind() != reflect.Struct || t.PkgPath() != spanType.PkgPath() || !strings.HasPrefix(t.Name(), "Fact[") {
		return v, capture.Span{}, false
	}
	return v.Field(0), v.Field(1).Interface().(capture.Span), true
}

// EachFact calls visit for every capture.Fact and every capture.Span in v, known or not, with its path: fields by name, items
// of lists by their name where they have one. value is invalid for a plain Span.
func EachFact(v any, visit func(path string, value reflect.Value, from capture.Span)) {
	eachFact("", reflect.ValueOf(v), visit)
}

func eachFact(path string, v reflect.Value, visit func(string, reflect.Value, capture.Span)) {
	if v.Type() == spanType {
		visit(path, reflect.Value{}, v.Interface().(capture.Span))
		return
	}
	if value, from, ok := factOf(v); ok {
		visit(path, value, from)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachFact(path, v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !f.Anonymous {
				eachFact(path+"."+f.Name, v.Field(i), visit)
			} else if f.Anonymous {
				eachFact(path, v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachFact(fmt.Sprintf("%s[%s]", path, itemName(v.Index(i), i)), v.Index(i), visit)
		}
	}
}

// itemName identifies an item of a list by what the device calls it, so that lists of different length compare.
func itemName(v reflect.Value, i int) string {
	if v.Kind() != reflect.Struct {
		return fmt.Sprint(i)
	}
	if _, _, ok := factOf(v); ok {
		return fmt.Sprint(i)
	}
	var parts []string
	for _, key := range []string{"Name", "Interface", "ID", "VID", "MAC", "VIDs", "ChassisID", "PortID", "Where", "Parameter"} {
		f := v.FieldByName(key)
		if !f.IsValid() {
			continue
		}
		if value, _, ok := factOf(f); ok {
			if key == "VID" || key == "MAC" || key == "Name" {
				continue // what a device says of a thing, not what it is called
			}
			f = value
		}
		parts = append(parts, fmt.Sprint(f.Interface()))
	}
	if parts == nil {
		return fmt.Sprint(i)
	}
	return strings.Join(parts, " ")
}

// dumpValue writes v and reports whether there was anything to write.
func dumpValue(b *bytes.Buffer, v reflect.Value) bool {
	if v.Type() == spanType {
		return dumpSpan(b, v.Interface().(capture.Span))
	}
	if value, from, ok := factOf(v); ok {
		if !from.Known() {
			return false
		}
		b.WriteString(`{"value":`)
		if !dumpValue(b, value) {
			raw, err := json.Marshal(value.Interface()) // a known zero is worth writing
			if err != nil {
				return false
			}
			b.Write(raw)
		}
		b.WriteString(`,"from":`)
		dumpSpan(b, from)
		b.WriteByte('}')
		return true
	}
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && dumpValue(b, v.Elem())
	case reflect.Slice:
		return dumpList(b, v)
	case reflect.Struct:
		if _, ok := v.Interface().(json.Marshaler); !ok {
			if _, ok := v.Interface().(encoding.TextMarshaler); !ok {
				return dumpStruct(b, v)
			}
		}
	}
	return dumpScalar(b, v)
}

func dumpSpan(b *bytes.Buffer, s capture.Span) bool {
	if !s.Known() {
		return false
	}
	raw, err := json.Marshal(fmt.Sprintf("%s:%d", s.Reply.Command, s.Line()))
	if err != nil {
		return false
	}
	b.Write(raw)
	return true
}

func dumpScalar(b *bytes.Buffer, v reflect.Value) bool {
	if v.IsZero() {
		return false
	}
	x := v.Interface()
	_, text := x.(encoding.TextMarshaler)
	_, own := x.(json.Marshaler)
	if s, ok := x.(fmt.Stringer); ok && !text && !own {
		x = s.String()
	}
	raw, err := json.Marshal(x)
	if err != nil {
		return false
	}
	b.Write(raw)
	return true
}

func dumpList(b *bytes.Buffer, v reflect.Value) bool {
	n := 0
	for i := range v.Len() {
		mark := b.Len()
		b.WriteByte("[,"[min(n, 1)])
		if dumpValue(b, v.Index(i)) {
			n++
		} else {
			b.Truncate(mark)
		}
	}
	if n > 0 {
		b.WriteByte(']')
	}
	return n > 0
}

func dumpStruct(b *bytes.Buffer, v reflect.Value) bool {
	n := 0
	var fields func(v reflect.Value)
	fields = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Anonymous {
				fields(v.Field(i))
				continue
			}
			if !f.IsExported() {
				continue
			}
			mark := b.Len()
			fmt.Fprintf(b, "%c%q:", "{,"[min(n, 1)], lowerFirst(f.Name))
			if dumpValue(b, v.Field(i)) {
				n++
			} else {
				b.Truncate(mark)
			}
		}
	}
	fields(v)
	if n > 0 {
		b.WriteByte('}')
	}
	return n > 0
}

// lowerFirst writes a field's name as JSON names go: ChassisMAC is chassisMAC, MLAG is mlag, VIDs is vids.
func lowerFirst(s string) string {
	if strings.ToUpper(s) == s || strings.ToUpper(strings.TrimSuffix(s, "s")) == strings.TrimSuffix(s, "s") {
		return strings.ToLower(s)
	}
	r := []rune(s)
	for i := range r {
		if i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) || !unicode.IsUpper(r[i]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}
