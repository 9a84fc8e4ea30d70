"""The trainer's side: utterances the bot was unsure of, training, the models and the switch to a new one."""
