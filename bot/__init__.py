"""The dialogue engine: Rasa 3.6 behind one stateless route.

The only package that runs on Python 3.10. It imports nothing of ours and is imported
by nothing of ours: the gateway reaches it over loopback HTTP (`bot.channel`).
"""
