"""Word counts of a short text."""

TEXT = "the cat sat on the mat and the dog sat on the log while the owl and the cow sang to the moon " * 6

counts = {}
for word in TEXT.split():
    counts[word] = counts.get(word, 0) + 1
ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
answer = " ".join("%s=%d" % entry for entry in ranked)
