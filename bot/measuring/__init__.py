"""How well a model understands: questions with their answers, figures, pictures.

Off the message's way. Only `stock` and `hangul_tokenizer` import Rasa, only `plots`
imports matplotlib; the figures are plain arithmetic.
"""
