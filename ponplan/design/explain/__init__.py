"""Why a design is as it is: its places, its ports, what its rules cost and where its gap sits."""
