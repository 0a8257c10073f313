"""How the built-in model is made: corpus, tokenizer, network, training, export, evaluation.

``python -m recipe --out FILE`` runs all of it. Nothing of the product imports this package.
"""
