"""Operands are older than what they make, so age is a topological order."""

import heapq
from itertools import count

serial = count()


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0
        self.born = next(serial)
        self._op = _op
        self._prev = list(_children)

    def __lt__(self, other):
        return self.born > other.born

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [self, other], "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [self, other], "*")

    def shares(self):
        if self._op == "+":
            return [self.grad, self.grad]
        if self._op == "*":
            left, right = self._prev
            return [right.data * self.grad, left.data * self.grad]
        return []

    def backward(self):
        self.grad = 1
        youngest_first, queued = [self], {id(self)}
        while youngest_first:
            node = heapq.heappop(youngest_first)
            for operand, share in zip(node._prev, node.shares(), strict=True):
                if operand._prev and id(operand) not in queued:
                    operand.grad = 0
                operand.grad += share
                if id(operand) not in queued:
                    queued.add(id(operand))
                    heapq.heappush(youngest_first, operand)
