"""Quotients by a node of their own; powers of positive bases through logarithms; partial rules."""

import math
from functools import partial


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = float(data)
        self.grad = 0.0
        self._prev = frozenset(_children)
        self._op = _op
        self._backward = tuple

    @classmethod
    def of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def _then(self, data, op, rule, *others):
        out = Value(data, (self, *others), op)
        out._backward = partial(rule, out, self, *others)
        return out

    def __add__(self, other):
        other = Value.of(other)
        return self._then(self.data + other.data, "+", add, other)

    def __mul__(self, other):
        other = Value.of(other)
        return self._then(self.data * other.data, "*", mul, other)

    def __truediv__(self, other):
        other = Value.of(other)
        return self._then(self.data / other.data, "/", div, other)

    def __pow__(self, k):
        if isinstance(k, Value):
            raise TypeError("a Value can't be an exponent here")
        power = math.exp(k * math.log(self.data)) if self.data > 0 else self.data**k
        return self._then(power, "**", partial(power_rule, k))

    def __neg__(self):
        return 0 - self

    def __sub__(self, other):
        return self + Value.of(other) * -1.0

    def __rsub__(self, other):
        return Value.of(other) - self

    def __radd__(self, other):
        return Value.of(other) + self

    def __rmul__(self, other):
        return Value.of(other) * self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def backward(self):
        users = {}
        todo = [self]
        while todo:
            node = todo.pop()
            for operand in node._prev:
                if operand not in users:
                    todo.append(operand)
                users[operand] = users.get(operand, 0) + 1
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            node._backward()
            for operand in node._prev:
                users[operand] -= 1
                if not users[operand]:
                    ready.append(operand)


def add(out, a, b):
    a.grad += out.grad
    b.grad += out.grad


def mul(out, a, b):
    shares = b.data * out.grad, a.data * out.grad
    a.grad += shares[0]
    b.grad += shares[1]


def div(out, a, b):
    a.grad += out.grad / b.data
    b.grad -= out.grad * a.data / b.data**2


def power_rule(k, out, a):
    if k:
        a.grad += out.grad * k * (out.data / a.data if a.data else a.data ** (k - 1))
