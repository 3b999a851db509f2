"""Slots and stored local derivatives: no closure, each activation is one line."""

import math
from operator import attrgetter


class Value:
    __slots__ = ("_local", "_op", "_prev", "_rank", "data", "grad")
    made = 0

    def __init__(self, data, _children=(), _op="", _local=()):
        Value.made += 1
        self.data, self.grad = data, 0.0
        self._prev, self._op, self._local, self._rank = tuple(_children), _op, _local, Value.made

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), "*", (other.data, self.data))

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("exponents are plain numbers")
        return Value(self.data**k, (self,), "**", (k * self.data ** (k - 1) if k else 0,))

    __radd__, __rmul__ = __add__, __mul__
    __neg__ = lambda self: Value(-self.data, (self,), "neg", (-1.0,))
    __sub__ = lambda self, other: self + as_value(other).__neg__()
    __rsub__ = lambda self, other: as_value(other) - self
    __truediv__ = lambda self, other: self * as_value(other) ** -1
    __rtruediv__ = lambda self, other: as_value(other) / self

    def _unary(self, y, slope, op):
        return Value(y, (self,), op, (slope,))

    def relu(self):
        return self._unary(self.data * (self.data > 0), float(self.data > 0), "relu")

    def tanh(self):
        t = math.tanh(self.data)
        return self._unary(t, (1 - t) * (1 + t), "tanh")

    def exp(self):
        return self._unary(e := math.exp(self.data), e, "exp")

    def log(self):
        return self._unary(math.log(self.data), 1.0 / self.data, "log")

    def sigmoid(self):
        x = self.data
        s = 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))
        return self._unary(s, s - s * s, "sigmoid")

    def _backward(self):
        for operand, local in zip(self._prev, self._local):
            operand.grad += local * self.grad

    def backward(self):
        found, todo = {self}, [self]
        while todo:
            for operand in todo.pop()._prev:
                if operand not in found:
                    found.add(operand)
                    todo.append(operand)
        self.grad = 1.0
        for node in sorted(found, key=attrgetter("_rank"), reverse=True):
            node._backward()


def as_value(x):
    return x if isinstance(x, Value) else Value(x)
