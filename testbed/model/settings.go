package model

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
)

// edges makes the ports that only "ports" names.
func (b *builder) edges() {
	for key := range sorted(b.sc.Ports) {
		s, name, ok := b.ref("ports."+key, key)
		if ok && s.LAG(name) == nil {
			b.port(s, name)
		}
	}
}

// planned remembers the cabling before faults change it.
func (b *builder) planned() {
	b.f.planned = map[CableEnd]CableEnd{}
	for _, c := range b.f.Cables {
		b.f.planned[c.A], b.f.planned[c.Z] = c.Z, c.A
	}
}

func (b *builder) settings() {
	for key, spec := range sorted(b.sc.LAGs) {
		lags := b.lagsNamed("lags."+key, key)
		for _, r := range lags {
			b.setLAG("lags."+key, r, spec)
		}
	}
	for key, spec := range sorted(b.sc.Ports) {
		s, name, ok := b.ref("ports."+key, key)
		if ok && spec != nil {
			b.setPort("ports."+key, s, name, spec)
		}
	}
}

func (b *builder) setLAG(where string, r lagRef, spec *LAGSpec) {
	if spec == nil {
		return
	}
	l, bp := r.sw.LAG(r.lag), r.sw.BridgePort(r.lag)
	switch spec.Protocol {
	case "lacp":
		l.Protocol = state.LACP
	case "static":
		l.Protocol = state.Static
	case "":
	default:
		b.fail("%s: protocol %q is none of lacp, static", where, spec.Protocol)
	}
	if can := b.plat[r.sw.Name].fallback; spec.Fallback != "" && !slices.Contains(can, spec.Fallback) {
		b.fail("%s: fallback %q: %s can only do %s", where, spec.Fallback, r.sw.Platform, strings.Join(can, ", "))
	} else if spec.Fallback != "" {
		l.Fallback = map[string]state.Fallback{"static": state.StaticFallback, "individual": state.IndividualFallback}[spec.Fallback]
	}
	if set(&l.MinLinks, spec.MinLinks); l.MinLinks > 0 && !b.plat[r.sw.Name].minimum {
		b.fail("%s: %s has no min-links", where, r.sw.Platform)
	}
	if spec.MLAG != nil && *spec.MLAG != "" && b.plat[r.sw.Name].byName {
		b.fail("%s: %s calls a multi-chassis LAG after the LAG", where, r.sw.Platform)
	}
	set(&l.MLAGID, spec.MLAG)
	set(&l.ESI, spec.ESI)
	if l.MLAGID == "" && l.ESI == "" && b.plat[r.sw.Name].derived {
		l.System = r.sw.MAC
	}
	set(&l.Key, spec.Key)
	if spec.Passive != nil {
		l.Active = !*spec.Passive
	}
	if spec.Slow != nil {
		l.Fast = !*spec.Slow
	}
	if spec.System != "" && b.plat[r.sw.Name].derived {
		b.fail("%s: on %s the LACP system id follows from the multi-chassis id", where, r.sw.Platform)
	}
	l.System = b.parseMAC(where, spec.System, l.System)
	if spec.Allowed != nil {
		bp.Allowed, bp.Explicit = spec.Allowed.VIDSet, true
	}
	set(&bp.Native, spec.Native)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (b *builder) setPort(where string, s *Switch, name string, spec *PortSpec) {
	if p := s.Port(name); p != nil {
		set(&p.Description, spec.Description)
		if spec.Shut {
			p.Admin = state.Down
		}
		p.Speed, p.MTU = cmp.Or(spec.Speed, p.Speed), cmp.Or(spec.MTU, p.MTU)
	}
	if spec.Mode == "" && spec.Allowed == nil && spec.Native == nil {
		return
	}
	bp := s.BridgePort(name)
	if bp == nil {
		if p := s.Port(name); p == nil || p.LAG != "" {
			b.fail("%s: no bridge port: a member of a LAG has no VLANs of its own", where)
			return
		}
		bp = b.bridge(s, name, state.AllVIDs, 0)
		bp.Explicit = false
	}
	if spec.Allowed != nil {
		bp.Allowed, bp.Explicit = spec.Allowed.VIDSet, true
	}
	set(&bp.Native, spec.Native)
	switch spec.Mode {
	case "access":
		asAccess(bp, state.VIDs(bp.Native))
	case "trunk":
		bp.Mode = state.Trunk
	case "":
	default:
		b.fail("%s: mode %q is none of access, trunk", where, spec.Mode)
	}
}

// lagsNamed resolves switch/lagN, switch/port of a member, host, or host/bond. None is an error.
func (b *builder) lagsNamed(where, text string) (out []lagRef) {
	name, rest, hasRest := strings.Cut(text, "/")
	if s := b.f.Switch(name); s != nil && hasRest {
		full := b.plat[name].portName(rest)
		if p := s.Port(full); p != nil && p.LAG != "" {
			full = p.LAG
		}
		if s.LAG(full) != nil {
			return []lagRef{{s, full}}
		}
	}
	for key, lags := range sorted(b.bonds) {
		if key == text || !hasRest && strings.HasPrefix(key, name+"/") {
			out = append(out, lags...)
		}
	}
	if out == nil {
		b.fail("%s: %q names no LAG: write switch/lagN, switch/port of a member, host, or host/bond", where, text)
	}
	return out
}
