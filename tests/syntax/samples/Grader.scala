// Grades answers against a key.
package evals.grading

import scala.math.max

trait Gradable {
  def grade(answer: String): Double
}

case class Mark(name: String, value: Double)

/** Grades by comparing text. */
class Grader(key: String) extends Gradable {
  override def grade(answer: String): Double = {
    val report = s"graded ${answer.trim} by $key"
    val raw = """a "raw" text // no comment"""
    println(report + raw)
    if (answer == key) 1.0 else 0.0
  }
}

object Grader {
  val initial: Char = 'g'

  def load(path: String): Grader = {
    def inner(text: String) = new Grader(text)
    inner(path)
  }
}

enum Verdict {
  case Wrong, Right
}

class GraderTest extends AnyFunSuite {
  @deprecated("use another", "1.0")
  def halve(whole: Double): Double = whole / 2

  test("grades the key") {
    assert(new Grader("yes").grade("yes") == 1.0)
  }
}
