"""Measurements, each beside a peer in the same run: ours against stock Rasa 3.6.21.

`turn`: one answer from start to end, and eight customers at once. `growth`: the thousandth turn of a
conversation against the first ones. `actions`: what each action adds to a turn. `sockets`: a thousand live pages under load. `queries`: what customers'
questions cost in a large shop. `arrivals`: the told days of arrival beside the promised ones. `handoff`: a contact
centre's day beside queueing theory. `nlu`: what is understood, on the frozen set and on public sets.
"""

from ops.bench.report import run, show

__all__ = ["run", "show"]
