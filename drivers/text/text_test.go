package text

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

func reply(s string) *capture.Reply {
	return &capture.Reply{Device: "leaf1", Command: "show x", Data: []byte(s), Complete: true}
}

func said(s string) capture.Fact[string] { return capture.Of(s, reply(s).Whole()) }

func TestLines(t *testing.T) {
	tests := []struct{ name, reply, want string }{
		{"as they are", "a b\n c\n", "a b| c"},
		{"carriage returns and blanks end a line", "a  \r\nb\r\n", "a|b"},
		{"a last line without an end may be cut", "a\nb", "a"},
		{"what a pager took back before a blank line is gone", "a\r\n --More-- \r          \r\r\n--More--\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\r\n b\r\n", "a||| b"},
		{"a carriage return before a blank ends a line", "ab\r \ncd\r\r \r\n", "ab|cd"},
		{"what a pager took back is gone", "a\n --More-- \b\b\b\b\b\b\b\b        \r b\n", "a| b"},
		{"a pager's prompt in a line of its own is left out", "a\n --More-- \nb\n  ---- More ----\nc\n---(more 23%)---\n<--- More --->\nmore\n", "a|b|c|more"},
		{"escape sequences at the head are gone", "a\n\x1b[7m\x1b[mb\n", "a|b"},
		{"log messages in between are left out", "a\n*Mar  1 00:01:02.123: %LINK-3-UPDOWN: Interface Gi1/0/1, changed state to up\nb\n", "a|b"},
		{"those of NX-OS too", "a\n2026 Nov 26 10:00:00 leaf1 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up\nb\n", "a|b"},
		{"those of IOS XR too", "a\nRP/0/RSP0/CPU0:Nov 26 10:00:00.1 UTC: ifmgr[1]: %PKT_INFRA-LINK-3-UPDOWN : x: y\nb\n", "a|b"},
		{"those of Comware too", "a\n%Nov 26 10:00:00:123 2026 leaf1 IFNET/3/PHY_UPDOWN: Physical state changed\nb\n", "a|b"},
		{"a description with a percent sign stays", "Gi1/0/1 up  100%: LINK-3-x\n", "Gi1/0/1 up  100%: LINK-3-x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, l := range Lines(reply(test.reply)) {
				got = append(got, l.Text)
				if l.Span().Text() != l.Text {
					t.Errorf("the span of %q is %q", l.Text, l.Span().Text())
				}
			}
			if strings.Join(got, "|") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := Lines(&capture.Reply{Data: []byte("a\n")}); got != nil {
		t.Errorf("a reply without a proven end gives %v", got)
	}
}

func TestTables(t *testing.T) {
	tests := []struct {
		name, reply string
		headings    []string
		want        []string // the cells of the rows, "-" for unknown
	}{
		{"headings with a rule", "\nPort      Name          Status   Vlan\n--------- ------------- -------- ----\nEth1/1    to the host   up       10\nEth1/2                  down     1\n",
			[]string{"Port", "Name", "Status", "Vlan"}, []string{"Eth1/1", "to the host", "up", "10", "Eth1/2", "-", "down", "1"}},
		{"columns that moved", "Vlan  Port      Status\n10    Eth1/1    up\n", []string{"Port", "Vlan"}, []string{"Eth1/1", "10"}},
		{"a heading to the right in its column", "  VID  Name\n-----  ----\n    1  default\n 4094  last\n", []string{"VID", "Name"}, []string{"1", "default", "4094", "last"}},
		{"a word too long pushes the others", "Port  Status  Vlan\nEthernet1/1/1 up 10\n", []string{"Port", "Status", "Vlan"}, []string{"Ethernet1/1/1", "up", "10"}},
		{"and where one is missing none is sure", "Port  Status  Vlan\nEthernet1/1/1 10\n", []string{"Port", "Status", "Vlan"}, []string{"Ethernet1/1/1", "-", "-"}},
		{"words run into the next column", "Name   Vlan\nab cdefgh 10\n", []string{"Name", "Vlan"}, []string{"-", "-"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, rows, ok := FindTable(Lines(reply(test.reply)), test.headings...)
			if !ok {
				t.Fatal("no table")
			}
			var got []string
			for _, l := range rows {
				for _, h := range test.headings {
					if c := table.Row(l).Cell(h); c.Known() {
						got = append(got, c.Value)
					} else {
						got = append(got, "-")
					}
				}
			}
			if strings.Join(got, "|") != strings.Join(test.want, "|") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if _, _, ok := FindTable(Lines(reply("Port  Status\n")), "Port", "Vlan"); ok {
		t.Error("a table without a heading that is needed was found")
	}
}

// TestTablesOfAnyShape: what is written below headings is read back, whatever the widths and whatever stands there.
func TestTablesOfAnyShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "columns")
		var headings []string
		widths := make([]int, n)
		head := ""
		for i := range n {
			h := "H" + rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "heading") + string(rune('a'+i))
			headings = append(headings, h)
			widths[i] = len(h) + rapid.IntRange(2, 12).Draw(t, "width")
			head += h + strings.Repeat(" ", widths[i]-len(h))
		}
		cells := make([]string, n)
		row := ""
		for i := range n {
			cells[i] = rapid.StringMatching(`([a-z0-9/]{1,5}( [a-z]{1,4})?)?`).Draw(t, "cell")
			if len(cells[i]) > widths[i]-1 {
				cells[i] = cells[i][:1]
			}
			row += cells[i] + strings.Repeat(" ", widths[i]-len(cells[i]))
		}
		table, rows, ok := FindTable(Lines(reply(head+"\n"+row+"\n")), headings...)
		if !ok || len(rows) != 1 {
			t.Fatalf("no table in %q", head)
		}
		for i, h := range headings {
			c := table.Row(rows[0]).Cell(h)
			if c.Value != cells[i] || c.Known() != (cells[i] != "") {
				t.Fatalf("%s is %q, want %q:\n%s\n%s", h, c.Value, cells[i], head, row)
			}
		}
	})
}

func TestVLANs(t *testing.T) {
	for in, want := range map[string]string{
		"1,10-20": "1,10-20", "1 3 to 5": "1,3-5", "ALL": "1-4094", "none": "none", "1-4094": "1-4094", "10, 20,30 - 40": "10,20,30-40", "10,": "?", "": "?", "0": "?",
		"4095": "?", "20-10": "?", "trunk": "?", "1(default), 5": "?", "2 to 4094": "2-4094",
	} {
		got := "?"
		if set := VLANs(said(in)); set.Known() {
			got = set.Value.String()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestStatementsAboutVLANs(t *testing.T) {
	tests := []struct {
		before, statement, want string
		ok                      bool
	}{
		{"1-4094", "10,20-30", "10,20-30", true},
		{"10", "add 20", "10,20", true},
		{"10-20", "remove 15", "10-14,16-20", true},
		{"10", "except 1-4000", "4001-4094", true},
		{"10", "all", "1-4094", true},
		{"10", "none", "none", true},
		{"10", "add", "", false},
		{"10", "vlan 20", "", false},
	}
	for _, test := range tests {
		before, err := state.ParseVIDSet(test.before)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Allow(before, test.statement)
		if ok != test.ok || ok && got.String() != test.want {
			t.Errorf("%s, %q: got %s, %v", test.before, test.statement, got, ok)
		}
	}
}

// TestListsReadBack: any set is read back from each form in which devices write it.
func TestListsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.Uint16Range(1, 4094), 1, 20).Draw(t, "ids")
		var vids []state.VID
		for _, v := range ids {
			vids = append(vids, state.VID(v))
		}
		set := state.VIDs(vids...)
		list := set.String()
		for _, form := range []string{list, strings.ReplaceAll(list, ",", " "), strings.ReplaceAll(list, ",", ", "), strings.ReplaceAll(strings.ReplaceAll(list, ",", " "), "-", " to ")} {
			if got := VLANs(said(form)); !got.Known() || got.Value != set {
				t.Fatalf("%q: got %v, want %s", form, got.Value, set)
			}
		}
		if got, ok := Allow(state.AllVIDs, "except "+list); !ok || got.Union(set) != state.AllVIDs || got.Overlaps(set) {
			t.Fatalf("except %s gives %s", list, got)
		}
		if got, ok := Allow(set, "remove "+list); !ok || !got.Empty() {
			t.Fatalf("remove %s leaves %s", list, got)
		}
	})
}

func TestNames(t *testing.T) {
	names := NamesOf([]Name{{"GigabitEthernet", nil}, {"TenGigabitEthernet", []string{"Te"}}, {"TwentyFiveGigE", []string{"Twe"}}, {"TwoGigabitEthernet", []string{"Tw"}}, {"Port-channel", nil}, {"mgmt0", nil}})
	for in, want := range map[string]string{
		"Gi1/0/1": "GigabitEthernet1/0/1", "Gig 1/0/1": "GigabitEthernet1/0/1", "gigabitethernet1/0/1": "GigabitEthernet1/0/1", "Te1/1/1": "TenGigabitEthernet1/1/1",
		"Tw1/0/1": "TwoGigabitEthernet1/0/1", "Twe1/0/1": "TwentyFiveGigE1/0/1", "Po10": "Port-channel10", "mgmt0": "mgmt0", "Foo1": "", "10": "", "": "", "T1": "",
	} {
		if got, _ := names.Full(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := names.Of(said("Foo1")); got.Value != "Foo1" {
		t.Errorf("a kind that is not listed became %q", got.Value)
	}
}

func TestValues(t *testing.T) {
	for in, want := range map[string]uint64{"10G": 10e9, "1000Mb/s": 1e9, "25 Gbps": 25e9, "a-1000M": 1e9, "1000000 Kbit": 1e9, "2.5G": 2.5e9, "100 Gbit/s": 100e9, "auto": 0, "1000": 0, "10X": 0} {
		if got := Speed(said(in)); got.Value != want || got.Known() != (want > 0) {
			t.Errorf("speed %q: got %d", in, got.Value)
		}
	}
	for in, want := range map[string]string{"192.0.2.1/24": "192.0.2.1/24", "192.0.2.1 255.255.255.0": "192.0.2.1/24", "192.0.2.1 255.0.255.0": "", "192.0.2.1": "", "2001:db8::1/64": "2001:db8::1/64"} {
		got := Prefix(said(in))
		if got.Known() != (want != "") || got.Known() && got.Value.String() != want {
			t.Errorf("prefix %q: got %v", in, got)
		}
	}
	for in, want := range map[string]string{"32768,00:1c:73:00:00:01": "32768,00:1c:73:00:00:01", "0x8000,00-1b-0c-10-5a-26": "32768,00:1b:0c:10:5a:26", "32768, 0011.2233.4455": "32768,00:11:22:33:44:55", "1": ""} {
		got := SystemID(said(in), false)
		if got.Known() != (want != "") || got.Known() && got.Value.String() != want {
			t.Errorf("system %q: got %v", in, got.Value)
		}
	}
	if got := SystemID(said("8000,00-1c-73-00-00-01"), true); got.Value.Priority != 0x8000 {
		t.Errorf("hexadecimal priority: got %v", got.Value)
	}
}

func TestPorts(t *testing.T) {
	for in, want := range map[string]string{
		"1/1/1": "1/1/1", "1/1/1-1/1/3,lag5": "1/1/1 1/1/2 1/1/3 lag5", "1/1/9-1/1/11, 1/1/20": "1/1/9 1/1/10 1/1/11 1/1/20", "Eth1/1/1-3": "Eth1/1/1 Eth1/1/2 Eth1/1/3", "1/1/1,": "1/1/1",
		"1/1/3-1/1/1": "", "1/1/1-2/1/2": "", "1/1/1-1/1/9999": "", "a b": "", "1-": "", "": "", "vxlan1(10.0.0.1)": "vxlan1(10.0.0.1)",
	} {
		got, ok := Ports(said(in))
		var names []string
		for _, f := range got {
			names = append(names, f.Value)
			if kind, _, isRange := strings.Cut(f.From.Text(), "-"); !isRange && kind != f.Value {
				t.Errorf("%q: %q rests on %q", in, f.Value, f.From.Text())
			}
		}
		if strings.Join(names, " ") != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v", in, names, ok)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("Port  Vlan\n----  ----\nEth1  1,2 to 5\n", "Port", "Vlan")
	f.Fuzz(func(t *testing.T, data, a, b string) {
		r := reply(data)
		lines := Lines(r)
		inside := func(s capture.Span) {
			if s.Known() && (s.Reply != r || s.Start > s.End || int(s.End) > len(data)) {
				t.Fatal("a span outside its reply")
			}
		}
		for _, l := range lines {
			inside(l.Span())
			for _, w := range l.Fields() {
				inside(w.From)
				if w.From.Text() != w.Value {
					t.Fatalf("%q states %q", w.From.Text(), w.Value)
				}
				VLANs(w)
				ports, _ := Ports(w)
				for _, p := range ports {
					inside(p.From)
				}
				Speed(w)
				Prefix(w)
				SystemID(w, true)
				NamesOf([]Name{{a, []string{b}}}).Of(w)
			}
			if _, v, ok := l.KeyValue(); ok {
				inside(v.From)
			}
		}
		if table, rows, ok := FindTable(lines, a, b); ok {
			for _, l := range rows {
				inside(table.Row(l).Cell(a).From)
				inside(table.Row(l).Cell(b).From)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	for reply, want := range map[string]string{
		"% Invalid input\n":                      "% Invalid input",
		"show moon\r\n     ^\n% Invalid input\n": "% Invalid input", // behind the echo and the mark of the place
		"show moon\n\nPort  Name\n% full\n":      "",                // a description is no refusal
		"":                                       "",
		"Port\n" + strings.Repeat(" ", 2000) + "\n% too far\n": "",
	} {
		if got := Refused([]byte(reply), 2, Begins("% ", "Error:")); got != want {
			t.Errorf("%q: got %q, want %q", reply, got, want)
		}
	}
}

func TestParagraphs(t *testing.T) {
	for in, want := range map[string]string{"Text: one\n two\n\n": "one\ntwo", "Text: one\n": "one", "Text:\n": "", "Text:\n two\n": "", "\n": ""} {
		got := Paragraph(Lines(reply(in)))
		if got.Value != want || got.Known() != (want != "") {
			t.Errorf("%q: got %q, %v", in, got.Value, got.Known())
		}
		if want != "" && !strings.HasPrefix(got.From.Text(), "one") {
			t.Errorf("%q: it rests on %q", in, got.From.Text())
		}
	}
}

func TestAgo(t *testing.T) {
	for in, want := range map[string]time.Duration{"45 weeks 2 days 4 hours 17 minutes": (45*7+2)*24*time.Hour + 4*time.Hour + 17*time.Minute, "1 day, 1 second": 24*time.Hour + time.Second,
		"Never": state.Never, "2 days ago": 0, "2": 0, "2 moons": 0, "": 0} {
		if got := Ago(said(in)); got.Value != want || got.Known() != (want != 0) {
			t.Errorf("%q: got %v, want %v", in, got.Value, want)
		}
	}
}

// A name that has a line of its own stands right before its row: of two such lines, one is no name.
func TestAlone(t *testing.T) {
	for _, c := range []struct{ before, want string }{
		{"", ""}, {"leaf1\n", "leaf1"}, {"leaf1\n\n", ""}, {"leaf1\nsomething else\n", ""}, {"a\nb\nc\n", ""}, {"something else\n\nleaf1\n", "leaf1"},
	} {
		var alone Alone
		for range 2 { // the second time, nothing is left of the first
			for _, l := range Lines(reply(c.before)) {
				alone.Line(l)
			}
			if got := alone.Take(); got.Value != c.want || got.Known() != (c.want != "") {
				t.Errorf("%q: got %q, want %q", c.before, got.Value, c.want)
			}
		}
	}
}
