"""Measurements, each beside a peer in the same run: ours against stock Rasa 3.6.21.

`turn`: one answer from start to end, and eight customers at once. `growth`: the thousandth turn of a
<<<<<<< HEAD
conversation against the first ones. `arrivals`: the told days of arrival beside the promised ones. `nlu`: what is understood, on the frozen set and on public sets.
=======
conversation against the first ones. `queries`: what customers' questions cost in a large shop. `nlu`: what is understood, on the frozen set and on public sets.
>>>>>>> origin/main
"""

from ops.bench.report import run, show

__all__ = ["run", "show"]
