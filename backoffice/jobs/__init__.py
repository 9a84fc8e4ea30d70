"""Jobs: what the shop has to do at a given time, once, whichever process does it and whoever dies meanwhile."""
