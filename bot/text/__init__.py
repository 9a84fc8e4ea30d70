"""Pure algorithms on text: no Rasa, no I/O, no configuration."""
