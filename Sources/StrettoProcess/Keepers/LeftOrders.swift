internal import Glibc

/// Keepers' orders as earlier versions left them on the disk, the whole environments of agents in them.
package enum LeftOrders {
    private static let names = ["order", "order.new"]

    /// Removes them from the directories of all attempts of all runs below `runs`, of attempts at work too: their keepers
    /// have read them.
    /// - Returns: how many there were.
    @discardableResult
    package static func remove(below runs: String) -> Int {
        var count = 0
        for run in Files.names(in: runs) {
            for attempt in Files.names(in: runs + "/" + run) {
                for name in names where unsafe unlink("\(runs)/\(run)/\(attempt)/\(name)") == 0 { count += 1 }
            }
        }
        return count
    }
}
