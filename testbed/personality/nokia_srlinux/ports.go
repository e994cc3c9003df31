package nokia_srlinux

import (
	"fmt"
	"strconv"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

func upDown(s state.Status) string {
	if s == state.Up {
		return "up"
	}
	return "down"
}

func enabled(on bool) string {
	if on {
		return "enable"
	}
	return "disable"
}

// downReasons are the platform's words.
var downReasons = map[model.DownReason]string{model.NoLink: "lower-layer-down", model.AdminDown: "port-admin-disabled", model.ErrDisabled: "lower-layer-down"}

func interfaces(s *model.Switch) object {
	all := list{}
	for i := range s.Ports {
		all = append(all, port(s, &s.Ports[i]))
	}
	for i := range s.LAGs {
		all = append(all, lag(s, &s.LAGs[i]))
	}
	if len(s.SVIs) > 0 {
		all = append(all, irb(s))
	}
	all = append(all, object{"name": "mgmt0", "admin-state": "enable", "mtu": 1514, "oper-state": "up", "last-change": s.Booted.Format(clock),
		"ethernet": object{"port-speed": "1G", "hw-mac-address": upper(s.MAC)},
		"subinterface": list{object{"index": 0, "name": "mgmt0.0", "admin-state": "enable", "oper-state": "up",
			"ipv4": object{"admin-state": "enable", "address": list{object{"ip-prefix": s.Address.String() + "/24", "origin": "static", "status": "preferred"}}}}}})
	return object{"interface": all}
}

func port(s *model.Switch, p *model.Port) object {
	o := object{"name": p.Name, "admin-state": enabled(p.Admin == state.Up), "mtu": p.MTU, "loopback-mode": "none", "ifindex": 16384 * p.Index, "oper-state": upDown(p.Oper),
		"last-change": p.Changed.Format(clock), "linecard": 1, "vlan-tagging": tags(s, p.Name),
		"statistics": object{"in-packets": "443", "carrier-transitions": strconv.Itoa(p.Changes)}}
	if p.Description != "" {
		o["description"] = p.Description
	}
	if p.Oper != state.Up {
		o["oper-down-reason"] = downReasons[p.Reason]
	}
	ethernet := object{"lacp-port-priority": 32768, "port-speed": fmt.Sprintf("%dG", p.Speed/1_000_000_000), "hw-mac-address": upper(p.MAC)}
	if p.LAG != "" {
		ethernet["aggregate-id"] = p.LAG
	}
	o["ethernet"] = ethernet
	if subs := subinterfaces(s, p.Name); len(subs) > 0 {
		o["subinterface"] = subs
	}
	return o
}

// lagReasons are the platform's words for a member that does not forward.
var lagReasons = map[model.LAGReason]string{model.LinkDown: "port-oper-disabled", model.NoPDU: "lacp-down", model.WrongPartner: "lacp-down", model.PartnerOut: "lacp-down",
	model.TooFewLinks: "lag-min-link-threshold", model.SpeedMismatch: "lag-speed-mismatch", model.LoopedBack: "lacp-down", model.HeldBack: "other"}

func lag(s *model.Switch, l *model.LAG) object {
	o := object{"name": l.Name, "admin-state": enabled(l.Admin == state.Up), "mtu": l.MTU, "oper-state": upDown(l.Oper), "last-change": s.Booted.Format(clock),
		"vlan-tagging": tags(s, l.Name), "ethernet": object{"hw-mac-address": upper(l.MAC)}}
	if l.Description != "" {
		o["description"] = l.Description
	}
	if l.Oper != state.Up {
		o["oper-down-reason"] = "no-active-links"
		if l.Admin == state.Down {
			o["oper-down-reason"] = "port-admin-disabled"
		}
	}
	inner := object{"lag-type": "static", "min-links": max(l.MinLinks, 1), "lag-speed": strconv.FormatUint(l.Speed/1_000_000, 10)}
	if l.Protocol == state.LACP {
		mode, interval := "PASSIVE", "SLOW"
		if l.Active {
			mode = "ACTIVE"
		}
		if l.Fast {
			interval = "FAST"
		}
		inner["lag-type"] = "lacp"
		inner["lacp"] = object{"interval": interval, "lacp-mode": mode, "admin-key": l.Key, "system-id-mac": upper(l.System), "system-priority": l.Priority}
	}
	if l.Fallback == state.StaticFallback {
		inner["lacp-fallback-mode"], inner["lacp-fallback-timeout"] = "static", 60
	}
	all := list{}
	for i := range l.Ports {
		all = append(all, member(s, l, &l.Ports[i]))
	}
	inner["member"] = all
	o["lag"] = inner
	if subs := subinterfaces(s, l.Name); len(subs) > 0 {
		o["subinterface"] = subs
	}
	return o
}

func member(s *model.Switch, l *model.LAG, m *model.LAGPort) object {
	o := object{"name": m.Name, "oper-state": "down", "last-change": s.Booted.Format(clock)}
	if m.Selected == state.Selected || l.FallbackActive && m.Selected == state.Individual {
		o["oper-state"] = "up"
	} else if o["oper-down-reason"] = lagReasons[m.Reason]; o["oper-down-reason"] == "" {
		o["oper-down-reason"] = "other"
	}
	if l.Protocol != state.LACP {
		return o
	}
	is := func(b state.LACPBits) bool { return m.Actor.State&b != 0 }
	word := func(b state.LACPBits, on, off string) string {
		if is(b) {
			return on
		}
		return off
	}
	partner := m.Partner
	if !m.Heard {
		partner = model.Endpoint{}
	}
	o["lacp"] = object{"activity": word(state.Activity, "ACTIVE", "PASSIVE"), "timeout": word(state.ShortTimeout, "SHORT", "LONG"),
		"synchronization": word(state.Synchronization, "IN_SYNC", "OUT_SYNC"), "aggregatable": is(state.Aggregation), "collecting": is(state.Collecting),
		"distributing": is(state.Distributing), "system-id": upper(m.Actor.System), "oper-key": m.Actor.Key, "partner-id": upper(partner.System), "partner-key": partner.Key,
		"port-num": m.Actor.Port, "partner-port-num": partner.Port, "lacp-port-priority": m.Actor.PortPriority,
		"statistics": object{"lacp-in-pkts": strconv.FormatUint(m.RX, 10), "lacp-out-pkts": strconv.FormatUint(m.TX, 10)}}
	return o
}

// A lane is a subinterface of a port for one VLAN.
type lane struct {
	index    int
	vid      state.VID
	untagged bool
}

func (l lane) name(port string) string { return fmt.Sprintf("%s.%d", port, l.index) }

// lanes are the subinterfaces of a port: one for each VLAN that is configured on it and has a network instance.
func lanes(s *model.Switch, name string) (out []lane) {
	b := s.BridgePort(name)
	if b == nil || b.Mode == state.Access && b.Native == 1 {
		return nil // nobody configured it
	}
	for i := range s.VLANs {
		switch v := s.VLANs[i].ID; {
		case !b.Allowed.Has(v):
		case v == b.Native:
			out = append(out, lane{0, v, true})
		case b.Mode != state.Access:
			out = append(out, lane{int(v), v, false})
		}
	}
	return out
}

// tags reports whether a port's subinterfaces are told apart by tags.
func tags(s *model.Switch, name string) bool {
	b := s.BridgePort(name)
	return b != nil && len(lanes(s, name)) > 0
}

func subinterfaces(s *model.Switch, name string) (out list) {
	b := s.BridgePort(name)
	for _, l := range lanes(s, name) {
		encap := object{"single-tagged": object{"vlan-id": l.vid}}
		if l.untagged {
			encap = object{"untagged": object{}}
		}
		sub := object{"index": l.index, "type": "bridged", "admin-state": "enable", "name": l.name(name), "oper-state": "up", "vlan": object{"encap": encap},
			"bridge-table": object{"discard-unknown-src-mac": false, "mac-limit": object{"maximum-entries": 250, "warning-threshold-pct": 95}}} // no spanning tree
		switch {
		case !s.VLAN(l.vid).Active:
			sub["oper-state"], sub["oper-down-reason"] = "down", "net-inst-down"
		case b.Oper != state.Up:
			sub["oper-state"], sub["oper-down-reason"] = "down", "port-down"
		}
		out = append(out, sub)
	}
	return out
}

func irb(s *model.Switch) object {
	subs := list{}
	for _, v := range s.SVIs {
		sub := object{"index": int(v.VID), "name": v.Interface, "admin-state": enabled(!v.Shut), "oper-state": upDown(v.Oper)}
		var own4, own6 list
		for _, a := range v.Addresses {
			if entry := (object{"ip-prefix": a.String(), "origin": "static", "status": "preferred"}); a.Addr().Is4() {
				own4 = append(own4, entry)
			} else {
				own6 = append(own6, entry)
			}
		}
		for family, own := range map[string]list{"ipv4": own4, "ipv6": own6} {
			if own != nil {
				sub[family] = object{"admin-state": "enable", "address": own}
			}
		}
		subs = append(subs, sub)
	}
	return object{"name": "irb0", "admin-state": "enable", "oper-state": "up", "last-change": s.Booted.Format(clock), "subinterface": subs}
}
