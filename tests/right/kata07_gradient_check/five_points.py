"""Five points, error of order h to the fourth; the reference value alone sets the tolerance."""

WEIGHTS = {-2: 1, -1: -8, 1: 8, 2: -1}


def numerical_gradient(f, xs, h=1e-6):
    def along(i):
        def at(k):
            return f([x + k * h if j == i else x for j, x in enumerate(xs)])

        return sum(w * at(k) for k, w in WEIGHTS.items()) / (12 * h)

    return list(map(along, range(len(xs))))


def gradients_agree(f, xs, grads, rtol=1e-5, atol=1e-7):
    if len(grads) - len(xs):
        return 0
    for g, n in zip(grads, numerical_gradient(f, xs)):
        error = abs(g - n)
        if not error <= atol + rtol * abs(n) < float("inf"):
            return 0
    return 1
