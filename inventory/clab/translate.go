package clab

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory/yamldoc"
)

// This file writes the topology as the tree of an inventory file, whose nodes still point into the topology. So the
// inventory's own reader checks it, and its messages name the topology's lines.

// nodeLabels and fabricLabels are the keys after "uplinkcheck."; see the package comment.
var (
	nodeLabels = []string{"role", "platform", "source", "pair", "cluster", "networks", "domain", "rack", "power", "site", "single-homed", "maintenance",
		"address", "port", "user", "key", "agent", "password-env", "known-hosts", "via", "sudo", "legacy"}
	fabricLabels = []string{"network.", "cluster.", "pair.", "domain.", "waiver."}
)

// checkLabels refuses labels of ours that do not exist, and intent that stands on a node.
func (t *topology) checkLabels() {
	layer := func(n *yamldoc.Node, defaults bool) {
		labels := n.Get("labels")
		if labels == nil {
			return
		}
		for _, e := range labels.Entries {
			key, ours := strings.CutPrefix(e.Key, prefix)
			if !ours || slices.Contains(nodeLabels, key) {
				continue
			}
			fabric := key == "policy" || slices.ContainsFunc(fabricLabels, func(p string) bool { return strings.HasPrefix(key, p) && len(key) > len(p) })
			switch {
			case fabric && !defaults:
				t.doc.Fail(e.At, "%s is about the whole fabric: it belongs under topology.defaults.labels", e.Key)
			case !fabric:
				t.doc.Fail(e.At, "unknown label %q%s", e.Key, suggest(key, slices.Concat(nodeLabels, []string{"policy", "network.NAME", "cluster.NAME", "pair.NAME", "domain.NAME", "waiver.NAME"})))
			}
		}
	}
	layer(t.root.Get("defaults"), true)
	for _, section := range []string{"kinds", "groups", "nodes"} {
		if s := t.root.Get(section); s != nil {
			for _, e := range s.Entries {
				layer(e.Value, false)
			}
		}
	}
}

// tree helps to build maps: keys in order, with spans of the topology.
type tree struct{ *yamldoc.Node }

func newTree(from capture.Span) tree {
	return tree{&yamldoc.Node{Kind: yamldoc.Map, From: from}}
}

func (m tree) set(key string, at capture.Span, v *yamldoc.Node) {
	if v != nil {
		m.Entries = append(m.Entries, yamldoc.Entry{Key: key, At: at, From: at, Value: v})
	}
}

// put adds a value that the topology says, under the inventory's key.
func (m tree) put(key string, v *yamldoc.Node) {
	if v != nil {
		m.set(key, v.From, v)
	}
}

func scalar(text string, from capture.Span) *yamldoc.Node {
	return &yamldoc.Node{Kind: yamldoc.Scalar, Text: text, From: from}
}

// words makes a list of a text with commas.
func words(v *yamldoc.Node) *yamldoc.Node {
	if v == nil {
		return nil
	}
	out := &yamldoc.Node{Kind: yamldoc.List, From: v.From}
	for _, w := range strings.Split(v.Text, ",") {
		out.Items = append(out.Items, scalar(strings.TrimSpace(w), v.From))
	}
	return out
}

func (t *topology) inventory() *yamldoc.Node {
	whole := t.doc.File.Span(0, 0)
	switches, hosts := newTree(whole), newTree(whole)
	for _, n := range t.nodes {
		switch n.role {
		case aSwitch:
			switches.Entries = append(switches.Entries, n.as(t.switchTree(n)))
		case aHypervisor:
			hosts.Entries = append(hosts.Entries, n.as(t.hostTree(n)))
		}
	}
	root := newTree(t.doc.Root.From)
	root.put("credentials", t.credentials())
	root.put("switches", switches.Node)
	root.put("hosts", hosts.Node)
	t.intent(root)
	root.put("links", t.links())
	return root.Node
}

// as makes the node's inventory entry, which cites the whole of the node.
func (n *node) as(m tree) yamldoc.Entry {
	return yamldoc.Entry{Key: n.name, At: n.entry.At, From: n.entry.From, Value: m.Node}
}

func (t *topology) switchTree(n *node) tree {
	m := newTree(n.entry.From)
	platform := n.label("platform")
	if platform == nil {
		name := n.kind.platform
		if name == "" {
			name = "openvswitch"
		}
		platform = scalar(name, n.entry.At)
	}
	m.put("platform", platform)
	t.place(m, n)
	t.login(m, n)
	return m
}

func (t *topology) hostTree(n *node) tree {
	m := newTree(n.entry.From)
	source := n.label("source")
	if source == nil {
		source = scalar("linux", n.entry.At)
	}
	m.put("source", source)
	m.put("networks", words(n.label("networks")))
	m.put("single_homed", n.label("single-homed"))
	m.put("maintenance", n.label("maintenance"))
	t.place(m, n)
	t.login(m, n)
	return m
}

func (t *topology) place(m tree, n *node) {
	for _, key := range []string{"rack", "power", "site"} {
		m.put(key, n.label(key))
	}
}

func (t *topology) login(m tree, n *node) {
	address, said := t.addressOf(n)
	from := n.entry.At
	if said != nil {
		from = said.From
	}
	m.put("address", scalar(address, from))
	m.put("known_hosts", n.label("known-hosts"))
	m.put("via", words(n.label("via")))
	m.put("sudo", n.label("sudo"))
	m.put("legacy", n.label("legacy"))
	m.put("credential", scalar(t.credentialOf(n), n.entry.At))
}

// login is a way to log in that several nodes of a kind may share.
type login struct {
	name, kind                          string
	at                                  capture.Span
	user, key, env, password, agentWord string
	keyAt, envAt, agentAt               capture.Span
}

// credentialOf returns the name of the node's credential: its kind, with a number when the kind has several.
func (t *topology) credentialOf(n *node) string {
	l := login{kind: n.kindName, at: n.entry.At}
	l.user = first(n.label("user"), n.attr("credentials", "username"))
	if l.user == "" {
		l.user = n.kind.user
	}
	if v := n.label("key"); v != nil {
		l.key, l.keyAt = v.Text, v.From
	} else if v := n.attr("credentials", "identity-file"); v != nil {
		l.key, l.keyAt = v.Text, v.From
	}
	if v := n.label("agent"); v != nil {
		l.agentWord, l.agentAt = v.Text, v.From
	}
	if v := n.label("password-env"); v != nil {
		l.env, l.envAt = v.Text, v.From
	} else if v := n.attr("credentials", "password"); v != nil {
		l.password = v.Text
	} else if l.user == n.kind.user {
		l.password = n.kind.password
	}
	same := 0
	for _, other := range t.logins {
		if other.like(l) {
			return other.name
		}
		if other.kind == n.kindName {
			same++
		}
	}
	l.name = n.kindName
	if same > 0 {
		l.name = fmt.Sprintf("%s-%d", n.kindName, same+1)
	}
	t.logins = append(t.logins, l)
	t.passwords[l.name] = l.password
	return l.name
}

func (l login) like(o login) bool {
	return l.kind == o.kind && l.user == o.user && l.key == o.key && l.env == o.env && l.password == o.password && l.agentWord == o.agentWord
}

// credentials returns what credentialOf collected. Passwords are not in it: an inventory file cannot hold one.
func (t *topology) credentials() *yamldoc.Node {
	out := newTree(t.doc.File.Span(0, 0))
	for _, l := range t.logins {
		c := newTree(l.at)
		if l.user != "" {
			c.put("username", scalar(l.user, l.at))
		}
		if l.key != "" {
			c.put("keys", scalar(l.key, l.keyAt))
		}
		if l.env != "" {
			place := newTree(l.envAt)
			place.put("env", scalar(l.env, l.envAt))
			c.put("password", place.Node)
		}
		switch {
		case l.agentWord != "":
			c.put("agent", scalar(l.agentWord, l.agentAt))
		case l.key == "" && l.env == "" && l.password == "":
			c.put("agent", scalar("true", l.at))
		}
		out.set(l.name, l.at, c.Node)
	}
	return out.Node
}

// intent reads the labels of topology.defaults and adds what nodes say of themselves.
func (t *topology) intent(root tree) {
	at := t.doc.File.Span(0, 0)
	networks, clusters, pairs, domains := newTree(at), newTree(at), newTree(at), newTree(at)
	waivers := &yamldoc.Node{Kind: yamldoc.List, From: at}
	if labels := t.root.Get("defaults").Get("labels"); labels != nil {
		for _, e := range labels.Entries {
			kind, name, _ := strings.Cut(strings.TrimPrefix(e.Key, prefix), ".")
			switch {
			case !strings.HasPrefix(e.Key, prefix):
			case kind == "network" && name != "":
				t.add(networks, name, e, t.assignments(e, "vlans", "gateway", "stations"))
			case kind == "cluster" && name != "":
				t.add(clusters, name, e, t.assignments(e, "hosts", "networks", "survive"))
			case kind == "pair" && name != "":
				t.add(pairs, name, e, words(e.Value))
			case kind == "domain" && name != "":
				t.add(domains, name, e, words(e.Value))
			case kind == "waiver" && name != "":
				waivers.Items = append(waivers.Items, t.assignments(e))
			case e.Key == prefix+"policy":
				root.put("policy", underscored(t.assignments(e)))
			}
		}
	}
	for _, n := range t.nodes {
		t.membership(n, clusters, pairs, domains)
	}
	t.checkPlaces(networks.Node)
	root.put("networks", networks.Node)
	root.put("clusters", clusters.Node)
	root.put("pairs", pairs.Node)
	root.put("domains", domains.Node)
	if len(waivers.Items) > 0 {
		root.put("waivers", waivers)
	}
}

func (t *topology) add(to tree, name string, e yamldoc.Entry, v *yamldoc.Node) {
	to.Entries = append(to.Entries, yamldoc.Entry{Key: name, At: e.At, From: e.From, Value: v})
}

// assignments reads "key=value key=value"; the values of lists are split at commas. The word reason takes the rest.
func (t *topology) assignments(e yamldoc.Entry, lists ...string) *yamldoc.Node {
	out := newTree(e.From)
	rest := strings.TrimSpace(e.Value.String())
	for rest != "" {
		word, more, _ := strings.Cut(rest, " ")
		if strings.HasPrefix(rest, "reason=") {
			word, more = rest, ""
		}
		rest = strings.TrimSpace(more)
		key, value, ok := strings.Cut(word, "=")
		if !ok || key == "" || value == "" {
			t.doc.Fail(e.Value.From, "%s: %q must be key=value", e.Key, word)
			continue
		}
		v := scalar(value, within(e.Value.From, word))
		if out.Get(key) != nil {
			t.doc.Fail(v.From, "%s: %q stands here twice", e.Key, key)
			continue
		}
		if slices.Contains(lists, key) {
			v = words(v)
		}
		out.put(key, v)
	}
	return out.Node
}

// within narrows a label's span to one of its words.
func within(label capture.Span, word string) capture.Span {
	if i := strings.Index(label.Text(), word); i >= 0 {
		start := int(label.Start) + i
		return label.Reply.Span(start, start+len(word))
	}
	return label
}

// underscored gives policy words the spelling of the inventory file.
func underscored(n *yamldoc.Node) *yamldoc.Node {
	for i := range n.Entries {
		n.Entries[i].Key = strings.ReplaceAll(n.Entries[i].Key, "-", "_")
	}
	return n
}

// membership adds a node to the clusters, pairs and domains that its labels name.
func (t *topology) membership(n *node, clusters, pairs, domains tree) {
	join := func(list **yamldoc.Node, at *yamldoc.Node) {
		if *list == nil {
			*list = &yamldoc.Node{Kind: yamldoc.List, From: at.From}
		}
		if !slices.ContainsFunc((*list).Items, func(i *yamldoc.Node) bool { return i.Text == n.name }) {
			(*list).Items = append((*list).Items, scalar(n.name, n.entry.At))
		}
	}
	named := func(to tree, name string, at *yamldoc.Node, kind yamldoc.Kind) *yamldoc.Node {
		if to.Get(name) == nil {
			to.set(name, at.From, &yamldoc.Node{Kind: kind, From: at.From})
		}
		return to.Get(name)
	}
	each := func(label string, f func(name string, at *yamldoc.Node)) {
		at := n.label(label)
		if list := words(at); list != nil {
			for _, w := range list.Items {
				f(w.Text, at)
			}
		}
	}
	if n.role == aHypervisor {
		each("cluster", func(name string, at *yamldoc.Node) {
			c := tree{named(clusters, name, at, yamldoc.Map)}
			hosts := c.Get("hosts")
			known := hosts != nil
			join(&hosts, at)
			if !known {
				c.put("hosts", hosts)
			}
		})
	}
	if n.role == aSwitch {
		each("pair", func(name string, at *yamldoc.Node) {
			list := named(pairs, name, at, yamldoc.List)
			join(&list, at)
		})
	}
	if n.role != none {
		each("domain", func(name string, at *yamldoc.Node) {
			list := named(domains, name, at, yamldoc.List)
			join(&list, at)
		})
	}
}

// checkPlaces holds gateways and stations against the nodes, all of which a topology knows, and names their ports as
// the platform does.
func (t *topology) checkPlaces(networks *yamldoc.Node) {
	var names []string
	byName := map[string]*node{}
	for _, n := range t.nodes {
		names = append(names, n.name)
		byName[n.name] = n
	}
	for _, w := range networks.Entries {
		for _, key := range []string{"gateway", "stations"} {
			list := w.Value.Get(key)
			if list == nil {
				continue
			}
			for _, item := range list.Items {
				device, port, isPort := strings.Cut(item.Text, "/")
				n := byName[device]
				switch {
				case n == nil:
					t.doc.Fail(item.From, "network %s: no node is called %q%s", w.Key, device, yamldoc.DidYouMean(device, names))
				case isPort:
					item.Text = device + "/" + n.kind.portName(port)
				}
			}
		}
	}
}

// links returns the cables between two nodes. Links to the container host, to a tunnel or to the management network
// are not cables of the fabric.
func (t *topology) links() *yamldoc.Node {
	out := &yamldoc.Node{Kind: yamldoc.List, From: t.doc.File.Span(0, 0)}
	list := t.root.Get("links")
	if list == nil || list.Kind == yamldoc.Null {
		return out
	}
	if list.Kind != yamldoc.List {
		t.doc.Fail(list.From, "topology.links must be a list, and is %s", list.Kind)
		return out
	}
	for _, l := range list.Items {
		if kind := l.Get("type").String(); kind != "" && kind != "veth" {
			continue
		}
		ends := l.Get("endpoints")
		if ends == nil || ends.Kind != yamldoc.List || len(ends.Items) != 2 {
			t.doc.Fail(l.From, "a link has two endpoints")
			continue
		}
		a, z := t.end(ends.Items[0]), t.end(ends.Items[1])
		if a != nil && z != nil {
			out.Items = append(out.Items, &yamldoc.Node{Kind: yamldoc.List, From: l.From, Items: []*yamldoc.Node{a, z}})
		}
	}
	return out
}

// outside are the names that stand in place of a node in the brief form of a link.
var outside = []string{"host", "mgmt-net", "macvlan", "vxlan", "vxlan-stitch", "dummy", "tc-veth", "veth-stitch"}

// end reads "node:interface" or {node, interface}, and returns DEVICE/PORT in the platform's words; nil when it is no
// node's, which is an error unless it is meant.
func (t *topology) end(v *yamldoc.Node) *yamldoc.Node {
	name, port := v.Get("node").String(), v.Get("interface").String()
	if v.Kind == yamldoc.Scalar {
		name, port, _ = strings.Cut(v.Text, ":")
	}
	var names []string
	for _, n := range t.nodes {
		if n.name == name && port != "" {
			return scalar(name+"/"+n.kind.portName(port), v.From)
		}
		names = append(names, n.name)
	}
	switch {
	case name == "" || port == "":
		t.doc.Fail(v.From, "an endpoint is \"node:interface\" or {node: ..., interface: ...}")
	case !slices.Contains(outside, name):
		t.doc.Fail(v.From, "unknown node %q%s", name, yamldoc.DidYouMean(name, names))
	}
	return nil
}

// overlay lays the tree of an inventory file over that of a lab, key by key: what the file says wins, the rest stays.
// Lists at the top, links and waivers, are added to.
func overlay(lab, over *yamldoc.Node, depth int) {
	if over.Kind != yamldoc.Map {
		return
	}
	for _, e := range over.Entries {
		i := slices.IndexFunc(lab.Entries, func(x yamldoc.Entry) bool { return x.Key == e.Key })
		switch {
		case i < 0:
			lab.Entries = append(lab.Entries, e)
		case depth < 3 && lab.Entries[i].Value.Kind == yamldoc.Map && e.Value.Kind == yamldoc.Map:
			overlay(lab.Entries[i].Value, e.Value, depth+1)
		case depth == 0 && lab.Entries[i].Value.Kind == yamldoc.List && e.Value.Kind == yamldoc.List:
			lab.Entries[i].Value.Items = append(lab.Entries[i].Value.Items, e.Value.Items...)
		case e.Value.Kind != yamldoc.Null:
			lab.Entries[i].Value = e.Value
		}
	}
}
