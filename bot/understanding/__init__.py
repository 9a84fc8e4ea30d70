"""What a message is about: the intent model, its training and its parts. No Rasa in here."""
