package clab

import (
	"fmt"
	"regexp"
	"strconv"
)

// kind is what containerlab's documentation says of a kind of node (docs/manual/kinds, nodes/*/*.go; 2026-08).
type kind struct {
	platform       string              // driver; empty: not a switch
	user, password string              // published default login; empty: none
	port           func(n int) string  // the platform's name of ethN, N from 1; "" where it is not known; nil: as written
	alias          func(string) string // the platform's name of another spelling containerlab takes; nil: as written
}

// counted returns names whose last number is first for eth1 and grows by step.
func counted(format string, first, step int) func(int) string {
	return func(n int) string { return fmt.Sprintf(format, first+step*(n-1)) }
}

// onlyFirst is for kinds of which only the first data port's name was seen.
func onlyFirst(name string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return name
		}
		return ""
	}
}

// kinds by name and alias.
var kinds = map[string]kind{
	"arista_ceos":          ceos,
	"ceos":                 ceos,
	"arista_veos":          veos,
	"vr-veos":              veos,
	"nokia_srlinux":        srlinux,
	"srl":                  srlinux,
	"juniper_vjunosswitch": {platform: "juniper_junos", user: "admin", password: "admin@123", port: counted("ge-0/0/%d", 0, 1)},
	"juniper_vqfx":         vqfx,
	"vr-vqfx":              vqfx,
	"juniper_crpd":         crpd,
	"crpd":                 crpd,
	"cisco_n9kv":           n9kv,
	"vr-n9kv":              n9kv,
	"cisco_cat9kv":         {platform: "cisco_iosxe", user: "admin", password: "admin", port: counted("GigabitEthernet1/0/%d", 1, 1)},
	"cisco_iol": {platform: "cisco_ios", user: "admin", password: "admin", port: func(n int) string {
		return fmt.Sprintf("Ethernet%d/%d", n/4, n%4) // groups of four; eth0, the management port, is the first
	}},
	"cisco_xrd":        xrd,
	"xrd":              xrd,
	"cisco_xrv9k":      {platform: "cisco_iosxr", user: "clab", password: "clab@123", port: counted("GigabitEthernet0/0/0/%d", 0, 1)},
	"sonic-vs":         {platform: "sonic", port: counted("Ethernet%d", 0, 4)},
	"sonic-vm":         {platform: "sonic", user: "admin", password: "admin", port: counted("Ethernet%d", 0, 4)},
	"dell_sonic":       {platform: "sonic", user: "admin", password: "admin", port: onlyFirst("Ethernet0")},
	"dell_ftosv":       os10,
	"vr-ftosv":         os10,
	"nvidia_cumulusvx": {platform: "cumulus", user: "cumulus", password: "Clab123!", port: counted("swp%d", 1, 1)},
	"cvx":              cvx,
	"cumulus_cvx":      cvx,
	"aruba_aoscx":      aoscx,
	"vr-aoscx":         aoscx,
	"huawei_vrp":       {platform: "huawei_vrp", user: "admin", password: "admin", port: onlyFirst("Ethernet1/0/0")},
	"linux":            {user: "root"},
}

var (
	ceos = kind{platform: "arista_eos", user: "admin", password: "admin", port: counted("Ethernet%d", 1, 1)}
	veos = kind{platform: "arista_eos", user: "admin", password: "admin", port: counted("Ethernet1/%d", 1, 1)}
	vqfx = kind{platform: "juniper_junos", user: "admin", password: "admin@123", port: counted("xe-0/0/%d", 0, 1)}
	crpd = kind{platform: "juniper_junos", user: "root", password: "clab123"}
	n9kv = kind{platform: "cisco_nxos", user: "admin", password: "admin", port: counted("Ethernet1/%d", 1, 1)}
	xrd  = kind{platform: "cisco_iosxr", user: "clab", password: "clab@123", port: counted("GigabitEthernet0/0/0/%d", 0, 1),
		alias: rewrite(`^Gi(\d+)-(\d+)-(\d+)-(\d+)$`, "GigabitEthernet$1/$2/$3/$4")}
	os10    = kind{platform: "dell_os10", user: "admin", password: "admin", port: onlyFirst("ethernet1/1/1")}
	cvx     = kind{platform: "cumulus", port: counted("swp%d", 1, 1)}
	aoscx   = kind{platform: "aruba_aoscx", user: "admin", password: "admin", port: counted("1/1/%d", 1, 1)}
	srlinux = kind{platform: "nokia_srlinux", user: "admin", password: "NokiaSrl1!",
		alias: rewrite(`^e(\d+)-(\d+)$`, "ethernet-$1/$2")}
)

func rewrite(pattern, to string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(s string) string { return re.ReplaceAllString(s, to) }
}

var ethN = regexp.MustCompile(`^eth([1-9]\d{0,3})$`)

// portName turns an interface of a topology into the platform's name. A name whose meaning is not known stays as
// written: then the port is not found on the switch, and the cable proves nothing, which is better than a wrong port.
func (k kind) portName(s string) string {
	if m := ethN.FindStringSubmatch(s); m != nil && k.port != nil {
		n, _ := strconv.Atoi(m[1])
		if name := k.port(n); name != "" {
			return name
		}
	}
	if k.alias != nil {
		return k.alias(s)
	}
	return s
}
