# SPDX-License-Identifier: Apache-2.0
"""Plays a Python connector of OpenCTI for one run, with the platform's own client pycti.

    python_connector.py CONNECTOR START <incidents.json

reads {"incident id": "lastUpdateDateTime", ...}, prints the ids that the connector would import, in order, and leaves the state
that it would leave. CONNECTOR is sentinel-incidents, microsoft-defender-incidents or microsoft-sentinel-incidents; START is the
import start date in Unix seconds. What each keeps and compares is described in examples/cookbook.md and in the comments below.
"""
import json
import os
import sys

from dateutil.parser import parse
from pycti import OpenCTIConnectorHelper

KEY = "last_incident_timestamp"


def choose(connector, last, incidents):
    """The ids that are newer than `last`, and the time that the connector then keeps."""
    chosen = []
    for incident, update in sorted(incidents.items(), key=lambda item: parse(item[1])):
        at = parse(update).timestamp()
        rounded = int(round(at))
        # The first compares the rounded time, with that of the incident before it; the others ask the service for what is later.
        newer = rounded > last if connector == "sentinel-incidents" else at > last
        if not newer:
            continue
        chosen.append(incident)
        if connector == "sentinel-incidents":
            last = rounded
    if chosen and connector != "sentinel-incidents":
        last = int(round(parse(incidents[chosen[-1]]).timestamp()))
    return chosen, last


def main():
    connector, start = sys.argv[1], int(sys.argv[2])
    helper = OpenCTIConnectorHelper(
        {
            "opencti": {"url": os.environ["OPENCTI_URL"], "token": os.environ["OPENCTI_TOKEN"]},
            "connector": {
                "id": os.environ["CONNECTOR_ID"],
                "type": "EXTERNAL_IMPORT",
                "name": connector,
                "scope": "sentinel",
                "log_level": "error",
                "duration_period": "PT1H",
                # Once and without a thread that pings.
                "run_and_terminate": True,
                "queue_protocol": "api",
            },
        }
    )
    # pycti answers an exception with SIGTERM; a traceback says more.
    sys.excepthook = sys.__excepthook__
    state = helper.get_state() or {}
    chosen, last = choose(connector, state.get(KEY, start), json.load(sys.stdin))
    if chosen or connector == "microsoft-sentinel-incidents":
        state[KEY] = last
        helper.set_state(state)
    helper.force_ping()
    print(" ".join(chosen))


main()
