"""A table of rules by label, bound with functools.partial; no closure at all."""

from functools import partial


def add_rule(out, left, right):
    for operand in (left, right):
        operand.grad += out.grad


def mul_rule(out, left, right):
    d_left, d_right = right.data * out.grad, left.data * out.grad
    left.grad += d_left
    right.grad += d_right


RULES = {"+": add_rule, "*": mul_rule}


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = float(data)
        self.grad = 0.0
        self._op = _op
        self._prev = list(_children)
        self._backward = partial(RULES[_op], self, *_children) if _op else int

    def __add__(self, other):
        return Value(self.data + lift(other).data, (self, lift(other)), "+")

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, (self, other), "*")


def lift(x):
    return x if isinstance(x, Value) else Value(x)
