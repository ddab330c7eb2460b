"""A bank of accounts: classes, properties and exceptions."""


class Refused(Exception):
    pass


class Account:
    def __init__(self, owner, cents=0):
        self.owner = owner
        self._cents = cents

    @property
    def balance(self):
        return "%d.%02d" % divmod(self._cents, 100)

    def take(self, cents):
        if cents > self._cents:
            raise Refused("%s lacks %d" % (self.owner, cents - self._cents))
        self._cents -= cents

    def give(self, cents):
        self._cents += cents


accounts = [Account(name, 2600 + 250 * place) for place, name in enumerate(["ada", "bob", "cyd", "dee"])]
refused = 0
for step in range(300):
    source, target = accounts[step % 4], accounts[(step * 7 + 1) % 4]
    try:
        source.take((step * 97) % 4000)
        target.give((step * 97) % 4000)
    except Refused:
        refused += 1
answer = "%d refused; " % refused + " ".join(account.owner + ":" + account.balance for account in accounts)
