"""kata01 · Value: record the graph · 10 minutes

c = a * b  remembers:  data = a.data * b.data,  operands a and b,  label "*"

A Value holds a number and how it came about. Later katas walk these records backwards.

>>> a, b = Value(2.0), Value(3.0)
>>> c = a * b
>>> c.data, c._op
(6.0, '*')
>>> a in c._prev and b in c._prev
True
>>> (a + 4).data, a.grad
(6.0, 0.0)

`Value(data, children, op)` records what it is given, however many children. The operands in `_prev`
are the very objects, not copies or numbers; a plain int or float on the right is first made a
Value. An operation builds a new Value, whose `grad` is 0, and changes no old one. `_prev` of a
number that nothing made is empty, and labels are "+" and "*".

Follow-ups: a `__repr__` that shows the number; 100,000 operations in a row without slowing down.
"""


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, _children=(), _op=""):
        raise NotImplementedError("kata01: store data, grad, _prev and _op")

    def __add__(self, other):
        raise NotImplementedError("kata01: write __add__ here")

    def __mul__(self, other):
        raise NotImplementedError("kata01: write __mul__ here")
