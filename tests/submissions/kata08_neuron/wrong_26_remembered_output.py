# WRONG: the output for a list of inputs is remembered, though the parameters have changed since.
# SHOWS: n = Neuron(1, nonlin=False); n.parameters()[0].data = 0.5; n.parameters()[1].data = 0.0; n([2.0]); n.b.data = 10.0; n([2.0]).data  # 1.0, right: 11.0
from dataclasses import InitVar, dataclass, field
from random import uniform

from reference.engine import Value


@dataclass(eq=False)
class Neuron:
    nin: InitVar[int]
    nonlin: bool = True
    w: list = field(init=False, default_factory=list)
    b: Value = field(init=False, default_factory=lambda: Value(0.0))

    def __post_init__(self, nin):
        self.w.extend(Value(uniform(-1.0, 1.0)) for _ in range(nin))

    def __call__(self, x):
        if len(self.w) != len(x):
            raise ValueError("a neuron takes one input for each weight")
        known = self.__dict__.setdefault("known", {})
        if tuple(x) not in known:
            known[tuple(x)] = self._act(self._sum(list(zip(x, self.w))))
        return known[tuple(x)]

    def _sum(self, pairs):
        if not pairs:
            return self.b + 0.0
        if len(pairs) == 1:
            return pairs[0][0] * pairs[0][1] + self.b
        half = len(pairs) // 2
        return self._sum(pairs[:half]) + self._sum(pairs[half:]) - self.b

    def _act(self, s):
        return s.relu() if self.nonlin else s

    def parameters(self):
        return [p for group in (self.w, (self.b,)) for p in group]
