import Glibc
import StrettoCore

// Signals that an engine must hear reach its own waiting thread only if no thread takes them, so the first one begins.
if CommandLine.arguments.dropFirst().first == "engine" { Terminations.block() }
exit(await Program.main(Array(CommandLine.arguments.dropFirst())).rawValue)
