"""Asks a command line by netmiko. Standard input is JSON: port, user, password, type, known_hosts, commands. Prints JSON: what came."""
import json
import sys

from netmiko import ConnectHandler

a = json.load(sys.stdin)
c = ConnectHandler(device_type=a["type"], host="127.0.0.1", port=a["port"], username=a["user"], password=a["password"],
                   ssh_strict=True, alt_host_keys=True, alt_key_file=a["known_hosts"])
out = {"prompt": c.find_prompt(), "replies": [c.send_command(x) for x in a["commands"]]}
c.disconnect()
print(json.dumps(out))
