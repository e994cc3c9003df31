"""Asks a NETCONF server by ncclient. Standard input is JSON: port, user, password, device, rpcs. Prints JSON: what came."""
import json
import sys

from ncclient import manager
from ncclient.operations import RPCError
from ncclient.xml_ import to_ele

a = json.load(sys.stdin)
with manager.connect(host="127.0.0.1", port=a["port"], username=a["user"], password=a["password"], hostkey_verify=True,
                     allow_agent=False, look_for_keys=False, timeout=10, device_params={"name": a["device"]}) as m:
    out = {"capabilities": list(m.server_capabilities), "replies": [], "errors": []}
    for rpc in a["rpcs"]:
        try:
            out["replies"].append(str(m.dispatch(to_ele(rpc))))
        except RPCError as e:
            out["errors"].append(e.message)
print(json.dumps(out))
