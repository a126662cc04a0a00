// Grades answers against a key.
package evals.grading

import kotlin.math.max

interface Gradable {
    fun grade(answer: String): Double
}

data class Mark(val name: String, val value: Double)

enum class Verdict { WRONG, RIGHT }

/** Grades by comparing text. /* nested */ still comment */
class Grader(private val key: String) : Gradable {
    override fun grade(answer: String): Double {
        val report = "graded ${answer.trim()} by $key"
        val raw = """
            a "raw" text // no comment
        """.trimIndent()
        println(report + raw)
        return if (answer == key) 1.0 else 0.0
    }

    companion object {
        fun load(path: String): Grader = Grader(path)
    }

    inner class Half {
        val part: Double
            get() = 0.5
    }
}

object Registry {
    fun register(grader: Grader) = graders.add(grader)
}

fun String.halve(): String = take(length / 2)

class GraderTest {
    @Test
    fun `grades the key`() {
        assertEquals(1.0, Grader("yes").grade("yes"))
    }
}
