"""The kernels: name, group, the form that each is named for (in the words of the versions, the first that a Python knows; `@` names the version from which on), a statement.

`local` runs once in the function, before the loop; `module` around it, `closure` in the function that makes it. A statement leaves nothing
behind that would make the next one dearer. `inner` names the function that shows the form, where that is one which the statement calls. Generic forms come from operands that no version specialises. `about` is a copy's time in ns.
"""

POINT = "class Point:\n    def __init__(self):\n        self.a = 1\n    def own(self):\n        return self\npoint = Point()"
SLOTTED = "class Slotted:\n    __slots__ = ('a',)\npoint = Slotted()\npoint.a = 1"
# More than thirty attributes are too many for keys that are shared by all objects of a class.
OWN_DICT = "class Point:\n    pass\npoint = Point()\npoint.a = 1\nfor n in range(40):\n    setattr(point, 'a%d' % n, n)"
# In a function of their own: what an exception costs grows with the place in the code that it comes from, whose line is looked up.
RAISING = "def function(E):\n    try:\n        raise E\n    except E:\n        pass"
CATCHING = "def function(s):\n    try:\n        next(s)\n    except StopIteration:\n        pass"
ITERATE = "for z in items:\n    pass"


def numbers(x, y):
    return "x = %s\ny = %s" % (x, y)


def kernel(name, group, forms, statement, **more):
    return name, group, forms, statement, more


KERNELS = [
    # Loads and stores.
    kernel("load-fast", "variables", "LOAD_FAST_BORROW LOAD_FAST", "x", local="x = 1", about=4),
    kernel("load-two-fast", "variables", "LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_FAST_LOAD_FAST LOAD_FAST__LOAD_FAST", "x is y", local="x = y = 1", about=6),
    kernel("store-fast", "variables", "STORE_FAST", "z = None", about=4),
    kernel("store-two-fast", "variables", "STORE_FAST_STORE_FAST STORE_FAST__STORE_FAST", "y, z = x, w", local="w = x = 1", about=4),
    kernel("store-load-fast", "variables", "STORE_FAST_LOAD_FAST STORE_FAST__LOAD_FAST", "y = x; z = y", local="x = 1", about=5),
    kernel("load-const", "variables", "LOAD_COMMON_CONSTANT@3.15 LOAD_CONST_IMMORTAL LOAD_CONST", "y = z = None", about=6),
    kernel("load-const-mortal", "variables", "LOAD_CONST_MORTAL LOAD_CONST", "z = 1.5", about=4),
    kernel("load-const-str", "variables", "LOAD_CONST_IMMORTAL LOAD_CONST", "z = 'text'", about=4),
    kernel("load-small-int", "variables", "LOAD_SMALL_INT LOAD_CONST", "z = 7", about=4),
    kernel("move-fast", "variables", "LOAD_FAST@3.13 STORE_FAST__LOAD_FAST", "z = x", local="x = 1", about=3),
    kernel("copy", "variables", "COPY", "y = z = x", local="x = 1", about=6),
    kernel("load-global", "variables", "LOAD_GLOBAL_MODULE", "G", module="G = 1", about=5),
    kernel("load-builtin", "variables", "LOAD_GLOBAL_BUILTIN", "len", about=6),
    # A namespace with a key that is no string is looked up as any dictionary is.
    kernel("load-global-generic", "generic", "LOAD_GLOBAL_ADAPTIVE LOAD_GLOBAL", "G", module="G = 1\nglobals()[1] = 1", about=10),
    kernel("store-global", "variables", "STORE_GLOBAL", "G = x", module="G = 1", local="global G\nx = 1", about=12),
    kernel("load-deref", "variables", "LOAD_DEREF", "c", closure="c = 1", about=3),
    kernel("store-deref", "variables", "STORE_DEREF", "c = x", closure="c = 1", local="nonlocal c\nx = 1", about=4),
    # Attributes.
    kernel("load-attr-instance", "attributes", "LOAD_ATTR_INSTANCE_VALUE", "o.a", module=POINT, local="o = point", about=6),
    kernel("load-attr-hint", "attributes", "LOAD_ATTR_WITH_HINT", "o.a", module=OWN_DICT, local="o = point", about=7),
    kernel("load-attr-slot", "attributes", "LOAD_ATTR_SLOT", "o.a", module=SLOTTED, local="o = point", about=5),
    kernel("load-attr-module", "attributes", "LOAD_ATTR_MODULE", "m.maxsize", module="import sys", local="m = sys", about=7),
    kernel("load-attr-class", "attributes", "LOAD_ATTR_CLASS LOAD_ATTR_ADAPTIVE", "C.a", module="class C:\n    a = 1\nclass_ = C", local="C = class_", about=10),
    kernel("load-attr-property", "attributes", "LOAD_ATTR_PROPERTY LOAD_ATTR_ADAPTIVE", "o.p", module="class P:\n    @property\n    def p(self):\n        return 1\npoint = P()", local="o = point", about=30),
    kernel("load-method", "attributes", "LOAD_ATTR_METHOD_WITH_VALUES LOAD_METHOD_WITH_VALUES", "o.own()", module=POINT, local="o = point", about=25),
    kernel("load-method-builtin", "attributes", "LOAD_ATTR_METHOD_NO_DICT LOAD_METHOD_NO_DICT", "s.isascii()", local="s = 'text'", about=11),
    kernel("load-attr-generic", "generic", "LOAD_ATTR_ADAPTIVE LOAD_ATTR", "x.real", local="x = 1000", about=15),
    kernel("store-attr-instance", "attributes", "STORE_ATTR_INSTANCE_VALUE", "o.a = x", module=POINT, local="o = point\nx = 1", about=5),
    kernel("store-attr-hint", "attributes", "STORE_ATTR_WITH_HINT", "o.a = x", module=OWN_DICT, local="o = point\nx = 1", about=7),
    kernel("store-attr-slot", "attributes", "STORE_ATTR_SLOT", "o.a = x", module=SLOTTED, local="o = point\nx = 1", about=4),
    kernel("store-attr-generic", "generic", "STORE_ATTR_ADAPTIVE STORE_ATTR", "e.__suppress_context__ = x", local="e = ValueError()\nx = True", about=17),
    # Arithmetic.
    kernel("add-int", "arithmetic", "BINARY_OP_ADD_INT", "x + y", local=numbers(1000, 2000), about=13),
    kernel("subtract-int", "arithmetic", "BINARY_OP_SUBTRACT_INT", "x - y", local=numbers(1000, 3000), about=13),
    kernel("multiply-int", "arithmetic", "BINARY_OP_MULTIPLY_INT", "x * y", local=numbers(1000, 2000), about=14),
    kernel("and-int", "arithmetic", "BINARY_OP_EXTEND BINARY_OP", "x & y", local=numbers(1023, 2043), about=14),
    kernel("remainder-int", "generic", "BINARY_OP", "x % y", local=numbers(5000, 2999), about=17),
    kernel("add-generic", "generic", "BINARY_OP_ADAPTIVE BINARY_OP", "x + y", local=numbers("True", "True"), about=11),
    kernel("add-float", "arithmetic", "BINARY_OP_ADD_FLOAT", "x + y", local=numbers(1.5, 2.25), about=11),
    kernel("subtract-float", "arithmetic", "BINARY_OP_SUBTRACT_FLOAT", "x - y", local=numbers(1.5, 2.25), about=11),
    kernel("multiply-float", "arithmetic", "BINARY_OP_MULTIPLY_FLOAT", "x * y", local=numbers(1.5, 2.25), about=11),
    kernel("add-str", "arithmetic", "BINARY_OP_ADD_UNICODE", "x + y", local=numbers("'left'", "'right'"), about=30),
    kernel("append-str", "arithmetic", "BINARY_OP_INPLACE_ADD_UNICODE", "z = x\nz = z + y", local=numbers("'left'", "'right'"), about=35),
    kernel("negative", "arithmetic", "UNARY_NEGATIVE", "-x", local="x = 1000", about=13),
    kernel("invert", "arithmetic", "UNARY_INVERT", "~x", local="x = 1000", about=13),
    kernel("not", "arithmetic", "UNARY_NOT", "not x", local="x = True", about=6),
    # Comparisons and tests of membership. 3.11 specialises those that a jump follows.
    kernel("compare-int", "comparisons", "COMPARE_OP_INT COMPARE_OP_INT_JUMP", "if x < y:\n    z = None", local=numbers(2, 1), about=7),
    kernel("compare-float", "comparisons", "COMPARE_OP_FLOAT COMPARE_OP_FLOAT_JUMP", "if x < y:\n    z = None", local=numbers(2.5, 1.5), about=7),
    kernel("compare-str", "comparisons", "COMPARE_OP_STR COMPARE_OP_STR_JUMP", "if x == y:\n    z = None", local=numbers("'left'", "'last'"), about=11),
    kernel("compare-generic", "generic", "COMPARE_OP_ADAPTIVE COMPARE_OP", "if x < y:\n    z = None", local=numbers("(2,)", "(1,)"), about=20),
    kernel("is", "comparisons", "IS_OP", "x is y", local="x = 1\ny = None", about=6),
    kernel("contains-dict", "comparisons", "CONTAINS_OP_DICT CONTAINS_OP", "x in d", local="x = 'a'\nd = {'a': 1}", about=12),
    kernel("contains-set", "comparisons", "CONTAINS_OP_SET CONTAINS_OP", "x in d", local="x = 'a'\nd = {'a'}", about=10),
    kernel("contains-generic", "generic", "CONTAINS_OP", "x in d", local="x = 2\nd = (1, 2)", about=12),
    # Jumps, and what they ask.
    kernel("jump-if-false", "jumps", "POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = False", about=4),
    kernel("jump-if-true", "jumps", "POP_JUMP_IF_TRUE POP_JUMP_FORWARD_IF_TRUE", "if not x:\n    z = None", local="x = True", about=4),
    kernel("jump-if-none", "jumps", "POP_JUMP_IF_NONE POP_JUMP_FORWARD_IF_NONE", "if x is not None:\n    z = None", local="x = None", about=4),
    kernel("jump-if-not-none", "jumps", "POP_JUMP_IF_NOT_NONE POP_JUMP_FORWARD_IF_NOT_NONE", "if x is None:\n    z = None", local="x = 1", about=4),
    kernel("not-taken", "jumps", "NOT_TAKEN POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = True", about=7),
    kernel("jump-forward", "jumps", "JUMP_FORWARD", "if x:\n    z = y\nelse:\n    z = x", local="x = y = True", about=10),
    kernel("jump-backward", "jumps", "JUMP_BACKWARD_NO_JIT JUMP_BACKWARD_QUICK JUMP_BACKWARD", "for z in items:\n    pass", local="items = (1, 2)", about=25),
    kernel("to-bool-int", "jumps", "TO_BOOL_INT POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = 0", about=6),
    kernel("to-bool-str", "jumps", "TO_BOOL_STR POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = ''", about=7),
    kernel("to-bool-list", "jumps", "TO_BOOL_LIST POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = []", about=7),
    kernel("to-bool-none", "jumps", "TO_BOOL_NONE POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = None", about=5),
    kernel("to-bool-generic", "generic", "TO_BOOL POP_JUMP_IF_FALSE POP_JUMP_FORWARD_IF_FALSE", "if x:\n    z = None", local="x = 0.0", about=9),
    # Subscripts.
    kernel("subscript-list", "subscripts", "BINARY_OP_SUBSCR_LIST_INT BINARY_SUBSCR_LIST_INT", "s[i]", local="s = [1, 2, 3]\ni = 1", about=6),
    kernel("subscript-tuple", "subscripts", "BINARY_OP_SUBSCR_TUPLE_INT BINARY_SUBSCR_TUPLE_INT", "s[i]", local="s = (1, 2, 3)\ni = 1", about=6),
    kernel("subscript-dict", "subscripts", "BINARY_OP_SUBSCR_DICT BINARY_SUBSCR_DICT", "s[i]", local="s = {'a': 1}\ni = 'a'", about=11),
    kernel("subscript-str", "subscripts", "BINARY_OP_SUBSCR_STR_INT BINARY_SUBSCR_STR_INT BINARY_SUBSCR_ADAPTIVE BINARY_SUBSCR", "s[i]", local="s = 'text'\ni = 1", about=9),
    kernel("subscript-python", "subscripts", "BINARY_OP_SUBSCR_GETITEM BINARY_SUBSCR_GETITEM", "s[i]", module="class S:\n    def __getitem__(self, i):\n        return i\nsequence = S()", local="s = sequence\ni = 1", about=25),
    kernel("subscript-generic", "generic", "BINARY_SUBSCR_ADAPTIVE BINARY_SUBSCR BINARY_OP", "s[i]", local="s = b'text'\ni = 1", about=10),
    kernel("slice", "subscripts", "BINARY_SLICE BUILD_SLICE", "s[i:j]", local="s = (1, 2, 3)\ni, j = 1, 2", about=35),
    kernel("store-list", "subscripts", "STORE_SUBSCR_LIST_INT", "s[i] = x", local="s = [1, 2, 3]\ni = 1\nx = 5", about=7),
    kernel("store-dict", "subscripts", "STORE_SUBSCR_DICT", "s[i] = x", local="s = {'a': 1}\ni = 'a'\nx = 5", about=14),
    kernel("store-subscript-generic", "generic", "STORE_SUBSCR_ADAPTIVE STORE_SUBSCR", "s[i] = x", local="s = bytearray(3)\ni = 1\nx = 5", about=11),
    # Calls.
    kernel("call-function", "calls", "CALL_PY_EXACT_ARGS", "f(x)", module="def function(a):\n    return a", local="f = function\nx = 1", about=25),
    kernel("call-default", "calls", "CALL_PY_WITH_DEFAULTS CALL_PY_GENERAL", "f(x)", module="def function(a, b=2):\n    return a", local="f = function\nx = 1", about=30),
    kernel("call-keyword", "calls", "CALL_KW_PY CALL_KW KW_NAMES", "f(a=x)", module="def function(a):\n    return a", local="f = function\nx = 1", about=35),
    kernel("call-unpacked", "calls", "CALL_EX_PY CALL_FUNCTION_EX", "f(*t)", module="def function(a):\n    return a", local="f = function\nt = (1,)", about=30),
    kernel("call-bound-method", "calls", "CALL_BOUND_METHOD_EXACT_ARGS PRECALL_BOUND_METHOD", "m()", module=POINT, local="m = point.own", about=25),
    kernel("call-class", "calls", "CALL_ALLOC_AND_ENTER_INIT PRECALL_ADAPTIVE CALL", "C()", module="class C:\n    def __init__(self):\n        pass\nclass_ = C", local="C = class_", about=80),
    kernel("call-builtin-one", "calls", "CALL_BUILTIN_O CALL_NO_KW_BUILTIN_O PRECALL_NO_KW_BUILTIN_O", "f(x)", local="f = abs\nx = 1", about=11),
    kernel("call-builtin-fast", "calls", "CALL_BUILTIN_FAST CALL_NO_KW_BUILTIN_FAST PRECALL_NO_KW_BUILTIN_FAST", "f(x, y)", local="f = divmod\n" + numbers(5, 3), about=30),
    kernel("call-builtin-keywords", "calls", "CALL_BUILTIN_FAST_WITH_KEYWORDS PRECALL_BUILTIN_FAST_WITH_KEYWORDS", "f(x)", local="f = sum\nx = ()", about=35),
    kernel("call-len", "calls", "CALL_LEN CALL_NO_KW_LEN PRECALL_NO_KW_LEN", "len(x)", local="x = (1, 2)", about=11),
    kernel("call-isinstance", "calls", "CALL_ISINSTANCE CALL_NO_KW_ISINSTANCE PRECALL_NO_KW_ISINSTANCE", "isinstance(x, C)", local="x = 1\nC = int", about=11),
    kernel("call-type", "calls", "CALL_TYPE_1 CALL_NO_KW_TYPE_1 PRECALL_NO_KW_TYPE_1", "type(x)", local="x = 1", about=8),
    kernel("call-str", "calls", "CALL_STR_1 CALL_NO_KW_STR_1 PRECALL_NO_KW_STR_1", "str(x)", local="x = 'text'", about=13),
    kernel("call-tuple", "calls", "CALL_TUPLE_1 CALL_NO_KW_TUPLE_1 PRECALL_NO_KW_TUPLE_1", "tuple(x)", local="x = (1, 2)", about=10),
    kernel("call-builtin-class", "calls", "CALL_BUILTIN_CLASS PRECALL_BUILTIN_CLASS", "float(x)", local="x = 1.5", about=16),
    kernel("call-method-none", "calls", "CALL_METHOD_DESCRIPTOR_NOARGS CALL_NO_KW_METHOD_DESCRIPTOR_NOARGS PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS", "s.isdigit()", local="s = 'text'", about=14),
    kernel("call-method-one", "calls", "CALL_METHOD_DESCRIPTOR_O CALL_NO_KW_METHOD_DESCRIPTOR_O PRECALL_NO_KW_METHOD_DESCRIPTOR_O", "s.add(x)", local="s = {1}\nx = 1", about=17),
    kernel("call-method-fast", "calls", "CALL_METHOD_DESCRIPTOR_FAST CALL_NO_KW_METHOD_DESCRIPTOR_FAST PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST", "d.get(x)", local="d = {'a': 1}\nx = 'a'", about=19),
    kernel("call-method-keywords", "calls", "CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS", "s.encode()", local="s = 'text'", about=25),
    kernel("call-append", "calls", "CALL_LIST_APPEND CALL_NO_KW_LIST_APPEND PRECALL_NO_KW_LIST_APPEND", "s.append(x)\ns.pop()", local="s = [1, 2]\nx = 3", about=25),
    kernel("call-generic", "generic", "CALL_NON_PY_GENERAL CALL_ADAPTIVE CALL", "f(x)", module="import functools", local="f = functools.partial(abs)\nx = 1", about=30),
    # Iteration: a copy is a whole loop, eight steps and the end.
    kernel("iterate-range", "iteration", "FOR_ITER_RANGE FOR_ITER", "for z in items:\n    pass", local="items = range(8)", about=75),
    kernel("iterate-list", "iteration", "FOR_ITER_LIST FOR_ITER", ITERATE, local="items = [1, 2, 3, 4, 5, 6, 7, 8]", about=65),
    kernel("iterate-tuple", "iteration", "FOR_ITER_TUPLE FOR_ITER", ITERATE, local="items = (1, 2, 3, 4, 5, 6, 7, 8)", about=65),
    kernel("iterate-generator", "iteration", "FOR_ITER_GEN FOR_ITER", "for z in f():\n    pass", module="def function():\n    yield 1\n    yield 2\n    yield 3\n    yield 4", local="f = function", about=150),
    kernel("iterate-generic", "generic", "FOR_ITER", ITERATE, local="items = {1, 2, 3, 4, 5, 6, 7, 8}", about=110),
    kernel("append-item", "building", "LIST_APPEND", "[*t, x]", local="t = (1, 2)\nx = 3", about=45),
    # Building and unpacking.
    kernel("build-tuple", "building", "BUILD_TUPLE", "(x, y)", local="x = y = 1", about=17),
    kernel("build-list", "building", "BUILD_LIST", "[x, y]", local="x = y = 1", about=25),
    kernel("build-dict", "building", "BUILD_MAP", "{k: x}", local="k = 'a'\nx = 1", about=30),
    kernel("build-set", "building", "BUILD_SET", "{x}", local="x = 1", about=35),
    kernel("extend-list", "building", "LIST_EXTEND", "[*t]", local="t = (1, 2)", about=30),
    kernel("make-function", "building", "MAKE_FUNCTION", "z = lambda: None", about=45),
    kernel("unpack-two", "unpacking", "UNPACK_SEQUENCE_TWO_TUPLE", "y, z = t", local="t = (1, 2)", about=6),
    kernel("unpack-tuple", "unpacking", "UNPACK_SEQUENCE_TUPLE", "x, y, z = t", local="t = (1, 2, 3)", about=9),
    kernel("unpack-list", "unpacking", "UNPACK_SEQUENCE_LIST", "x, y, z = t", local="t = [1, 2, 3]", about=9),
    kernel("unpack-generic", "generic", "UNPACK_SEQUENCE_ADAPTIVE UNPACK_SEQUENCE", "y, z = t", local="t = {1: 2, 3: 4}", about=35),
    kernel("unpack-rest", "unpacking", "UNPACK_EX", "y, *z = t", local="t = (1, 2, 3)", about=75),
    # Exceptions. Setting up costs nothing but a place in the code.
    kernel("try", "exceptions", "NOP", "try:\n    z = None\nexcept ValueError:\n    pass", about=6),
    kernel("raise", "exceptions", "RAISE_VARARGS", "f(E)", module=RAISING, local="f = function\nE = ValueError", inner="function", about=145),
    kernel("catch", "exceptions", "CHECK_EXC_MATCH", "f(s)", module=CATCHING, local="f = function\ns = iter(())", inner="function", about=155),
    kernel("with", "exceptions", "BEFORE_WITH LOAD_SPECIAL", "with c:\n    pass", module="class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, *_):\n        return None\ncontext = C()", local="c = context", about=115),
    # Formatting.
    kernel("format", "formatting", "FORMAT_SIMPLE FORMAT_VALUE", "f'{x}'", local="x = 'text'", about=5),
    kernel("format-specified", "formatting", "FORMAT_WITH_SPEC FORMAT_VALUE", "f'{x:5}'", local="x = 'text'", about=80),
    kernel("build-string", "formatting", "BUILD_STRING", "f'{x}{y}'", local="x = 'left'\ny = 'right'", about=35),
]
