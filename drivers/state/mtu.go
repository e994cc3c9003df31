package state

import "uplinkcheck/drivers/capture"

// MTUScope says what a platform counts in the MTU of an Ethernet interface. The zero value was not said, and such numbers compare with
// no other platform's.
type MTUScope uint8

const (
	_             MTUScope = iota
	MTUOfPayload           // what follows the Ethernet header and tags
	MTUWithHeader          // the payload and the 14 bytes of addresses and type, neither tags nor frame check sequence
	MTUWithTags            // the payload, those 14 bytes and the tags, without frame check sequence
)

// String returns the scope in words.
func (s MTUScope) String() string {
	return name(s, "unknown", "payload", "payload and Ethernet header", "payload, Ethernet header and tags")
}

// Lengths of two addresses and a type (IEEE Std 802.3, 3.1.1), and of a tag (IEEE Std 802.1Q, 9.5).
const (
	ethernetHeader = 14
	tag            = 4
)

// Payload returns the largest payload in bytes of a frame that the interface takes with one tag, and without any, with the span that states
// the MTU: the two differ where the platform counts tags. Unknown when the MTU is, when nobody knows what the platform counts in it, and for nil.
func (s *Switch) Payload(i *Interface) (tagged, untagged capture.Fact[int]) {
	if i == nil {
		return tagged, untagged
	}
	less := func(header int) capture.Fact[int] {
		return capture.Then(i.MTU, func(mtu int) (int, bool) { return mtu - header, mtu > header })
	}
	switch s.MTUScope {
	case MTUOfPayload:
		return i.MTU, i.MTU
	case MTUWithHeader:
		return less(ethernetHeader), less(ethernetHeader)
	case MTUWithTags:
		return less(ethernetHeader + tag), less(ethernetHeader)
	}
	return tagged, untagged
}
