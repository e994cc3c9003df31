package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// MAC is an IEEE 802 MAC address. The zero MAC means "no station": as an LACP partner system it says
// that no partner is known (IEEE Std 802.1AX-2020, 7.3.2.1.9), and it never matches anything.
type MAC [6]byte

// String returns the address as six colon-separated lower-case octets.
func (m MAC) String() string {
	const hex = "0123456789abcdef"
	var s [17]byte
	for i, octet := range m {
		if i > 0 {
			s[3*i-1] = ':'
		}
		s[3*i], s[3*i+1] = hex[octet>>4], hex[octet&15]
	}
	return string(s[:])
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// IsZero reports whether the address is 00:00:00:00:00:00, "no station".
func (m MAC) IsZero() bool { return m == MAC{} }

// ParseMAC reads the forms switches print: six groups (1c:73:0:0:0:1, 5e-2-0-1-0-7), of two digits also with blanks between them
// (00 1c 73 00 00 01), three groups (001c.7300.0001, 00e0-fc12-3456), two groups (0a00a0-00a000) or twelve digits. Groups may lack
// leading zeros, except in the two- and one-group forms. Anything else is an error.
func ParseMAC(s string) (MAC, error) {
	bad := func() (MAC, error) { return MAC{}, fmt.Errorf("%q is not a MAC address", s) }
	if len(s) == 17 && s[2] == ' ' && !strings.ContainsAny(s, ":.-") {
		s = strings.ReplaceAll(s, " ", ":")
		if strings.Count(s, ":") != 5 {
			return bad()
		}
	}
	var value [6]uint64
	var size [6]int
	last, colons := 0, false
	for i := range len(s) {
		c := s[i]
		digit := uint64(0)
		switch {
		case c == ':' || c == '-' || c == '.':
			if last == len(size)-1 {
				return bad()
			}
			last++
			colons = colons || c == ':'
			continue
		case c >= '0' && c <= '9':
			digit = uint64(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			digit = uint64(c|0x20-'a') + 10
		default:
			return bad()
		}
		value[last] = value[last]<<4 | digit
		size[last]++
	}
	groups := last + 1
	if groups == 3 && colons {
		return bad() // half an address of six groups, not a whole one of three
	}
	width := [...]int{1: 12, 2: 6, 3: 4, 6: 2}[groups]
	n := uint64(0)
	for i := range groups {
		if size[i] == 0 || size[i] > width || groups < 3 && size[i] != width {
			return bad()
		}
		n = n<<(4*width) | value[i]
	}
	var m MAC
	for i := range m {
		m[i] = byte(n >> (8 * (5 - i)))
	}
	return m, nil
}

// SystemID is the 802.1AX system identifier: both parts are compared (IEEE Std 802.1AX-2020, 6.3.2).
type SystemID struct {
	Priority uint16
	System   MAC
}

// String returns "priority,mac" with a decimal priority.
func (s SystemID) String() string { return fmt.Sprintf("%d,%s", s.Priority, s.System) }

// VID is an IEEE 802.1Q VLAN identifier. 0 (priority tag only) and 4095 are reserved and never a VLAN.
type VID uint16

// Valid reports whether v names a VLAN: 1 to 4094.
func (v VID) Valid() bool { return v >= 1 && v <= 4094 }

// A VIDSet is an immutable set of VLAN identifiers 1..4094. The zero value is the empty set.
// Sets compare with ==, cost four bytes a run of consecutive VIDs and are safe to share:
// that is why it is not the [64]uint64 one would write first.
type VIDSet struct{ runs string } // pairs of big-endian uint16: first, last; sorted, not adjacent

// AllVIDs is every VLAN, 1-4094.
var AllVIDs = Range(1, 4094)

// Range returns the set first..last, clipped to 1..4094; empty when first > last.
func Range(first, last VID) VIDSet {
	first, last = max(first, 1), min(last, 4094)
	if first > last {
		return VIDSet{}
	}
	return VIDSet{string([]byte{byte(first >> 8), byte(first), byte(last >> 8), byte(last)})}
}

// VIDs returns the set of the valid ones among vids.
func VIDs(vids ...VID) VIDSet {
	if len(vids) == 1 {
		if !vids[0].Valid() {
			return VIDSet{}
		}
		return Range(vids[0], vids[0])
	}
	var b vidBits
	for _, v := range vids {
		if v.Valid() {
			b.add(v)
		}
	}
	return b.set()
}

type vidBits [64]uint64

func (b *vidBits) add(v VID) { b[v>>6] |= 1 << (v & 63) }

// next returns the first VID from v on that is in the set, or, with in false, that is not; 4096 when there is none.
func (b *vidBits) next(v int, in bool) int {
	for v < 4096 {
		w := b[v>>6]
		if !in {
			w = ^w
		}
		if w >>= v & 63; w != 0 {
			return v + bits.TrailingZeros64(w)
		}
		v = (v>>6 + 1) << 6
	}
	return v
}

func (b *vidBits) set() VIDSet {
	var runs []byte
	for v := b.next(0, true); v < 4096; {
		end := b.next(v, false)
		runs = append(runs, byte(v>>8), byte(v), byte((end-1)>>8), byte(end-1))
		v = b.next(end, true)
	}
	return VIDSet{string(runs)}
}

// run returns the first and last VID of the i-th run.
func (s VIDSet) run(i int) (first, last int) {
	r := s.runs[4*i : 4*i+4]
	return int(r[0])<<8 | int(r[1]), int(r[2])<<8 | int(r[3])
}

// Runs yields the first and last VID of each run of consecutive VIDs, ascending.
func (s VIDSet) Runs() func(yield func(first, last VID) bool) {
	return func(yield func(VID, VID) bool) {
		for i := 0; i+3 < len(s.runs); i += 4 {
			first := VID(s.runs[i])<<8 | VID(s.runs[i+1])
			last := VID(s.runs[i+2])<<8 | VID(s.runs[i+3])
			if !yield(first, last) {
				return
			}
		}
	}
}

// All yields the VIDs in ascending order.
func (s VIDSet) All() func(yield func(VID) bool) {
	return func(yield func(VID) bool) {
		for first, last := range s.Runs() {
			for v := first; v <= last; v++ {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// Has reports whether v is in the set.
func (s VIDSet) Has(v VID) bool {
	lo, hi := 0, len(s.runs)/4
	for lo < hi {
		mid := (lo + hi) / 2
		switch first, last := s.run(mid); {
		case int(v) < first:
			hi = mid
		case int(v) > last:
			lo = mid + 1
		default:
			return true
		}
	}
	return false
}

// Empty reports whether the set has no VID.
func (s VIDSet) Empty() bool { return s.runs == "" }

// Len returns the number of VIDs.
func (s VIDSet) Len() int {
	n := 0
	for first, last := range s.Runs() {
		n += int(last-first) + 1
	}
	return n
}

// Union returns the VIDs in s or t.
func (s VIDSet) Union(t VIDSet) VIDSet {
	if s == t || t.Empty() {
		return s
	}
	if s.Empty() {
		return t
	}
	if s.covers(t) {
		return s
	}
	return combine(s, t, func(s, t bool) bool { return s || t })
}

// covers reports whether all VIDs of t are in s.
func (s VIDSet) covers(t VIDSet) bool {
	i := 0
	for j := 0; 4*j < len(t.runs); j++ {
		first, last := t.run(j)
		for {
			if 4*i == len(s.runs) {
				return false
			}
			a, b := s.run(i)
			if a <= first && last <= b {
				break
			}
			if a > first {
				return false
			}
			i++
		}
	}
	return true
}

// Intersect returns the VIDs in both.
func (s VIDSet) Intersect(t VIDSet) VIDSet {
	if s == t || t == AllVIDs {
		return s
	}
	if s == AllVIDs {
		return t
	}
	if !s.Overlaps(t) {
		return VIDSet{}
	}
	return combine(s, t, func(s, t bool) bool { return s && t })
}

// Minus returns the VIDs in s and not in t.
func (s VIDSet) Minus(t VIDSet) VIDSet {
	if s == t {
		return VIDSet{}
	}
	if !s.Overlaps(t) {
		return s
	}
	return combine(s, t, func(s, t bool) bool { return s && !t })
}

// Overlaps reports whether a VID is in both. It allocates nothing.
func (s VIDSet) Overlaps(t VIDSet) bool {
	for i, j := 0, 0; 4*i < len(s.runs) && 4*j < len(t.runs); {
		a, b := s.run(i)
		c, d := t.run(j)
		switch {
		case b < c:
			i++
		case d < a:
			j++
		default:
			return true
		}
	}
	return false
}

// combine walks the borders of the runs of both sets once. The result is s itself where it is equal, so that equal sets stay one
// string in memory.
func combine(s, t VIDSet, in func(s, t bool) bool) VIDSet {
	var room [128]byte
	runs := room[:0]
	inS, inT, was := false, false, false
	for i, j := 0, 0; i < len(s.runs)/2 || j < len(t.runs)/2; {
		x, y := s.border(i), t.border(j)
		at := min(x, y)
		if x == at {
			inS = !inS
			i++
		}
		if y == at {
			inT = !inT
			j++
		}
		switch now := in(inS, inT); {
		case now && !was:
			runs = append(runs, byte(at>>8), byte(at))
			was = true
		case !now && was:
			runs = append(runs, byte((at-1)>>8), byte(at-1))
			was = false
		}
	}
	switch string(runs) {
	case s.runs:
		return s
	case t.runs:
		return t
	}
	return VIDSet{string(runs)}
}

// border returns where the set begins (even i) or has ended (odd i), beyond all VIDs when there are no more runs.
func (s VIDSet) border(i int) int {
	if 2*i >= len(s.runs) {
		return 1 << 16
	}
	return (int(s.runs[2*i])<<8 | int(s.runs[2*i+1])) + i&1
}

// String returns the set as switches write it, "1,10-20,4094", and "none" for the empty set.
func (s VIDSet) String() string {
	if s.Empty() {
		return "none"
	}
	var b strings.Builder
	for first, last := range s.Runs() {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(int(first)))
		if last > first {
			b.WriteByte('-')
			b.WriteString(strconv.Itoa(int(last)))
		}
	}
	return b.String()
}

// MarshalJSON writes the form of String.
func (s VIDSet) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// ParseVIDSet reads a VLAN list: "10,20-30", "1-4094", "all", "none" (any case), spaces after commas allowed.
// The empty string is an error: what an empty list means differs per platform, so its driver must say.
// A VID outside 1..4094 or a range that runs backwards is an error.
func ParseVIDSet(s string) (VIDSet, error) {
	t := strings.TrimSpace(s)
	switch strings.ToLower(t) {
	case "":
		return VIDSet{}, errors.New("empty VLAN list")
	case "all":
		return AllVIDs, nil
	case "none":
		return VIDSet{}, nil
	}
	var b vidBits
	for part := range strings.SplitSeq(t, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		lo, err := ParseVID(first)
		if err != nil {
			return VIDSet{}, fmt.Errorf("VLAN list %q: %w", s, err)
		}
		hi := lo
		if isRange {
			if hi, err = ParseVID(last); err != nil {
				return VIDSet{}, fmt.Errorf("VLAN list %q: %w", s, err)
			}
		}
		if hi < lo {
			return VIDSet{}, fmt.Errorf("VLAN list %q: range %d-%d runs backwards", s, lo, hi)
		}
		for v := lo; v <= hi; v++ {
			b.add(v)
		}
	}
	return b.set(), nil
}

// ParseVID reads one decimal VLAN identifier, 1 to 4094.
func ParseVID(s string) (VID, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 16)
	if err != nil || !VID(n).Valid() {
		return 0, fmt.Errorf("%q is not a VLAN id (1 to 4094)", s)
	}
	return VID(n), nil
}

// Tri is an answer that may be missing. The zero value is Unknown.
type Tri uint8

const (
	Unknown Tri = iota
	No
	Yes
)

// String returns "unknown", "no" or "yes".
func (t Tri) String() string { return [...]string{"unknown", "no", "yes"}[t%3] }

// And is Kleene's conjunction: No wins, then Unknown.
func (t Tri) And(u Tri) Tri {
	switch {
	case t == No || u == No:
		return No
	case t == Unknown || u == Unknown:
		return Unknown
	}
	return Yes
}

// Or is Kleene's disjunction: Yes wins, then Unknown.
func (t Tri) Or(u Tri) Tri {
	switch {
	case t == Yes || u == Yes:
		return Yes
	case t == Unknown || u == Unknown:
		return Unknown
	}
	return No
}

// LACPBits are the flags of the LACP state octet (IEEE Std 802.1AX-2020, 6.4.2.3).
type LACPBits uint8

const (
	Activity        LACPBits = 1 << iota // active, else passive
	ShortTimeout                         // asks the other end to send each second, else each 30 s
	Aggregation                          // aggregatable, else individual
	Synchronization                      // in the right aggregator
	Collecting
	Distributing
	Defaulted // no partner information received: the partner's other fields are administrative defaults
	Expired
)

var lacpNames = [8]string{"activity", "short-timeout", "aggregation", "synchronization",
	"collecting", "distributing", "defaulted", "expired"}

// String lists the set bits, "none" for zero.
func (b LACPBits) String() string {
	var on []string
	for i, name := range lacpNames {
		if b&(1<<i) != 0 {
			on = append(on, name)
		}
	}
	if on == nil {
		return "none"
	}
	return strings.Join(on, " ")
}

// LACPState is an LACP state octet of which some bits may not have been reported.
// The zero value reports none. Set never has a bit that Known lacks.
type LACPState struct{ Set, Known LACPBits }

// WholeLACPState returns the state in which all eight bits were reported.
func WholeLACPState(octet uint8) LACPState { return LACPState{LACPBits(octet), 0xff} }

// With returns s with the bits known to be on or off.
func (s LACPState) With(b LACPBits, on bool) LACPState {
	s.Known |= b
	s.Set &^= b
	if on {
		s.Set |= b
	}
	return s
}

// Has answers whether all the bits are set: No when one is known to be clear, Unknown when
// none is known clear but one was not reported.
func (s LACPState) Has(b LACPBits) Tri {
	switch {
	case s.Known&b&^s.Set != 0:
		return No
	case s.Known&b != b:
		return Unknown
	}
	return Yes
}

// String lists the set bits and, after "not reported:", the missing ones.
func (s LACPState) String() string {
	if s.Known == 0xff {
		return s.Set.String()
	}
	return s.Set.String() + " (not reported: " + (^s.Known).String() + ")"
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (s LACPState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
