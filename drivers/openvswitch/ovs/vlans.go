package ovs

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// VLANs is what the columns tag, trunks and vlan_mode of a port mean (ovs-vswitchd.conf.db(5), "VLAN Configuration").
//
// Open vSwitch has no VLAN database: every VID exists and is active, so Configured is also the operational member set
// wherever the bridge forwards by address (see Bridge.Controlled).
type VLANs struct {
	Mode       capture.Fact[state.PortMode]
	Configured capture.Fact[state.VIDSet] // the native VLAN is always in it
	Explicit   capture.Fact[bool]         // false: nothing was written, and that means all
	PVID       capture.Fact[state.VID]    // unknown where untagged frames are "VLAN 0", which is no VID but is forwarded
	Untagged   capture.Fact[state.VIDSet]
}

// portModes are the words of vlan_mode. "" means access when a tag is set, else trunk.
var portModes = map[string]state.PortMode{
	"access":          state.Access,
	"trunk":           state.Trunk,
	"native-tagged":   state.Trunk,
	"native-untagged": state.Trunk,
	"dot1q-tunnel":    state.Tunnel,
}

func readVLANs(row row) (v VLANs, why string) {
	tag, trunks, word := row.cell("tag"), row.cell("trunks"), optional(row.cell("vlan_mode"))
	if !tag.Exists() || !trunks.Exists() || !word.Known() {
		return v, "" // the columns were not printed
	}
	native := state.VID(0) // 0: no tag is set
	if !empty(tag) {
		n := tag.Uint(16)
		if !n.Known() || n.Value > 4095 {
			return v, "tag is no VLAN id"
		}
		native = state.VID(n.Value)
	}
	mode, known := portModes[word.Value]
	from := word.From
	if word.Value == "" {
		mode, known, from = state.Trunk, true, tag.Span()
		if !empty(tag) {
			mode = state.Access
		}
	}
	if !known {
		return v, "vlan_mode " + word.Value + " is not known"
	}
	v.Mode = capture.Of(mode, from)
	if mode != state.Trunk {
		v.fixed(native, tag.Span())
		return v, ""
	}
	var listed []state.VID
	for item := range items(trunks) {
		n := item.Uint(16)
		if !n.Known() || n.Value > 4095 {
			return VLANs{Mode: v.Mode}, "trunks holds something that is no VLAN id"
		}
		listed = append(listed, state.VID(n.Value))
	}
	set := state.VIDs(listed...)
	zero := len(listed) == 0 // whether VLAN 0, untagged frames, is trunked
	for _, vid := range listed {
		zero = zero || vid == 0
	}
	if len(listed) == 0 {
		set = state.AllVIDs
	}
	v.Explicit = capture.Of(len(listed) > 0, trunks.Span())
	v.Untagged = capture.Of(state.VIDSet{}, from)
	switch {
	case word.Value != "native-tagged" && word.Value != "native-untagged":
		if !zero {
			v.PVID = capture.Of(state.VID(0), trunks.Span())
		}
	case native.Valid():
		v.PVID = capture.Of(native, tag.Span())
		set = set.Union(state.VIDs(native))
		if word.Value == "native-untagged" {
			v.Untagged = capture.Of(state.VIDs(native), tag.Span())
		}
	}
	v.Configured = capture.Of(set, trunks.Span())
	return v, ""
}

// fixed is an access or tunnel port: one VLAN. Without a tag it carries untagged frames of no VLAN.
func (v *VLANs) fixed(vid state.VID, from capture.Span) {
	set := state.VIDs(vid)
	v.Configured, v.Untagged = capture.Of(set, from), capture.Of(set, from)
	v.Explicit = capture.Of(vid != 0, from)
	if vid.Valid() {
		v.PVID = capture.Of(vid, from)
	}
}

// Admits returns the VLAN inside of the bridge of a frame that arrives with a tag or (0) without; 0 is the VLAN of frames
// that belong to none. false: the port drops it, or its columns were not reported.
func (v VLANs) Admits(vid state.VID) (inside state.VID, ok bool) {
	switch {
	case !v.Configured.Known() || !v.Mode.Known():
		return 0, false
	case v.Mode.Value != state.Trunk:
		return v.PVID.Value, vid == 0
	case vid != 0:
		return vid, v.Configured.Value.Has(vid)
	case v.PVID.Known():
		return v.PVID.Value, v.PVID.Value != 0
	}
	return 0, true
}

// Sends returns the tag, or 0 for none, with which a frame of a VLAN inside of the bridge leaves. false: it does not.
func (v VLANs) Sends(inside state.VID) (tag state.VID, ok bool) {
	switch {
	case !v.Configured.Known():
		return 0, false
	case inside == 0:
		return 0, !v.PVID.Known()
	case !v.Configured.Value.Has(inside):
		return 0, false
	case v.Untagged.Value.Has(inside):
		return 0, true
	}
	return inside, true
}

// Transparent reports whether the port passes every frame as it is.
func (v VLANs) Transparent() bool {
	return v.Mode.Value == state.Trunk && v.Explicit.Known() && !v.Explicit.Value && !v.PVID.Known()
}
