// Package cisco_iosxe is the driver for Cisco IOS-XE on Catalyst 3650, 3850 and 9000: text of show commands in a prompt session.
package cisco_iosxe

import (
	"uplinkcheck/drivers"
	"uplinkcheck/drivers/cisco_ios/ios"
)

// Driver reads Cisco IOS-XE.
var Driver = &drivers.Driver{
	Name:       "cisco_iosxe",
	Title:      "Cisco IOS-XE",
	Aliases:    []string{"iosxe", "ios-xe", "cisco_xe", "cisco_cat9kv", "cisco_c8000v", "cisco_csr1000v"},
	Privileges: ios.Privileges,
	Access:     []drivers.Access{drivers.Session},
	Commands:   ios.Commands(),
	Prompt:     ios.Prompt,
	Refusal:    ios.Refusal,
	Parse:      ios.Parse("cisco_iosxe"),
}
