/* What the objects of the small CPython know of each other. Exported data shows the code model, exported functions show interposition. */
extern long object_count;
extern int object_kinds[64];
long object_hash(long n);
long object_compare(long a, long b);
long dict_insert(long n);
long dict_lookup(long n);
long eval(long rounds);
long import_all(long n);
extern const char frozen[];
