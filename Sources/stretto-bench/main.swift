import Glibc

exit(await Bench.main() ? 0 : 1)
