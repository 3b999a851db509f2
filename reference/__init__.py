"""A complete micrograd: reverse-mode differentiation of scalars, and what trains on top of it.

Read `engine.py` first, then `nn.py`, `losses.py`, `optim.py` and `gradcheck.py`. `draw.py` shows a
graph and its backward pass in a notebook; `demo.ipynb` is a tour of all of them.
"""
