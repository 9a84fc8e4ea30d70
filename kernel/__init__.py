"""What every part of the service side stands on: settings, clock, ids, database, tokens, logs, Korean wording.

The kernel knows nothing of conversations or of the shop and imports no other package of ours.
"""
