"""Who wants service, where, how much; where things may stand and run; what is there already."""
