const char frozen[] =
#include "Python/frozen_modules/os.h"
#include "Python/frozen_modules/site.h"
    ;
