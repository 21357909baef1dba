#include "stretto_process.h"
