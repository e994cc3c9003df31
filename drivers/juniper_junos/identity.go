package juniper_junos

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// agree takes a fact that several chassis may state: unknown once two of them differ.
func agree(p *parser, have *capture.Fact[string], more capture.Fact[string], what string) {
	switch {
	case !more.Known() || p.differ[what]:
	case !have.Known():
		*have = more
	case have.Value != more.Value:
		p.unread(more.From, what+" differs between the chassis")
		p.differ[what] = true
		*have = capture.Fact[string]{}
	}
}

// software reads software-information, of which a Virtual Chassis or cluster gives one for each chassis, and
// system-information, which says the same in other words.
func software(p *parser, e elem) {
	if p.sw.Device.Hostname.Known() && p.sw.Device.Hostname.From.Reply != p.reply {
		return
	}
	d := &p.sw.Device
	agree(p, &d.Hostname, e.at("host-name").str(), "host name")
	if e.n.Name() == "system-information" || e.at("os-version").exists() {
		agree(p, &d.Model, e.at("hardware-model").str(), "model")
		agree(p, &d.Version, e.at("os-version").str(), "version")
		agree(p, &d.Serial, e.at("serial-number").str(), "serial number")
		return
	}
	agree(p, &d.Model, e.at("product-model").str(), "model")
	version := e.at("junos-version").str()
	for pkg := range e.named("package-information") { // releases before 13 have no junos-version
		if version.Known() {
			break
		}
		version = capture.Then(pkg.at("comment").str(), releaseIn)
	}
	agree(p, &d.Version, version, "version")
}

// release matches the package that carries the version of the whole system.
var release = regexp.MustCompile(`^JUNOS (?:Base OS boot|Base OS Software Suite|Software Release|EX +Software Suite) \[([^\]]+)\]$`)

func releaseIn(comment string) (string, bool) {
	if m := release.FindStringSubmatch(comment); m != nil {
		return m[1], true
	}
	return "", false
}

// softwareText reads "show version".
func softwareText(p *parser, r *capture.Reply) {
	d := &p.sw.Device
	var packaged capture.Fact[string]
	for at, line := range p.lines(r, nil) {
		key, _, ok := strings.Cut(line, ":")
		key = strings.TrimSpace(key)
		value := after(r, at, line, ":")
		if v, found := releaseIn(strings.TrimSpace(line)); found && !packaged.Known() {
			i := at + strings.Index(line, "["+v+"]") + 1
			packaged = capture.Of(v, r.Span(i, i+len(v)))
		}
		switch {
		case !ok || !value.Known():
		case key == "Hostname":
			agree(p, &d.Hostname, value, "host name")
		case key == "Model":
			agree(p, &d.Model, value, "model")
		case key == "Junos":
			agree(p, &d.Version, firstWord(value), "version")
		case key == "Serial Number": // of a QFabric system
			agree(p, &d.Serial, value, "serial number")
		}
	}
	if !d.Version.Known() {
		d.Version = packaged
	}
}

// after returns what follows the first sep of a line, with exactly its bytes as span.
func after(r *capture.Reply, at int, line, sep string) capture.Fact[string] {
	i := strings.Index(line, sep)
	if i < 0 {
		return capture.Fact[string]{}
	}
	return field(r, at+i+len(sep), line[i+len(sep):])
}

// field returns the trimmed text that stands at offset at, unknown when it is empty.
func field(r *capture.Reply, at int, text string) capture.Fact[string] {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return capture.Fact[string]{}
	}
	at += len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	return capture.Of(trimmed, r.Span(at, at+len(trimmed)))
}

// firstWord cuts "19.4R1.10 limited" to its first word.
func firstWord(f capture.Fact[string]) capture.Fact[string] {
	word, _, _ := strings.Cut(f.Value, " ")
	if f.Known() {
		f.Value, f.From.End = word, f.From.Start+uint32(len(word))
	}
	return f
}

// inventory reads chassis-inventory. Its description of the chassis is a part's name, not the model that Junos calls itself.
func inventory(p *parser, e elem) {
	for chassis := range e.named("chassis") {
		serial := chassis.at("serial-number").str()
		for module := range chassis.named("chassis-module") { // some name it only on the backplane or midplane
			if name := module.text("name"); !serial.Known() && (name == "Backplane" || name == "Midplane") {
				serial = module.at("serial-number").str()
			}
		}
		agree(p, &p.sw.Device.Serial, serial, "serial number")
	}
}

// inventoryText reads the line of the chassis in "show chassis hardware", by the columns of its header.
func inventoryText(p *parser, r *capture.Reply) {
	serial, description := -1, -1
	for at, line := range p.lines(r, nil) {
		if s, m := strings.Index(line, "Serial number"), strings.Index(line, "Description"); s > 0 && m > s {
			serial, description = s, m
			continue
		}
		if !strings.HasPrefix(strings.TrimSpace(line), "Chassis ") || serial < 0 || len(line) <= serial {
			continue
		}
		// An entry wider than its column would shift the rest of the line: then nothing is read from it.
		number := field(r, at+serial, line[serial:min(description, len(line))])
		if line[serial-1] != ' ' || len(line) > description && line[description-1] != ' ' || strings.Contains(number.Value, " ") {
			p.unread(r.Span(at, at+len(line)), "columns do not line up with the header")
			continue
		}
		agree(p, &p.sw.Device.Serial, number, "serial number")
	}
}

var memberRoles = map[string]state.MemberRole{
	"master": state.RoleActive, "primary": state.RoleActive, "backup": state.RoleStandby, "linecard": state.RoleMember,
}

var memberStatus = map[string]bool{"prsnt": true, "notprsnt": false, "inactive": false, "unprvsnd": false}

// slots matches "(FPC 0)" and, on MX, "(FPC  12- 23)".
var slots = regexp.MustCompile(`FPC\s+(\d+)(?:\s*-\s*(\d+))?`)

// virtualChassis reads virtual-chassis-information. A switch on its own reports itself as the only member.
func virtualChassis(p *parser, e elem) {
	n := 0
	for list := range e.named("member-list") {
		for m := range list.named("member") {
			id := m.at("member-id").str()
			if !id.Known() {
				p.unread(m.span(), "a member without a number")
				continue
			}
			n++
			role := m.at("member-role").str()
			member := state.Member{
				ID: id.Value, From: m.span(),
				Serial: m.at("member-serial-number").str(),
				Model:  m.at("member-model").str(),
				Role:   capture.Then(role, roleWord),
				Up:     word(p, m.at("member-status"), memberStatus),
			}
			if role.Known() && !member.Role.Known() {
				p.unread(role.From, "unknown member role "+state.Quote(role.Value))
			}
			if list := m.at("neighbor-list"); list.exists() {
				member.LinksFrom = list.span()
				for n := range list.named("neighbor") {
					member.Links = append(member.Links, state.StackLink{Port: n.text("neighbor-interface"), To: n.text("neighbor-id"), From: n.span()})
				}
			}
			p.member(member, m.text("fpc-slot")+m.text("fpc-slot-range"))
		}
	}
	if n > 0 {
		p.sw.Device.Stacked = capture.Of(n > 1, e.span())
	}
}

// roleWord reads "Master*", where the star marks the member that answers.
func roleWord(s string) (state.MemberRole, bool) {
	role, ok := memberRoles[strings.ToLower(strings.TrimSuffix(s, "*"))]
	return role, ok
}

// maxFPC bounds the slots that a hostile range may name; real ones end below 100.
const maxFPC = 512

func (p *parser) member(m state.Member, fpcs string) {
	p.sw.Members = append(p.sw.Members, m)
	if s := slots.FindStringSubmatch(fpcs); s != nil {
		first, _ := strconv.Atoi(s[1])
		last := first
		if s[2] != "" {
			last, _ = strconv.Atoi(s[2])
		}
		for slot := first; slot <= min(last, maxFPC); slot++ {
			p.fpc[slot] = m.ID
		}
	}
}

// memberLine matches a line of "show virtual-chassis"; a member that is not present ends after its model.
var memberLine = regexp.MustCompile(`^\s*(\d+) (\(FPC +\d+(?: *- *\d+)?\)) +(\S+) +(\S+) +(\S+)(?: +(\d+) +(\S+))?`)

// neighborLine matches a cable to another member: at the end of a member's line, and on the lines below it.
var neighborLine = regexp.MustCompile(`\s(\d+)\s+(vcp-\S+)\s*$`)

// virtualChassisText reads "show virtual-chassis". Which cables a member has is known once something else follows.
func virtualChassisText(p *parser, r *capture.Reply) {
	n := 0
	var links []state.StackLink
	for at, line := range p.lines(r, nil) {
		m, link := memberLine.FindStringSubmatchIndex(line), neighborLine.FindStringSubmatch(line)
		if all := len(p.sw.Members); len(links) > 0 && (m != nil || link == nil) {
			p.sw.Members[all-1].Links, p.sw.Members[all-1].LinksFrom = links, join(links[0].From, links[len(links)-1].From)
			links = nil
		}
		if link != nil && (m != nil || n > 0) {
			links = append(links, state.StackLink{Port: link[2], To: link[1], From: r.Span(at, at+len(line))})
		}
		if m == nil {
			continue
		}
		n++
		part := func(i int) capture.Fact[string] {
			if m[2*i] < 0 {
				return capture.Fact[string]{}
			}
			return capture.Of(line[m[2*i]:m[2*i+1]], r.Span(at+m[2*i], at+m[2*i+1]))
		}
		p.member(state.Member{
			ID: part(1).Value, From: r.Span(at, at+len(line)), Serial: part(4), Model: part(5),
			Role: capture.Then(part(7), roleWord),
			Up: capture.Then(part(3), func(s string) (bool, bool) {
				up, ok := memberStatus[strings.ToLower(s)]
				return up, ok
			}),
		}, part(2).Value)
	}
	if n > 0 {
		p.sw.Device.Stacked = capture.Of(n > 1, r.Whole())
	}
}

// lldpLocal reads what the switch sends as its own chassis id.
func lldpLocal(p *parser, e elem) {
	p.sw.Device.ChassisMAC = e.at("lldp-local-chassis-id").mac()
}

// splitPort returns the device type and the FPC in the name of a port, such as xe-1/0/3 or et-0/0/48:2; ok is false for any other name.
func splitPort(name string) (kind, slot string, ok bool) {
	kind, rest, _ := strings.Cut(name, "-")
	for i := range len(kind) {
		if kind[i] < 'a' || kind[i] > 'z' {
			return "", "", false
		}
	}
	slot, rest, _ = strings.Cut(rest, "/")
	pic, number, _ := strings.Cut(rest, "/")
	number, channel, channelized := strings.Cut(number, ":")
	ok = (len(kind) == 2 || len(kind) == 3) && digits(slot) && digits(pic) && digits(number) && (!channelized || digits(channel))
	return kind, slot, ok
}

func isPort(name string) bool {
	_, _, ok := splitPort(name)
	return ok
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// finishMembers says of each port which member of a Virtual Chassis owns it.
func (p *parser) finishMembers() {
	if !capture.Is(p.sw.Device.Stacked, true) {
		return
	}
	for i := range p.sw.Interfaces {
		n := &p.sw.Interfaces[i]
		_, fpc, ok := splitPort(n.Name)
		if n.Kind != state.Physical || !ok {
			continue
		}
		slot, err := strconv.Atoi(fpc)
		if id, ok := p.fpc[slot]; ok && err == nil {
			n.Member = capture.Of(id, n.From)
		}
	}
}
