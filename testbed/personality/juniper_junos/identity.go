package juniper_junos

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// software answers for each member of a stack, as a Virtual Chassis does.
func software(s *model.Switch, d *doc) {
	one := func(product string) {
		d.open("software-information").leaf("host-name", s.Hostname).leaf("product-model", product).leaf("product-name", product).
			leaf("junos-version", s.Version)
		d.open("package-information").leaf("name", "os-kernel").leaf("comment", "JUNOS OS Kernel 64-bit  ["+s.Version+"]").
			close("package-information")
		d.close("software-information")
	}
	if len(s.Members) == 0 {
		one(s.Model)
		return
	}
	d.open("multi-routing-engine-results")
	for _, m := range s.Members {
		d.open("multi-routing-engine-item").leaf("re-name", "fpc"+m.ID)
		one(m.Model)
		d.close("multi-routing-engine-item")
	}
	d.close("multi-routing-engine-results")
}

func system(s *model.Switch, d *doc) {
	d.open("system-information").leaf("hardware-model", s.Model).leaf("os-name", "junos-qfx").leaf("os-version", s.Version).
		leaf("serial-number", s.Serial).leaf("host-name", s.Hostname).close("system-information")
}

func inventory(s *model.Switch, d *doc) {
	description := strings.ToUpper(s.Model)
	if len(s.Members) > 0 {
		description = "Virtual Chassis"
	}
	d.open("chassis-inventory").open("chassis", "junos:style", "inventory").leaf("name", "Chassis").leaf("serial-number", s.Serial).
		leaf("description", description)
	for _, m := range s.Members {
		d.open("chassis-module").leaf("name", "FPC "+m.ID).leaf("serial-number", m.Serial).leaf("description", strings.ToUpper(m.Model)).
			close("chassis-module")
	}
	d.close("chassis").close("chassis-inventory")
}

var roles = map[state.MemberRole]string{state.RoleActive: "Master", state.RoleStandby: "Backup", state.RoleMember: "Linecard"}

// virtualChassis answers on a switch of its own, too: it is a Virtual Chassis of one.
func virtualChassis(s *model.Switch, d *doc) {
	members := s.Members
	if len(members) == 0 {
		members = []model.Member{{ID: "0", Serial: s.Serial, Model: s.Model, MAC: s.MAC, Role: state.RoleActive, Up: true}}
	}
	digits := strings.ReplaceAll(s.MAC.String(), ":", "")
	d.open("virtual-chassis-information").open("virtual-chassis-id-information").
		leaf("virtual-chassis-id", digits[:4]+"."+digits[4:8]+"."+digits[8:]).leaf("virtual-chassis-mode", "Enabled").
		close("virtual-chassis-id-information")
	d.open("member-list", "junos:style", "single-slot")
	for i, m := range members {
		d.open("member")
		if !m.Up {
			d.leaf("member-status", "NotPrsnt").leaf("member-id", m.ID).leaf("fpc-slot", "(FPC "+m.ID+")").
				leaf("member-serial-number", m.Serial).leaf("member-model", m.Model).close("member")
			continue
		}
		role := roles[m.Role]
		if m.Role == state.RoleActive && i == 0 {
			role += "*"
		}
		d.leaf("member-status", "Prsnt").leaf("member-id", m.ID).leaf("fpc-slot", "(FPC "+m.ID+")").
			leaf("member-serial-number", m.Serial).leaf("member-model", m.Model).leaf("member-priority", "128").
			leaf("member-mixed-mode", "N").leaf("member-route-mode", "VC").leaf("member-role", role)
		stackCables(d, m)
		d.close("member")
	}
	d.close("member-list").close("virtual-chassis-information")
}

func stackCables(d *doc, m model.Member) {
	d.open("neighbor-list")
	for i, to := range m.Cables {
		d.open("neighbor").leaf("neighbor-id", to).leaf("neighbor-interface", "vcp-255/0/"+strconv.Itoa(48+i)).close("neighbor")
	}
	d.close("neighbor-list")
}

func lldpLocal(s *model.Switch, d *doc) {
	d.open("lldp-local-info").leaf("lldp-local-chassis-id", s.MAC.String()).leaf("lldp-local-system-name", s.Hostname).
		leaf("lldp-local-system-description", description(s)).close("lldp-local-info")
}

func description(s *model.Switch) string {
	return "Juniper Networks, Inc. " + s.Model + " Ethernet Switch, kernel JUNOS " + s.Version
}

// index is the number that Junos gives a port in SNMP, which neighbours see as a locally assigned port id.
func index(p *model.Port) string { return strconv.Itoa(500 + p.Index) }
