"""Shapes: inheritance, operators and sorting of objects."""


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def __abs__(self):
        return (self.x * self.x + self.y * self.y) ** 0.5

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __repr__(self):
        return "(%.2f %.2f)" % (self.x, self.y)


class Named(Vector):
    __slots__ = ("name",)

    def __init__(self, name, x, y):
        super().__init__(x, y)
        self.name = name

    def __repr__(self):
        return self.name + super().__repr__()


vectors = [Named("v%d" % n, n * 37 % 50 - 25.0, n * 53 % 40 - 20.0) for n in range(90)]
total = Vector(0.0, 0.0)
for vector in vectors:
    total = total + vector * 0.5
ordered = sorted(vectors)
answer = "%r %r %r" % (total, ordered[0], ordered[-1])
