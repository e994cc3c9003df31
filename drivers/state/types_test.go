package state_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"uplinkcheck/drivers/state"
)

func TestParseMACReadsWhatSwitchesPrint(t *testing.T) {
	want := state.MAC{0x00, 0x1c, 0x73, 0x00, 0x00, 0x01}
	for _, s := range []string{"00:1c:73:00:00:01", "0:1C:73:0:0:1", "00-1c-73-00-00-01", "0-1c-73-0-0-1", "001c.7300.0001", "1c.7300.1", "001c-7300-0001",
		"001c73-000001", "001c73000001", "00 1c 73 00 00 01"} {
		if got, err := state.ParseMAC(s); err != nil || got != want {
			t.Errorf("ParseMAC(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", ":", "00:1c:73:00:00", "00:1c:73", "00:1c:73:00:00:01:02", "00:1c:73:00:00:001", "001c.7300.00011", "1c73000001",
		"00:1c:73:00:00:0g", "00:1c::00:00:01", "unspecified", "001c7300000", "+01c73000001", "00 1c 73 00 00 1", "00 1c:73 00 00 01", "00  1c 7300 00 01"} {
		if got, err := state.ParseMAC(s); err == nil {
			t.Errorf("ParseMAC(%q) = %v, want an error", s, got)
		}
	}
}

func TestMACRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m state.MAC
		copy(m[:], rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "mac"))
		if got, err := state.ParseMAC(m.String()); err != nil || got != m {
			t.Fatalf("%v read back as %v, %v", m, got, err)
		}
	})
}

// A VIDSet does what a map of VIDs does.
func TestVIDSetIsASet(t *testing.T) {
	vids := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) state.VID { return state.VID(rapid.IntRange(0, 4100).Draw(t, "vid")) }), 0, 60)
	rapid.Check(t, func(t *rapid.T) {
		a, b := vids.Draw(t, "a"), vids.Draw(t, "b")
		in := func(list []state.VID) map[state.VID]bool {
			m := map[state.VID]bool{}
			for _, v := range list {
				if v.Valid() {
					m[v] = true
				}
			}
			return m
		}
		ma, mb := in(a), in(b)
		sa, sb := state.VIDs(a...), state.VIDs(b...)
		if sa.Len() != len(ma) || sa.Empty() != (len(ma) == 0) {
			t.Fatalf("%v has %d members, want %d", sa, sa.Len(), len(ma))
		}
		for v := state.VID(0); v <= 4100; v++ {
			if sa.Has(v) != ma[v] || sa.Union(sb).Has(v) != (ma[v] || mb[v]) || sa.Intersect(sb).Has(v) != (ma[v] && mb[v]) || sa.Minus(sb).Has(v) != (ma[v] && !mb[v]) {
				t.Fatalf("VID %d of %v and %v", v, sa, sb)
			}
		}
		if back, err := state.ParseVIDSet(sa.String()); err != nil || back != sa {
			t.Fatalf("%v read back as %v, %v", sa, back, err)
		}
		if sa.Overlaps(sb) != !sa.Intersect(sb).Empty() {
			t.Fatalf("%v overlaps %v: %v", sa, sb, sa.Overlaps(sb))
		}
		if sa.Union(sb) != sb.Union(sa) || sa.Minus(sb).Union(sa.Intersect(sb)) != sa {
			t.Fatalf("equal sets of %v and %v do not compare as equal", sa, sb)
		}
	})
}

func TestParseVIDSet(t *testing.T) {
	for s, want := range map[string]string{
		"10": "10", "10,20-30": "10,20-30", " 1 , 2 ,3": "1-3", "ALL": "1-4094", "none": "none", "NONE": "none", "1-4094": "1-4094", "20,10": "10,20", "4094": "4094",
	} {
		if got, err := state.ParseVIDSet(s); err != nil || got.String() != want {
			t.Errorf("ParseVIDSet(%q) = %v, %v, want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", " ", "0", "4095", "10-", "-10", "30-20", "10,,20", "a", "1-2-3", "10;20", "1e2", "+5"} {
		if got, err := state.ParseVIDSet(s); err == nil {
			t.Errorf("ParseVIDSet(%q) = %v, want an error", s, got)
		}
	}
}

func FuzzParseVIDSet(f *testing.F) {
	f.Add("10,20-30")
	f.Add("all")
	f.Fuzz(func(t *testing.T, s string) {
		set, err := state.ParseVIDSet(s)
		if err != nil {
			return
		}
		if back, err := state.ParseVIDSet(set.String()); err != nil || back != set {
			t.Errorf("%q gives %v, which reads back as %v, %v", s, set, back, err)
		}
	})
}

func FuzzParseMAC(f *testing.F) {
	f.Add("001c.7300.0001")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := state.ParseMAC(s)
		if err == nil && strings.Trim(strings.ToLower(s), "0123456789abcdef:.- ") != "" {
			t.Errorf("%q was read as %v", s, m)
		}
	})
}

func TestLACPStateKeepsUnknownBitsUnknown(t *testing.T) {
	var s state.LACPState
	if s.Has(state.Collecting) != state.Unknown {
		t.Error("a bit that was not reported is unknown")
	}
	s = s.With(state.Collecting, true).With(state.Distributing, false)
	for bit, want := range map[state.LACPBits]state.Tri{
		state.Collecting: state.Yes, state.Distributing: state.No, state.Synchronization: state.Unknown,
		state.Collecting | state.Synchronization: state.Unknown, state.Distributing | state.Synchronization: state.No,
	} {
		if got := s.Has(bit); got != want {
			t.Errorf("Has(%s) = %s, want %s", bit, got, want)
		}
	}
	if octet := state.WholeLACPState(0x3d); octet.Has(state.Activity|state.Aggregation|state.Synchronization|state.Collecting|state.Distributing) != state.Yes ||
		octet.Has(state.ShortTimeout) != state.No || octet.Has(state.Defaulted) != state.No {
		t.Errorf("0x3d is %s", octet)
	}
}

func TestNaturalCompareOrdersAsPeopleDo(t *testing.T) {
	for _, test := range []struct{ a, b string }{
		{"Ethernet2", "Ethernet10"}, {"Ethernet1/2", "Ethernet1/10"}, {"ae0", "ae1"}, {"Ethernet9", "Port-Channel1"}, {"eth1", "eth1.10"}, {"xe-0/0/9", "xe-1/0/0"},
	} {
		if state.NaturalCompare(test.a, test.b) >= 0 || state.NaturalCompare(test.b, test.a) <= 0 {
			t.Errorf("%q must come before %q", test.a, test.b)
		}
	}
	name := rapid.StringOf(rapid.RuneFrom([]rune("ab/01290")))
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		ab, ba := state.NaturalCompare(a, b), state.NaturalCompare(b, a)
		if (ab == 0) != (a == b) || ab != -ba {
			t.Fatalf("%q and %q compare as %d and %d", a, b, ab, ba)
		}
		if ab < 0 && state.NaturalCompare(b, c) < 0 && state.NaturalCompare(a, c) >= 0 {
			t.Fatalf("%q < %q < %q, but not the first before the last", a, b, c)
		}
	})
}
