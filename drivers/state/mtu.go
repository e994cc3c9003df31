package state

import "uplinkcheck/drivers/capture"

// MTUScope says what a platform counts in the MTU of an Ethernet interface. The zero value was not said, and such numbers compare with
// no other platform's.
type MTUScope uint8

const (
	_             MTUScope = iota
	MTUOfPayload           // what follows the Ethernet header and tags
	MTUWithHeader          // the payload and the 14 bytes of addresses and type, neither tags nor frame check sequence
)

// String returns the scope in words.
func (s MTUScope) String() string {
	return name(s, "unknown", "payload", "payload and Ethernet header")
}

// ethernetHeader is the length of two addresses and a type (IEEE Std 802.3, 3.1.1).
const ethernetHeader = 14

// Payload returns the largest payload of a frame that the interface takes, tagged or not, with the span that states the MTU. Unknown
// when the MTU is, when nobody knows what the platform counts in it, and for nil.
func (s *Switch) Payload(i *Interface) capture.Fact[int] {
	if i == nil {
		return capture.Fact[int]{}
	}
	return capture.Then(i.MTU, func(mtu int) (int, bool) {
		switch s.MTUScope {
		case MTUOfPayload:
			return mtu, true
		case MTUWithHeader:
			return mtu - ethernetHeader, mtu > ethernetHeader
		}
		return 0, false
	})
}
