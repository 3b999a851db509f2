"""kata14 · micrograd from memory · 45 minutes

d root / d x  =  sum over the users u of x:  (d u / d x) * (d root / d u)

Write `Value`, `Neuron`, `Layer` and `MLP` from a blank file, with the standard library alone.

`Value(data)` has `data`, `grad` (0 at first) and `backward()`; the operators + - * / and -a, and
** with a plain number as exponent; plain numbers on either side, `sum([...])` too; and the methods
relu (slope 0 at 0), tanh, exp, log and sigmoid. After `backward()` every node below the root holds
its gradient. Leaves add up over several calls.

`Neuron(nin, nonlin=True)` is relu(w . x + b), or w . x + b without `nonlin`: `w` holds Values drawn
uniformly from [-1, 1], `b` a Value of 0; x is a list of ints, floats and Values in any order.
`Layer(nin, nout, **kwargs)` hands kwargs to its neurons and gives one Value when nout is 1, else a
list. `MLP(nin, nouts)` has relu on every layer but the last. Each has `parameters()`, a list of the
same objects each time: layer by layer, neuron by neuron, w then b. `MLP.zero_grad()` sets their
gradients to 0. Nothing else changes a parameter, a list that was handed in, or a gradient, and no
two networks share anything.

>>> a = Value(2.0); b = Value(3.0); c = a * b + b ** 2; c.backward()
>>> c.data, a.grad, b.grad
(15.0, 3.0, 8.0)
>>> len(MLP(2, [16, 16, 1]).parameters())
337

It has to train, as it stands, with `data` a list of pairs (x, y_true):

    model = MLP(2, [16, 16, 1])
    for step in range(100):
        loss = sum((y_true - model(x)) ** 2 for x, y_true in data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad

How a Value remembers its operands is up to you. A node can be shared by many others, on short and
on long ways. Follow-ups: those of the katas before this one.
"""

raise NotImplementedError("kata14: write Value, Neuron, Layer and MLP here")
