"""The network behind the OLTs: uplinks with one to spare, aggregation or rings, routers, and their least cost."""
