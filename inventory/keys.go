package inventory

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory/yamldoc"
)

// This file is the format: every key of the inventory file with what it means, what it looks like and how it is read.
// The editor schema is made from the same tables.

// shape is what a value looks like, for the editor schema.
type shape struct {
	kind  string   // "text", "flag", "vlan", "vlans", "mtu", "count", "bandwidth", "date", "duration", "mac", "end", "secret", "texts", "object", "list", "map", "either"
	words []string // of a text: all that is allowed
	keys  []about  // of an object
	need  []string // of an object: keys that must be there
	elem  []shape  // of a list or map: one; of either: some
	n     int      // of a list: exactly so many items, 0: any number
}

type about struct {
	name, about string
	shape       shape
}

func object[T any](keys []key[T], need ...string) shape {
	s := shape{kind: "object", need: need}
	for _, k := range keys {
		s.keys = append(s.keys, about{k.name, k.about, k.shape})
	}
	return s
}

func mapOf(s shape) shape          { return shape{kind: "map", elem: []shape{s}} }
func listOf(n int, s shape) shape  { return shape{kind: "list", elem: []shape{s}, n: n} }
func either(shapes ...shape) shape { return shape{kind: "either", elem: shapes} }
func one(kind string) shape        { return shape{kind: kind} }

var fileKeys = []key[Inventory]{
	{"credentials", "how to log in; never a password in clear", mapOf(object(credentialKeys)), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		inv.Credentials = readNamed(r, "credential", n, credentialKeys, func(name string, from capture.Span) Credential {
			return Credential{Name: name, From: from}
		})
	}},
	{"switches", "the switches to ask", mapOf(object(switchKeys)), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		inv.Switches = readNamed(r, "switch", n, switchKeys, func(name string, from capture.Span) Switch {
			return Switch{Name: name, From: from}
		})
	}},
	{"pairs", "multi-chassis peers (MLAG, vPC, ESI), where the switches cannot say it themselves or to hold them to it", mapOf(one("texts")), readPairs},
	{"domains", "what is lost together: a rack, a power feed, a site", mapOf(one("texts")), readDomains},
	{"networks", "sets of VLANs with one purpose", mapOf(object(networkKeys, "vlans")), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		inv.Networks = readNamed(r, "network", n, networkKeys, func(name string, from capture.Span) Network {
			return Network{Name: name, From: from}
		})
	}},
	{"clusters", "hosts that must offer the same networks", mapOf(object(clusterKeys)), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		inv.Clusters = readNamed(r, "cluster", n, clusterKeys, func(name string, from capture.Span) Cluster {
			return Cluster{Name: name, From: from}
		})
	}},
	{"services", "what hosts need that the network must lead to: storage systems, firewalls, DNS, DHCP, time, directories, backup", mapOf(object(serviceKeys, "kind", "networks")), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		inv.Services = readNamed(r, "service", n, serviceKeys, func(name string, from capture.Span) Service {
			return Service{Name: name, From: from}
		})
	}},
	{"hosts", "the hypervisors: asked by a source, or declared by their uplinks", mapOf(object(hostKeys)), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		inv.Hosts = readNamed(r, "host", n, hostKeys, func(name string, from capture.Span) HostEntry {
			return HostEntry{Name: name, From: from}
		})
	}},
	{"links", "cables that you claim: [leaf1/Ethernet1, esx1/vmnic2]", listOf(0, listOf(2, one("end"))), readLinks},
	{"waivers", "findings that are accepted for a time", listOf(0, object(waiverKeys, "check", "subject", "until", "reason", "by")), readWaivers},
	{"policy", "choices for the whole site", object(policyKeys), func(r *reader, inv *Inventory, n *yamldoc.Node) {
		r.in("policy", func() { readKeys(r, n, policyKeys, &inv.Policy) })
	}},
}

var credentialKeys = []key[Credential]{
	textKey("username", "user name", func(c *Credential) *string { return &c.Username }),
	{"password", "where the password is", one("secret"), func(r *reader, c *Credential, n *yamldoc.Node) { c.Password = r.secret("password", n) }},
	{"enable", "where the secret for privileged mode is, on platforms that have one", one("secret"), func(r *reader, c *Credential, n *yamldoc.Node) {
		c.Enable = r.secret("enable", n)
	}},
	{"keys", "private key files", either(one("text"), listOf(0, either(one("text"), object(keyFileKeys, "file")))), readKeyFiles},
	flagKey("agent", "ask the ssh-agent", func(c *Credential) *bool { return &c.Agent }),
}

var keyFileKeys = []key[Key]{
	{"file", "path of the private key", one("text"), func(r *reader, k *Key, n *yamldoc.Node) { k.File = r.keyFile(n) }},
	{"passphrase", "where its passphrase is", one("secret"), func(r *reader, k *Key, n *yamldoc.Node) { k.Passphrase = r.secret("passphrase", n) }},
}

var secretKeys = []key[Secret]{
	{"env", "environment variable that holds it", one("text"), func(r *reader, s *Secret, n *yamldoc.Node) {
		if v, ok := r.text(n); ok && envName.MatchString(v) {
			s.Env = v
		} else if ok {
			r.fail(n.From, "env must be the name of an environment variable: letters, digits and _")
		}
	}},
	{"file", "file with it in its first line, that only its owner may read", one("text"), func(r *reader, s *Secret, n *yamldoc.Node) {
		if v, ok := r.text(n); ok {
			s.File = r.path(v, n.From)
		}
	}},
	{"command", "program and arguments that print it, as a list; no shell", listOf(0, one("text")), func(r *reader, s *Secret, n *yamldoc.Node) {
		if n.Kind != yamldoc.List || len(n.Items) == 0 {
			r.fail(n.From, "command must be a list, such as [pass, show, network/ops]")
			return
		}
		for _, item := range n.Items {
			if v, ok := r.text(item); ok {
				s.Command = append(s.Command, v)
			}
		}
	}},
}

// envName is the portable form of IEEE Std 1003.1, 8.1, with lower case allowed.
var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)

var switchKeys = append([]key[Switch]{
	textKey("platform", "switch operating system by its netmiko name, such as arista_eos", func(s *Switch) *string { return &s.Platform }),
	textKey("hostname", "the name the switch must give itself", func(s *Switch) *string { return &s.Hostname }),
	textKey("serial", "the serial number it must have", func(s *Switch) *string { return &s.Serial }),
	textKey("rack", "rack it stands in", func(s *Switch) *string { return &s.Rack }),
	textKey("power", "power feed it hangs on", func(s *Switch) *string { return &s.Power }),
	textKey("site", "site it is at", func(s *Switch) *string { return &s.Site }),
}, loginKeys(func(s *Switch) *Login { return &s.Login })...)

var hostKeys = append([]key[HostEntry]{
	textKey("source", "who knows it: linux, vsphere, … or declared", func(h *HostEntry) *string { return &h.Source }),
	textKey("vcenter", "manager to ask about it, where its source asks one", func(h *HostEntry) *string { return &h.VCenter }),
	textKey("hostname", "the name the host must give itself", func(h *HostEntry) *string { return &h.Hostname }),
	{"uplinks", "its network interfaces, where you write them down", listOf(0, object(uplinkKeys, "nic")), readUplinks},
	{"bonds", "how its bonds share traffic: {bond0: lacp}", mapOf(either(wordsOf(modeWords), object(bondKeys, "mode"))), readBonds},
	{"networks", "networks it needs beyond those of its clusters", one("texts"), func(r *reader, h *HostEntry, n *yamldoc.Node) { h.Networks = r.names(n, aNetwork) }},
	{"guest_trunks", "its guests' ports that may tag frames themselves, such as tap101i0", one("texts"), func(r *reader, h *HostEntry, n *yamldoc.Node) {
		for _, item := range r.texts(n) {
			h.GuestTrunks = append(h.GuestTrunks, item.Text)
		}
	}},
	{"bmc", "where its management controller is plugged in: SWITCH/PORT, or the controller's MAC address", either(one("end"), one("mac")), func(r *reader, h *HostEntry, n *yamldoc.Node) { h.BMC = r.bmc(n) }},
	textKey("class", "what it is meant to be like, such as gen2 or dmz: only hosts of one class are compared with each other", func(h *HostEntry) *string { return &h.Class }),
	textKey("rack", "rack it stands in", func(h *HostEntry) *string { return &h.Rack }),
	textKey("power", "power feed it hangs on", func(h *HostEntry) *string { return &h.Power }),
	textKey("site", "site it is at", func(h *HostEntry) *string { return &h.Site }),
	flagKey("single_homed", "has one uplink by design", func(h *HostEntry) *bool { return &h.SingleHomed }),
	flagKey("maintenance", "is out of service: its links are no failures", func(h *HostEntry) *bool { return &h.Maintenance }),
}, loginKeys(func(h *HostEntry) *Login { return &h.Login })...)

func loginKeys[T any](at func(*T) *Login) []key[T] {
	return []key[T]{
		{"address", "host or host:port to log in to; the entry's name when absent", one("text"), func(r *reader, x *T, n *yamldoc.Node) { at(x).Address = r.address(n) }},
		{"credential", "name of a credential; default when absent", one("text"), func(r *reader, x *T, n *yamldoc.Node) {
			if s, ok := r.text(n); ok {
				r.refer(aCredential, s, n.From)
				at(x).Credential = s
			}
		}},
		{"via", "jump hosts, first hop first: names of this file, or [user@]host[:port]", one("texts"), func(r *reader, x *T, n *yamldoc.Node) { at(x).Via = r.hops(n) }},
		{"known_hosts", "known_hosts file in place of the usual one", one("text"), func(r *reader, x *T, n *yamldoc.Node) {
			if s, ok := r.text(n); ok {
				at(x).KnownHosts = r.path(s, n.From)
			}
		}},
		flagKey("legacy", "also offer old SSH algorithms", func(x *T) *bool { return &at(x).Legacy }),
		flagKey("sudo", `put "sudo -n" before shell commands`, func(x *T) *bool { return &at(x).Sudo }),
	}
}

var uplinkKeys = []key[DeclaredUplink]{
	textKey("nic", "interface, by the host's own name", func(u *DeclaredUplink) *string { return &u.NIC }),
	{"mac", "permanent address", one("mac"), func(r *reader, u *DeclaredUplink, n *yamldoc.Node) {
		if m, ok := r.mac(n); ok {
			u.MAC = capture.Of(m, n.From)
		}
	}},
	{"pci", "address of its PCI function, such as 0000:3b:00.1, as lspci -D prints it", one("text"), func(r *reader, u *DeclaredUplink, n *yamldoc.Node) {
		if s, ok := r.text(n); ok && pciFunction.MatchString(s) {
			u.PCI = capture.Of(s, n.From)
		} else if ok {
			r.fail(n.From, "pci %q: must look like 0000:3b:00.1", s)
		}
	}},
	textKey("bond", "bond it is in", func(u *DeclaredUplink) *string { return &u.Bond }),
	{"networks", "networks it carries; all of the host's when absent", one("texts"), func(r *reader, u *DeclaredUplink, n *yamldoc.Node) { u.Networks = r.names(n, aNetwork) }},
	{"port", "SWITCH/PORT it is plugged into, where you claim to know", one("end"), func(r *reader, u *DeclaredUplink, n *yamldoc.Node) { u.Port, _ = r.end(n, aSwitch) }},
}

// pciFunction is a domain, bus, device and function, in the lower-case hexadecimal that Linux prints.
var pciFunction = regexp.MustCompile(`^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$`)

var bondKeys = []key[DeclaredBond]{
	{"mode", "how it shares traffic", wordsOf(modeWords), func(r *reader, b *DeclaredBond, n *yamldoc.Node) { b.Mode = r.mode(n) }},
	{"standby", "members that are held in reserve on purpose; none when absent", one("count"), func(r *reader, b *DeclaredBond, n *yamldoc.Node) { b.Standby = r.count(n) }},
}

var modeWords = []string{TeamLACP.String(), TeamStatic.String(), TeamActiveBackup.String(), TeamIndependent.String()}

func wordsOf(words []string) shape { return shape{kind: "text", words: words} }

var networkKeys = []key[Network]{
	{"vlans", `its VLANs: 10, "10-20", [10, 20-30]`, one("vlans"), func(r *reader, w *Network, n *yamldoc.Node) { w.VLANs, w.VLANFrom = r.vlans(n), n.From }},
	{"role", "what it is for", wordsOf(roleWords()), func(r *reader, w *Network, n *yamldoc.Node) {
		if s, ok := r.word(n, "role", roleWords()); ok {
			w.Role = Role(s)
		}
	}},
	textKey("zone", "protection zone; networks of different zones must not meet", func(w *Network) *string { return &w.Zone }),
	{"protection", "protection requirement; for very-high, VLANs alone separate nothing", wordsOf(protectionWords), func(r *reader, w *Network, n *yamldoc.Node) {
		s, _ := r.word(n, "protection", protectionWords)
		w.Protection = Protection(s)
	}},
	flagKey("physical", "shares no switch, uplink or host NIC with another zone; where it has no zone itself, with guests", func(w *Network) *bool { return &w.Physical }),
	textKey("tenant", "institution whose traffic it is", func(w *Network) *string { return &w.Tenant }),
	flagKey("encrypted", "nothing of it is in clear on the wire (MACsec, IPsec)", func(w *Network) *bool { return &w.Encrypted }),
	{"path", "storage path: networks of different paths replace each other", wordsOf([]string{"a", "b"}), func(r *reader, w *Network, n *yamldoc.Node) {
		w.Path, _ = r.word(n, "path", []string{"a", "b"})
	}},
	flagKey("untagged", "hosts send it without a tag", func(w *Network) *bool { return &w.Untagged }),
	flagKey("dedicated", "the plan says that nothing else may share it: a profile that would only warn about live migration on a shared network then fails", func(w *Network) *bool { return &w.Dedicated }),
	{"gateway", "devices or SWITCH/PORT where it may be routed", one("texts"), func(r *reader, w *Network, n *yamldoc.Node) { w.Gateway = r.places(n) }},
	{"stations", "devices or SWITCH/PORT that may be on it, beside services: administrators, appliances, a witness", one("texts"), func(r *reader, w *Network, n *yamldoc.Node) { w.Stations = r.places(n) }},
	flagKey("routed", "of live migration: it may be routed to other sites, over its gateway", func(w *Network) *bool { return &w.Routed }),
	flagKey("outside", "in front of the firewall (Internet, DMZ): no cable carries it beside networks behind it, but for those under shared_with",
		func(w *Network) *bool { return &w.Outside }),
	{"shared_with", "networks that may be on the same cables as this one, which is outside", one("texts"), func(r *reader, w *Network, n *yamldoc.Node) {
		w.SharedWith = r.names(n, aNetwork)
	}},
	{"joined_with", "networks that are meant to be one broadcast domain with this one: bridged, or under another VLAN number elsewhere", one("texts"), func(r *reader, w *Network, n *yamldoc.Node) {
		w.JoinedWith = r.names(n, aNetwork)
	}},
	{"mtu", "bytes of payload that a frame of it may have, such as 9000: what an interface on it is set to", one("mtu"), func(r *reader, w *Network, n *yamldoc.Node) { w.MTU = r.mtu(n) }},
	{"bandwidth", "what each host must keep for it after any one loss, in bit/s: 10G", one("bandwidth"), func(r *reader, w *Network, n *yamldoc.Node) { w.Bandwidth = r.bandwidth(n) }},
}

var protectionWords = []string{string(NormalProtection), string(HighProtection), string(VeryHighProtection)}

func roleWords() []string {
	var out []string
	for _, r := range Roles {
		out = append(out, string(r))
	}
	return out
}

var clusterKeys = []key[Cluster]{
	{"hosts", "its hosts", one("texts"), func(r *reader, c *Cluster, n *yamldoc.Node) { c.Hosts = r.names(n, aHost) }},
	{"networks", "networks that each of them needs", one("texts"), func(r *reader, c *Cluster, n *yamldoc.Node) { c.Networks = r.names(n, aNetwork) }},
	{"survive", "whose loss it must survive, one at a time", shape{kind: "texts", words: surviveWords}, func(r *reader, c *Cluster, n *yamldoc.Node) {
		for _, item := range r.texts(n) {
			if s, ok := r.word(item, "survive", surviveWords); ok {
				c.Survive = append(c.Survive, s)
			}
		}
	}},
	{"quorum", "hosts that must stay connected whichever switch is lost: what the quorum or admission control needs; more than half when absent", one("count"), func(r *reader, c *Cluster, n *yamldoc.Node) {
		c.Quorum = r.count(n)
	}},
	flagKey("mixed_zones", "it was decided that its hosts serve networks of several zones", func(c *Cluster) *bool { return &c.MixedZones }),
	{"witness", "of a cluster over two sites: device or SWITCH/PORT of what decides which site goes on", one("texts"), func(r *reader, c *Cluster, n *yamldoc.Node) { c.Witness = r.places(n) }},
}

var serviceKeys = []key[Service]{
	{"kind", "what it does", wordsOf(serviceWords()), func(r *reader, x *Service, n *yamldoc.Node) {
		s, _ := r.word(n, "kind", serviceWords())
		x.Kind = ServiceKind(s)
	}},
	{"at", "devices or SWITCH/PORT where it is plugged in, or the hosts on which it runs as a guest", one("texts"), func(r *reader, x *Service, n *yamldoc.Node) { x.At = r.places(n) }},
	{"networks", "networks that it is in itself: its places may be on them, as if they stood under stations:", one("texts"), func(r *reader, x *Service, n *yamldoc.Node) { x.Networks = r.names(n, aNetwork) }},
	{"serves", "networks whose hosts need it; those that it is in when absent", one("texts"), func(r *reader, x *Service, n *yamldoc.Node) { x.Serves = r.names(n, aNetwork) }},
}

func serviceWords() []string {
	var out []string
	for _, k := range ServiceKinds {
		out = append(out, string(k))
	}
	return out
}

// surviveWords name what may be lost; switch+switch is any two of the switches around the cluster at once.
var surviveWords = []string{"switch", "link", "nic", "linecard", "lag", "peer-link", "rack", "power", "site", "domain", "switch+switch"}

var waiverKeys = []key[Waiver]{
	{"check", "id of the check", one("text"), func(r *reader, w *Waiver, n *yamldoc.Node) {
		if s, ok := r.text(n); ok && checkID.MatchString(s) {
			w.Check = s
		} else if ok {
			r.fail(n.From, "check %q: must look like LAG-001; uplinkcheck checks lists them", s)
		}
	}},
	textKey("subject", "what the finding is about, as the report writes it", func(w *Waiver) *string { return &w.Subject }),
	{"until", "last day, YYYY-MM-DD", one("date"), func(r *reader, w *Waiver, n *yamldoc.Node) { w.Until = r.day(n) }},
	textKey("reason", "why it is accepted", func(w *Waiver) *string { return &w.Reason }),
	textKey("by", "who accepted it", func(w *Waiver) *string { return &w.By }),
}

var checkID = regexp.MustCompile(`^[A-Z]{3}-\d{3}$`)

var policyKeys = []key[Policy]{
	{"max_age", "oldest evidence that counts as fresh; 24h when absent", one("duration"), func(r *reader, p *Policy, n *yamldoc.Node) { p.MaxAge = r.duration(n) }},
	{"max_spread", "longest time between the devices of one run; 15m when absent", one("duration"), func(r *reader, p *Policy, n *yamldoc.Node) { p.MaxSpread = r.duration(n) }},
	flagKey("stack_is_redundant", "a stack's shared control plane suffices as redundancy", func(p *Policy) *bool { return &p.StackIsRedundant }),
	flagKey("strict_vlans", "VLANs that nobody needs on a trunk fail, not warn", func(p *Policy) *bool { return &p.StrictVLANs }),
	flagKey("static_lags", "static aggregation on both ends is meant", func(p *Policy) *bool { return &p.StaticLAGs }),
	{"lacp_rate", "rate at which both ends of every LAG must ask for LACPDUs", wordsOf(rateWords), func(r *reader, p *Policy, n *yamldoc.Node) {
		p.LACPRate, _ = r.word(n, "lacp_rate", rateWords)
	}},
	{"max_transitions", "changes of a link between two samples that are none too many; 1 when absent", one("count"), func(r *reader, p *Policy, n *yamldoc.Node) {
		p.MaxTransitions = r.count(n)
	}},
	factKey("mixed_zones", "it was decided that hosts serve networks of several zones", func(p *Policy) *capture.Fact[bool] { return &p.MixedZones }),
	{"reserved_vlans", `VLANs that your switches keep for themselves, such as "3968-4094"`, one("vlans"), func(r *reader, p *Policy, n *yamldoc.Node) {
		p.ReservedVLANs = capture.Of(r.vlans(n), n.From)
	}},
	{"parking_vlan", "the VLAN where unused ports belong", one("vlan"), func(r *reader, p *Policy, n *yamldoc.Node) { p.ParkingVLAN = r.vlan(n) }},
}

var rateWords = []string{"fast", "slow"}

func textKey[T any](name, about string, at func(*T) *string) key[T] {
	return key[T]{name, about, one("text"), func(r *reader, x *T, n *yamldoc.Node) {
		r.in(name, func() { *at(x), _ = r.text(n) })
	}}
}

func flagKey[T any](name, about string, at func(*T) *bool) key[T] {
	return key[T]{name, about, one("flag"), func(r *reader, x *T, n *yamldoc.Node) {
		switch n.String() {
		case "true":
			*at(x) = true
		case "false":
		default:
			r.fail(n.From, "%s must be true or false", name)
		}
	}}
}

// factKey is flagKey for a choice that the reports quote.
func factKey[T any](name, about string, at func(*T) *capture.Fact[bool]) key[T] {
	return key[T]{name, about, one("flag"), func(r *reader, x *T, n *yamldoc.Node) {
		flagKey(name, about, func(f *capture.Fact[bool]) *bool { return &f.Value }).read(r, at(x), n)
		at(x).From = n.From
	}}
}

// secret reads where a secret is. No message shows what stands there: it may be the secret.
func (r *reader) secret(name string, n *yamldoc.Node) (s Secret) {
	if n.Kind != yamldoc.Map {
		r.fail(n.From, "a %s in clear is refused; write %s: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}, or use keys or agent", name, name)
		return Secret{}
	}
	for _, e := range n.Entries {
		i := slices.IndexFunc(secretKeys, func(k key[Secret]) bool { return k.name == e.Key })
		switch {
		case i >= 0 && e.Value.Kind != yamldoc.Null:
			secretKeys[i].read(r, &s, e.Value)
		case e.Key == "keyring":
			r.fail(e.At, "a keyring is asked by its program, such as %s: {command: [secret-tool, lookup, service, uplinkcheck]}", name)
			return s
		default:
			r.fail(e.At, "%s says where the secret is by one of: env, file, command", name)
			return s
		}
	}
	if len(n.Entries) != 1 {
		r.fail(n.From, "%s needs exactly one of: env, file, command", name)
	}
	return s
}

func readKeyFiles(r *reader, c *Credential, n *yamldoc.Node) {
	items := n.Items
	if n.Kind != yamldoc.List {
		items = []*yamldoc.Node{n}
	}
	for _, item := range items {
		k := Key{}
		if item.Kind == yamldoc.Map {
			readKeys(r, item, keyFileKeys, &k)
		} else {
			k.File = r.keyFile(item)
		}
		if k.File != "" {
			c.Keys = append(c.Keys, k)
		}
	}
}

// keyFile reads a path and refuses a pasted private key without showing it.
func (r *reader) keyFile(n *yamldoc.Node) string {
	if strings.Contains(n.String(), "-----") || strings.Contains(n.String(), "\n") {
		r.fail(n.From, "a private key in clear is refused; write the path of its file")
		return ""
	}
	s, ok := r.text(n)
	if !ok || s == "" {
		return ""
	}
	return r.path(s, n.From)
}

func (r *reader) address(n *yamldoc.Node) string {
	s, ok := r.text(n)
	if !ok {
		return ""
	}
	if bad := badAddress(s); bad != "" {
		r.fail(n.From, "%s", bad)
	}
	return s
}

// hops reads jump hosts. A user may stand before the host, a password may not.
func (r *reader) hops(n *yamldoc.Node) (out []string) {
	for _, item := range r.texts(n) {
		user, host, ok := strings.Cut(item.Text, "@")
		if !ok {
			user, host = "-", item.Text
		}
		if strings.Contains(user, ":") {
			r.fail(r.doc.File.Span(int(item.From.Start), int(item.From.Start)), "a password in clear is refused; write [user@]host[:port], and give the jump host an entry with a credential")
			continue
		}
		if bad := badAddress(host); bad != "" || user == "" {
			r.fail(item.From, "%q must be a name of this file or [user@]host[:port]", item.Text)
			continue
		}
		out = append(out, item.Text)
	}
	return out
}

// badAddress says why s is not host or host:port.
func badAddress(s string) string {
	if _, err := netip.ParseAddr(s); err == nil {
		return ""
	}
	host := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		if port, err := strconv.ParseUint(s[i+1:], 10, 16); err != nil || port == 0 {
			return strconv.Quote(s) + " must be host or host:port with a port of 1 to 65535; an IPv6 address with a port stands in brackets"
		}
		host = s[:i]
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		if a, err := netip.ParseAddr(host[1 : len(host)-1]); err == nil && a.Is6() {
			return ""
		}
		return strconv.Quote(s) + " is not an IPv6 address in brackets"
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	switch {
	case dotted.MatchString(host):
		return strconv.Quote(host) + " is not an IPv4 address"
	case !hostName.MatchString(host):
		return strconv.Quote(s) + " is not an address: write host or host:port"
	}
	return ""
}

var (
	dotted   = regexp.MustCompile(`^[0-9.]+$`)
	hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$`)
)

// mac reads the address of one station.
func (r *reader) mac(n *yamldoc.Node) (state.MAC, bool) {
	s, ok := r.text(n)
	if !ok {
		return state.MAC{}, false
	}
	m, err := state.ParseMAC(s)
	switch {
	case err != nil || !wholeMAC.MatchString(s):
		r.fail(n.From, "%q is not a MAC address; write it as 00:53:00:00:00:01", s)
	case m.IsZero() || m[0]&1 != 0:
		// IEEE Std 802-2014, 8.2: the group bit is the lowest of the first octet.
		r.fail(n.From, "%s is not the address of one interface: it is zero or a group address", m)
	default:
		return m, true
	}
	return state.MAC{}, false
}

// wholeMAC has all twelve digits. A person who leaves some out has made a mistake; only switches drop zeros.
var wholeMAC = regexp.MustCompile(`^(?i)(([0-9a-f]{2}[:-]){5}[0-9a-f]{2}|([0-9a-f]{4}[:.-]){2}[0-9a-f]{4}|[0-9a-f]{6}-?[0-9a-f]{6})$`)

// bmc reads the port of a management controller, or its address.
func (r *reader) bmc(n *yamldoc.Node) BMC {
	b := BMC{From: n.From}
	s, ok := r.text(n)
	if !ok {
		return BMC{}
	}
	if strings.Contains(s, "/") {
		b.Port, _ = r.end(n, aSwitch)
	} else if m, ok := r.mac(n); ok {
		b.MAC = capture.Of(m, n.From)
	}
	return b
}

func (r *reader) mode(n *yamldoc.Node) TeamMode {
	s, ok := r.word(n, "mode", modeWords)
	if !ok {
		return 0
	}
	return TeamMode(1 + slices.Index(modeWords, s))
}

// linuxModes are the kernel's names of bonding modes and others that people write, with ours.
var linuxModes = map[string]string{"802.3ad": "lacp", "802.1ax": "lacp", "4": "lacp", "balance-tcp": "lacp", "balance-rr": "static", "balance-xor": "static",
	"ip-hash": "static", "on": "static", "balance-tlb": "switch-independent", "balance-alb": "switch-independent", "balance-slb": "switch-independent"}

// word reads one of some words.
func (r *reader) word(n *yamldoc.Node, what string, words []string) (string, bool) {
	s, ok := r.text(n)
	if !ok {
		return "", false
	}
	if slices.Contains(words, s) {
		return s, true
	}
	if ours := linuxModes[strings.ToLower(s)]; what == "mode" && ours != "" {
		r.fail(n.From, "unknown mode %q; here it is called %q", s, ours)
		return "", false
	}
	r.fail(n.From, "unknown %s %q%s", what, s, nearestOr(s, words))
	return "", false
}

func (r *reader) vlans(n *yamldoc.Node) (out state.VIDSet) {
	for _, item := range r.texts(n) {
		set, err := state.ParseVIDSet(item.Text)
		switch {
		case err != nil:
			r.fail(item.From, "%v", err)
		case strings.ContainsFunc(item.Text, func(c rune) bool { return c >= 'A' }):
			r.fail(item.From, "%q: write the VLAN numbers, such as 10 or 20-30", item.Text)
		case !out.Intersect(set).Empty():
			r.fail(item.From, "VLAN %s stands here twice", out.Intersect(set))
		}
		out = out.Union(set)
	}
	return out
}

// vlan reads one VLAN.
func (r *reader) vlan(n *yamldoc.Node) (out capture.Fact[state.VID]) {
	s, ok := r.text(n)
	if !ok {
		return out
	}
	v, err := state.ParseVID(s)
	if err != nil {
		r.fail(n.From, "%v", err)
		return out
	}
	return capture.Of(v, n.From)
}

// mtu reads a payload in bytes. 68 is the least that IPv4 may count on (RFC 791), 65535 the most that it can fill.
// count reads a number of at least one.
func (r *reader) count(n *yamldoc.Node) int {
	s, ok := r.text(n)
	v, err := strconv.Atoi(s)
	if ok && (err != nil || v < 1) {
		r.fail(n.From, "%q is no number of at least 1", s)
		return 0
	}
	return v
}

func (r *reader) mtu(n *yamldoc.Node) (out capture.Fact[int]) {
	s, ok := r.text(n)
	if !ok {
		return out
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < 68 || v > 65535 {
		r.fail(n.From, "%q is no MTU; write the bytes of payload, 68 to 65535, such as 9000", s)
		return out
	}
	return capture.Of(v, n.From)
}

// bandwidth reads a rate in bit/s: 500M, 2.5G. The unit must be there: nobody can tell whether 10 means megabits or gigabits.
func (r *reader) bandwidth(n *yamldoc.Node) (out capture.Fact[uint64]) {
	s, ok := r.text(n)
	if !ok {
		return out
	}
	m := rate.FindStringSubmatch(s)
	if m == nil {
		r.fail(n.From, "%q is no bandwidth; write bit/s with a unit, such as 500M or 10G", s)
		return out
	}
	v, err := strconv.ParseFloat(m[1], 64)
	bits := v * map[string]float64{"M": 1e6, "G": 1e9, "T": 1e12}[m[2]]
	if err != nil || bits < 1 {
		r.fail(n.From, "%q is no bandwidth; write bit/s with a unit, such as 500M or 10G", s)
		return out
	}
	return capture.Of(uint64(bits+0.5), n.From)
}

var rate = regexp.MustCompile(`^([0-9]{1,6}(?:\.[0-9]{1,6})?)([MGT])$`)

// day reads a date and returns its last instant in UTC.
func (r *reader) day(n *yamldoc.Node) time.Time {
	s, ok := r.text(n)
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		r.fail(n.From, "%q is not a day; write it as 2027-01-31", s)
		return time.Time{}
	}
	return t.Add(24*time.Hour - time.Nanosecond)
}

func (r *reader) duration(n *yamldoc.Node) time.Duration {
	s, ok := r.text(n)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		r.fail(n.From, "%q is not a duration; write it as 90s, 15m or 24h", s)
		return 0
	}
	return d
}

func readPairs(r *reader, inv *Inventory, n *yamldoc.Node) {
	in := map[string]string{}
	r.eachNamed("pair", n, func(e yamldoc.Entry) {
		p := Pair{Name: e.Key, From: e.From, Switches: r.names(e.Value, aSwitch)}
		if len(p.Switches) < 2 {
			r.fail(e.From, "a pair has two switches or more, such as [leaf1, leaf2]")
		}
		for _, s := range p.Switches {
			if other, twice := in[s]; twice {
				r.fail(e.From, "switch %q is in pair %q already, and a switch has one set of multi-chassis peers", s, other)
			}
			in[s] = e.Key
		}
		inv.Pairs = append(inv.Pairs, p)
	})
}

func readDomains(r *reader, inv *Inventory, n *yamldoc.Node) {
	r.eachNamed("domain", n, func(e yamldoc.Entry) {
		inv.Domains = append(inv.Domains, Domain{Name: e.Key, From: e.From, Members: r.names(e.Value, aMember)})
	})
}

func readLinks(r *reader, inv *Inventory, n *yamldoc.Node) {
	if n.Kind != yamldoc.List {
		r.fail(n.From, "links must be a list of [leaf1/Ethernet1, esx1/vmnic2], and is %s", n.Kind)
		return
	}
	seen := map[CableEnd]capture.Span{}
	for _, item := range n.Items {
		if item.Kind != yamldoc.List || len(item.Items) != 2 {
			r.fail(item.From, "a link has two ends: [leaf1/Ethernet1, esx1/vmnic2]")
			continue
		}
		a, okA := r.end(item.Items[0], aMember)
		z, okZ := r.end(item.Items[1], aMember)
		if !okA || !okZ {
			continue
		}
		for _, end := range []CableEnd{a, z} {
			if first, twice := seen[end]; twice {
				r.fail(item.From, "%s/%s has a link already, in line %d; a port has one cable", end.Device, end.Port, first.Line())
			}
			seen[end] = item.From
		}
		inv.Links = append(inv.Links, Cable{From: item.From, A: a, Z: z})
	}
}

func readWaivers(r *reader, inv *Inventory, n *yamldoc.Node) {
	if n.Kind != yamldoc.List {
		r.fail(n.From, "waivers must be a list, each with check, subject, until, reason and by; and is %s", n.Kind)
		return
	}
	for _, item := range n.Items {
		r.in("waiver", func() {
			w := Waiver{From: item.From}
			readKeys(r, item, waiverKeys, &w)
			for _, k := range waiverKeys {
				if v := item.Get(k.name); v == nil || v.Kind == yamldoc.Null || v.Kind == yamldoc.Scalar && strings.TrimSpace(v.Text) == "" {
					r.fail(item.From, "%s is missing: a waiver says %s", k.name, k.about)
				}
			}
			inv.Waivers = append(inv.Waivers, w)
		})
	}
}

func readUplinks(r *reader, h *HostEntry, n *yamldoc.Node) {
	if n.Kind != yamldoc.List {
		r.fail(n.From, "uplinks must be a list of {nic: eno1, mac: 00:53:00:00:00:01, bond: bond0}, and is %s", n.Kind)
		return
	}
	seen := map[string]bool{}
	for _, item := range n.Items {
		u := DeclaredUplink{From: item.From}
		readKeys(r, item, uplinkKeys, &u)
		switch {
		case item.Kind == yamldoc.Null:
			r.fail(item.From, "this uplink is empty")
		case item.Kind == yamldoc.Map && u.NIC == "":
			r.fail(item.From, "an uplink needs its nic")
		case item.Kind == yamldoc.Map && seen[u.NIC]:
			r.fail(item.From, "nic %q stands here twice", u.NIC)
		}
		seen[u.NIC] = true
		h.Uplinks = append(h.Uplinks, u)
	}
}

func readBonds(r *reader, h *HostEntry, n *yamldoc.Node) {
	r.eachNamed("bond", n, func(e yamldoc.Entry) {
		b := DeclaredBond{Name: e.Key, From: e.From}
		if e.Value.Kind == yamldoc.Map {
			readKeys(r, e.Value, bondKeys, &b)
		} else if e.Value.Kind != yamldoc.Null {
			b.Mode = r.mode(e.Value)
		}
		h.Bonds = append(h.Bonds, b)
	})
}
