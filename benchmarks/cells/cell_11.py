"""Lines of a configuration file become nested dictionaries."""

TEXT = "\n".join(
    "[section.%d]\nname = host-%d\nport = %d ; the port\nratio = %d.5\nlive = %s\n# a remark" % (n, n, 8000 + n, n, n % 2 == 0)
    for n in range(24)
)


def value_of(text):
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


tree = {}
place = tree
for line in TEXT.splitlines():
    line = line.partition(";")[0].strip()
    if not line or line.startswith("#"):
        continue
    if line.startswith("["):
        place = tree
        for part in line[1:-1].split("."):
            place = place.setdefault(part, {})
    else:
        key, _, text = line.partition("=")
        place[key.strip()] = value_of(text.strip())
sections = tree["section"].values()
answer = "%d %d %.1f %d %s" % (
    len(sections),
    sum(section["port"] for section in sections),
    sum(section["ratio"] for section in sections),
    sum(section["live"] for section in sections),
    tree["section"]["7"]["name"],
)
