"""A right answer that takes the product and the bias as two steps, each with its own backward."""

import numpy as np


class Product:
    def __init__(self, x, w):
        self.x, self.w = x, w

    def forward(self):
        return np.tensordot(self.x, self.w, axes=1)

    def backward(self, dy):
        axes = list(range(dy.ndim - 1))
        return np.tensordot(dy, self.w, axes=([-1], [1])), np.tensordot(self.x, dy, (axes, axes))


class Bias:
    def __init__(self, b):
        self.b = b

    def forward(self, z):
        return z + self.b

    def backward(self, dy):
        return dy, np.add.reduce(dy.reshape((-1,) + self.b.shape))


def linear_forward(x, w, b):
    product, bias = Product(x, w), Bias(b)
    return bias.forward(product.forward()), (product, bias)


def linear_backward(dy, cache):
    product, bias = cache
    dz, db = bias.backward(dy)
    dx, dw = product.backward(dz)
    return dx, dw, db
