# Operators made by a function, operands as a frozenset, properties for the fields.
def lifted(x):
    return x if isinstance(x, Value) else Value(x)


def operation(label, function):
    def method(self, other):
        operands = self, lifted(other)
        return Value(function(*(operand.data for operand in operands)), operands, _op=label)

    return method


class Value:
    __slots__ = "__grad", "__label", "__number", "__operands"

    def __init__(self, data, _children=(), _op=""):
        self.__number, self.__operands, self.__label = data, frozenset(_children), _op
        self.__grad = 0

    data = property(lambda self: self.__number)
    _prev = property(lambda self: self.__operands)
    _op = property(lambda self: self.__label)

    @property
    def grad(self):
        return self.__grad

    @grad.setter
    def grad(self, number):
        self.__grad = number

    __add__ = operation("+", lambda x, y: x + y)
    __mul__ = operation("*", lambda x, y: x * y)
    __radd__ = __add__

    def __repr__(self):
        return f"<{self.__number}>"
