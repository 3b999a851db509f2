"""A complete micrograd: a scalar autograd engine and a small neural-net library.

Read `engine.py` first, then `nn.py`, `losses.py`, `optim.py` and `gradcheck.py`.
"""
