// Grades answers against a key.
import Foundation

protocol Gradable {
    func grade(_ answer: String) -> Double
}

struct Mark: Codable {
    let name: String
    var rounded: Double { (value * 100).rounded() / 100 }
    var value: Double
}

enum Verdict: String {
    case wrong, right
}

/* Outer /* nested */ still comment */
final class Grader: Gradable {
    private let key: String

    init(key: String) {
        self.key = key
    }

    func grade(_ answer: String) -> Double {
        let report = "graded \(answer.lowercased()) by key"
        let raw = #"a "raw" text // no comment"#
        let long = """
            several "quoted" lines
            """
        print(report, raw, long)
        return answer == key ? 1.0 : 0.0
    }
}

extension Grader {
    static func halve(_ whole: Double) -> Double { whole / 2 }
}

actor Queue {
    func push(_ mark: Mark) async {}
}

@Test func gradesTheKey() {
    #expect(Grader(key: "yes").grade("yes") == 1.0)
}
