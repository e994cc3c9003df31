package clab

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/inventory/yamldoc"
)

// maxFile bounds the topology and each file beside it.
const maxFile = 32 << 20

// LoadFile reads the topology file at path, with the files that containerlab wrote beside it when it deployed the lab,
// and lays the inventory file over it, if one is given.
func LoadFile(path, inventoryFile string) (*inventory.Inventory, error) {
	folder := os.DirFS(filepath.Dir(path))
	data, err := readFile(folder, filepath.Base(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if inventoryFile == "" {
		return Parse(path, data, folder, nil)
	}
	text, err := readFile(os.DirFS(filepath.Dir(inventoryFile)), filepath.Base(inventoryFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", inventoryFile, err)
	}
	over, err := yamldoc.Parse(inventoryFile, text)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, folder, over)
}

// IsTopology reports whether a file's name says that it is a containerlab topology.
func IsTopology(name string) bool {
	base := filepath.Base(name)
	for _, end := range []string{".clab.yml", ".clab.yaml"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return base == "containerlab.yml" || base == "containerlab.yaml"
}

// Parse reads the text of a topology file. The name is its path, for messages and for the files that labels name; beside
// holds topology-data.json and ansible-inventory.yml, in clab-LAB/ or next to the topology, and may be nil.
// Over is an inventory file whose entries and keys win over the topology's, nil when there is none.
//
// Spans point into the topology. In Inventory.File, passwords are overwritten by as many x. The error is a
// yamldoc.Errors with everything that is wrong.
func Parse(name string, data []byte, beside fs.FS, over *yamldoc.Doc) (*inventory.Inventory, error) {
	doc, err := yamldoc.Parse(name, bytes.Clone(data))
	if err != nil {
		return nil, err
	}
	t := &topology{doc: doc, root: doc.Root.Get("topology"), lab: doc.Root.Get("name").String(), passwords: map[string]string{}}
	if nodes := t.root.Get("nodes"); nodes == nil || nodes.Kind != yamldoc.Map {
		doc.Fail(doc.File.Span(0, 0), "this is no containerlab topology: topology.nodes is missing")
		return nil, doc.Err()
	}
	t.readNodes()
	t.readDeployed(beside)
	t.checkLabels()
	tree := t.inventory()
	if over != nil {
		doc.Include(over)
		overlay(tree, over.Root, 0)
	}
	inv, err := inventory.Decode(doc, tree, t.others()...)
	hideSecrets(doc.File, doc.Root, false)
	if err != nil {
		return nil, err
	}
	for i := range inv.Credentials {
		if c := &inv.Credentials[i]; c.Password.IsZero() && c.From.Reply == doc.File {
			c.Password.Literal = t.passwords[c.Name]
		}
	}
	if over != nil {
		inv.Over = over.File
	}
	inv.Warnings = append(inv.Warnings, t.warnings...)
	return inv, nil
}

type topology struct {
	doc       *yamldoc.Doc
	root      *yamldoc.Node // the key topology
	lab       string
	nodes     []*node
	logins    []login
	passwords map[string]string // by credential: published or written in the topology
	warnings  []yamldoc.Problem
}

type role uint8

const (
	none role = iota
	aSwitch
	aHypervisor
	aDevice // gateway or station
)

// node is one node with where its attributes come from, nearest first: itself, its group, its kind, the defaults.
type node struct {
	name     string
	entry    yamldoc.Entry
	layers   []*yamldoc.Node
	kindName string
	kind     kind
	role     role
	address  string // as deployed
}

func (t *topology) readNodes() {
	for _, e := range t.root.Get("nodes").Entries {
		n := &node{name: e.Key, entry: e}
		defaults := t.root.Get("defaults")
		group := t.root.Get("groups").Get(first(e.Value.Get("group"), defaults.Get("group")))
		n.kindName = first(e.Value.Get("kind"), group.Get("kind"), defaults.Get("kind"))
		if n.kindName == "" {
			t.doc.Fail(e.At, "node %s has no kind", n.name)
			continue
		}
		n.kind = kinds[n.kindName]
		n.layers = []*yamldoc.Node{e.Value, group, t.root.Get("kinds").Get(n.kindName), defaults}
		n.role = t.roleOf(n)
		t.nodes = append(t.nodes, n)
	}
}

func first(nodes ...*yamldoc.Node) string {
	for _, n := range nodes {
		if s := n.String(); s != "" {
			return s
		}
	}
	return ""
}

// attr returns the nearest value at a path of keys, nil when there is none. An empty text is as good as none.
func (n *node) attr(keys ...string) *yamldoc.Node {
	for _, layer := range n.layers {
		v := layer
		for _, k := range keys {
			v = v.Get(k)
		}
		if v.String() != "" {
			return v
		}
	}
	return nil
}

const prefix = "uplinkcheck."

func (n *node) label(key string) *yamldoc.Node { return n.attr("labels", prefix+key) }

var roleWords = map[string]role{
	"switch": aSwitch, "leaf": aSwitch, "spine": aSwitch, "tor": aSwitch, "superspine": aSwitch, "border": aSwitch,
	"hypervisor": aHypervisor, "host": aHypervisor,
	"gateway": aDevice, "router": aDevice, "firewall": aDevice, "station": aDevice, "none": none,
}

func (t *topology) roleOf(n *node) role {
	if v := n.label("role"); v != nil {
		words := []string{"switch", "hypervisor", "gateway", "station", "none"}
		if !slices.Contains(words, v.Text) {
			t.doc.Fail(v.From, "node %s: unknown role %q%s", n.name, v.Text, suggest(v.Text, words))
		}
		return roleWords[v.Text]
	}
	for _, v := range []*yamldoc.Node{n.attr("labels", "role"), n.attr("group")} {
		if r, ok := roleWords[strings.ToLower(v.String())]; ok {
			return r
		}
	}
	if n.kind.platform != "" || n.label("platform") != nil {
		return aSwitch
	}
	if n.label("source") != nil {
		return aHypervisor
	}
	return none
}

func suggest(word string, known []string) string {
	if s := yamldoc.DidYouMean(word, known); s != "" {
		return s
	}
	return "; known are " + strings.Join(known, ", ")
}

// others names the nodes that are neither switch nor hypervisor.
func (t *topology) others() (out []string) {
	for _, n := range t.nodes {
		if n.role != aSwitch && n.role != aHypervisor {
			out = append(out, n.name)
		}
	}
	return out
}

// readDeployed takes the addresses that containerlab gave, from the files it wrote.
func (t *topology) readDeployed(beside fs.FS) {
	if beside == nil {
		return
	}
	for _, folder := range []string{"clab-" + t.lab, "."} {
		if data, err := readFile(beside, path.Join(folder, "topology-data.json")); err == nil {
			t.readTopologyData(path.Join(folder, "topology-data.json"), data)
			return
		}
	}
	for _, folder := range []string{"clab-" + t.lab, "."} {
		if data, err := readFile(beside, path.Join(folder, "ansible-inventory.yml")); err == nil {
			t.readAnsible(path.Join(folder, "ansible-inventory.yml"), data)
			return
		}
	}
}

func readFile(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	return data, err
}

func (t *topology) readTopologyData(name string, data []byte) {
	var deployed struct {
		Name  string
		Nodes map[string]struct {
			IPv4 string `json:"mgmt-ipv4-address"`
			IPv6 string `json:"mgmt-ipv6-address"`
		}
	}
	if err := json.Unmarshal(data, &deployed); err != nil {
		t.warn(name, "this is not the JSON that containerlab writes; addresses are taken from the topology")
		return
	}
	if deployed.Name != t.lab {
		t.warn(name, "this is of lab %q, not of %q; addresses are taken from the topology", deployed.Name, t.lab)
		return
	}
	for _, n := range t.nodes {
		d := deployed.Nodes[n.name]
		n.address = validAddress(cmp.Or(d.IPv4, d.IPv6))
	}
}

// readAnsible looks nodes up by their container's name in all.children.KIND.hosts.
func (t *topology) readAnsible(name string, data []byte) {
	doc, err := yamldoc.Parse(name, data)
	if err != nil {
		t.warn(name, "this is not the YAML that containerlab writes; addresses are taken from the topology")
		return
	}
	children := doc.Root.Get("all").Get("children")
	if children == nil {
		return
	}
	for _, c := range children.Entries {
		for _, n := range t.nodes {
			// An address written into the topology wins over this file, which may be older.
			if host := c.Value.Get("hosts").Get(t.container(n)); host != nil && n.attr("mgmt-ipv4") == nil && n.attr("mgmt-ipv6") == nil {
				n.address = validAddress(host.Get("ansible_host").String())
			}
		}
	}
}

func validAddress(s string) string {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.String()
	}
	return ""
}

func (t *topology) warn(file, format string, args ...any) {
	t.warnings = append(t.warnings, yamldoc.NewProblem(file, capture.Span{}, format, args...))
}

// container is the name that containerlab gives the node's container and puts into /etc/hosts.
func (t *topology) container(n *node) string {
	switch p := t.doc.Root.Get("prefix"); {
	case p == nil || p.Kind == yamldoc.Null:
		return "clab-" + t.lab + "-" + n.name
	case p.Text == "":
		return n.name
	case p.Text == "__lab-name":
		return t.lab + "-" + n.name
	default:
		return p.Text + "-" + t.lab + "-" + n.name
	}
}

// addressOf returns where to log in, with the node of the file that says so; nil when none does.
func (t *topology) addressOf(n *node) (string, *yamldoc.Node) {
	said := n.label("address")
	host := said.String()
	if host == "" {
		said = cmp.Or(n.attr("mgmt-ipv4"), n.attr("mgmt-ipv6"))
		host = cmp.Or(n.address, said.String(), t.container(n))
	}
	if port := n.label("port"); port != nil {
		if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
			host = "[" + host + "]"
		}
		return host + ":" + port.Text, port
	}
	return host, said
}

// hideSecrets overwrites what stands after a key that names a secret by as many x, so that evidence can be passed on.
func hideSecrets(file *capture.Reply, n *yamldoc.Node, hide bool) {
	switch n.Kind {
	case yamldoc.Scalar:
		if !hide || n.From.Reply != file {
			return
		}
		for i := n.From.Start; i < n.From.End; i++ {
			if c := file.Data[i]; c != '\n' && c != '\r' && c != ' ' && c != '"' && c != '\'' {
				file.Data[i] = 'x'
			}
		}
	case yamldoc.List:
		for _, item := range n.Items {
			hideSecrets(file, item, hide)
		}
	case yamldoc.Map:
		for _, e := range n.Entries {
			hideSecrets(file, e.Value, hide || namesSecret(e.Key))
		}
	}
}

func namesSecret(key string) bool {
	k := strings.ToLower(key)
	return key != prefix+"password-env" && (strings.Contains(k, "passw") || strings.Contains(k, "passphrase") || strings.Contains(k, "secret") || strings.Contains(k, "token"))
}
