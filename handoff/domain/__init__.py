"""Rules of conversations: who owns one, who is served next, what an agent is told. No I/O, no clock."""
